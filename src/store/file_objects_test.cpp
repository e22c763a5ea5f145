#include "store/file_objects.h"

#include <sys/stat.h>

#include <fstream>

#include "store/test_database.h"
#include "store/test_disk.h"

using namespace couvert;

static Result<> store(Objects& objects, const ObjectId& id, const Buffer& bytes) {
  auto writer = objects.create(id);
  if (!writer) return pass(writer);
  const std::size_t half = bytes.size() / 2;
  for (const Bytes piece : {Bytes(bytes).first(half), Bytes(bytes).subspan(half)}) {
    const Result<> written = (*writer)->write(piece);
    if (!written) return written;
  }
  return (*writer)->commit();
}

static Result<Buffer> fetch(Objects& objects, const ObjectId& id) {
  auto object = objects.open(id);
  if (!object) return pass(object);
  Buffer bytes((*object)->size());
  const Result<> read = (*object)->read(0, bytes);
  if (!read) return pass(read);
  return bytes;
}

static std::size_t count(Objects& objects) {
  std::size_t found = 0;
  REQUIRE(objects.list([&](const ObjectEntry&) -> Result<> {
    ++found;
    return {};
  }));
  return found;
}

static const ObjectId id_1 = test_id<ObjectId>(1);
static const Buffer content = test_bytes(1000, 42);

// A store on a disk of its own.
struct ObjectsFixture {
  ObjectsFixture() { open(); }

  void open() {
    auto opened = make_file_objects(disk, "/objects");
    REQUIRE(opened.has_value());
    objects = std::move(*opened);
  }

  void cut_power(LooseNames names) {
    objects.reset();
    disk->cut_power(names);
    open();
  }

  std::shared_ptr<TestDisk> disk = std::make_shared<TestDisk>();
  std::unique_ptr<Objects> objects;
};

TEST_CASE("an object comes back as it was written, whole and in pieces") {
  ObjectsFixture test;
  REQUIRE(store(*test.objects, id_1, content));
  CHECK(fetch(*test.objects, id_1) == content);

  auto object = test.objects->open(id_1);
  REQUIRE(object.has_value());
  Buffer end(10);
  CHECK((*object)->size() == 1000);
  CHECK((*object)->read(990, end));
  CHECK((*object)->read(991, end).error().code == ErrorCode::damaged);
  CHECK((*object)->read(~std::uint64_t{0}, end).error().code == ErrorCode::damaged);
  CHECK(test.objects->open(test_id<ObjectId>(2)).error().code == ErrorCode::damaged);
}

TEST_CASE("an object that became shorter is damaged, not short") {
  ObjectsFixture test;
  REQUIRE(store(*test.objects, id_1, content));
  auto object = test.objects->open(id_1);
  test.disk->bytes_of("/objects/01/" + id_1.text())->resize(999);
  Buffer all(1000);
  CHECK((*object)->read(0, all).error().code == ErrorCode::damaged);
}

TEST_CASE("objects are listed with their length and time, and strangers' files are not") {
  ObjectsFixture test;
  test.disk->set_time(from_unix(77));
  REQUIRE(store(*test.objects, id_1, content));
  REQUIRE(store(*test.objects, test_id<ObjectId>(255), {}));
  REQUIRE(test.disk->create("/objects/01/README"));
  REQUIRE(test.disk->create("/objects/02/" + id_1.text()));
  std::vector<ObjectEntry> entries;
  REQUIRE(test.objects->list([&](const ObjectEntry& entry) -> Result<> {
    entries.push_back(entry);
    return {};
  }));
  REQUIRE(entries.size() == 2);
  CHECK(entries[0].id == id_1);
  CHECK(entries[0].bytes == 1000);
  CHECK(entries[0].changed == from_unix(77));
  const Result<> stopped = test.objects->list(
      [](const ObjectEntry&) -> Result<> { return fail(ErrorCode::throttled, "enough"); });
  CHECK(stopped.error().code == ErrorCode::throttled);
}

TEST_CASE("an object that is not committed leaves nothing") {
  ObjectsFixture test;
  {
    auto writer = test.objects->create(id_1);
    REQUIRE(writer.has_value());
    REQUIRE((*writer)->write(content));
    CHECK(test.objects->create(id_1).error().code == ErrorCode::conflict);
  }
  CHECK(count(*test.objects) == 0);
  CHECK(test.disk->files_in("/objects/tmp") == 0);
}

