#include "sealing/key_folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "sealing/posix_file.h"

namespace couvert {
namespace {

constexpr std::size_t file_bytes_max = 4096;
constexpr mode_t file_mode = 0600;
constexpr std::size_t files_at_once = 64;
// Names of unfinished files begin with it, names of whole ones never with a dot.
const std::string unfinished = ".new-";

struct DirectoryCloser {
  void operator()(DIR* directory) const { ::closedir(directory); }
};

class PosixKeyFolder final : public KeyFolder {
 public:
  explicit PosixKeyFolder(Descriptor folder) : folder_(std::move(folder)) {}

  Result<std::vector<std::string>> list() override;
  Result<Buffer> read(const std::string& name) override;
  Result<> create(std::span<const KeyFile> files) override;
  Result<> replace(const KeyFile& file) override;
  Result<> remove(const std::string& name) override;

  /// Throws away what a crash left.
  Result<> sweep();

 private:
  Result<std::vector<std::string>> list_all();
  Result<Descriptor> write_unfinished(const KeyFile& file);
  Result<> create_some(std::span<const KeyFile> files);
  Result<> name_finished(const std::string& name);

  Descriptor folder_;
};

Result<std::vector<std::string>> PosixKeyFolder::list_all() {
  // A fresh description of the folder, as reading moves its position.
  const int number = ::openat(folder_.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (number < 0) return tl::make_unexpected(system_error("open the key folder"));
  const std::unique_ptr<DIR, DirectoryCloser> directory(::fdopendir(number));
  if (directory == nullptr) {
    ::close(number);
    return tl::make_unexpected(system_error("list the key folder"));
  }
  std::vector<std::string> names;
  errno = 0;
  while (const dirent* entry = ::readdir(directory.get())) {
    names.emplace_back(entry->d_name);
    errno = 0;
  }
  if (errno != 0) return tl::make_unexpected(system_error("list the key folder"));
  std::sort(names.begin(), names.end());
  return names;
}

Result<std::vector<std::string>> PosixKeyFolder::list() {
  Result<std::vector<std::string>> names = list_all();
  if (names) std::erase_if(*names, [](const std::string& name) { return name.starts_with('.'); });
  return names;
}

Result<> PosixKeyFolder::sweep() {
  const Result<std::vector<std::string>> names = list_all();
  if (!names) return pass(names);
  for (const std::string& name : *names) {
    if (!name.starts_with(unfinished)) continue;
    if (::unlinkat(folder_.get(), name.c_str(), 0) != 0) {
      return tl::make_unexpected(system_error("remove an unfinished key"));
    }
  }
  return {};
}

Result<Buffer> PosixKeyFolder::read(const std::string& name) {
  const Descriptor file(::openat(folder_.get(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
  if (!file.is_open() && errno == ENOENT) return fail(ErrorCode::damaged, "a key file is gone");
  if (!file.is_open()) return tl::make_unexpected(system_error("open a key file"));
  return read_whole(file, file_bytes_max);
}

Result<Descriptor> PosixKeyFolder::write_unfinished(const KeyFile& file) {
  INVARIANT(!file.name.empty() && file.name.front() != '.' &&
            file.name.find('/') == std::string::npos);
  const std::string name = unfinished + file.name;
  ::unlinkat(folder_.get(), name.c_str(), 0);
  const int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
  Descriptor made(::openat(folder_.get(), name.c_str(), flags, file_mode));
  if (!made.is_open()) return tl::make_unexpected(system_error("make a key file"));
  const Result<> written = write_all(made, file.bytes);
  if (!written) return pass(written);
  return made;
}

// Gives the file its name, where no other has it; a link, as a rename would overwrite.
Result<> PosixKeyFolder::name_finished(const std::string& name) {
  const std::string from = unfinished + name;
  const int failed = ::linkat(folder_.get(), from.c_str(), folder_.get(), name.c_str(), 0);
  if (failed != 0 && errno != EEXIST) return tl::make_unexpected(system_error("name a key file"));
  if (::unlinkat(folder_.get(), from.c_str(), 0) != 0) {
    return tl::make_unexpected(system_error("name a key file"));
  }
  return {};
}

// All are written before the first is synced: one journal commit then serves them all.
Result<> PosixKeyFolder::create_some(std::span<const KeyFile> files) {
  std::vector<Descriptor> made;
  for (const KeyFile& file : files) {
    Result<Descriptor> written = write_unfinished(file);
    if (!written) return pass(written);
    made.push_back(std::move(*written));
  }
  for (const Descriptor& file : made) {
    const Result<> synced = sync(file);
    if (!synced) return synced;
  }
  for (const KeyFile& file : files) {
    const Result<> named = name_finished(file.name);
    if (!named) return named;
  }
  return {};
}

Result<> PosixKeyFolder::create(std::span<const KeyFile> files) {
  while (!files.empty()) {
    const std::size_t now = std::min(files.size(), files_at_once);
    const Result<> created = create_some(files.first(now));
    if (!created) return created;
    files = files.subspan(now);
  }
  return sync(folder_);
}

Result<> PosixKeyFolder::replace(const KeyFile& file) {
  const Result<Descriptor> written = write_unfinished(file);
  if (!written) return pass(written);
  const Result<> synced = sync(*written);
  if (!synced) return synced;
  const std::string from = unfinished + file.name;
  if (::renameat(folder_.get(), from.c_str(), folder_.get(), file.name.c_str()) != 0) {
    return tl::make_unexpected(system_error("replace a key file"));
  }
  return sync(folder_);
}

Result<> PosixKeyFolder::remove(const std::string& name) {
  if (::unlinkat(folder_.get(), name.c_str(), 0) != 0 && errno != ENOENT) {
    return tl::make_unexpected(system_error("remove a key file"));
  }
  return sync(folder_);
}

}  // namespace

Result<std::unique_ptr<KeyFolder>> open_key_folder(const std::string& path) {
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) {
    return tl::make_unexpected(system_error("make the key folder"));
  }
  Descriptor folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder.is_open()) return tl::make_unexpected(system_error("open the key folder"));
  // Each time: a folder that is there may come from a process that died before it could.
  const Result<> named = sync_parent(path);
  if (!named) return pass(named);
  auto opened = std::make_unique<PosixKeyFolder>(std::move(folder));
  const Result<> swept = opened->sweep();
  if (!swept) return pass(swept);
  return std::unique_ptr<KeyFolder>(std::move(opened));
}

}  // namespace couvert
