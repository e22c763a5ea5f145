#include "service/test_world.h"

#include <doctest/doctest.h>

#include "base/json.h"
#include "service/outbox_round.h"
#include "store/rule_table.h"

namespace couvert {
namespace {

// The first word of ten characters of the code's alphabet that stands on a line of its own.
std::string find_code(const std::string& message) {
  std::string line;
  for (const char c : message + "\n") {
    if (c == '\r') continue;
    if (c != '\n') {
      line += c;
      continue;
    }
    const std::string plain = normalise_code(line);
    if (plain.size() == 10 && plain.find_first_not_of("34679acdefghjkmnpqrtwxy") == plain.npos) {
      return plain;
    }
    line.clear();
  }
  return "";
}

}  // namespace

Result<> TestTransport::send(const Envelope& envelope, Bytes message, Duration) {
  if (answer) return fail(answer->code, answer->detail);
  mails.emplace_back(envelope, std::string(as_text(message)));
  return Result<>();
}

TestWorld::TestWorld() : judge({}) {
  // In memory where there is such a folder: every world syncs four hundred day keys.
  const bool has_memory = std::filesystem::is_directory("/dev/shm");
  const std::filesystem::path parent =
      has_memory ? "/dev/shm" : std::filesystem::temp_directory_path();
  std::string name = (parent / "couvert-test-XXXXXX").string();
  REQUIRE(mkdtemp(name.data()) != nullptr);
  folder = name;
  settings.base_url = "https://transfer.example.org";
  settings.organisation = "Example";
  settings.mail_from = "transfer@example.org";
  key_folder = std::move(*open_key_folder(folder / "day-keys"));
  master_key = random.secret<32>();
  day_keys = std::move(*DayKeys::load(*key_folder, master_key, DayKeyRules()));
  REQUIRE(day_keys->make_ahead(clock.now(), random).has_value());
  database = std::move(*Database::open("sqlite:" + (folder / "couvert.db").string()));
  objects = std::move(*open_objects("file:" + (folder / "objects").string()));
  guarded = std::move(*GuardedClock::open(clock, *database));
  parts.emplace(Parts{*database, *objects, *day_keys, master_key, *guarded, random, log, catalogue,
                      judge, settings, [] {}});
}

TestWorld::~TestWorld() {
  std::filesystem::remove_all(folder);
}

void TestWorld::deliver() {
  for (int round = 0; round < 20; ++round) {
    const Result<std::size_t> taken = deliver_due(*parts, transport);
    REQUIRE(taken.has_value());
    if (*taken == 0) return;
  }
}

std::string TestWorld::mailed_code(const std::string& address) const {
  for (auto mail = transport.mails.rbegin(); mail != transport.mails.rend(); ++mail) {
    const std::string code = mail->first.to.text == address ? find_code(mail->second) : "";
    if (!code.empty()) return code;
  }
  return "";
}

Caller TestWorld::verified(const std::string& address) {
  Caller caller{{}, "127.0.0.1"};
  const Result<CodeAnswer> asked = Verify(*parts).request(caller, {address, Language::en});
  REQUIRE(asked.has_value());
  const Sha256Digest hash = hash_secret(*asked->token);
  caller.session.assign(hash.begin(), hash.end());
  deliver();
  REQUIRE(Verify(*parts).confirm(caller, address, mailed_code(address)).has_value());
  return caller;
}

void TestWorld::allow(const std::string& sender, const std::string& recipient) {
  const Result<> added = database->write([&](Transaction& tx) -> Result<> {
    const Result<std::int64_t> id = add_rule(tx, {0, RuleAction::allow, sender, recipient});
    if (!id) return pass(id);
    return Result<>();
  });
  REQUIRE(added.has_value());
}

std::size_t TestWorld::count_objects() {
  std::size_t count = 0;
  const Result<> listed = objects->list([&](const ObjectEntry&) {
    ++count;
    return Result<>();
  });
  REQUIRE(listed.has_value());
  return count;
}

TestDraft begin_draft(TestWorld& world) {
  TestDraft draft{world.verified("anna@example.org"), SlotId::make(world.random),
                  world.random.secret<32>()};
  REQUIRE(Drafts(*world.parts).create(draft.key(), Address{"anna@example.org"}).has_value());
  return draft;
}

std::uint32_t upload_file(TestWorld& world, const TestDraft& draft, const std::string& name,
                          const std::string& bytes) {
  Drafts drafts(*world.parts);
  const Result<NewUpload> created =
      drafts.create_file(draft.key(), {name, "text/plain", bytes.size()});
  REQUIRE(created.has_value());
  Result<std::unique_ptr<Upload>> upload =
      drafts.upload(draft.key(), created->no, {0, bytes.size()});
  REQUIRE(upload.has_value());
  REQUIRE((*upload)->write(as_bytes(bytes)).has_value());
  REQUIRE((*upload)->finish() == bytes.size());
  return created->no;
}

StartRequest good_request(TestWorld& world,
                          const std::vector<std::pair<std::uint32_t, std::uint64_t>>& files) {
  StartRequest request;
  request.name = "Anna Example";
  request.phone = "+49 261 0";
  request.recipients.push_back({"bert@example.com", RecipientKind::to, std::nullopt, std::nullopt});
  request.subject = "Röntgenbild 🦷";
  request.text = "Guten Tag,\nanbei das Bild.";
  request.files = files;
  request.expires = world.clock.now() + std::chrono::hours(24 * 5);
  request.slot_id = SlotId::make(world.random);
  // As little work as a keyslot may ask for: a test is no place for half a second of Argon2.
  Argon2Parameters parameters{argon2_memory_kib_min, 1, 1, world.random.bytes<16>()};
  Result<Secret<32>> secret = password_secret("xK9#vQ2mLp", parameters);
  REQUIRE(secret.has_value());
  request.password = StretchedPassword{parameters, std::move(*secret)};
  return request;
}

Result<Retrieval> open_by_password(TestWorld& world, const TransferId& id,
                                   const std::string& password) {
  Retrieve retrieve(*world.parts);
  Result<Attempt> attempt = retrieve.try_password(id, {{}, "127.0.0.1"});
  if (!attempt) return pass(attempt);
  const Result<> counted = retrieve.count(*attempt);
  if (!counted) return pass(counted);
  const Result<Secret<32>> secret = password_secret(password, attempt->parameters);
  if (!secret) return pass(secret);
  return retrieve.open(*attempt, *secret);
}

std::string read_all(Download& download) {
  std::string all;
  while (all.size() < download.size()) {
    const Result<Bytes> piece = download.read(all.size(), 256 * 1024);
    REQUIRE(piece.has_value());
    REQUIRE_FALSE(piece->empty());
    all += as_text(*piece);
  }
  return all;
}

}  // namespace couvert
