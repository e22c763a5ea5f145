#include "cli/out_folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

namespace couvert {
namespace {

constexpr std::size_t waiting_bytes_max = 256 * 1024;
constexpr int folder_flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;

// What errno says of `name`.
tl::unexpected<Problem> disk(const std::string& what, const std::string& name) {
  const int code = errno;
  const bool full = code == ENOSPC || code == EDQUOT || code == EFBIG;
  return trouble(full ? ErrorCode::full : ErrorCode::unavailable, reasons::target,
                 "cannot " + what + " " + name + ": " + std::strerror(code));
}

tl::unexpected<Problem> taken(const std::string& name) {
  return trouble(ErrorCode::conflict, reasons::target, name + " is there already");
}

// Gives a file its name unless that is taken; false with errno otherwise.
bool rename_to_new(int folder, const std::string& from, const std::string& to) {
  if (renameat2(folder, from.c_str(), folder, to.c_str(), RENAME_NOREPLACE) == 0) return true;
  if (errno != EINVAL && errno != ENOSYS) return false;
  // A file system without that flag: a hard link never replaces either.
  if (linkat(folder, from.c_str(), folder, to.c_str(), 0) != 0) return false;
  unlinkat(folder, from.c_str(), 0);
  return true;
}

bool is_empty(int folder) {
  const int copy = openat(folder, ".", folder_flags);
  DIR* entries = copy < 0 ? nullptr : fdopendir(copy);
  if (entries == nullptr) return false;
  int found = 0;
  while (found <= 2 && readdir(entries) != nullptr) ++found;  // "." and ".." are always there
  closedir(entries);
  return found <= 2;
}

}  // namespace

OutFile::OutFile(Descriptor folder, Descriptor file, std::string temporary, std::string name)
    : folder_(std::move(folder)),
      file_(std::move(file)),
      temporary_(std::move(temporary)),
      name_(std::move(name)) {
  waiting_.reserve(waiting_bytes_max);
}

OutFile::~OutFile() {
  if (!temporary_.empty()) unlinkat(folder_.get(), temporary_.c_str(), 0);
}

Answer<> OutFile::append(Bytes bytes) {
  if (waiting_.size() + bytes.size() > waiting_bytes_max) {
    const Answer<> flushed = flush();
    if (!flushed) return flushed;
  }
  couvert::append(waiting_, bytes);
  return Answer<>();
}

Answer<> OutFile::flush() {
  Bytes rest(waiting_);
  while (!rest.empty()) {
    const ssize_t written = write(file_.get(), rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return disk("write", name_);
    rest = rest.subspan(static_cast<std::size_t>(written));
  }
  waiting_.clear();
  return Answer<>();
}

Answer<> OutFile::restart() {
  waiting_.clear();
  if (lseek(file_.get(), 0, SEEK_SET) != 0 || ftruncate(file_.get(), 0) != 0) {
    return disk("write", name_);
  }
  return Answer<>();
}

Answer<> OutFile::finish() {
  const Answer<> flushed = flush();
  if (!flushed) return flushed;
  if (fsync(file_.get()) != 0) return disk("write", name_);
  if (!rename_to_new(folder_.get(), temporary_, name_)) {
    if (errno == EEXIST) return taken(name_);
    return disk("write", name_);
  }
  temporary_.clear();
  return Answer<>();
}

OutFolder::OutFolder(std::string path, Descriptor folder, Random& random)
    : path_(std::move(path)), folder_(std::move(folder)), random_(random) {
  while (path_.size() > 1 && path_.ends_with('/')) path_.pop_back();
  if (!is_empty(folder_.get())) was_ = FolderWas::in_use;
}

Outcome<OutFolder> OutFolder::open(const std::string& path, Random& random) {
  std::error_code error;
  const std::filesystem::path named(path);
  const std::filesystem::path above =
      named.has_filename() ? named.parent_path() : named.parent_path().parent_path();
  if (!above.empty()) std::filesystem::create_directories(above, error);
  if (mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) {
    return complain(Exit::unavailable, "cannot make " + path + ": " + std::strerror(errno));
  }
  Descriptor folder(::open(path.c_str(), folder_flags));
  if (!folder && errno == ENOTDIR) return complain(Exit::usage, path + " is no folder");
  if (!folder) {
    return complain(Exit::unavailable, "cannot open " + path + ": " + std::strerror(errno));
  }
  return OutFolder(path, std::move(folder), random);
}

Outcome<> OutFolder::check_new(const std::set<std::string>& names) const {
  for (const std::string& name : names) {
    struct stat facts {};
    if (fstatat(folder_.get(), name.c_str(), &facts, AT_SYMLINK_NOFOLLOW) != 0) continue;
    return complain(Exit::conflict, path_ + "/" + name + " is there already",
                    "nothing is overwritten: choose another folder after --out");
  }
  return Outcome<>();
}

Answer<Descriptor> OutFolder::enter(const std::string& folder) {
  Descriptor here(openat(folder_.get(), ".", folder_flags));
  if (!here) return disk("open", path_);
  std::size_t begin = 0;
  while (begin < folder.size()) {
    const std::size_t end = std::min(folder.find('/', begin), folder.size());
    const std::string part = folder.substr(begin, end - begin);
    if (mkdirat(here.get(), part.c_str(), 0700) != 0 && errno != EEXIST) return disk("make", part);
    Descriptor next(openat(here.get(), part.c_str(), folder_flags | O_NOFOLLOW));
    if (!next) return disk("open", part);
    here = std::move(next);
    entered_.insert(folder.substr(0, end));
    begin = end + 1;
  }
  return here;
}

Answer<std::unique_ptr<OutFile>> OutFolder::begin(const std::string& place) {
  const std::size_t slash = place.rfind('/');
  const std::string name = place.substr(slash + 1);
  Answer<Descriptor> folder = enter(slash == place.npos ? "" : place.substr(0, slash));
  if (!folder) return pass(folder);
  struct stat facts {};
  if (fstatat(folder->get(), name.c_str(), &facts, AT_SYMLINK_NOFOLLOW) == 0) return taken(name);
  std::string temporary = ".couvert-" + encode_hex(random_.bytes<8>()) + ".part";
  Descriptor file(openat(folder->get(), temporary.c_str(),
                         O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!file) return disk("write", temporary);
  return std::make_unique<OutFile>(std::move(*folder), std::move(file), std::move(temporary), name);
}

Answer<> OutFolder::finish() {
  if (fsync(folder_.get()) != 0) return disk("write", path_);
  for (const std::string& folder : entered_) {
    const Answer<Descriptor> opened = enter(folder);
    if (!opened) return pass(opened);
    if (fsync(opened->get()) != 0) return disk("write", folder);
  }
  return Answer<>();
}

}  // namespace couvert
