#include "cli/file_list.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <set>

#include "base/limits.h"
#include "cli/terminal.h"

namespace couvert {
namespace {

namespace fs = std::filesystem;

constexpr int folders_deep_max = 100;

struct MediaType {
  std::string_view ending;
  std::string_view type;
};

constexpr MediaType media_types[] = {
    {"pdf", "application/pdf"},
    {"txt", "text/plain"},
    {"csv", "text/csv"},
    {"png", "image/png"},
    {"jpg", "image/jpeg"},
    {"jpeg", "image/jpeg"},
    {"gif", "image/gif"},
    {"webp", "image/webp"},
    {"svg", "image/svg+xml"},
    {"tif", "image/tiff"},
    {"tiff", "image/tiff"},
    {"mp3", "audio/mpeg"},
    {"wav", "audio/wav"},
    {"mp4", "video/mp4"},
    {"webm", "video/webm"},
    {"zip", "application/zip"},
    {"json", "application/json"},
    {"xml", "application/xml"},
    {"dcm", "application/dicom"},
    {"eml", "message/rfc822"},
    {"docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
    {"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
    {"odt", "application/vnd.oasis.opendocument.text"},
    {"ods", "application/vnd.oasis.opendocument.spreadsheet"},
};

tl::unexpected<Trouble> unreadable(const std::string& path, int code) {
  return complain(Exit::unavailable, "cannot read " + path + ": " + std::strerror(code));
}

Outcome<> check_name(const std::string& name) {
  const auto refused = [&name](std::string_view why) {
    return complain(Exit::usage, "the name " + name + " " + std::string(why), "rename the file");
  };
  if (name.size() > limits::file_name_bytes_max) return refused("is too long");
  if (!is_utf8(name)) return refused("is not UTF-8");
  const bool hidden = std::any_of(name.begin(), name.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
  });
  if (hidden) return refused("holds a control character");
  if (name.find('\\') != name.npos) return refused("holds a backslash, which parts folders");
  return Outcome<>();
}

// Collects files; one name is taken once.
class Lister {
 public:
  Outcome<> take_named(const std::string& operand) {
    struct stat facts {};
    if (lstat(operand.c_str(), &facts) != 0) return unreadable(operand, errno);
    const bool link = S_ISLNK(facts.st_mode);
    if (link && stat(operand.c_str(), &facts) != 0) return unreadable(operand, errno);
    if (S_ISREG(facts.st_mode)) {
      return add(operand, fs::path(operand).filename().string(), facts);
    }
    if (!S_ISDIR(facts.st_mode)) return no_file(operand);
    if (link) {
      return complain(Exit::usage, operand + " is a link to a folder", "name the folder itself");
    }
    std::error_code error;
    const fs::path real = fs::canonical(operand, error);
    if (error) return unreadable(operand, error.value());
    return take_folder(operand, real.filename().string(), 0);
  }

  Outcome<std::vector<FileToSend>> files() { return std::move(files_); }

 private:
  Outcome<> take_folder(const std::string& path, const std::string& name, int depth) {
    if (depth > folders_deep_max) {
      return complain(Exit::too_large, path + " lies too deep", "pack the folder into an archive");
    }
    std::error_code error;
    std::vector<std::string> entries;
    for (fs::directory_iterator entry(path, error), end; !error && entry != end;
         entry.increment(error)) {
      entries.push_back(entry->path().filename().string());
      if (entries.size() > limits::files_max) return too_many();
    }
    if (error) return unreadable(path, error.value());
    std::sort(entries.begin(), entries.end());
    const std::string above = path.ends_with('/') ? path : path + "/";
    const std::string prefix = name.empty() ? name : name + "/";
    for (const std::string& entry : entries) {
      const std::string below = std::string(above).append(entry);
      const std::string inside = std::string(prefix).append(entry);
      const Outcome<> taken = take_entry(below, inside, depth);
      if (!taken) return taken;
    }
    return Outcome<>();
  }

  Outcome<> take_entry(const std::string& path, const std::string& name, int depth) {
    struct stat facts {};
    if (lstat(path.c_str(), &facts) != 0) return unreadable(path, errno);
    if (S_ISDIR(facts.st_mode)) return take_folder(path, name, depth + 1);
    if (S_ISREG(facts.st_mode)) return add(path, name, facts);
    if (S_ISLNK(facts.st_mode)) {
      return complain(Exit::usage, path + " is a link",
                      "replace it by the file itself, or name the files one by one");
    }
    return no_file(path);
  }

  Outcome<> add(const std::string& path, const std::string& name, const struct stat& facts) {
    if (access(path.c_str(), R_OK) != 0) return unreadable(path, errno);
    const Outcome<> fine = check_name(name);
    if (!fine) return fine;
    if (!names_.insert(name).second) {
      return complain(Exit::usage, "two files would have the name " + name,
                      "rename one, or give the folder that holds both");
    }
    if (files_.size() >= limits::files_max) return too_many();
    const auto size = static_cast<std::uint64_t>(facts.st_size);
    if (size > limits::file_bytes_max) return complain(Exit::too_large, path + " is too large");
    files_.push_back({.path = path, .name = name, .size = size});
    return Outcome<>();
  }

  static tl::unexpected<Trouble> no_file(const std::string& path) {
    return complain(Exit::usage, path + " is neither a file nor a folder");
  }
  static tl::unexpected<Trouble> too_many() {
    return complain(Exit::too_large, "a transfer holds at most 10000 files",
                    "pack them into an archive");
  }

  std::vector<FileToSend> files_;
  std::set<std::string> names_;
};

Problem source_problem(ErrorCode code, const std::string& detail) {
  return trouble(code, reasons::source, detail).value();
}

}  // namespace

Outcome<std::vector<FileToSend>> list_files(const std::vector<std::string>& operands) {
  Lister lister;
  for (const std::string& operand : operands) {
    const Outcome<> taken = lister.take_named(operand);
    if (!taken) return pass(taken);
  }
  return lister.files();
}

std::string media_type_of(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  if (dot == name.npos) return {};
  std::string ending(name.substr(dot + 1));
  for (char& c : ending) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  for (const MediaType& known : media_types) {
    if (known.ending == ending) return std::string(known.type);
  }
  return {};
}

LocalFile::LocalFile(const FileToSend& file, int descriptor)
    : path_(file.path),
      file_{.name = file.name, .type = media_type_of(file.name), .size = file.size},
      descriptor_(descriptor) {}

LocalFile::LocalFile(LocalFile&& other) noexcept
    : path_(std::move(other.path_)),
      file_(std::move(other.file_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      changed_seconds_(other.changed_seconds_),
      changed_nanoseconds_(other.changed_nanoseconds_) {}

LocalFile::~LocalFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Answer<LocalFile> LocalFile::open(const FileToSend& file) {
  // O_NONBLOCK: a pipe that took the file's place must not hold us up.
  const int descriptor = ::open(file.path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  const int code = errno;
  LocalFile opened(file, descriptor);
  if (descriptor < 0) {
    const std::string why = "cannot read " + file.path + ": " + std::strerror(code);
    return tl::make_unexpected(source_problem(ErrorCode::unavailable, why));
  }
  struct stat facts {};
  if (fstat(descriptor, &facts) != 0 || !S_ISREG(facts.st_mode) ||
      static_cast<std::uint64_t>(facts.st_size) != file.size) {
    return tl::make_unexpected(
        source_problem(ErrorCode::conflict, file.path + " has changed meanwhile"));
  }
  opened.changed_seconds_ = facts.st_mtim.tv_sec;
  opened.changed_nanoseconds_ = facts.st_mtim.tv_nsec;
  posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL);
  return opened;
}

Answer<std::size_t> LocalFile::read_at(std::uint64_t offset, MutableBytes room) {
  while (true) {
    const ssize_t got = pread(descriptor_, room.data(), room.size(), static_cast<off_t>(offset));
    if (got > 0) return static_cast<std::size_t>(got);
    if (got < 0 && errno == EINTR) continue;
    const std::string why = got == 0 ? path_ + " has changed meanwhile"
                                     : "cannot read " + path_ + ": " + std::strerror(errno);
    const ErrorCode code = got == 0 ? ErrorCode::conflict : ErrorCode::unavailable;
    return tl::make_unexpected(source_problem(code, why));
  }
}

Answer<> LocalFile::check_unchanged() const {
  struct stat facts {};
  const bool same =
      fstat(descriptor_, &facts) == 0 && static_cast<std::uint64_t>(facts.st_size) == file_.size &&
      facts.st_mtim.tv_sec == changed_seconds_ && facts.st_mtim.tv_nsec == changed_nanoseconds_;
  if (same) return Answer<>();
  return tl::make_unexpected(
      source_problem(ErrorCode::conflict, path_ + " has changed while it was sent"));
}

}  // namespace couvert
