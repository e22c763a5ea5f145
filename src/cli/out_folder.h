// Where retrieved files go: never outside the folder, never over something, never half a file.
//
// A file is written under a name of its own making (".couvert-….part", mode 0600) and gets its own
// name when it is whole and safe on the disk. Folders are entered one by one without following
// links, so that nothing leads out, whoever changes the folder meanwhile.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/random.h"
#include "cli/descriptor.h"
#include "cli/safe_name.h"
#include "cli/trouble.h"
#include "client/download.h"

namespace couvert {

/// A file on its way. Without finish() nothing of it stays.
///
/// Memory: 256 KiB. Errors of all: reasons::target, with `full` where the disk is.
class OutFile final : public FileTarget {
 public:
  OutFile(Descriptor folder, Descriptor file, std::string temporary, std::string name);
  ~OutFile() override;

  Answer<> append(Bytes bytes) override;
  Answer<> restart() override;
  /// Makes it safe on the disk and gives it its name. Errors: also `conflict` where the name is
  /// taken by now.
  Answer<> finish();

 private:
  Answer<> flush();

  Descriptor folder_;
  Descriptor file_;
  std::string temporary_;  // empty once it has its name
  std::string name_;
  Buffer waiting_;
};

/// Lifetime: `random` must outlive it. Threads: one.
class OutFolder {
 public:
  /// Opens `path`, making it (mode 0700) where it is missing.
  /// Errors: `usage` where it is no folder; `unavailable`.
  static Outcome<OutFolder> open(const std::string& path, Random& random);

  FolderWas was() const { return was_; }
  const std::string& path() const { return path_; }

  /// That nothing of these names is there yet. Errors: `conflict`.
  Outcome<> check_new(const std::set<std::string>& names) const;

  /// Begins a file at `place`, a path of NamePlan, making its folders (mode 0700).
  Answer<std::unique_ptr<OutFile>> begin(const std::string& place);

  /// Makes all names safe on the disk. Order: after the last file.
  Answer<> finish();

 private:
  OutFolder(std::string path, Descriptor folder, Random& random);
  Answer<Descriptor> enter(const std::string& folder);

  std::string path_;
  Descriptor folder_;
  Random& random_;
  FolderWas was_ = FolderWas::empty;
  std::set<std::string> entered_;  // folders below, as paths
};

}  // namespace couvert
