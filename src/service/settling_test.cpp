// Parts become durable while the next ones are sealed, and never in another order.
#include "service/settling.h"

#include <doctest/doctest.h>

#include <future>
#include <set>

#include "service/test_world.h"
#include "store/file_table.h"

using namespace couvert;
using namespace std::chrono_literals;

namespace {

// The objects of a world, watched: what is durable, and what the rows say meanwhile.
class WatchedObjects final : public Objects {
 public:
  explicit WatchedObjects(TestWorld& world) : world_(world) {}

  Result<std::unique_ptr<ObjectWriter>> create(const ObjectId& id) override {
    Result<std::unique_ptr<ObjectWriter>> writer = world_.objects->create(id);
    if (!writer) return writer;
    ++unfinished;
    most_unfinished = std::max(most_unfinished.load(), unfinished.load());
    return std::make_unique<Writer>(*this, id, std::move(*writer));
  }
  Result<std::unique_ptr<StoredObject>> open(const ObjectId& id) override {
    return world_.objects->open(id);
  }
  Result<> remove(const ObjectId& id) override { return world_.objects->remove(id); }
  Result<> list(const std::function<Result<>(const ObjectEntry&)>& visit) override {
    return world_.objects->list(visit);
  }
  Result<std::uint64_t> free_bytes() override { return free; }
  Result<std::optional<StoreId>> owner() override { return world_.objects->owner(); }
  Result<> claim(const StoreId& owner) override { return world_.objects->claim(owner); }
  Result<> sweep_unfinished() override { return world_.objects->sweep_unfinished(); }

  /// The objects that rows of file 0 name, each of which must be durable.
  std::size_t rows() {
    std::size_t found = 0;
    REQUIRE(world_.database
                ->read([&](Transaction& tx) {
                  return for_each_reference(tx, [&](const ObjectReference& one) {
                    const std::lock_guard hold(mutex_);
                    if (!durable_.contains(one.object.text())) rows_without_object = true;
                    ++found;
                    return Result<>();
                  });
                })
                .has_value());
    return found;
  }

  std::uint64_t free = 1 << 30;
  std::atomic<int> unfinished{0};
  std::atomic<int> most_unfinished{0};
  std::atomic<int> commits{0};
  std::atomic<bool> rows_without_object{false};
  int fail_at = 0;                               // the how manieth commit finds the disk full
  std::optional<std::shared_future<void>> gate;  // every commit waits for it

 private:
  class Writer final : public ObjectWriter {
   public:
    Writer(WatchedObjects& all, const ObjectId& id, std::unique_ptr<ObjectWriter> writer)
        : all_(all), id_(id), writer_(std::move(writer)) {}
    ~Writer() override { --all_.unfinished; }

    Result<> write(Bytes bytes) override { return writer_->write(bytes); }
    Result<> commit() override {
      const int nth = ++all_.commits;
      if (all_.gate) all_.gate->wait();
      all_.rows();
      if (nth == all_.fail_at) return fail(ErrorCode::full, "no space");
      const Result<> done = writer_->commit();
      const std::lock_guard hold(all_.mutex_);
      if (done) all_.durable_.insert(id_.text());
      return done;
    }

   private:
    WatchedObjects& all_;
    const ObjectId id_;
    std::unique_ptr<ObjectWriter> writer_;
  };

  TestWorld& world_;
  std::mutex mutex_;
  std::set<std::string> durable_;
};

// A file of six parts under way, none sent yet.
struct Sending {
  static constexpr std::uint64_t part = limits::part_bytes_max;

  TestWorld world;
  WatchedObjects objects{world};
  Parts parts{*world.database,
              objects,
              *world.day_keys,
              world.master_key,
              world.clock,
              world.random,
              world.log,
              world.catalogue,
              world.judge,
              world.settings,
              [] {}};
  TestDraft draft{begin_draft(world)};
  Drafts drafts{parts};
  std::uint32_t no = drafts.create_file(draft.key(), {"a.bin", "", 6 * part})->no;
  std::string bytes = std::string(part, 'x');
  std::unique_ptr<Upload> upload = begin(0);

