// Forgotten objects go, and nothing else does, whatever the clock says.
#include "store/orphans.h"

#include "base/limits.h"
#include "store/file_objects.h"
#include "store/test_database.h"
#include "store/test_disk.h"

using namespace couvert;
using namespace std::chrono_literals;

namespace {

class SetClock final : public Clock {
 public:
  Instant now() const override { return time; }
  Duration running() const override { return ran; }

  Instant time = from_unix(1'800'000'000);
  Duration ran{};
};

// A database that names one object, 1, and an object store with that one.
struct OrphansFixture {
  OrphansFixture() : objects(std::move(*make_file_objects(disk, "/objects"))) {
    disk->set_time(clock.time - 48h);
    put(test_part(1, 0, 0).object);
    db.write([](Transaction& tx) -> Result<> {
      const Result<> transfer = insert_transfer(tx, test_transfer(1));
      if (!transfer) return transfer;
      const Result<> file = insert_file(tx, test_file(1, 0));
      if (!file) return file;
      FileRow next = test_file(1, 0);
      next.parts = 1;
      next.offset = limits::part_bytes_max;
      return advance_file(tx, next, test_part(1, 0, 0), test_file(1, 0).record);
    });
  }

  void put(const ObjectId& id) {
    auto writer = objects->create(id);
    REQUIRE(writer.has_value());
    REQUIRE((*writer)->write(Buffer(10)));
    REQUIRE((*writer)->commit());
  }

  bool is_there(const ObjectId& id) { return objects->open(id).has_value(); }

  std::size_t pass_after(Duration running) {
    clock.ran += running;
    const auto erased = orphans.pass_over(*db.database, *objects, clock);
    REQUIRE(erased.has_value());
    return *erased;
  }

  TestDatabase db;
  SetClock clock;
  std::shared_ptr<TestDisk> disk = std::make_shared<TestDisk>();
  std::unique_ptr<Objects> objects;
  OrphanSweep orphans;
};

}  // namespace

TEST_CASE("an object without a row goes when two passes an hour apart have found it old") {
  OrphansFixture test;
  test.put(test_id<ObjectId>(150));
  test.disk->set_time(test.clock.time - orphan_grace);
  test.put(test_id<ObjectId>(151));
  CHECK(test.pass_after(0s) == 0);
  CHECK(test.pass_after(limits::orphan_suspected_min - 1ms) == 0);
  CHECK(test.pass_after(1ms) == 1);
  CHECK_FALSE(test.is_there(test_id<ObjectId>(150)));
  CHECK(test.is_there(test_id<ObjectId>(151)));
  CHECK(test.is_there(test_part(1, 0, 0).object));
  CHECK(test.pass_after(1h) == 0);
}

// Bug: the sweeper went by file times alone. A clock that jumped, or a file written while it stood
// back, cost the object of a part whose row was just being committed.
TEST_CASE("an object whose row is on its way stays, whatever the clock did to its time") {
  for (const Duration changed : {Duration(-400 * 24h), Duration(0s), Duration(3650 * 24h)}) {
    OrphansFixture test;
    CHECK(test.pass_after(0s) == 0);
    test.disk->set_time(test.clock.time + changed);
    PartRow part = test_part(1, 0, 1);
    test.put(part.object);
    if (changed == 0s) test.clock.time += 3650 * 24h;
    CHECK(test.pass_after(1h) == 0);
    REQUIRE(test.is_there(part.object));
    FileRow next = test_file(1, 0);
    next.parts = 2;
    next.offset = 2 * limits::part_bytes_max;
    test.db.write([&](Transaction& tx) { return advance_file(tx, next, part, next.record); });
    CHECK(test.pass_after(1h) == 0);
    CHECK(test.is_there(part.object));
  }
}

TEST_CASE("many orphans are erased, and nothing that a row names") {
  OrphansFixture test;
  for (unsigned i = 0; i < 1200; ++i) {
    ObjectId id;
    id.bytes[0] = static_cast<std::byte>(i);
    id.bytes[1] = static_cast<std::byte>(i >> 8);
    id.bytes[2] = std::byte{77};
    test.put(id);
  }
  CHECK(test.pass_after(0s) == 0);
  CHECK(test.pass_after(1h) == 1200);
  CHECK(test.is_there(test_part(1, 0, 0).object));
}

TEST_CASE("a disk that does not answer is an error of the pass, and the next one goes on") {
  OrphansFixture test;
  test.put(test_id<ObjectId>(150));
  CHECK(test.pass_after(0s) == 0);
  test.disk->fail_at("list", ErrorCode::unavailable);
  test.clock.ran += 1h;
  const auto swept = test.orphans.pass_over(*test.db.database, *test.objects, test.clock);
  CHECK(swept.error().code == ErrorCode::unavailable);
  test.disk->mend();
  CHECK(test.pass_after(0s) == 1);
}
