// Database and objects that do not belong together are told from each other.
#include "store/pairing.h"

#include "crypto/random.h"
#include "store/file_objects.h"
#include "store/test_database.h"
#include "store/test_disk.h"

using namespace couvert;

namespace {

struct PairingFixture {
  PairingFixture() : objects(std::move(*make_file_objects(disk, "/objects"))) {}

  void put(const ObjectId& id) {
    auto writer = objects->create(id);
    REQUIRE(writer.has_value());
    REQUIRE((*writer)->write(Buffer(10)));
    REQUIRE((*writer)->commit());
  }

  Result<> pair(const TestDatabase& db) { return pair_stores(*db.database, *objects, random); }

  SystemRandom random;
  std::shared_ptr<TestDisk> disk = std::make_shared<TestDisk>();
  std::unique_ptr<Objects> objects;
};

}  // namespace

TEST_CASE("a new database and new objects are paired, for good") {
  const TestDatabase db;
  PairingFixture test;
  REQUIRE(test.pair(db));
  CHECK(belong_together(*db.database, *test.objects) == true);
  test.disk->cut_power(LooseNames::lost);
  test.objects = std::move(*make_file_objects(test.disk, "/objects"));
  CHECK(test.pair(db));
  CHECK(belong_together(*db.database, *test.objects) == true);
}

// Bug: an empty database beside old objects took all of them for forgotten and erased them.
TEST_CASE("an empty database beside objects is refused, whether they are another's or nobody's") {
  const TestDatabase db;
  const TestDatabase other;
  PairingFixture test;
  test.put(test_id<ObjectId>(1));
  CHECK(test.pair(db).error().code == ErrorCode::conflict);
  REQUIRE(test.objects->remove(test_id<ObjectId>(1)));
  REQUIRE(test.pair(other));
  CHECK(test.pair(db).error().code == ErrorCode::conflict);
  CHECK(belong_together(*db.database, *test.objects) == false);
}

TEST_CASE("objects that a database names without having claimed them are its own") {
  const TestDatabase db;
  PairingFixture test;
  db.write([](Transaction& tx) -> Result<> {
    Transfer transfer = test_transfer(1);
    transfer.manifest_object = test_id<ObjectId>(1);
    return insert_transfer(tx, transfer);
  });
  test.put(test_id<ObjectId>(1));
  CHECK(test.pair(db));
  CHECK(belong_together(*db.database, *test.objects) == true);
}

TEST_CASE("a claim that was broken off is made again, at whatever step it was") {
  const TestDatabase db;
  for (std::size_t step = 0; step < 8; ++step) {
    CAPTURE(step);
    PairingFixture test;
    test.disk->stop_after(step);
    const Result<> broken = test.pair(db);
    test.disk->cut_power(LooseNames::kept);
    test.objects = std::move(*make_file_objects(test.disk, "/objects"));
    CHECK(test.pair(db));
  }
}

TEST_CASE("a spoilt mark of the owner is an error, not a new owner") {
  const TestDatabase db;
  PairingFixture test;
  REQUIRE(test.pair(db));
  Buffer* mark = test.disk->bytes_of("/objects/.locked-to");
  REQUIRE(mark != nullptr);
  (*mark)[3] = std::byte{'!'};
  CHECK(test.pair(db).error().code == ErrorCode::damaged);
  mark->resize(3);
  CHECK(test.pair(db).error().code == ErrorCode::damaged);
}
