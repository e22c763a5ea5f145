// Fuzzes the folder of day keys: whatever lies in it, either the start is refused or every key that
// is given out is the one that was made for its day.
//
// parser: src/sealing/day_keys.cpp
//
// Input: a file a line, "NAME" alone for a right key of that name, "NAME=CONTENT" for other bytes.
#include <algorithm>

#include "crypto/secret_bytes.h"
#include "sealing/day_keys.h"
#include "sealing/test_random.h"

namespace couvert {
namespace {

using namespace std::chrono_literals;

constexpr Instant now = std::chrono::sys_days(std::chrono::year(2026) / 11 / 22) + 1h;

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
    for (const KeyFile& file : made) files.emplace(file.name, file.bytes);
    return {};
  }
  Result<> replace(const KeyFile& file) override {
    files.insert_or_assign(file.name, file.bytes);
    return {};
  }
  Result<> remove(const std::string& name) override {
    files.erase(name);
    return {};
  }

  std::map<std::string, Buffer> files;
};

// A year of right keys, made once.
const MemoryFolder& made_before() {
  static const MemoryFolder folder = [] {
    MemoryFolder made;
    TestRandom random;
    const Secret<32> master = counting_secret<32>(0);
    INVARIANT(DayKeys::load(made, master, {}).value()->make_ahead(now, random));
    return made;
  }();
  return folder;
}

void put_line(MemoryFolder& folder, std::string_view line) {
  const std::size_t equals = std::min(line.find('='), line.size());
  const std::string name(line.substr(0, equals));
  if (name.empty() || name.front() == '.') return;
  const auto right = made_before().files.find(name);
  Buffer bytes;
  if (equals < line.size()) {
    append(bytes, as_bytes(line.substr(equals + 1)));
  } else if (right != made_before().files.end()) {
    bytes = right->second;
  }
  folder.files.insert_or_assign(name, std::move(bytes));
}

// Two days later nothing is needed: what is over is marked, and destroyed another day later.
void live_on(DayKeys& keys, MemoryFolder& folder, bool all_needed) {
  TestRandom random;
  const DayNeeded needed = [all_needed](Day) -> Result<bool> { return all_needed; };
  for (int hours = 0; hours <= 80; hours += 8) {
    INVARIANT(keys.round(now + std::chrono::hours(hours), std::chrono::hours(hours), needed));
  }
  INVARIANT(keys.round(now, 90h, needed));  // the clock goes back
  const Day today = day_of(now);
  const bool there = keys.key(today).has_value();
  INVARIANT(!all_needed || there == folder.files.contains("2026-11-22.key"));
}

}  // namespace

void fuzz(std::string_view text) {
  MemoryFolder folder;
  while (!text.empty() && folder.files.size() < 8) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    put_line(folder, text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  const Secret<32> master = counting_secret<32>(0);
  const Result<std::unique_ptr<DayKeys>> keys = DayKeys::load(folder, master, {});
  if (!keys) {
    INVARIANT(keys.error().code == ErrorCode::damaged);
    return;
  }
  for (const auto& [name, bytes] : folder.files) {
    if (!name.ends_with(".key")) continue;
    // Another day's key, or changed bytes, would not have opened.
    const auto right = made_before().files.find(name);
    INVARIANT(right != made_before().files.end() && right->second == bytes);
  }
  live_on(**keys, folder, folder.files.size() % 2 == 0);
}

}  // namespace couvert

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  couvert::fuzz({reinterpret_cast<const char*>(data), size});
  return 0;
}
