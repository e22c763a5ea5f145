// Uploads all files of a transfer, several at a time: small ones wait more than they travel.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "client/upload.h"

namespace couvert {

constexpr std::size_t uploads_at_once_max = 4;

/// The files of a transfer, in its order. Threads: any.
class FilesToUpload {
 public:
  virtual ~FilesToUpload() = default;
  virtual std::size_t count() const = 0;
  virtual std::uint64_t bytes_of(std::size_t place) const = 0;
  /// Errors: reasons::source where it cannot be opened.
  virtual Answer<std::unique_ptr<FileSource>> open(std::size_t place) = 0;
};

struct UploadAllParts {
  Client& client;  // whose session and server the uploads have
  /// A line of its own for each of them.
  const std::function<std::unique_ptr<HttpTransport>(Patience&)>& make_transport;
  const DraftAccess& draft;
  KnownFiles& known;
  Patience& patience;
};

/// Sends every file, whole, uploads_at_once_max at a time; of those that do not go with the request
/// that announces them one at a time, as together they only share the line. `watch` is told of the
/// bytes of all, by one thread at a time. No two files have the same name.
///
/// Returns what was uploaded, in the order of `files`.
/// Errors:   the first that one of them had (Uploader::upload(), open(), check_unchanged()); the
///           others break off then.
/// Memory:   a buffer of libcurl's for each upload.
/// Lifetime: everything handed in must outlive it.
Answer<std::vector<UploadedFile>> upload_all(const UploadAllParts& parts, FilesToUpload& files,
                                             UploadWatch& watch);

}  // namespace couvert