TEST_CASE("an object is written once") {
  ObjectsFixture test;
  REQUIRE(store(*test.objects, id_1, content));
  CHECK(store(*test.objects, id_1, test_bytes(5, 1)).error().code == ErrorCode::conflict);
  CHECK(fetch(*test.objects, id_1) == content);
  CHECK(test.disk->files_in("/objects/tmp") == 0);

  auto writer = test.objects->create(test_id<ObjectId>(2));
  REQUIRE((*writer)->commit());
  CHECK((*writer)->write(content).error().code == ErrorCode::conflict);
  CHECK((*writer)->commit().error().code == ErrorCode::conflict);
}

TEST_CASE("whatever the disk refuses, nothing of the object is left, and the writer stays failed") {
  for (const char* step : {"write", "sync", "rename", "sync_folder"}) {
    for (const ErrorCode code : {ErrorCode::full, ErrorCode::unavailable}) {
      CAPTURE(step);
      ObjectsFixture test;
      auto writer = test.objects->create(id_1);
      test.disk->fail_at(step, code);
      Result<> done = (*writer)->write(content);
      if (done) done = (*writer)->commit();
      REQUIRE_FALSE(done.has_value());
      CHECK(done.error().code == code);

      test.disk->mend();
      CHECK((*writer)->write(content).error().code == code);
      CHECK((*writer)->commit().error().code == code);
      CHECK(count(*test.objects) == 0);
      CHECK(test.disk->files_in("/objects/tmp") == 0);
      CHECK(store(*test.objects, id_1, content));
    }
  }
}

TEST_CASE("a disk that cannot make, open, read or list says so") {
  ObjectsFixture test;
  REQUIRE(store(*test.objects, id_1, content));
  for (const char* step : {"create", "open", "read", "remove", "list"}) {
    test.disk->fail_at(step, ErrorCode::unavailable);
  }
  CHECK(test.objects->create(test_id<ObjectId>(2)).error().code == ErrorCode::unavailable);
  CHECK(test.objects->remove(id_1).error().code == ErrorCode::unavailable);
  CHECK(test.objects->sweep_unfinished().error().code == ErrorCode::unavailable);
  const auto listed = test.objects->list([](const ObjectEntry&) -> Result<> { return {}; });
  CHECK(listed.error().code == ErrorCode::unavailable);
  CHECK(fetch(*test.objects, id_1).error().code == ErrorCode::unavailable);
}

TEST_CASE("what a dead process left unfinished is swept up") {
  ObjectsFixture test;
  REQUIRE(store(*test.objects, id_1, content));
  REQUIRE(test.disk->create("/objects/tmp/" + test_id<ObjectId>(2).text()));
  REQUIRE(test.objects->sweep_unfinished());
  CHECK(test.disk->files_in("/objects/tmp") == 0);
  CHECK(fetch(*test.objects, id_1) == content);
}

// Stores an object on a new disk that drops one kind of sync, and cuts the power.
static bool survives_a_power_cut(std::optional<Sync> forgotten, LooseNames names) {
  auto disk = std::make_shared<TestDisk>();
  if (forgotten) disk->forget(*forgotten);
  auto objects = make_file_objects(disk, "/objects");
  REQUIRE(objects.has_value());
  REQUIRE(store(**objects, id_1, content));
  disk->cut_power(names);
  auto again = make_file_objects(disk, "/objects");
  REQUIRE(again.has_value());
  return fetch(**again, id_1) == content;
}

TEST_CASE("an acknowledged object survives a power cut, and each sync is needed for that") {
  CHECK(survives_a_power_cut(std::nullopt, LooseNames::lost));
  CHECK(survives_a_power_cut(std::nullopt, LooseNames::kept));
  for (const Sync sync : {Sync::bytes, Sync::object_name, Sync::folder_names, Sync::root_name}) {
    CAPTURE(static_cast<int>(sync));
    CHECK_FALSE(survives_a_power_cut(sync, LooseNames::lost));
  }
  CHECK_FALSE(survives_a_power_cut(Sync::bytes, LooseNames::kept));
}

