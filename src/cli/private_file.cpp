#include "cli/private_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "cli/descriptor.h"

namespace couvert {
namespace {

constexpr std::size_t file_bytes_max = 8 * 1024;

Outcome<WipedText> read_whole(int descriptor, const std::string& path) {
  WipedText text;
  text.edit().resize(file_bytes_max);
  std::size_t filled = 0;
  while (filled < file_bytes_max) {
    const ssize_t got = read(descriptor, text.edit().data() + filled, file_bytes_max - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return disk_trouble("read", path);
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
  }
  text.edit().resize(filled);
  return text;
}

Outcome<> write_whole(int descriptor, std::string_view text, const std::string& path) {
  while (!text.empty()) {
    const ssize_t written = write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return disk_trouble("write", path);
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  if (fsync(descriptor) != 0) return disk_trouble("write", path);
  return Outcome<>();
}

Outcome<> sync_folder(const std::string& path) {
  const Descriptor folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder || fsync(folder.get()) != 0) return disk_trouble("write", path);
  return Outcome<>();
}

}  // namespace

tl::unexpected<Trouble> disk_trouble(const std::string& what, const std::string& path) {
  const int code = errno;
  const Exit exit = code == ENOSPC || code == EDQUOT ? Exit::full : Exit::unavailable;
  return complain(exit, "cannot " + what + " " + path + ": " + std::strerror(code));
}

Outcome<> check_private(int descriptor, const std::string& path, const std::string& mode) {
  struct stat facts {};
  if (fstat(descriptor, &facts) != 0) return disk_trouble("look at", path);
  if (facts.st_uid != geteuid()) {
    return complain(Exit::refused, path + " belongs to somebody else", "set COUVERT_HOME");
  }
  if ((facts.st_mode & 077) != 0) {
    return complain(Exit::refused, "others may look into " + path, "chmod " + mode + " " + path);
  }
  return Outcome<>();
}

Outcome<std::optional<WipedText>> read_private_file(const std::string& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!file && errno == ENOENT) return std::optional<WipedText>();
  if (!file) return disk_trouble("open", path);
  const Outcome<> is_private = check_private(file.get(), path, "600");
  if (!is_private) return pass(is_private);
  Outcome<WipedText> text = read_whole(file.get(), path);
  if (!text) return pass(text);
  return std::optional(std::move(*text));
}

Outcome<> write_private_file(const std::string& folder, const std::string& name,
                             const WipedText& text) {
  const std::string path = folder + "/" + name;
  std::string temporary = path + ".XXXXXX";
  const Descriptor file(mkostemp(temporary.data(), O_CLOEXEC));  // mode 0600
  if (!file) return disk_trouble("write", temporary);
  Outcome<> kept = write_whole(file.get(), text.text(), temporary);
  if (kept && rename(temporary.c_str(), path.c_str()) != 0) kept = disk_trouble("write", path);
  if (!kept) {
    unlink(temporary.c_str());
    return kept;
  }
  return sync_folder(folder);
}

Outcome<> remove_private_file(const std::string& folder, const std::string& name) {
  const std::string path = folder + "/" + name;
  if (unlink(path.c_str()) != 0 && errno != ENOENT) return disk_trouble("remove", path);
  return sync_folder(folder);
}

Outcome<> write_new_private_file(const std::string& path, const WipedText& text) {
  const Descriptor file(
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file && errno == EEXIST) {
    return complain(Exit::conflict, path + " is there already", "name a file that is not");
  }
  if (!file) return disk_trouble("write", path);
  const Outcome<> kept = write_whole(file.get(), text.text(), path);
  if (!kept) {
    unlink(path.c_str());
    return kept;
  }
  const std::string folder = std::filesystem::path(path).parent_path().string();
  return sync_folder(folder.empty() ? "." : folder);
}

}  // namespace couvert
