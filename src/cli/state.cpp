#include "cli/state.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "base/json.h"
#include "cli/descriptor.h"
#include "cli/private_file.h"
#include "crypto/hash.h"

namespace couvert {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t file_bytes_max = 8 * 1024;
constexpr std::size_t token_bytes_max = 256;

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
  if (mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) return disk_trouble("make", folder);
  const Descriptor opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!opened) return disk_trouble("open", folder);
  const Outcome<> is_private = check_private(opened.get(), folder, "700");
  if (!is_private) return pass(is_private);
  return State(folder);
}

std::string State::name_of(const ServerUrl& server) const {
  const Sha256Digest digest = sha256(as_bytes(server.text));
  return "session-" + encode_hex(Bytes(digest).first(16)) + ".json";
}

Outcome<WipedText> State::session(const ServerUrl& server) const {
  const std::string path = folder_ + "/" + name_of(server);
  const Outcome<std::optional<WipedText>> text = read_private_file(path);
  if (!text) return pass(text);
  if (!*text) return WipedText();
  return parse_session((*text)->text(), server, path);
}

Outcome<> State::keep_session(const ServerUrl& server, const WipedText& token) const {
  const Json json(Json::Object{{"server", server.text}, {"token", token.text()}});
  return write_private_file(folder_, name_of(server), WipedText(json.write()));
}

Outcome<> State::forget_session(const ServerUrl& server) const {
  return remove_private_file(folder_, name_of(server));
}

Outcome<StateLock> State::lock(Interrupt& interrupt) const {
  constexpr int tries_max = 300;
  const std::string path = folder_ + "/lock";
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file < 0) return disk_trouble("open", path);
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
