// What in a foreign file's name is dangerous on some system: one place for ZIP entries, downloads,
// files that the command line writes, and what a terminal shows.
#pragma once

#include <cstddef>
#include <string_view>

namespace couvert {

/// How many bytes at the front of `text`, which is not empty, are a sign that nobody sees or that
/// turns the writing: a control, a direction mark, embedding, override or isolate, a line or
/// paragraph separator. They show "exe.pdf" for "fdp.exe". 0 where there is none.
std::size_t hidden_sign_at(std::string_view text);

/// Whether Windows takes one part of a path for a device, in either case and with any ending: CON,
/// aux.txt, LPT1.
bool is_device_name(std::string_view part);

/// Where the ending begins that is kept when one part of a path is cut or numbered: its last dot,
/// or its size where it has no ending worth keeping (over 20 bytes, or the name itself).
std::size_t ending_at(std::string_view part);

/// At most `bytes_max` bytes of `text`, and no character of UTF-8 cut in two.
std::string_view cut_text(std::string_view text, std::size_t bytes_max);

}  // namespace couvert
