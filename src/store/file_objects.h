// Objects as files: FOLDER/3f/OBJECT_ID, where 3f is the first byte of the ID; unfinished ones in
// FOLDER/tmp. objects.h says what holds for them.
#pragma once

#include "store/disk.h"
#include "store/objects.h"

namespace couvert {

/// Makes the folder and those below it where they are missing, durably; takes no lock.
/// Errors: those of `disk`.
Result<std::unique_ptr<Objects>> make_file_objects(std::shared_ptr<Disk> disk,
                                                   const std::string& folder);

/// Takes the folder as it is. Nothing is looked at before the first call.
std::unique_ptr<Objects> file_objects_of(std::shared_ptr<Disk> disk, const std::string& folder);

}  // namespace couvert
