// Names for the files in a ZIP, safe on every system that unpacks it.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace couvert {

/// Makes of each name one that Windows, macOS and Linux can unpack below a folder and that no other
/// file of the list has there, in the order of the list.
///
/// Folders are kept. Absolute paths, "..", control and direction characters, the characters and
/// device names that Windows forbids, the folder that macOS keeps to itself, trailing dots and
/// spaces are replaced or dropped, over-long names are cut before their ending. Of names that some
/// file system takes for one, or for another file's folder, the later ones get a number: "a.txt",
/// "A (2).txt".
std::vector<std::string> safe_zip_names(std::span<const std::string> names);

/// The last part of one name, made safe likewise.
std::string safe_file_name(std::string_view name);

}  // namespace couvert
