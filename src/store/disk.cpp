#include "store/disk.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace couvert {

namespace {

// What errno says, in words without a path.
tl::unexpected<Error> trouble(std::string_view doing) {
  const int error = errno;
  const bool is_full = error == ENOSPC || error == EDQUOT;
  return fail(is_full ? ErrorCode::full : ErrorCode::unavailable,
              std::string(doing) + ": " + strerror(error));
}

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }

  int number() const { return number_; }

 private:
  int number_;
};

class PosixFile final : public DiskFile {
 public:
  explicit PosixFile(int descriptor) : descriptor_(descriptor) {}

  Result<> write(Bytes bytes) override {
    while (!bytes.empty()) {
      const ssize_t written = ::write(descriptor_.number(), bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return trouble("writing a file");
      start_writing_out(static_cast<std::size_t>(written));
      bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
    return {};
  }

  Result<> sync() override {
    if (::fdatasync(descriptor_.number()) != 0) return trouble("syncing a file");
    return {};
  }

  Result<std::uint64_t> size() override {
    struct stat status {};
    if (::fstat(descriptor_.number(), &status) != 0) return trouble("asking for a file's length");
    return static_cast<std::uint64_t>(status.st_size);
  }

  Result<> read(std::uint64_t offset, MutableBytes out) override {
    while (!out.empty()) {
      const ssize_t got =
          ::pread(descriptor_.number(), out.data(), out.size(), static_cast<off_t>(offset));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return trouble("reading a file");
      if (got == 0) return fail(ErrorCode::damaged, "a stored file is too short");
      out = out.subspan(static_cast<std::size_t>(got));
      offset += static_cast<std::uint64_t>(got);
    }
    return {};
  }

 private:
  // Lets the kernel write while more arrives, so that sync() has little left to wait for. Only a
  // hint: what it cannot do, sync() does.
  void start_writing_out(std::size_t bytes) {
    waiting_ += bytes;
    if (waiting_ < write_out_bytes) return;
    (void)::sync_file_range(descriptor_.number(), static_cast<off64_t>(begun_),
                            static_cast<off64_t>(waiting_), SYNC_FILE_RANGE_WRITE);
    begun_ += waiting_;
    waiting_ = 0;
  }

  static constexpr std::size_t write_out_bytes = 1024 * 1024;

  Descriptor descriptor_;
  std::size_t begun_ = 0;
  std::size_t waiting_ = 0;
};

// For file systems that cannot rename without replacing (NFS).
Result<> rename_by_link(const std::string& from, const std::string& to) {
  if (::link(from.c_str(), to.c_str()) != 0) {
    if (errno == EEXIST) return fail(ErrorCode::conflict, "the name of a file is taken");
    return trouble("naming a file");
  }
  if (::unlink(from.c_str()) != 0) return trouble("naming a file");
  return {};
}

struct CloseFolder {
  void operator()(DIR* folder) const { ::closedir(folder); }
};

Instant time_of(const timespec& time) {
  return Instant(std::chrono::seconds(time.tv_sec) +
                 std::chrono::milliseconds(time.tv_nsec / 1'000'000));
}

}  // namespace

Result<> PosixDisk::make_folder(const std::string& path) {
  if (::mkdir(path.c_str(), 0700) == 0) return {};
  struct stat status {};
  if (errno == EEXIST && ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode)) return {};
  return trouble("making a folder");
}

Result<std::unique_ptr<DiskFile>> PosixDisk::create(const std::string& path) {
  const int file = ::open(path.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
  if (file >= 0) return std::make_unique<PosixFile>(file);
  if (errno == EEXIST) return fail(ErrorCode::conflict, "the name of a file is taken");
  return trouble("making a file");
}

Result<std::unique_ptr<DiskFile>> PosixDisk::open(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (file >= 0) return std::make_unique<PosixFile>(file);
  if (errno == ENOENT) return fail(ErrorCode::damaged, "a stored file is missing");
  return trouble("opening a file");
}

Result<> PosixDisk::rename(const std::string& from, const std::string& to) {
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return {};
  if (errno == EEXIST) return fail(ErrorCode::conflict, "the name of a file is taken");
  if (errno == EINVAL || errno == ENOSYS) return rename_by_link(from, to);
  return trouble("naming a file");
}

Result<> PosixDisk::sync_folder(const std::string& path) {
  const Descriptor folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.number() < 0) return trouble("opening a folder");
  if (::fsync(folder.number()) != 0) return trouble("syncing a folder");
  return {};
}

Result<> PosixDisk::remove(const std::string& path) {
  if (::unlink(path.c_str()) == 0 || errno == ENOENT) return {};
  return trouble("removing a file");
}

Result<> PosixDisk::list(const std::string& path,
                         const std::function<Result<>(const DiskEntry&)>& visit) {
  const std::unique_ptr<DIR, CloseFolder> folder(::opendir(path.c_str()));
  if (!folder) return trouble("listing a folder");
  for (;;) {
    errno = 0;
    const dirent* entry = ::readdir(folder.get());
    if (entry == nullptr && errno != 0) return trouble("listing a folder");
    if (entry == nullptr) return {};
    struct stat status {};
    if (::fstatat(::dirfd(folder.get()), entry->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0) {
      if (errno == ENOENT) continue;  // removed a moment ago
      return trouble("listing a folder");
    }
    if (!S_ISREG(status.st_mode)) continue;
    const Result<> visited =
        visit({entry->d_name, static_cast<std::uint64_t>(status.st_size), time_of(status.st_mtim)});
    if (!visited) return visited;
  }
}

Result<std::uint64_t> PosixDisk::free_bytes(const std::string& folder) {
  struct statvfs disk {};
  if (::statvfs(folder.c_str(), &disk) != 0) return trouble("asking a disk for its room");
  return std::uint64_t{disk.f_bavail} * disk.f_frsize;
}

}  // namespace couvert
