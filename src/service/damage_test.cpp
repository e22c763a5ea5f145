// Bytes flipped, cut, swapped, lost, replaced by older ones, anywhere in the objects and in the
// rows: every answer is an error or right, never other bytes, and the server goes on.
//
// service/test_choice.h says how much of it is tried.
#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>

#include "service/expire_round.h"
#include "service/outbox_round.h"
#include "service/sent.h"
#include "service/test_choice.h"
#include "service/test_world.h"
#include "store/check.h"
#include "store/test_raw_rows.h"

using namespace couvert;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write_file(const fs::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

std::string pattern(std::size_t size, unsigned start) {
  std::string bytes;
  for (std::size_t i = 0; i < size; ++i) bytes += static_cast<char>((i * 7 + start) % 251);
  return bytes;
}

// Takes mails and says that they were not taken, so that they wait on.
class Listening final : public MailTransport {
 public:
  Result<> send(const Envelope& envelope, Bytes message, Duration) override {
    mails.emplace_back(envelope.to.text, as_text(message));
    return fail(ErrorCode::unavailable, "later");
  }

  std::vector<std::pair<std::string, std::string>> mails;
};

// A file in parts of that size; the last may be shorter.
std::uint32_t upload_in_parts(TestWorld& world, const TestDraft& draft, const std::string& bytes,
                              std::size_t part) {
  Drafts drafts(*world.parts);
  const Result<NewUpload> created =
      drafts.create_file(draft.key(), {"teile.bin", "", bytes.size()});
  REQUIRE(created.has_value());
  for (std::size_t at = 0; at < bytes.size(); at += part) {
    // All the rest is announced: pieces as small as these would be refused.
    const auto upload = drafts.upload(draft.key(), created->no, {at, bytes.size() - at});
    REQUIRE(upload.has_value());
    REQUIRE((*upload)->write(as_bytes(std::string_view(bytes).substr(at, part))).has_value());
    REQUIRE((*upload)->finish().has_value());
  }
  return created->no;
}

std::string fragment_of(const StartedRecipient& recipient) {
  return recipient.link.substr(recipient.link.find('#') + 1);
}

// Two started transfers, one by link to bert and carla, one by password to dora, and a draft. Their
// mails wait; bert has a session.
struct Scene {
  Scene() : linked(begin_draft(world)), locked(begin_draft(world)), draft(begin_draft(world)) {
    world.allow("*", "*");
    rows.emplace((world.folder / "couvert.db").string());
    const std::uint32_t large = upload_in_parts(world, linked, files[0], 20'000);
    const std::uint32_t small = upload_file(world, linked, "klein.txt", files[1]);
    const std::uint32_t other = upload_file(world, locked, "anders.bin", files[2]);
    upload_in_parts(world, draft, files[2], 500);
    rows->keep("older");
    start_linked({{large, files[0].size()}, {small, files[1].size()}});
    start_locked({{other, files[2].size()}});
    Result<Retrieval> opened = open_link(0);
    REQUIRE(opened.has_value());
    session.emplace(
        RetrievalKey{opened->retrieval_id, session_secret.emplace(std::move(*opened->token))});
    content = opened->content;
    zip = read_all(**Retrieve(*world.parts).zip(*session, {}));
    rows->keep("kept");
    for (const auto& entry : fs::recursive_directory_iterator(world.folder / "objects")) {
      if (entry.path().filename().string().size() == 26) {
        objects[entry.path()] = read_file(entry.path());
      }
    }
  }

  void start_linked(const std::vector<std::pair<std::uint32_t, std::uint64_t>>& list) {
    StartRequest request = good_request(world, list);
    request.open_by = OpenBy::link;
    request.password.reset();
    request.notify_download = true;
    request.recipients.push_back({"carla@example.com", RecipientKind::cc, {}, {}});
    for (StartRecipient& recipient : request.recipients) {
      recipient.slot_id = SlotId::make(world.random);
      recipient.secret = world.random.secret<32>();
    }
    by_link = std::move(*Start(*world.parts).start(linked.key(), std::move(request)));
  }

  void start_locked(const std::vector<std::pair<std::uint32_t, std::uint64_t>>& list) {
    StartRequest request = good_request(world, list);
    request.recipients.at(0).address = "dora@example.com";
    password_secret = request.password->secret.clone();
    by_password = std::move(*Start(*world.parts).start(locked.key(), std::move(request)));
  }

  Result<Retrieval> open_link(std::size_t recipient) {
    const StartedRecipient& one = by_link.recipients.at(recipient);
    return Retrieve(*world.parts).open_link(one.transfer_id, fragment_of(one));
  }

  // What kind of object it is.
  std::string role(const fs::path& path) {
    const std::string name = path.filename().string();
    for (int row = 0; row < rows->count("transfer"); ++row) {
      if (rows->value({"transfer", "manifest_object", row}) == name) return "manifest";
    }
    std::optional<std::string> draft_seal;
    for (int row = 0; row < rows->count("transfer"); ++row) {
      const bool is_draft = rows->value({"transfer", "state", row}) == "draft";
      if (is_draft) draft_seal = rows->value({"transfer", "seal_id", row});
    }
    for (int row = 0; row < rows->count("part"); ++row) {
      if (rows->value({"part", "object", row}) != name) continue;
      const bool is_of_draft = rows->value({"part", "seal_id", row}) == draft_seal;
      return is_of_draft ? "draft's part" : "part";
    }
    return "stray";
  }

  void put_back() {
    rows->put_back("kept");
    for (const auto& [path, bytes] : objects) {
      std::error_code error;
      if (fs::file_size(path, error) != bytes.size() || error || read_file(path) != bytes) {
        write_file(path, bytes);
      }
    }
  }

  const std::vector<std::string> files = {pattern(50'000, 1), "klein", pattern(1000, 9)};
  TestWorld world;
  TestDraft linked;
  TestDraft locked;
  TestDraft draft;
  StartedTransfer by_link;
  StartedTransfer by_password;
  Secret<32> password_secret;
  std::optional<Secret<32>> session_secret;
  std::optional<RetrievalKey> session;
  Content content;  // as bert sees it
  std::string zip;
  std::optional<RawRows> rows;
  std::map<fs::path, std::string> objects;
};

// Reads to the end or the first error: what came must be right, and all where it ends well.
void check_bytes(const Result<std::unique_ptr<Download>>& download, const std::string& right) {
  if (!download) return;
  std::string got;
  while (got.size() < (*download)->size()) {
    const Result<Bytes> piece = (*download)->read(got.size(), 16'000);
    if (!piece) {
      CHECK(right.starts_with(got));
      return;
    }
    got += as_text(*piece);
  }
  CHECK(got == right);
}

// What a recipient must see. How long it lives, and names of the sender, are the notice's.
void check_content(const Content& seen, const Content& right) {
  CHECK(seen.transfer_id == right.transfer_id);
  CHECK(seen.from == right.from);
  CHECK(seen.name == right.name);
  CHECK(seen.phone == right.phone);
  CHECK(seen.created == right.created);
  CHECK(seen.subject == right.subject);
  CHECK(seen.text == right.text);
  REQUIRE(seen.files.size() == right.files.size());
  for (std::size_t i = 0; i < seen.files.size(); ++i) {
    CHECK(seen.files[i].name == right.files[i].name);
    CHECK(seen.files[i].size == right.files[i].size);
    CHECK(seen.files[i].crc32 == right.files[i].crc32);
  }
}

void check_retrievals(Scene& scene) {
  Retrieve retrieve(*scene.world.parts);
  const Result<Retrieval> looked = retrieve.look(*scene.session);
  if (looked) check_content(looked->content, scene.content);
  for (std::uint32_t no = 0; no < 2; ++no) {
    check_bytes(retrieve.file(*scene.session, no), scene.files[no]);
  }
  check_bytes(retrieve.zip(*scene.session, {}), scene.zip);

  const Result<Retrieval> again = scene.open_link(0);
  if (again) check_content(again->content, scene.content);
  const Result<Retrieval> carla = scene.open_link(1);
  if (carla) {
    Content hers = scene.content;
    hers.transfer_id = scene.by_link.recipients[1].transfer_id;
    check_content(carla->content, hers);
    check_bytes(retrieve.file({carla->retrieval_id, *carla->token}, 0), scene.files[0]);
  }

  const TransferId& dora = scene.by_password.recipients[0].transfer_id;
  Result<Attempt> attempt = retrieve.try_password(dora, {{}, "127.0.0.1"});
  if (!attempt || !retrieve.count(*attempt)) return;
  const Result<Retrieval> opened = retrieve.open(*attempt, scene.password_secret);
  if (opened) {
    CHECK(opened->content.files.size() == 1);
    check_bytes(retrieve.file({opened->retrieval_id, *opened->token}, 0), scene.files[2]);
  }
}

void check_senders(Scene& scene) {
  Drafts drafts(*scene.world.parts);
  const Result<Draft> draft = drafts.find(scene.draft.key());
  if (draft) {
    for (const DraftFile& file : draft->files) {
      CHECK(file.name == "teile.bin");
      CHECK(file.size == 1000);
      CHECK(file.offset == 1000);
    }
  }
  const Result<SentTransfer> sent =
      Sent(*scene.world.parts).find(scene.linked.caller, scene.by_link.tracking_id);
  (void)sent.has_value();
}

// A mail goes to whom it is for: nobody else may ever get a link.
void check_mails(Scene& scene) {
  Listening transport;
  const Result<std::size_t> taken = deliver_due(*scene.world.parts, transport);
  (void)taken.has_value();
  std::vector<StartedRecipient> all = scene.by_link.recipients;
  all.push_back(scene.by_password.recipients[0]);
  for (auto& [to, text] : transport.mails) {
    for (std::size_t at; (at = text.find("=\r\n")) != text.npos;) text.erase(at, 3);
    for (const StartedRecipient& recipient : all) {
      const bool told = text.find(recipient.transfer_id.text()) != std::string::npos;
      if (told) CHECK(to == recipient.address.text);
    }
  }
}

// Everything that a server does, on a damaged store; whether `couvertd check` names the damage.
bool live_on(Scene& scene) {
  check_retrievals(scene);
  check_senders(scene);
  check_mails(scene);
  const Result<std::vector<std::string>> found =
      find_disagreements(*scene.world.database, *scene.world.objects, scene.world.guarded->now());
  sweep(*scene.world.parts);
  return !found || !found->empty();
}

// A damage to objects, and what kind of damage to what kind of object it is.
struct ObjectDamage {
  std::string kind;
  std::map<fs::path, std::optional<std::string>> left;  // bytes, or nothing

  void apply() const {
    for (const auto& [path, bytes] : left) {
      if (bytes) write_file(path, *bytes);
      if (!bytes) fs::remove(path);
    }
  }
};

}  // namespace

TEST_CASE("a flipped byte in any object gives an error or the right bytes") {
  Choice choice("flipped objects");
  Scene scene;
  REQUIRE(scene.objects.size() == 9);  // 4 and 1 parts with their manifests, 2 of the draft
  std::vector<ObjectDamage> all;
  for (const auto& [path, bytes] : scene.objects) {
    for (unsigned i = 0; i < 6; ++i) {
      // Half of them in the head: salt, commitment, the first bytes.
      const bool in_head = i % 2 == 0;
      const std::size_t at = choice.below(in_head ? 72 : bytes.size());
      std::string spoilt = bytes;
      spoilt[at] = static_cast<char>(spoilt[at] ^ (1 << choice.below(8)));
      const std::string place = in_head ? " head" : " anywhere";
      all.push_back({scene.role(path) + place, {{path, spoilt}}});
    }
  }
  for (const ObjectDamage& damage : choice.of(all, 3)) {
    CAPTURE(damage.kind);
    damage.apply();
    check_retrievals(scene);
    scene.put_back();
  }
  live_on(scene);
}

TEST_CASE("an object cut, lengthened or lost gives an error, and check names it") {
  Choice choice("changed objects");
  Scene scene;
  std::vector<ObjectDamage> all;
  for (const auto& [path, bytes] : scene.objects) {
    const std::string role = scene.role(path);
    all.push_back({role + " emptied", {{path, ""}}});
    all.push_back({role + " cut to its head", {{path, bytes.substr(0, 56)}}});
    all.push_back({role + " cut by a byte", {{path, bytes.substr(0, bytes.size() - 1)}}});
    all.push_back({role + " cut", {{path, bytes.substr(0, choice.below(bytes.size()))}}});
    const std::string more = bytes.substr(0, 1 + choice.below(40));
    all.push_back({role + " lengthened", {{path, bytes + more}}});
    all.push_back({role + " lost", {{path, std::nullopt}}});
  }
  for (const ObjectDamage& damage : choice.of(all)) {
    CAPTURE(damage.kind);
    damage.apply();
    CHECK(live_on(scene));
    scene.put_back();
  }
}

TEST_CASE("objects exchanged with each other give an error, and check names it") {
  Choice choice("exchanged objects");
  Scene scene;
  std::vector<ObjectDamage> all;
  for (auto one = scene.objects.begin(); one != scene.objects.end(); ++one) {
    for (auto other = std::next(one); other != scene.objects.end(); ++other) {
      auto [roles, second] = std::minmax({scene.role(one->first), scene.role(other->first)});
      roles.append(" and ").append(second);
      all.push_back({std::move(roles), {{one->first, other->second}, {other->first, one->second}}});
    }
  }
  for (const ObjectDamage& damage : choice.of(all)) {
    CAPTURE(damage.kind);
    damage.apply();
    // Rows have the commitments of parts; that of a manifest stands in sealed keyslots only.
    CHECK((live_on(scene) || damage.kind == "manifest and manifest"));
    scene.put_back();
  }
}

namespace {

std::string in_quotes(const std::string& text) {
  return "'" + text + "'";  // no value of ours holds a quote
}

// One of the ways in which a column goes wrong.
std::string spoilt(const std::string& value, Choice& choice) {
  const bool is_number = value.find_first_not_of("-0123456789") == std::string::npos;
  const std::vector<std::string> numbers = {"NULL",
                                            "-1",
                                            "0",
                                            "1",
                                            "9223372036854775807",
                                            "-9223372036854775808",
                                            "4611686018427387904",
                                            "'9223372036854775808'",
                                            "'18446744073709551615'",
                                            "'x'",
                                            "''",
                                            "1.5",
                                            "99999999999"};
  if (is_number && choice.below(2) == 0) return numbers[choice.below(numbers.size())];
  if (is_number && !value.empty()) {
    return std::to_string(std::strtoll(value.c_str(), nullptr, 10) +
                          static_cast<long long>(choice.below(3)) - 1);
  }
  std::string text = value;
  switch (choice.below(5)) {
    case 0:
      return "NULL";
    case 1:
      return "''";
    case 2:
      return in_quotes(text.substr(0, text.size() / 2));
    case 3:
      return in_quotes(text + text);
    default:
      break;
  }
  if (text.empty()) return "'x'";
  char& spot = text[choice.below(text.size())];
  spot = spot == 'b' ? 'c' : 'b';
  return in_quotes(text);
}

// A place in the rows; its kind is the column.
struct Cell {
  std::string kind;
  CellPlace place;
};

// Which recipient a session is of is the row's word alone (docs/decisions/0058).
std::vector<Cell> all_cells(Scene& scene) {
  std::vector<Cell> all;
  for (const CellPlace& place : scene.rows->cells()) {
    const std::string kind = place.table + "." + place.column;
    if (kind != "keyslot.position") all.push_back({kind, place});
  }
  REQUIRE(all.size() > 200);
  return all;
}

}  // namespace

TEST_CASE("a spoilt column in any row gives an error or what was there") {
  Choice choice("spoilt columns");
  Scene scene;
  unsigned spoiled = 0;
  unsigned named = 0;
  for (const Cell& cell : choice.of(all_cells(scene))) {
    const std::string expression = spoilt(scene.rows->value(cell.place).value_or(""), choice);
    CAPTURE(cell.place.text());
    CAPTURE(expression);
    if (!scene.rows->set(cell.place, expression)) continue;
    ++spoiled;
    named += live_on(scene) ? 1 : 0;
    scene.put_back();
  }
  MESSAGE(spoiled << " columns spoilt, check named " << named);
  CHECK(live_on(scene) == false);
}

TEST_CASE("a column exchanged with another row's gives an error or what was there") {
  Choice choice("exchanged columns");
  Scene scene;
  unsigned exchanged = 0;
  for (const auto& [kind, place] : choice.of(all_cells(scene))) {
    std::vector<std::string> others;
    for (CellPlace other{place.table, place.column}; other.row < scene.rows->count(place.table);
         ++other.row) {
      const std::optional<std::string> value = scene.rows->value(other);
      if (value && value != scene.rows->value(place)) others.push_back(*value);
    }
    if (others.empty()) continue;
    // As if the disk had mixed the rows up.
    const std::string& value = others[choice.below(others.size())];
    CAPTURE(place.text());
    CAPTURE(value);
    if (!scene.rows->set(place, in_quotes(value))) continue;
    ++exchanged;
    live_on(scene);
    scene.put_back();
  }
  MESSAGE(exchanged << " columns exchanged");
  CHECK(live_on(scene) == false);
}

TEST_CASE("rows lost or older ones give an error or what was there") {
  Choice choice("changed rows");
  Scene scene;
  std::vector<Cell> rows;
  for (const Cell& cell : all_cells(scene)) {
    const bool is_first = scene.rows->columns(cell.place.table).front() == cell.place.column;
    if (is_first) rows.push_back(cell);
  }
  for (const auto& [kind, place] : choice.of(rows)) {
    CAPTURE(place.text());
    if (!scene.rows->remove_row(place)) continue;
    live_on(scene);
    scene.put_back();
  }
  for (const std::string& table : scene.rows->tables()) {
    CAPTURE(table);
    scene.rows->put_back("older", table);
    live_on(scene);
    scene.put_back();
  }
  CHECK(live_on(scene) == false);
}
