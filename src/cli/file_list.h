// Which files a transfer takes: those named, and whole folders with their names inside.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/trouble.h"
#include "client/upload.h"

namespace couvert {

struct FileToSend {
  std::string path;  // on this machine
  std::string name;  // in the transfer; with its folders, parted by '/'
  std::uint64_t size = 0;
};

/// Lists what `operands` name: a file under its own name, a folder with everything below it,
/// sorted, names beginning with the folder's own.
///
/// Errors: `usage` for what is no file and no folder, for links (but those to a file that are named
/// themselves), for names that no transfer takes, for two files of the same name; `too_large` for
/// too many; `unavailable` for what cannot be read.
Outcome<std::vector<FileToSend>> list_files(const std::vector<std::string>& operands);

/// The media type that goes with a name's ending; empty where none is known.
std::string media_type_of(std::string_view name);

/// One file, opened. Errors of read_at: `conflict` where it has changed since it was listed.
class LocalFile final : public FileSource {
 public:
  static Answer<LocalFile> open(const FileToSend& file);
  ~LocalFile() override;
  LocalFile(LocalFile&& other) noexcept;
  LocalFile& operator=(LocalFile&&) = delete;

  const NewFile& file() const override { return file_; }
  Answer<std::size_t> read_at(std::uint64_t offset, MutableBytes room) override;

  /// That nobody wrote to it while it was read.
  Answer<> check_unchanged() const override;

 private:
  LocalFile(const FileToSend& file, int descriptor);

  std::string path_;
  NewFile file_;
  int descriptor_;
  std::int64_t changed_seconds_ = 0;
  std::int64_t changed_nanoseconds_ = 0;
};

}  // namespace couvert
