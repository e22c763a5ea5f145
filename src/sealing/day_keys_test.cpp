#include "sealing/day_keys.h"

#include <doctest/doctest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "crypto/compare.h"
#include "crypto/secret_bytes.h"
#include "sealing/master_key.h"
#include "sealing/test_random.h"

using namespace couvert;
using namespace std::chrono_literals;

namespace {

// A folder in memory that can refuse a call.
class MemoryFolder final : public KeyFolder {
 public:
  Result<std::vector<std::string>> list() override {
    std::vector<std::string> names;
    names.reserve(files.size());
    for (const auto& [name, bytes] : files) names.push_back(name);
    return names;
  }
  Result<Buffer> read(const std::string& name) override {
    if (!files.contains(name)) return fail(ErrorCode::damaged, "gone");
    return files.at(name);
  }
  Result<> create(std::span<const KeyFile> made) override {
    for (const KeyFile& file : made) {
      if (writes_left-- <= 0) return fail(ErrorCode::full, "no space");
      files.emplace(file.name, file.bytes);
    }
    return {};
  }
  Result<> replace(const KeyFile& file) override {
    if (writes_left-- <= 0) return fail(ErrorCode::full, "no space");
    files.insert_or_assign(file.name, file.bytes);
    return {};
  }
  Result<> remove(const std::string& name) override {
    if (writes_left-- <= 0) return fail(ErrorCode::unavailable, "broken");
    files.erase(name);
    return {};
  }
  std::map<std::string, Buffer> files;
  int writes_left = 1'000'000;
};

constexpr Instant day_0 = std::chrono::sys_days(std::chrono::year(2026) / 11 / 22) + 0ms;

// A store of day keys in the middle of its life: one process after another, a clock to be moved.
struct Life {
  MemoryFolder folder;
  Secret<32> master = counting_secret<32>(0);
  TestRandom random;
  std::unique_ptr<DayKeys> keys;
  Instant now = day_0 + 1h;
  Duration running = 5min;
  std::optional<Day> needed;

  Life() {
    restart();
    REQUIRE(keys->make_ahead(now, random));
  }
  void restart() {
    keys.reset();
    keys = std::move(DayKeys::load(folder, master, {}).value());
    running = 7s;
  }
  Result<> round() {
    return keys->round(now, running, [this](Day day) -> Result<bool> { return needed == day; });
  }
  void pass_time(Duration time, Duration step = 1h) {
    for (Duration passed = 0ms; passed < time; passed += step) {
      now += step;
      running += step;
      REQUIRE(round());
    }
  }
  bool has_key() const { return keys->key(day_of(day_0)).has_value(); }
  bool has_mark() const { return folder.files.contains("2026-11-22.mark"); }
};

std::string hex(const DayKey& key) {
  return secret_to_hex(*key);
}

}  // namespace

TEST_CASE("day keys are made 400 days ahead, the same after a restart, never overwritten") {
  Life life;
  const Day today = day_of(day_0);
  CHECK(life.folder.files.size() == 402);
  const std::string first = hex(life.keys->key(today).value());
  CHECK(first != hex(life.keys->key(today + 1).value()));
  CHECK(life.keys->key(today + 400).has_value());
  CHECK(life.keys->key(today - 1).error().code == ErrorCode::expired);

  const std::map<std::string, Buffer> before = life.folder.files;
  life.restart();
  REQUIRE(life.keys->make_ahead(life.now, life.random));
  CHECK(life.folder.files == before);
  CHECK(hex(life.keys->key(today).value()) == first);
}

TEST_CASE("of two nodes that make a day key at once, both take the one that was first") {
  Life life;
  MemoryFolder& folder = life.folder;
  std::unique_ptr<DayKeys> early = std::move(DayKeys::load(folder, life.master, {}).value());
  std::unique_ptr<DayKeys> late = std::move(DayKeys::load(folder, life.master, {}).value());
  const Instant later = life.now + std::chrono::days(30);
  const Day last = day_of(later) + 400;
  REQUIRE(early->make_ahead(later, life.random));
  REQUIRE(late->make_ahead(later, life.random));
  CHECK(hex(early->key(last).value()) == hex(late->key(last).value()));
}