  std::unique_ptr<Upload> begin(std::uint64_t offset, std::optional<Checksum> checksum = {}) {
    return std::move(
        drafts.upload(draft.key(), no, {offset, 6 * part - offset, std::move(checksum)}).value());
  }
  // Of all six parts.
  Checksum checksum() const {
    ChecksumCounter counter(ChecksumKind::sha256);
    for (int i = 0; i < 6; ++i) counter.update(as_bytes(bytes));
    return {ChecksumKind::sha256, counter.digest()};
  }
  void settle_elsewhere() {
    std::async(std::launch::async, [&] { upload->settle(); }).get();
  }

  Result<> send_part() { return upload->write(as_bytes(bytes)); }
  std::uint64_t durable() { return drafts.find_file(draft.key(), no)->offset; }
};

}  // namespace

TEST_CASE("a row never names an object that is not durable, with and without settle()") {
  for (const bool settles : {true, false}) {
    CAPTURE(settles);
    Sending sending;
    for (int part = 0; part < 6; ++part) {
      REQUIRE(sending.send_part().has_value());
      if (settles) sending.settle_elsewhere();
      CHECK(sending.upload->offset() == sending.durable());
      CHECK(sending.upload->has_unsettled() == !settles);
    }
    CHECK(sending.upload->finish() == 6 * Sending::part);
    CHECK(sending.objects.rows() == 6);
    CHECK_FALSE(sending.objects.rows_without_object);
    CHECK(sending.durable() == 6 * Sending::part);
  }
}

TEST_CASE("parts are sealed while the disk is busy: a few, and none of them is acknowledged") {
  Sending sending;
  std::promise<void> open;
  sending.objects.gate = open.get_future().share();
  REQUIRE(sending.send_part().has_value());
  auto settling = std::async(std::launch::async, [&] { sending.upload->settle(); });
  while (sending.objects.commits == 0) std::this_thread::yield();
  REQUIRE(sending.send_part().has_value());
  REQUIRE(sending.send_part().has_value());
  CHECK(sending.upload->offset() == 0);
  CHECK(sending.durable() == 0);
  // The next one has to wait for the disk, and so has the answer.
  auto rest = std::async(std::launch::async, [&]() -> Result<std::uint64_t> {
    for (int part = 3; part < 6; ++part) {
      const Result<> sent = sending.send_part();
      if (!sent) return pass(sent);
    }
    return sending.upload->finish();
  });
  CHECK(rest.wait_for(200ms) == std::future_status::timeout);
  CHECK(sending.objects.rows() == 0);
  open.set_value();
  settling.get();
  CHECK(rest.get() == 6 * Sending::part);
  CHECK(sending.objects.rows() == 6);
  CHECK_FALSE(sending.objects.rows_without_object);
  // One batch at the disk, one that waits, one part that is being sealed.
  CHECK(sending.objects.most_unfinished <= static_cast<int>(2 * unsettled_parts_max + 1));
}

TEST_CASE("the answer waits for a part that another thread is at") {
  Sending sending;
  std::promise<void> open;
  sending.objects.gate = open.get_future().share();
  REQUIRE(sending.send_part().has_value());
  auto settling = std::async(std::launch::async, [&] { sending.upload->settle(); });
  while (sending.objects.commits == 0) std::this_thread::yield();
  auto answer = std::async(std::launch::async, [&] { return sending.upload->finish(); });
  CHECK(answer.wait_for(100ms) == std::future_status::timeout);
  open.set_value();
  CHECK(answer.get() == Sending::part);
  settling.get();
  CHECK(sending.durable() == Sending::part);
}

TEST_CASE("behind a part that is lost nothing becomes durable, before it everything stays") {
  Sending sending;
  sending.objects.fail_at = 4;
  Result<> sent;
  while (sent) sent = sending.send_part();
  CHECK(sent.error().code == ErrorCode::full);
  CHECK(sending.upload->finish().error().code == ErrorCode::full);
  sending.upload->break_off();
  sending.upload.reset();
  CHECK(sending.objects.unfinished == 0);
  CHECK(sending.durable() == 3 * Sending::part);
  CHECK(sending.objects.rows() == 3);
  CHECK(sending.world.count_objects() == 3);

  sending.objects.fail_at = 0;
  sending.upload = sending.begin(sending.durable());
  for (int part = 3; part < 6; ++part) REQUIRE(sending.send_part().has_value());
  CHECK(sending.upload->finish() == 6 * Sending::part);
  CHECK_FALSE(sending.objects.rows_without_object);
}

