#include "store/file_table.h"

#include <algorithm>

#include "store/test_database.h"

using namespace couvert;

static const SealId seal_1 = test_id<SealId>(1);

// A transfer with the empty files 0 and 1.
static void insert_files(const TestDatabase& db) {
  db.write([](Transaction& tx) -> Result<> {
    const Result<> inserted = insert_transfer(tx, test_transfer(1));
    if (!inserted) return inserted;
    const Result<> last = insert_file(tx, test_file(1, 1));
    if (!last) return last;
    return insert_file(tx, test_file(1, 0));
  });
}

// File 0 after part `part_no` was added to it.
static FileRow file_after(std::uint32_t part_no) {
  FileRow file = test_file(1, 0);
  file.parts = part_no + 1;
  file.offset = file.parts * test_part(1, 0, 0).bytes;
  file.record = test_bytes(210, 60 + part_no);
  return file;
}

// What the row of file 0 holds before that.
static Buffer held_before(std::uint32_t part_no) {
  return part_no == 0 ? test_file(1, 0).record : file_after(part_no - 1).record;
}

static Result<> advance(const TestDatabase& db, std::uint32_t part_no) {
  return db.database->write([&](Transaction& tx) {
    return advance_file(tx, file_after(part_no), test_part(1, 0, part_no), held_before(part_no));
  });
}

TEST_CASE("a file moves on part by part, and its parts come in their order") {
  const TestDatabase db;
  insert_files(db);
  REQUIRE(advance(db, 0));
  REQUIRE(advance(db, 1));
  const auto file = db.get([](auto& tx) { return find_file(tx, seal_1, 0); });
  REQUIRE(file.has_value());
  CHECK(file->offset == 16 * 1024 * 1024);
  CHECK(file->parts == 2);
  CHECK(file->bytes == std::uint64_t{1} << 42);
  CHECK(file->record == test_bytes(210, 61));
  const auto parts = db.get([](auto& tx) { return parts_of_file(tx, seal_1, 0); });
  REQUIRE(parts.size() == 2);
  CHECK(parts[1].part_no == 1);
  CHECK(parts[1].object == test_part(1, 0, 1).object);
  CHECK(parts[1].bytes == test_part(1, 0, 1).bytes);
  CHECK(parts[1].commitment == test_part(1, 0, 1).commitment);
  const auto second = db.get([](auto& tx) { return find_part(tx, {seal_1, 0, 1}); });
  REQUIRE(second.has_value());
  CHECK(second->object == test_part(1, 0, 1).object);
  CHECK_FALSE(db.get([](auto& tx) { return find_part(tx, {seal_1, 0, 2}); }));
  CHECK_FALSE(db.get([](auto& tx) { return find_file(tx, seal_1, 2); }));
  const auto files = db.get([](auto& tx) { return files_of(tx, seal_1); });
  REQUIRE(files.size() == 2);
  CHECK(files[0].no == 0);
}

TEST_CASE("of two writers on one file one wins") {
  const TestDatabase db;
  insert_files(db);
  REQUIRE(advance(db, 0));
  PartRow late = test_part(1, 0, 0);
  late.object = test_id<ObjectId>(99);
  const Result<> lost = db.database->write(
      [&](Transaction& tx) { return advance_file(tx, file_after(0), late, held_before(0)); });
  CHECK(lost.error().code == ErrorCode::conflict);
  CHECK_FALSE(db.get([](auto& tx) { return is_object_known(tx, test_id<ObjectId>(99)); }));
  CHECK(advance(db, 2).error().code == ErrorCode::conflict);
  db.write([](Transaction& tx) { return delete_file(tx, seal_1, 0); });
  CHECK(advance(db, 1).error().code == ErrorCode::conflict);
}

TEST_CASE("who takes a file over has it alone, and takes over only what it has seen") {
  const TestDatabase db;
  insert_files(db);
  FileRow file = test_file(1, 0);
  const auto claim = [&](const Buffer& record) {
    return db.database->write([&](Transaction& tx) { return claim_file(tx, file, record); });
  };
  REQUIRE(claim(test_bytes(210, 90)));
  CHECK(advance(db, 0).error().code == ErrorCode::conflict);
  CHECK(claim(test_bytes(210, 91)).error().code == ErrorCode::conflict);
  const Result<> mine = db.database->write([&](Transaction& tx) {
    return advance_file(tx, file_after(0), test_part(1, 0, 0), test_bytes(210, 90));
  });
  CHECK(mine);
  file.no = 7;
  CHECK(claim(test_bytes(210, 92)).error().code == ErrorCode::conflict);
}

