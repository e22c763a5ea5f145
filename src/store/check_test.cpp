#include "store/check.h"

#include <soci/soci.h>

#include <algorithm>

#include "store/file_objects.h"
#include "store/sql.h"
#include "store/sqlite.h"
#include "store/test_database.h"
#include "store/test_disk.h"

using namespace couvert;

namespace {

constexpr std::uint64_t part_sealed_bytes = 56 + 100 + 16;
constexpr std::uint64_t manifest_sealed_bytes = 56 + 1024 + 16;
const Instant long_ago = from_unix(1'000'000);
const Instant now = long_ago + std::chrono::hours(48);

// A database and objects with two transfers that agree: 1 is sealed, 2 a draft with one part.
struct CheckFixture {
  CheckFixture() {
    auto opened = make_file_objects(disk, "/objects");
    REQUIRE(opened.has_value());
    objects = std::move(*opened);
    disk->set_time(long_ago);
    for (unsigned number : {1, 2}) put(part_of(number).object, part_sealed_bytes);
    put(test_id<ObjectId>(200), manifest_sealed_bytes);
    db.write([](Transaction& tx) { return insert_sealed(tx); });
    db.write([](Transaction& tx) { return insert_draft(tx); });
  }

  static PartRow part_of(unsigned number) {
    PartRow part = test_part(number, 0, 0);
    part.bytes = 100;
    return part;
  }

  static Result<> insert_draft(Transaction& tx) {
    const Result<> inserted = insert_transfer(tx, test_transfer(2));
    if (!inserted) return inserted;
    const Result<> keyslot = insert_keyslot(tx, test_keyslot(2, KeyslotUse::sender));
    if (!keyslot) return keyslot;
    return insert_file_with_part(tx, 2);
  }

  static Result<> insert_sealed(Transaction& tx) {
    Transfer transfer = test_transfer(1);
    transfer.state = TransferState::sealed;
    transfer.manifest_object = test_id<ObjectId>(200);
    const Result<> inserted = insert_transfer(tx, transfer);
    if (!inserted) return inserted;
    const Result<> keyslot = insert_keyslot(tx, test_keyslot(1, KeyslotUse::password));
    if (!keyslot) return keyslot;
    const Result<> recipient = insert_recipient(tx, test_recipient(1, 0));
    if (!recipient) return recipient;
    const Result<> file = insert_file_with_part(tx, 1);
    if (!file) return file;
    return clear_records(tx, transfer.seal_id);
  }

  static Result<> insert_file_with_part(Transaction& tx, unsigned number) {
    FileRow file = test_file(number, 0);
    const Result<> inserted = insert_file(tx, file);
    if (!inserted) return inserted;
    file.parts = 1;
    file.offset = 100;
    return advance_file(tx, file, part_of(number), file.record);
  }

  void put(const ObjectId& id, std::uint64_t bytes) {
    auto writer = objects->create(id);
    REQUIRE(writer.has_value());
    REQUIRE((*writer)->write(test_bytes(bytes, 9)));  // as test_part() says
    REQUIRE((*writer)->commit());
  }

  // Changes rows as no function of ours would.
  void spoil(const std::string& sql) const {
    auto session = open_sqlite(db.folder.file("couvert.db"), SessionUse::write);
    REQUIRE(session.has_value());
    **session << "PRAGMA foreign_keys=OFF";
    **session << sql;
  }

  std::vector<std::string> find() const {
    auto found = find_disagreements(*db.database, *objects, now);
    REQUIRE(found.has_value());
    return std::move(*found);
  }

  std::string path_of(const ObjectId& id) const {
    return "/objects/" + encode_hex(Bytes(id.bytes).first(1)) + "/" + id.text();
  }

