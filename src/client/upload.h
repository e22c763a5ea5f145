// Uploads a file into a draft, and goes on after a broken line where the server left off.
//
// A small file is one request, a larger one begins with one that only announces it.
#pragma once

#include <mutex>
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
  /// That what was read is still what stands there. Order: once all was read.
  virtual Answer<> check_unchanged() const { return Answer<>(); }
};

/// Told how far a file is; may go back after a broken line.
class UploadWatch {
 public:
  virtual ~UploadWatch() = default;
  virtual void reached(std::uint64_t offset) = 0;
};

/// Up to here a file goes with the request that announces it.
constexpr std::uint64_t whole_at_once_bytes_max = 1024 * 1024;

struct UploadedFile {
  std::int64_t no = 0;
  std::uint32_t crc32 = 0;  // of what was read here
};

/// The files of a draft, as those who upload into it know them. Threads: any.
class KnownFiles {
 public:
  /// What an earlier call has left in the draft: upload() goes on with a file of the same name and
  /// size. Order: before the first upload().
  void go_on_with(std::vector<api::DraftFile> begun);

  /// The file of an earlier call that `file` goes on with; none for the next one that asks.
  std::optional<api::DraftFile> take_begun(const NewFile& file);
  void add(std::int64_t no);
  bool has(std::int64_t no) const;

 private:
  mutable std::mutex mutex_;
  std::set<std::int64_t> sent_;        // the numbers of the files sent so far
  std::vector<api::DraftFile> begun_;  // of an earlier call, and not taken up yet
};

/// Uploads files into one draft, one after the other.
///
/// Memory:   a buffer of libcurl's, whatever the size of a file.
/// Lifetime: everything handed in must outlive it. Threads: one; several uploaders may share
///           `known` where no two files have the same name.
class Uploader {
 public:
  Uploader(Client& client, const DraftAccess& draft, Patience& patience, KnownFiles& known)
      : client_(client), draft_(draft), patience_(patience), known_(known) {}

  /// Sends one file, whole. Errors: those of the client and of `source`; the last one of a line
  /// that stayed broken; `damaged` where the server counts otherwise.
  Answer<UploadedFile> upload(FileSource& source, UploadWatch& watch);

  /// Takes files out of the draft that upload() did not count: a broken line can leave one behind,
  /// and a draft with it cannot be started. Order: after the last upload() of all uploaders.
  Answer<> remove_strays();

 private:
  class Rest;
  Answer<api::DraftFile> begin(Rest& rest, const NewFile& file);
  std::optional<api::DraftFile> adopt(const NewFile& file);
  Answer<> send(Rest& rest, const api::DraftFile& file);

  Client& client_;
  const DraftAccess& draft_;
  Patience& patience_;
  KnownFiles& known_;
};

}  // namespace couvert
