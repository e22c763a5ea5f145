// Uploads files into a draft, and goes on after a broken line where the server left off.
#pragma once

#include <set>

#include "client/client.h"
#include "client/patience.h"

namespace couvert {

/// A file to upload. Threads: one.
class FileSource {
 public:
  virtual ~FileSource() = default;
  virtual const NewFile& file() const = 0;
  /// Fills the front of `room` with the bytes at `offset`; 0 only at the end.
  /// Errors: reasons::source where the file cannot be read.
  virtual Answer<std::size_t> read_at(std::uint64_t offset, MutableBytes room) = 0;
};

/// Told how far a file is; may go back after a broken line.
class UploadWatch {
 public:
  virtual ~UploadWatch() = default;
  virtual void reached(std::uint64_t offset) = 0;
};

struct UploadedFile {
  std::int64_t no = 0;
  std::uint32_t crc32 = 0;  // of what was read here
};

/// Uploads the files of one draft, one after the other.
///
/// Memory:   a buffer of libcurl's, whatever the size of a file.
/// Lifetime: everything handed in must outlive it. Threads: one.
class Uploader {
 public:
  Uploader(Client& client, const DraftAccess& draft, Patience& patience)
      : client_(client), draft_(draft), patience_(patience) {}

  /// What an earlier call has left in the draft: upload() goes on with a file of the same name and
  /// size. Order: before the first upload().
  void go_on_with(std::vector<api::DraftFile> begun) { begun_ = std::move(begun); }

  /// Sends one file, whole. Errors: those of the client and of `source`; the last one of a line
  /// that stayed broken; `damaged` where the server counts otherwise.
  Answer<UploadedFile> upload(FileSource& source, UploadWatch& watch);

  /// Takes files out of the draft that upload() did not count: a broken line can leave one behind,
  /// and a draft with it cannot be started. Order: after the last upload().
  Answer<> remove_strays();

 private:
  class Rest;
  Answer<> send(Rest& rest, const api::DraftFile& file);
  std::optional<api::DraftFile> take_begun(const NewFile& file);
  Answer<std::int64_t> create(const NewFile& file);
  std::optional<std::int64_t> adopt(const NewFile& file);

  Client& client_;
  const DraftAccess& draft_;
  Patience& patience_;
  std::set<std::int64_t> known_;       // the numbers of the files sent so far
  std::vector<api::DraftFile> begun_;  // of an earlier call, and not taken up yet
};

}  // namespace couvert