  TestDatabase db;
  std::shared_ptr<TestDisk> disk = std::make_shared<TestDisk>();
  std::unique_ptr<Objects> objects;
};

bool is_named(const std::vector<std::string>& lines, const std::string& wrong) {
  return std::any_of(lines.begin(), lines.end(),
                     [&](const std::string& line) { return line.starts_with(wrong + ":"); });
}

const std::string quoted_seal_1 = "'" + test_id<SealId>(1).text() + "'";
const std::string seal_2 = "'" + test_id<SealId>(2).text() + "'";

}  // namespace

TEST_CASE("a database and objects that agree have nothing to be named") {
  const CheckFixture test;
  CHECK(test.find().empty());
}

TEST_CASE("everything that is wrong between rows is named with its transfer") {
  struct Wrong {
    std::string line;
    std::string sql;
  };
  const std::string of_1 = " WHERE seal_id = " + quoted_seal_1;
  const std::string of_2 = " WHERE seal_id = " + seal_2;
  const std::vector<Wrong> wrongs = {
      {"a recipient of an unknown transfer", "UPDATE recipient SET seal_id = 'x'"},
      {"a keyslot of an unknown transfer", "UPDATE keyslot SET seal_id = 'x'" + of_2},
      {"a file of an unknown transfer", "UPDATE file SET seal_id = 'x'" + of_2},
      {"a form of an unknown transfer", "INSERT INTO draft_form VALUES ('x', '')"},
      {"parts of an unknown transfer", "DELETE FROM transfer" + of_1},
      {"a download of an unknown transfer", "INSERT INTO download VALUES ('x', 0, 0, 1)"},
      {"a viewing of an unknown transfer", "INSERT INTO viewing VALUES ('x', 0, 0, 1)"},
      {"a mail of an unknown transfer",
       "INSERT INTO outbox VALUES ('m', 'code', 'x', 0, 'a', '', 0, 0, 0, 0, 0)"},
      {"a draft without the sender's keyslot", "DELETE FROM keyslot" + of_2},
      {"sealed without a manifest", "UPDATE transfer SET manifest_object = NULL" + of_1},
      {"sealed without a keyslot", "DELETE FROM keyslot" + of_1},
      {"sealed without a recipient", "DELETE FROM recipient"},
      {"no keyslot opens it for a recipient", "UPDATE recipient SET slot_id = 'x'"},
      {"the parts of a file have gaps", "UPDATE part SET part_no = 1" + of_1},
      {"a part has an impossible length", "UPDATE part SET bytes = 8388609" + of_1},
      {"a draft has parts of a file that it does not have", "DELETE FROM file" + of_2},
      {"the offset of a file is not the sum of its parts", "UPDATE file SET \"offset\" = 99"},
      {"the offset of a file is not the sum of its parts", "UPDATE file SET parts = 2"},
      {"the offset of a file is not the sum of its parts", "UPDATE file SET bytes = 99"},
      {"the offset of a file is not the sum of its parts", "DELETE FROM part" + of_2},
      {"wrong length", "UPDATE part SET bytes = 101" + of_1},
  };
  for (const Wrong& wrong : wrongs) {
    CAPTURE(wrong.line);
    CAPTURE(wrong.sql);
    const CheckFixture test;
    test.spoil(wrong.sql);
    const auto lines = test.find();
    CHECK(is_named(lines, wrong.line));
    for (const std::string& line : lines) {
      CHECK(line.find("anna") == std::string::npos);
      CHECK(line.find("bert") == std::string::npos);
    }
  }
}

TEST_CASE("a recipient that a transfer was taken back from needs no keyslot") {
  const CheckFixture test;
  test.spoil("UPDATE recipient SET revoked = 5, slot_id = 'x'");
  CHECK(test.find().empty());
}