TEST_CASE("the drafts of a sender are added up, started transfers and other senders are not") {
  const TestDatabase db;
  insert_files(db);  // two files of 2^42 bytes
  Transfer transfer = test_transfer(1);
  const auto unsent = [&](const Address& sender) {
    return db.get([&](auto& tx) { return unsent_bytes(tx, sender); });
  };
  transfer.state = TransferState::draft;
  db.write([&](Transaction& tx) { return update_transfer(tx, transfer); });
  CHECK(unsent(transfer.sender) == std::uint64_t{1} << 43);
  CHECK(unsent(Address{"nobody@example.org"}) == 0);
  transfer.state = TransferState::sealed;
  db.write([&](Transaction& tx) { return update_transfer(tx, transfer); });
  CHECK(unsent(transfer.sender) == 0);
}

TEST_CASE("a part that starts elsewhere than the file stands is refused") {
  const TestDatabase db;
  insert_files(db);
  FileRow ahead = file_after(0);
  ahead.offset += 1;
  const Result<> done = db.database->write(
      [&](Transaction& tx) { return advance_file(tx, ahead, test_part(1, 0, 0), held_before(0)); });
  CHECK(done.error().code == ErrorCode::conflict);
}

TEST_CASE("a part that skips a number is refused") {
  const TestDatabase db;
  insert_files(db);
  REQUIRE(advance(db, 0));
  FileRow skipped = file_after(1);
  skipped.parts = 3;
  const Result<> done = db.database->write([&](Transaction& tx) {
    return advance_file(tx, skipped, test_part(1, 0, 2), held_before(1));
  });
  CHECK(done.error().code == ErrorCode::conflict);
}

TEST_CASE("an object belongs to one part") {
  const TestDatabase db;
  insert_files(db);
  REQUIRE(advance(db, 0));
  PartRow same = test_part(1, 0, 1);
  same.object = test_part(1, 0, 0).object;
  const Result<> done = db.database->write(
      [&](Transaction& tx) { return advance_file(tx, file_after(1), same, held_before(1)); });
  CHECK(done.error().code == ErrorCode::conflict);
  CHECK(db.get([](auto& tx) { return find_file(tx, seal_1, 0); })->parts == 1);
}

TEST_CASE("a deleted file takes its own parts with it and leaves the others") {
  const TestDatabase db;
  insert_files(db);
  REQUIRE(advance(db, 0));
  FileRow other = file_after(0);
  other.no = 1;
  db.write([&](Transaction& tx) {
    return advance_file(tx, other, test_part(1, 1, 0), test_file(1, 1).record);
  });
  db.write([](Transaction& tx) { return delete_file(tx, seal_1, 0); });
  const auto left = db.get([](auto& tx) { return parts_of(tx, seal_1, 10); });
  REQUIRE(left.size() == 1);
  CHECK(left[0].file_no == 1);

  db.write([](Transaction& tx) { return clear_records(tx, seal_1); });
  const auto files = db.get([](auto& tx) { return files_of(tx, seal_1); });
  REQUIRE(files.size() == 1);
  CHECK(files[0].record.empty());
  CHECK(files[0].no == 1);
  CHECK(db.get([](auto& tx) { return parts_of(tx, seal_1, 10); }).size() == 1);
  CHECK(db.get([](auto& tx) { return parts_of(tx, seal_1, 0); }).empty());
  db.write([&](Transaction& tx) { return delete_part(tx, left[0]); });
  CHECK(db.get([](auto& tx) { return parts_of(tx, seal_1, 10); }).empty());
}

TEST_CASE("every object that a row names is known and listed, parts and manifests") {
  const TestDatabase db;
  insert_files(db);
  REQUIRE(advance(db, 0));
  Transfer transfer = test_transfer(1);
  transfer.manifest_object = test_id<ObjectId>(200);
  db.write([&](Transaction& tx) { return update_transfer(tx, transfer); });
  const auto is_known = [&](const ObjectId& id) {
    return db.get([&](auto& tx) { return is_object_known(tx, id); });
  };
  CHECK(is_known(test_part(1, 0, 0).object));
  CHECK(is_known(test_id<ObjectId>(200)));
  CHECK_FALSE(is_known(test_id<ObjectId>(201)));

  std::vector<ObjectReference> all;
  db.write([&](Transaction& tx) {
    return for_each_reference(tx, [&](const ObjectReference& reference) -> Result<> {
      all.push_back(reference);
      return {};
    });
  });
  REQUIRE(all.size() == 2);
  CHECK(all[0].plain_bytes == test_part(1, 0, 0).bytes);
  CHECK(all[1].object == test_id<ObjectId>(200));
  CHECK(all[1].seal_id == seal_1);
  CHECK_FALSE(all[1].plain_bytes);
}
