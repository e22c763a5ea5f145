#include "cli/kept_draft.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>

#include "base/json.h"
#include "crypto/hash.h"
#include "crypto/secret_bytes.h"

namespace couvert {
namespace {

constexpr std::size_t draft_bytes_max = 4 * 1024;

tl::unexpected<Trouble> disk(const std::string& path) {
  const int code = errno;
  const Exit exit = code == ENOSPC || code == EDQUOT ? Exit::full : Exit::unavailable;
  return complain(exit, "cannot use " + path + ": " + std::strerror(code));
}

std::string path_of(const std::string& folder, const ServerUrl& server,
                    const std::string& command) {
  const Sha256Digest digest = sha256(as_bytes(server.text + "\n" + command));
  return folder + "/draft-" + encode_hex(Bytes(digest).first(16)) + ".json";
}

}  // namespace

Outcome<std::optional<KeptDraft>> KeptDraft::open(const std::string& folder,
                                                  const ServerUrl& server,
                                                  const std::string& command) {
  std::string path = path_of(folder, server, command);
  Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file) return disk(path);
  struct stat facts {};
  if (fstat(file.get(), &facts) != 0) return disk(path);
  if (facts.st_uid != geteuid() || (facts.st_mode & 077) != 0) {
    return complain(Exit::refused, "others may look into " + path, "remove it");
  }
  if (flock(file.get(), LOCK_EX | LOCK_NB) != 0) return std::optional<KeptDraft>();
  return KeptDraft(std::move(path), std::move(file), server);
}

std::optional<DraftAccess> KeptDraft::load() const {
  std::string text(draft_bytes_max, '\0');
  const ssize_t got = pread(file_.get(), text.data(), text.size(), 0);
  if (got <= 0) return std::nullopt;
  text.resize(static_cast<std::size_t>(got));
  // A call that was killed while it wrote leaves half of it: as good as none.
  const Result<Json> json = parse_json(text, {.bytes_max = draft_bytes_max, .depth_max = 2});
  wipe(text);
  if (!json) return std::nullopt;
  ObjectReader reader(*json);
  const std::string server = reader.string("server", 2048);
  const std::string draft_id = reader.string("draft_id", 26);
  const WipedText secret(reader.string("secret", 64));
  Result<Secret<32>> bytes = secret_from_base64url<32>(secret.text());
  const bool is_ours = reader.finish() && server == server_.text && SlotId::parse(draft_id);
  if (!is_ours || !bytes) return std::nullopt;
  return DraftAccess{.draft_id = draft_id, .secret = std::move(*bytes)};
}

Outcome<> KeptDraft::keep(const DraftAccess& draft) const {
  const Json json(Json::Object{{"server", server_.text},
                               {"draft_id", draft.draft_id},
                               {"secret", secret_to_base64url(draft.secret)}});
  const WipedText text(json.write());
  const std::size_t size = text.text().size();
  if (ftruncate(file_.get(), 0) != 0) return disk(path_);
  const ssize_t written = pwrite(file_.get(), text.text().data(), size, 0);
  if (written != static_cast<ssize_t>(size) || fsync(file_.get()) != 0) return disk(path_);
  return Outcome<>();
}

void KeptDraft::forget() const {
  unlink(path_.c_str());
}

}  // namespace couvert