TEST_CASE("an upload that breaks off keeps its whole parts, also those that waited") {
  Sending sending;
  REQUIRE(sending.send_part().has_value());
  REQUIRE(sending.send_part().has_value());
  REQUIRE(sending.upload->write(as_bytes("a few more")).has_value());
  CHECK(sending.durable() == 0);
  sending.upload->break_off();
  CHECK(sending.durable() == 2 * Sending::part);
}

TEST_CASE("of two writers with parts on their way the later has the file, the other's objects go") {
  for (const bool settles : {true, false}) {
    CAPTURE(settles);
    Sending sending;
    REQUIRE(sending.send_part().has_value());
    const auto later = sending.begin(0);
    REQUIRE(sending.send_part().has_value());
    if (settles) sending.settle_elsewhere();
    for (int part = 0; part < 2; ++part) REQUIRE(later->write(as_bytes(sending.bytes)).has_value());
    CHECK(later->finish() == 2 * Sending::part);
    CHECK(sending.upload->finish().error().code == ErrorCode::conflict);
    sending.upload.reset();
    CHECK(sending.world.count_objects() == 2);
    CHECK(sending.durable() == 2 * Sending::part);
  }
}

TEST_CASE("under a checksum parts become durable as they come, and their rows with the last") {
  Sending sending;
  sending.upload = sending.begin(0, sending.checksum());
  for (int part = 1; part <= 6; ++part) {
    REQUIRE(sending.send_part().has_value());
    sending.settle_elsewhere();
    CHECK(sending.world.count_objects() == static_cast<std::size_t>(part));
    CHECK(sending.objects.rows() == 0);
    CHECK(sending.upload->offset() == 0);
    CHECK(sending.durable() == 0);
  }
  CHECK(sending.upload->finish() == 6 * Sending::part);
  CHECK(sending.objects.rows() == 6);
  CHECK_FALSE(sending.objects.rows_without_object);
}

TEST_CASE("under a checksum a part that is lost takes all others with it") {
  for (const int lost : {2, 6}) {
    CAPTURE(lost);
    Sending sending;
    sending.upload = sending.begin(0, sending.checksum());
    sending.objects.fail_at = lost;
    Result<> sent;
    for (int part = 0; part < 6 && sent; ++part) sent = sending.send_part();
    CHECK(sending.upload->finish().error().code == ErrorCode::full);
    sending.upload->break_off();
    CHECK(sending.world.count_objects() == 0);
    CHECK(sending.objects.rows() == 0);
    CHECK(sending.durable() == 0);
  }
}

TEST_CASE("a checked upload that breaks off waits for the thread at the disk, and leaves nothing") {
  Sending sending;
  sending.upload = sending.begin(0, sending.checksum());
  std::promise<void> open;
  sending.objects.gate = open.get_future().share();
  REQUIRE(sending.send_part().has_value());
  auto settling = std::async(std::launch::async, [&] { sending.upload->settle(); });
  while (sending.objects.commits == 0) std::this_thread::yield();
  REQUIRE(sending.send_part().has_value());
  auto ending = std::async(std::launch::async, [&] { sending.upload->break_off(); });
  CHECK(ending.wait_for(100ms) == std::future_status::timeout);
  open.set_value();
  ending.get();
  settling.get();
  CHECK(sending.objects.commits == 1);
  CHECK(sending.world.count_objects() == 0);
  sending.upload.reset();
  CHECK(sending.objects.unfinished == 0);
}

TEST_CASE("where little space is free no upload begins, and none goes on below half of that") {
  Sending sending;
  sending.world.settings.free_bytes_min = 1000;
  const auto create = [&] {
    return sending.drafts.create_file(sending.draft.key(), {"b.bin", "", 1});
  };
  sending.objects.free = 1000;
  CHECK(create().has_value());
  sending.objects.free = 999;
  CHECK(create().error().code == ErrorCode::full);

  sending.objects.free = 500;
  REQUIRE(sending.send_part().has_value());
  sending.objects.free = 499;
  CHECK(sending.send_part().error().code == ErrorCode::full);
  sending.upload->break_off();
  CHECK(sending.durable() == Sending::part);

  sending.objects.free = 500;
  sending.upload = sending.begin(Sending::part);
  for (int part = 1; part < 6; ++part) REQUIRE(sending.send_part().has_value());
  CHECK(sending.upload->finish() == 6 * Sending::part);
}