TEST_CASE("a day key is destroyed a day of running time after its mark, for good") {
  Life life;
  const DayKey held = life.keys->key(day_of(day_0)).value();
  life.pass_time(46h);
  CHECK(!life.has_mark());
  life.pass_time(1h);
  CHECK(life.has_mark());
  life.pass_time(23h);
  CHECK(life.has_key());
  life.pass_time(1h);
  CHECK(!life.has_key());
  CHECK(!life.has_mark());
  CHECK(!life.folder.files.contains("2026-11-22.key"));
  CHECK(life.folder.files.contains("2026-11-23.key"));
  CHECK(hex(held).size() == 64);  // who works with it still can
  life.restart();
  CHECK(!life.has_key());
}

TEST_CASE("only running time counts for a mark, over restarts") {
  Life life;
  life.pass_time(48h);
  life.pass_time(10h);
  life.now += 500h;  // switched off
  life.restart();
  REQUIRE(life.round());
  CHECK(life.has_key());
  life.pass_time(12h);
  CHECK(life.has_key());
  life.pass_time(2h);
  CHECK(!life.has_key());
}

TEST_CASE("a clock that jumps forward destroys nothing at once, and back removes the mark") {
  Life life;
  life.now += std::chrono::days(300);
  REQUIRE(life.round());
  CHECK(life.has_mark());
  life.pass_time(20h);
  CHECK(life.has_key());
  life.now -= std::chrono::days(200);  // still long after the day
  life.now += 1h;
  life.running += 1h;
  REQUIRE(life.round());
  CHECK(!life.has_mark());
  life.pass_time(24h);
  CHECK(life.has_key());
  life.pass_time(1h);
  CHECK(!life.has_key());
}

TEST_CASE("a clock set back between two runs of the program removes the mark") {
  Life life;
  life.pass_time(60h);
  CHECK(life.has_mark());
  life.now -= 5h;
  life.restart();
  REQUIRE(life.round());
  CHECK(!life.has_mark());
}

TEST_CASE("a day key that a live row needs is neither marked nor destroyed") {
  Life life;
  life.needed = day_of(day_0);
  life.pass_time(200h);
  CHECK(!life.has_mark());
  life.needed.reset();
  life.pass_time(10h);
  CHECK(life.has_mark());
  life.needed = day_of(day_0);
  life.pass_time(1h);
  CHECK(!life.has_mark());
  life.pass_time(100h);
  CHECK(life.has_key());
}

TEST_CASE("a round that fails loses nothing and the next one goes on") {
  Life life;
  life.pass_time(47h);
  life.folder.writes_left = 0;
  life.now += 1h;
  life.running += 1h;
  CHECK(life.round().error().code == ErrorCode::full);
  const auto failing = [](Day) -> Result<bool> { return fail(ErrorCode::unavailable, "away"); };
  CHECK(life.keys->round(life.now, life.running, failing).error().code == ErrorCode::unavailable);
  CHECK(life.has_key());
  life.folder.writes_left = 1'000'000;
  life.pass_time(24h);
  CHECK(!life.has_key());
}

TEST_CASE("a full disk while keys are made ahead is told, and repeated later") {
  Life life;
  life.folder.writes_left = 3;
  const Instant later = life.now + std::chrono::days(30);
  CHECK(life.keys->make_ahead(later, life.random).error().code == ErrorCode::full);
  life.folder.writes_left = 1'000'000;
  REQUIRE(life.keys->make_ahead(later, life.random));
  CHECK(life.keys->key(day_of(later) + 400).has_value());
}

TEST_CASE("a stored day key that does not open stops the start") {
  Life life;
  const auto code = [](MemoryFolder& folder, unsigned master) {
    const Secret<32> key = counting_secret<32>(master);
    return DayKeys::load(folder, key, {}).error().code;
  };
  CHECK(code(life.folder, 1) == ErrorCode::damaged);
  MemoryFolder swapped = life.folder;
  std::swap(swapped.files.at("2026-11-22.key"), swapped.files.at("2026-11-23.key"));
  CHECK(code(swapped, 0) == ErrorCode::damaged);
  MemoryFolder misnamed = life.folder;
  misnamed.files["2026-11-31.key"] = {};
  CHECK(code(misnamed, 0) == ErrorCode::damaged);
  MemoryFolder cut = life.folder;
  cut.files.at("2026-11-22.key").pop_back();
  CHECK(code(cut, 0) == ErrorCode::damaged);
}

TEST_CASE("a mark that cannot be read is no mark") {
  Life life;
  life.pass_time(60h);
  life.folder.files["2026-11-22.mark"] = counting(0xff, 16);
  life.restart();
  CHECK(!life.has_mark());
  life.folder.files["2026-11-22.mark"] = {};
  life.restart();
  CHECK(!life.has_mark());
}