TEST_CASE("a missing object and one of the wrong length are named") {
  for (const auto& [id, wrong] : {std::pair(CheckFixture::part_of(1).object, "a part is missing"),
                                  std::pair(CheckFixture::part_of(2).object, "a part is missing"),
                                  std::pair(test_id<ObjectId>(200), "a manifest is missing")}) {
    CheckFixture test;
    for (const std::size_t bytes : {std::size_t{0}, std::size_t{71}, std::size_t{1097}}) {
      test.disk->bytes_of(test.path_of(id))->resize(bytes);
      const auto lines = test.find();
      REQUIRE(lines.size() == 1);
      CHECK(is_named(lines, "wrong length"));
      CHECK(lines[0].find(id.text()) != std::string::npos);
    }
    REQUIRE(test.objects->remove(id));
    const auto lines = test.find();
    REQUIRE(lines.size() == 1);
    CHECK(is_named(lines, wrong));
    CHECK(lines[0].find(id.text()) != std::string::npos);
  }
}

TEST_CASE("an object with another part's bytes is named, without any key") {
  const CheckFixture test;
  const ObjectId id = CheckFixture::part_of(1).object;
  (*test.disk->bytes_of(test.path_of(id)))[24] = std::byte{8};
  const auto lines = test.find();
  REQUIRE(lines.size() == 1);
  CHECK(is_named(lines, "not the bytes of this part"));
  CHECK(lines[0].find(id.text()) != std::string::npos);
}

TEST_CASE("objects of an ended transfer may be gone: it is being erased") {
  const CheckFixture test;
  test.spoil("UPDATE transfer SET state = 'expired' WHERE seal_id = " + quoted_seal_1);
  REQUIRE(test.objects->remove(CheckFixture::part_of(1).object));
  REQUIRE(test.objects->remove(test_id<ObjectId>(200)));
  CHECK(test.find().empty());
}

TEST_CASE("an object without a row is named only after the grace time") {
  CheckFixture test;
  const ObjectId old = test_id<ObjectId>(150);
  const ObjectId young = test_id<ObjectId>(151);
  test.disk->set_time(now - orphan_grace - Duration(1));
  test.put(old, 10);
  test.disk->set_time(now - orphan_grace);
  test.put(young, 10);
  const auto lines = test.find();
  REQUIRE(lines.size() == 1);
  CHECK(is_named(lines, "no row names it"));
  CHECK(lines[0].find(old.text()) != std::string::npos);
}

TEST_CASE("objects that belong to another database are named") {
  const CheckFixture test;
  REQUIRE(test.objects->claim(test_id<StoreId>(1)));
  const auto lines = test.find();
  REQUIRE(lines.size() == 1);
  CHECK(lines[0] == "the objects belong to another database");
}

TEST_CASE("a disk that does not answer is an error, not a clean bill") {
  const CheckFixture test;
  test.disk->fail_at("list", ErrorCode::unavailable);
  const auto found = find_disagreements(*test.db.database, *test.objects, now);
  CHECK(found.error().code == ErrorCode::unavailable);
}

TEST_CASE("a row that cannot be read is an error") {
  const CheckFixture test;
  test.spoil("UPDATE part SET object = 'short' WHERE seal_id = " + quoted_seal_1);
  const auto found = find_disagreements(*test.db.database, *test.objects, now);
  CHECK(found.error().code == ErrorCode::damaged);
}

TEST_CASE("lengths of parts follow the specification at the edges of a chunk") {
  for (const auto& [plain, sealed] :
       {std::pair(16383, 56 + 16383 + 16), std::pair(16384, 56 + 16384 + 32),
        std::pair(8388608, 56 + 8388608 + 16 * 513)}) {
    CheckFixture test;
    const ObjectId id = CheckFixture::part_of(1).object;
    test.spoil("UPDATE part SET bytes = " + std::to_string(plain) +
               " WHERE seal_id = " + quoted_seal_1);
    test.disk->bytes_of(test.path_of(id))->resize(static_cast<std::size_t>(sealed));
    CHECK(test.find().empty());
    test.disk->bytes_of(test.path_of(id))->resize(static_cast<std::size_t>(sealed - 16));
    CHECK(is_named(test.find(), "wrong length"));
  }
}
