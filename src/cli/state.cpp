#include "cli/state.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "base/json.h"
#include "cli/descriptor.h"
#include "crypto/hash.h"

namespace couvert {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t file_bytes_max = 8 * 1024;
constexpr std::size_t token_bytes_max = 256;

tl::unexpected<Trouble> state_failed(const std::string& what, const std::string& path) {
  const int code = errno;
  const Exit exit = code == ENOSPC || code == EDQUOT ? Exit::full : Exit::unavailable;
  return complain(exit, "cannot " + what + " " + path + ": " + std::strerror(code));
}

// Others must neither read nor write what proves our mailboxes.
Outcome<> check_private(int descriptor, const std::string& path, const std::string& mode) {
  struct stat facts {};
  if (fstat(descriptor, &facts) != 0) return state_failed("look at", path);
  if (facts.st_uid != geteuid()) {
    return complain(Exit::refused, path + " belongs to somebody else", "set COUVERT_HOME");
  }
  if ((facts.st_mode & 077) != 0) {
    return complain(Exit::refused, "others may look into " + path, "chmod " + mode + " " + path);
  }
  return Outcome<>();
}

Outcome<std::string> read_whole(int descriptor, const std::string& path) {
  std::string text(file_bytes_max, '\0');
  std::size_t filled = 0;
  while (filled < text.size()) {
    const ssize_t got = read(descriptor, text.data() + filled, text.size() - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return state_failed("read", path);
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
  }
  text.resize(filled);
  return text;
}

Outcome<WipedText> parse_session(const std::string& text, const ServerUrl& server,
                                 const std::string& path) {
  const auto damaged = [&path] {
    return complain(Exit::damaged, path + " is damaged", "remove it and verify again");
  };
  Result<Json> json = parse_json(text, {.bytes_max = file_bytes_max, .depth_max = 2});
  if (!json) return damaged();
  ObjectReader reader(*json);
  const std::string known = reader.string("server", 2048);
  WipedText token(reader.string("token", token_bytes_max));
  if (!reader.finish() || known != server.text || token.empty()) return damaged();
  for (const char c : token.text()) {
    if (c <= ' ' || c >= 0x7f) return damaged();
  }
  return token;
}

Outcome<> write_whole(int descriptor, std::string_view text, const std::string& path) {
  while (!text.empty()) {
    const ssize_t written = write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return state_failed("write", path);
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  if (fsync(descriptor) != 0) return state_failed("write", path);
  return Outcome<>();
}

}  // namespace

Outcome<std::string> state_folder(const StateVariables& variables) {
  if (!variables.couvert_home.empty()) return variables.couvert_home;
  // The XDG specification: a relative path is invalid and ignored.
  if (variables.xdg_state_home.starts_with('/')) return variables.xdg_state_home + "/couvert";
  if (variables.home.starts_with('/')) return variables.home + "/.local/state/couvert";
  return complain(Exit::usage, "there is no folder for the state", "set COUVERT_HOME");
}

StateLock::~StateLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Outcome<State> State::open(const std::string& folder) {
  std::error_code error;
  const std::filesystem::path path(folder);
  if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path(), error);
  if (mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) return state_failed("make", folder);
  const Descriptor opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!opened) return state_failed("open", folder);
  const Outcome<> is_private = check_private(opened.get(), folder, "700");
  if (!is_private) return pass(is_private);
  return State(folder);
}

std::string State::file_of(const ServerUrl& server) const {
  const Sha256Digest digest = sha256(as_bytes(server.text));
  return folder_ + "/session-" + encode_hex(Bytes(digest).first(16)) + ".json";
}

Outcome<WipedText> State::session(const ServerUrl& server) const {
  const std::string path = file_of(server);
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!file && errno == ENOENT) return WipedText();
  if (!file) return state_failed("open", path);
  const Outcome<> is_private = check_private(file.get(), path, "600");
  if (!is_private) return pass(is_private);
  Outcome<std::string> text = read_whole(file.get(), path);
  if (!text) return pass(text);
  Outcome<WipedText> token = parse_session(*text, server, path);
  wipe(*text);
  return token;
}

Outcome<> State::keep_session(const ServerUrl& server, const WipedText& token) const {
  const std::string path = file_of(server);
  std::string temporary = path + ".XXXXXX";
  const Descriptor file(mkostemp(temporary.data(), O_CLOEXEC));  // mode 0600
  if (!file) return state_failed("write", temporary);
  Json json(Json::Object{{"server", server.text}, {"token", token.text()}});
  WipedText text(json.write());
  Outcome<> kept = write_whole(file.get(), text.text(), temporary);
  if (kept && rename(temporary.c_str(), path.c_str()) != 0) kept = state_failed("write", path);
  if (!kept) {
    unlink(temporary.c_str());
    return kept;
  }
  const Descriptor folder(::open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder || fsync(folder.get()) != 0) return state_failed("write", folder_);
  return kept;
}

Outcome<StateLock> State::lock(Interrupt& interrupt) const {
  constexpr int tries_max = 300;
  const std::string path = folder_ + "/lock";
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file < 0) return state_failed("open", path);
  StateLock lock(file);
  for (int i = 0; i < tries_max && !interrupt.stopped(); ++i) {
    if (flock(file, LOCK_EX | LOCK_NB) == 0) return lock;
    interrupt.wait(100ms);
  }
  if (interrupt.stopped()) return complain(Exit::interrupted, "stopped");
  return complain(Exit::conflict, "another couvert verifies an address just now",
                  "wait for it to end");
}

}  // namespace couvert
