// Foreign file names, made safe for this machine.
//
// A name comes from whoever made the transfer. It must not lead out of the folder, hide its nature,
// name a device, or take the place of something that is there.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

namespace couvert {

/// One folder's or file's name. Signs that are hidden or turn the writing and backslashes become
/// '_', "..", "." and device names (CON, aux.txt) get a '_' in front, long ones are cut before
/// their ending. Never empty, never with a '/'.
std::string safe_name(std::string_view name);

enum class FolderWas { empty, in_use };

/// Finds a place for each file of one transfer: paths below a folder, parted by '/', each safe and
/// none twice. In a folder in use, names that begin with a dot get a '_' in front: what is sent
/// must not become a setting of this machine.
class NamePlan {
 public:
  explicit NamePlan(FolderWas folder) : folder_(folder) {}

  /// The path for a file of the name `name`, which may hold folders; the same name again gets
  /// another path: "a (2).txt".
  std::string place(std::string_view name);
  /// The names that the transfer takes in the folder itself.
  const std::set<std::string>& top() const { return top_; }

 private:
  std::string free_path(const std::string& folder, const std::string& name) const;

  FolderWas folder_;
  std::set<std::string> files_;
  std::set<std::string> folders_;
  std::map<std::string, std::string, std::less<>> placed_;  // a folder as named → as placed
  std::set<std::string> top_;
};

}  // namespace couvert
