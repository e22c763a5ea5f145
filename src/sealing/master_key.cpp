#include "sealing/master_key.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "crypto/secret_bytes.h"
#include "sealing/posix_file.h"

namespace couvert {
namespace {

constexpr std::size_t text_bytes_max = 66;

Result<Secret<32>> read_master_key(const Descriptor& file) {
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) return tl::make_unexpected(system_error("master key"));
  // The group may read: systemd shows so the credentials of a service that runs as another user.
  if ((status.st_mode & (S_IRWXO | S_IWGRP)) != 0) {
    return fail(ErrorCode::invalid, "the master key's file is open to others: chmod 0400");
  }
  Result<Buffer> text = read_whole(file, text_bytes_max);
  if (!text) return pass(text);
  Result<Secret<32>> key = parse_master_key(as_text(*text));
  wipe(*text);
  return key;
}

Result<bool> holds_keys(KeyFolder& day_keys) {
  const Result<std::vector<std::string>> names = day_keys.list();
  if (!names) return pass(names);
  const auto is_key = [](const std::string& name) { return name.ends_with(".key"); };
  return std::any_of(names->begin(), names->end(), is_key);
}

// Written under another name first: a crash leaves no half key under the real one.
Result<> make_master_key(const std::string& path, Random& random) {
  const std::string unfinished = path + ".new";
  ::unlink(unfinished.c_str());
  const int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
  const Descriptor file(::open(unfinished.c_str(), flags, 0400));
  if (!file.is_open()) return tl::make_unexpected(system_error("make the master key"));
  std::string text = secret_to_hex(random.secret<32>());
  text.push_back('\n');
  Result<> written = write_all(file, as_bytes(text));
  if (written) written = sync(file);
  wipe(text);
  if (!written) return written;

  const bool linked = ::link(unfinished.c_str(), path.c_str()) == 0 || errno == EEXIST;
  if (!linked) return tl::make_unexpected(system_error("name the master key"));
  ::unlink(unfinished.c_str());
  return sync_parent(path);
}

}  // namespace

Result<Secret<32>> parse_master_key(std::string_view text) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  Result<Secret<32>> key = secret_from_hex<32>(text);
  if (!key) return fail(ErrorCode::invalid, "a master key has 64 hexadecimal digits");
  return key;
}

Result<Secret<32>> open_master_key(const std::string& path, KeyFolder& day_keys, Random& random) {
  constexpr int flags = O_RDONLY | O_CLOEXEC;
  Descriptor file(::open(path.c_str(), flags));
  if (!file.is_open() && errno == ENOENT) {
    const Result<bool> keys = holds_keys(day_keys);
    if (!keys) return pass(keys);
    if (*keys) {
      return fail(ErrorCode::damaged, "day keys are there, but their master key is missing");
    }
    const Result<> made = make_master_key(path, random);
    if (!made) return pass(made);
    file = Descriptor(::open(path.c_str(), flags));
  }
  if (!file.is_open()) return tl::make_unexpected(system_error("open the master key"));
  return read_master_key(file);
}

}  // namespace couvert