TEST_CASE("an erased object stays erased after a power cut, and the sync is needed for that") {
  for (const bool is_synced : {true, false}) {
    ObjectsFixture test;
    REQUIRE(store(*test.objects, id_1, content));
    if (!is_synced) test.disk->forget(Sync::object_name);
    REQUIRE(test.objects->remove(id_1));
    REQUIRE(test.objects->remove(id_1));
    test.cut_power(LooseNames::lost);
    CHECK((count(*test.objects) == 0) == is_synced);
  }
}

TEST_CASE("wherever the power goes, an object is there whole or not at all") {
  for (const LooseNames names : {LooseNames::lost, LooseNames::kept}) {
    std::size_t steps = 0;
    for (bool is_acknowledged = false; !is_acknowledged; ++steps) {
      CAPTURE(steps);
      ObjectsFixture test;
      test.disk->stop_after(steps);
      is_acknowledged = store(*test.objects, id_1, content).has_value();
      test.cut_power(names);
      REQUIRE(test.objects->sweep_unfinished());
      const auto left = fetch(*test.objects, id_1);
      if (is_acknowledged) REQUIRE(left.has_value());
      if (left) CHECK(*left == content);
      if (!left) CHECK(left.error().code == ErrorCode::damaged);
      CHECK(test.disk->files_in("/objects/tmp") == 0);
    }
    CHECK(steps > 5);  // create, two writes, sync, rename, sync_folder
  }
}

static unsigned mode_of(const std::string& path) {
  struct stat status {};
  REQUIRE(stat(path.c_str(), &status) == 0);
  return status.st_mode & 07777;
}

TEST_CASE("objects lie in files that only the server's user can read") {
  const TestFolder folder;
  const auto objects = open_objects("file:" + folder.file("objects") + "/");
  REQUIRE(objects.has_value());
  REQUIRE(store(**objects, id_1, content));
  CHECK(fetch(**objects, id_1) == content);
  CHECK(count(**objects) == 1);
  CHECK(mode_of(folder.file("objects")) == 0700);
  CHECK(mode_of(folder.file("objects/01")) == 0700);
  CHECK(mode_of(folder.file("objects/01/" + id_1.text())) == 0600);
  CHECK(store(**objects, id_1, content).error().code == ErrorCode::conflict);
  CHECK(std::filesystem::is_empty(folder.file("objects/tmp")));
  CHECK((*objects)->open(test_id<ObjectId>(2)).error().code == ErrorCode::damaged);
  CHECK((*objects)->remove(id_1));
  CHECK((*objects)->remove(id_1));
  CHECK(count(**objects) == 0);
}

TEST_CASE("a second server on the same folder is refused, a subcommand is not") {
  const TestFolder folder;
  const std::string url = "file:" + folder.file("objects");
  CHECK(open_objects_beside(url).error().code == ErrorCode::unavailable);
  auto first = open_objects(url);
  REQUIRE(first.has_value());
  CHECK(open_objects(url).error().code == ErrorCode::conflict);
  REQUIRE(store(**first, id_1, content));
  const auto beside = open_objects_beside(url);
  REQUIRE(beside.has_value());
  CHECK(count(**beside) == 1);
  first->reset();
  CHECK(open_objects(url).has_value());
}

TEST_CASE("an object store of another kind or at a strange place is refused") {
  const TestFolder folder;
  std::ofstream(folder.file("text")) << "no folder";
  CHECK(open_objects("s3://bucket").error().code == ErrorCode::invalid);
  CHECK(open_objects("/var/lib").error().code == ErrorCode::invalid);
  CHECK(open_objects("file:").error().code == ErrorCode::invalid);
  CHECK(open_objects_beside("s3://bucket").error().code == ErrorCode::invalid);
  CHECK(open_objects("file:" + folder.file("text")).error().code == ErrorCode::unavailable);
  CHECK(open_objects("file:" + folder.file("a/b")).error().code == ErrorCode::unavailable);
}

TEST_CASE("the machine's disk tells what is free") {
  PosixDisk disk;
  CHECK(*disk.free_bytes("/tmp") > 0);
  CHECK(disk.free_bytes("/no/such/folder").error().code == ErrorCode::unavailable);
}
