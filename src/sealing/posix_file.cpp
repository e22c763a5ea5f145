#include "sealing/posix_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "base/secret.h"

namespace couvert {

Descriptor::~Descriptor() {
  if (number_ >= 0) ::close(number_);
}

Descriptor::Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  std::swap(number_, other.number_);
  return *this;
}

Error system_error(const std::string& what) {
  const int number = errno;
  const bool no_space = number == ENOSPC || number == EDQUOT;
  return Error(no_space ? ErrorCode::full : ErrorCode::unavailable,
               what + ": " + std::strerror(number));
}

Result<> write_all(const Descriptor& file, Bytes bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file.get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return tl::make_unexpected(system_error("write"));
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return {};
}

Result<Buffer> read_whole(const Descriptor& file, std::size_t bytes_max) {
  Buffer out(bytes_max + 1);
  std::size_t filled = 0;
  while (filled < out.size()) {
    const ssize_t got = ::read(file.get(), out.data() + filled, out.size() - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return tl::make_unexpected(system_error("read"));
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
  }
  if (filled > bytes_max) {
    wipe(out);
    return fail(ErrorCode::damaged, "a file is too long");
  }
  out.resize(filled);
  return out;
}

Result<> sync(const Descriptor& file) {
  if (::fsync(file.get()) != 0) return tl::make_unexpected(system_error("fsync"));
  return {};
}

Result<> sync_parent(const std::string& path) {
  std::filesystem::path named(path);
  if (!named.has_filename()) named = named.parent_path();  // it ended in a slash
  const std::string folder = named.parent_path().string();
  const Descriptor parent(
      ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!parent.is_open()) return tl::make_unexpected(system_error("open the folder of " + path));
  return sync(parent);
}

}  // namespace couvert
