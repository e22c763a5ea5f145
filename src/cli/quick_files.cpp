#include "cli/quick_files.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>

#include "base/json.h"
#include "base/limits.h"
#include "cli/private_file.h"
#include "client/api_fields.h"
#include "client/api_line.h"
#include "crypto/secret_bytes.h"

namespace couvert {
namespace {

constexpr std::size_t device_file_bytes_max = 8 * 1024;
constexpr std::int64_t version_max = (std::int64_t{1} << 53) - 1;

char lower_case(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// Of another server: nothing.
Outcome<std::optional<KeptDevice>> parse_device(const WipedText& text, const ServerUrl& server,
                                                const std::string& path) {
  const auto damaged = [&path] {
    return complain(Exit::damaged, path + " is damaged",
                    "remove it, and run couvert connect ADDRESS with --show-code or --recover");
  };
  Result<Json> json = parse_json(text.text(), {.bytes_max = device_file_bytes_max, .depth_max = 2});
  if (!json) return damaged();
  ObjectReader reader(*json);
  const std::string known = reader.string("server", 2048);
  KeptDevice kept;
  kept.own.address = reader.string("address", limits::address_bytes_max);
  kept.own.device = api::typed_id_of<DeviceId>(reader, "device_id");
  const WipedText key(reader.string("device_key", 43));
  kept.own.public_key = api::key_of(reader, "public_key");
  kept.own.seen.version =
      static_cast<std::uint64_t>(reader.integer("book_version", 0, version_max));
  kept.own.seen.digest = api::array_of<32>(reader, "book_sha256");
  kept.recovery_kept = reader.boolean("recovery_kept", true);
  const bool whole = static_cast<bool>(reader.finish());
  wipe_texts(*json);
  Result<Secret<32>> secret = secret_from_base64url<32>(key.text());
  if (!whole || !secret || kept.own.address.empty()) return damaged();
  if (known != server.text) return std::optional<KeptDevice>();
  kept.own.key = std::move(*secret);
  return std::optional(std::move(kept));
}

WipedText text_of(const KeptDevice& kept, const ServerUrl& server) {
  Json::Object fields{{"server", server.text},
                      {"address", kept.own.address},
                      {"device_id", kept.own.device.text()},
                      {"public_key", encode_base64url(kept.own.public_key)},
                      {"book_version", static_cast<std::int64_t>(kept.own.seen.version)},
                      {"book_sha256", encode_base64url(kept.own.seen.digest)},
                      {"recovery_kept", kept.recovery_kept}};
  // Moved in, while such a list of fields is copied.
  fields.emplace_back("device_key", secret_to_base64url(kept.own.key));
  Json json(std::move(fields));
  WipedText text(json.write());
  wipe_texts(json);
  return text;
}

}  // namespace

bool same_address(std::string_view one, std::string_view other) {
  return std::ranges::equal(one, other, {}, &lower_case, &lower_case);
}

QuickFiles::QuickFiles(const State& state, ServerUrl server)
    : folder_(state.folder()), server_(std::move(server)) {}

std::string QuickFiles::name_of(const std::string& address) const {
  const Sha256Digest digest = sha256(as_bytes(server_.text + "\n" + address));
  return "quick-" + encode_hex(Bytes(digest).first(16)) + ".json";
}

Outcome<StateLock> QuickFiles::lock() const {
  const std::string path = folder_ + "/quick-lock";
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file < 0) return disk_trouble("open", path);
  StateLock lock(file);
  // Held for a file's writing, never for the network.
  while (flock(file, LOCK_EX) != 0) {
    if (errno != EINTR) return disk_trouble("lock", path);
  }
  return lock;
}

Outcome<std::optional<KeptDevice>> QuickFiles::read(const std::string& name) const {
  const std::string path = folder_ + "/" + name;
  const Outcome<std::optional<WipedText>> text = read_private_file(path);
  if (!text) return pass(text);
  if (!*text) return std::optional<KeptDevice>();
  return parse_device(**text, server_, path);
}

Outcome<std::vector<KeptDevice>> QuickFiles::all() const {
  std::vector<KeptDevice> devices;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder_, error)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with("quick-") || !name.ends_with(".json")) continue;
    Outcome<std::optional<KeptDevice>> one = read(name);
    if (!one) return pass(one);
    if (*one) devices.push_back(std::move(**one));
  }
  if (error) return complain(Exit::unavailable, "cannot read " + folder_ + ": " + error.message());
  std::ranges::sort(devices, {}, [](const KeptDevice& one) { return one.own.address; });
  return devices;
}

Outcome<std::optional<KeptDevice>> QuickFiles::find(const std::string& address) const {
  Outcome<std::vector<KeptDevice>> devices = all();
  if (!devices) return pass(devices);
  for (KeptDevice& one : *devices) {
    if (same_address(one.own.address, address)) return std::optional(std::move(one));
  }
  return std::optional<KeptDevice>();
}

Outcome<> QuickFiles::write(const KeptDevice& device) const {
  return write_private_file(folder_, name_of(device.own.address), text_of(device, server_));
}

Outcome<> QuickFiles::keep(const KeptDevice& device) const {
  const Outcome<StateLock> held = lock();
  if (!held) return pass(held);
  return write(device);
}

Outcome<> QuickFiles::see(const OwnDevice& device, const SeenBook& seen) const {
  const Outcome<StateLock> held = lock();
  if (!held) return pass(held);
  Outcome<std::optional<KeptDevice>> kept = read(name_of(device.address));
  if (!kept) return pass(kept);
  // Forgotten or replaced by another call: nothing of this one is remembered.
  if (!*kept || (*kept)->own.device != device.device) return Outcome<>();
  SeenBook& known = (*kept)->own.seen;
  if (known.version == seen.version && known.digest != seen.digest) {
    return complain(Exit::conflict, "two books of one version");
  }
  if (known.version >= seen.version) return Outcome<>();
  known = seen;
  return write(**kept);
}

Outcome<> QuickFiles::note_recovery_kept(const std::string& address) const {
  const Outcome<StateLock> held = lock();
  if (!held) return pass(held);
  Outcome<std::optional<KeptDevice>> kept = read(name_of(address));
  if (!kept) return pass(kept);
  if (!*kept) return Outcome<>();
  (*kept)->recovery_kept = true;
  return write(**kept);
}

Outcome<> QuickFiles::forget(const std::string& address) const {
  const Outcome<StateLock> held = lock();
  if (!held) return pass(held);
  const std::string path = folder_ + "/" + name_of(address);
  if (unlink(path.c_str()) != 0 && errno != ENOENT) return disk_trouble("remove", path);
  return Outcome<>();
}

}  // namespace couvert