namespace {

// A folder on the disk for one test.
struct Folder {
  std::string path;
  Folder() {
    char name[] = "/tmp/couvert-keys-XXXXXX";
    REQUIRE(mkdtemp(name) != nullptr);
    path = name;
  }
  ~Folder() { std::filesystem::remove_all(path); }
};

Buffer text(std::string_view value) {
  const Bytes bytes = as_bytes(value);
  return Buffer(bytes.begin(), bytes.end());
}

}  // namespace

TEST_CASE("the folder on the disk never overwrites, replaces as a whole, and sweeps") {
  const Folder folder;
  std::unique_ptr<KeyFolder> keys = std::move(open_key_folder(folder.path + "/keys").value());
  CHECK(std::filesystem::status(folder.path + "/keys").permissions() ==
        std::filesystem::perms::owner_all);
  std::vector<KeyFile> files;
  files.reserve(200);
  for (int i = 0; i < 200; ++i) files.push_back({"k" + std::to_string(i) + ".key", text("one")});
  REQUIRE(keys->create(files));
  files[0].bytes = text("two");
  REQUIRE(keys->create(files));
  CHECK(keys->read("k0.key").value() == text("one"));
  REQUIRE(keys->replace(files[0]));
  CHECK(keys->read("k0.key").value() == text("two"));
  REQUIRE(keys->remove("k0.key"));
  REQUIRE(keys->remove("k0.key"));
  CHECK(keys->read("k0.key").error().code == ErrorCode::damaged);
  CHECK(keys->list().value().size() == 199);

  std::ofstream(folder.path + "/keys/.new-k5.key") << "torn";
  keys = std::move(open_key_folder(folder.path + "/keys").value());
  CHECK(!std::filesystem::exists(folder.path + "/keys/.new-k5.key"));
  CHECK(keys->list().value().size() == 199);
  std::ofstream(folder.path + "/keys/long.key") << std::string(4097, 'a');
  CHECK(keys->read("long.key").error().code == ErrorCode::damaged);
  CHECK(open_key_folder(folder.path + "/no/keys").error().code == ErrorCode::unavailable);
}

TEST_CASE("the master key is made once, for an empty store of day keys only") {
  const Folder folder;
  MemoryFolder day_keys;
  TestRandom random;
  const std::string path = folder.path + "/master.key";
  const Result<Secret<32>> made = open_master_key(path, day_keys, random);
  REQUIRE(made);
  CHECK(std::filesystem::file_size(path) == 65);
  CHECK(std::filesystem::status(path).permissions() == std::filesystem::perms::owner_read);
  const Result<Secret<32>> again = open_master_key(path, day_keys, random);
  REQUIRE(again);
  CHECK(same_secret(*made, *again));

  day_keys.files["2026-11-22.key"] = {};
  CHECK(open_master_key(path, day_keys, random).has_value());
  std::filesystem::remove(path);
  CHECK(open_master_key(path, day_keys, random).error().code == ErrorCode::damaged);
  CHECK(!std::filesystem::exists(path));
}

TEST_CASE("a master key of another form, or that everybody may read, is refused") {
  const Folder folder;
  MemoryFolder day_keys;
  TestRandom random;
  const std::string path = folder.path + "/master.key";
  const std::string digits(64, 'a');
  const auto code_of = [&](const std::string& content, mode_t mode) {
    std::filesystem::remove(path);
    std::ofstream(path) << content;
    ::chmod(path.c_str(), mode);
    const Result<Secret<32>> key = open_master_key(path, day_keys, random);
    return key ? std::nullopt : std::optional(key.error().code);
  };
  CHECK(!code_of(digits, 0400));
  CHECK(!code_of(digits + "\n", 0440));
  CHECK(code_of(digits, 0444) == ErrorCode::invalid);
  CHECK(code_of(digits + "\n\n", 0400) == ErrorCode::invalid);
  CHECK(code_of(digits + "a", 0400) == ErrorCode::invalid);
  CHECK(code_of(digits.substr(1), 0400) == ErrorCode::invalid);
  CHECK(code_of(std::string(64, 'A'), 0400) == ErrorCode::invalid);
  CHECK(code_of("", 0400) == ErrorCode::invalid);
  CHECK(code_of(std::string(5000, 'a'), 0400) == ErrorCode::damaged);
}
