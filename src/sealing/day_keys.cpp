#include "sealing/day_keys.h"

#include <algorithm>
#include <cstdio>

#include "base/limits.h"
#include "crypto/secret_bytes.h"
#include "sealing/message.h"

namespace couvert {
namespace {

using std::chrono::days;

constexpr std::string_view key_ending = ".key";
constexpr std::string_view mark_ending = ".mark";
// A round may come a day late: the keys of one more day are there already.
constexpr Day days_ahead = static_cast<Day>(limits::life_max / days(1)) + 1;
// Smaller steps back are what time servers do.
constexpr Duration clock_slack = std::chrono::minutes(1);

std::chrono::sys_days start_of(Day day) {
  return std::chrono::sys_days(days(day));
}

std::string file_name(Day day, std::string_view ending) {
  const std::chrono::year_month_day date(start_of(day));
  char text[32];
  std::snprintf(text, sizeof(text), "%04d-%02u-%02u", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  return text + std::string(ending);
}

// The day of a file's name, nothing for names that file_name() does not make.
std::optional<Day> day_of_name(const std::string& name, std::string_view ending) {
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
  if (std::sscanf(name.c_str(), "%4d-%2u-%2u", &year, &month, &day) != 3) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month),
                                         std::chrono::day(day)};
  if (!date.ok()) return std::nullopt;
  const auto number = std::chrono::sys_days(date).time_since_epoch().count();
  if (number < 0 || file_name(static_cast<Day>(number), ending) != name) return std::nullopt;
  return static_cast<Day>(number);
}

Buffer seal_day_key(const Secret<32>& master_key, Day day, Random& random) {
  Secret<32> key = random.secret<32>();
  const Buffer context = day_context(day);
  return seal_bytes(MessageContext{master_key, context}, key.fill(), random);
}

}  // namespace

Day day_of(Instant instant) {
  const auto day = std::chrono::floor<days>(instant).time_since_epoch().count();
  return static_cast<Day>(std::max<std::int64_t>(day, 0));
}

DayKeys::DayKeys(KeyFolder& folder, const Secret<32>& master_key, const DayKeyRules& rules)
    : folder_(folder), master_key_(master_key), rules_(rules) {}

Result<std::unique_ptr<DayKeys>> DayKeys::load(KeyFolder& folder, const Secret<32>& master_key,
                                               const DayKeyRules& rules) {
  std::unique_ptr<DayKeys> loaded(new DayKeys(folder, master_key, rules));
  const Result<std::vector<std::string>> names = folder.list();
  if (!names) return pass(names);
  for (const std::string& name : *names) {
    const std::optional<Day> key = day_of_name(name, key_ending);
    const std::optional<Day> mark = day_of_name(name, mark_ending);
    const bool is_ours = name.ends_with(key_ending) || name.ends_with(mark_ending);
    if (!is_ours) continue;  // what a file system or an operator keeps there
    if (!key && !mark) return fail(ErrorCode::damaged, "a day key of an impossible name");
    const Result<> read = key ? loaded->load_key(*key) : loaded->load_mark(*mark);
    if (!read) return pass(read);
  }
  return loaded;
}

Result<> DayKeys::load_key(Day day) {
  const Result<Buffer> sealed = folder_.read(file_name(day, key_ending));
  if (!sealed) return pass(sealed);
  const Buffer context = day_context(day);
  Result<Buffer> plain = open_bytes(MessageContext{master_key_, context}, *sealed, 32);
  if (!plain || plain->size() != 32) {
    return fail(ErrorCode::damaged, "a day key does not open under this master key");
  }
  const std::span<std::byte, 32> bytes(plain->data(), 32);
  auto key = std::make_shared<const Secret<32>>(take_secret<32>(bytes));
  const std::lock_guard hold(mutex_);
  keys_.insert_or_assign(day, std::move(key));
  return {};
}

// running[8] || written[8], in milliseconds. Another content is no mark: the day is marked anew.
Result<> DayKeys::load_mark(Day day) {
  const Result<Buffer> bytes = folder_.read(file_name(day, mark_ending));
  if (!bytes) return pass(bytes);
  if (bytes->size() != 16) return remove_mark(day);
  const Bytes view(*bytes);
  Mark mark;
  mark.running = Duration(static_cast<std::int64_t>(read_integer(view.first(8))));
  mark.written = Instant(Duration(static_cast<std::int64_t>(read_integer(view.last(8)))));
  const bool sane = mark.running >= Duration::zero() && mark.running <= rules_.marked;
  if (!sane) return remove_mark(day);
  marks_.insert_or_assign(day, mark);
  return {};
}

bool DayKeys::holds(Day day) const {
  const std::lock_guard hold(mutex_);
  return keys_.contains(day);
}

Result<DayKey> DayKeys::key(Day day) const {
  const std::lock_guard hold(mutex_);
  const auto found = keys_.find(day);
  if (found == keys_.end()) return fail(ErrorCode::expired, "the key of that day is gone");
  return found->second;
}

std::size_t DayKeys::count_from(Day first) const {
  const std::lock_guard hold(mutex_);
  std::size_t count = 0;
  for (auto at = keys_.find(first); at != keys_.end() && at->first == first + count; ++at) ++count;
  return count;
}

Result<> DayKeys::make_ahead(Instant now, Random& random) {
  std::vector<Day> missing;
  const Day today = day_of(now);
  for (Day day = today; day <= today + days_ahead; ++day) {
    if (!holds(day)) missing.push_back(day);
  }
  if (missing.empty()) return {};
  std::vector<KeyFile> files;
  files.reserve(missing.size());
  for (const Day day : missing) {
    files.push_back({file_name(day, key_ending), seal_day_key(master_key_, day, random)});
  }
  const Result<> made = folder_.create(files);
  if (!made) return made;
  // Read back: another node may have been faster, then its key counts.
  for (const Day day : missing) {
    const Result<> read = load_key(day);
    if (!read) return read;
  }
  return {};
}

Result<> DayKeys::round(Instant now, Duration running, const DayNeeded& needed) {
  const Tick tick{now, running};
  std::vector<Day> stored;
  {
    const std::lock_guard hold(mutex_);
    for (const auto& [day, key] : keys_) stored.push_back(day);
  }
  // Marks whose key is gone: a crash came between the two removals.
  for (const auto& [day, mark] : std::map<Day, Mark>(marks_)) {
    if (holds(day)) continue;
    const Result<> removed = remove_mark(day);
    if (!removed) return removed;
  }
  for (const Day day : stored) {
    const Result<> done = round_of(day, tick, needed);
    if (!done) return done;
  }
  return {};
}

Result<> DayKeys::round_of(Day day, const Tick& tick, const DayNeeded& needed) {
  const bool is_over = tick.now >= start_of(day) + days(1) + rules_.grace;
  const auto found = marks_.find(day);
  const bool marked = found != marks_.end();
  if (!is_over) return marked ? remove_mark(day) : Result<>();

  const Result<bool> in_use = needed(day);
  if (!in_use) return pass(in_use);
  if (*in_use) return marked ? remove_mark(day) : Result<>();
  if (!marked) return write_mark(day, Mark{Duration::zero(), tick.now, tick.running});

  Mark mark = found->second;
  const Duration ran = mark.counted ? tick.running - *mark.counted : Duration::zero();
  if (tick.now < mark.written + ran - clock_slack) return remove_mark(day);
  mark = Mark{mark.running + ran, tick.now, tick.running};
  if (mark.running >= rules_.marked) return destroy(day);
  return write_mark(day, mark);
}

Result<> DayKeys::write_mark(Day day, const Mark& mark) {
  KeyFile file{file_name(day, mark_ending), {}};
  append_integer(file.bytes, static_cast<std::uint64_t>(mark.running.count()), 8);
  append_integer(file.bytes, static_cast<std::uint64_t>(mark.written.time_since_epoch().count()),
                 8);
  const Result<> written = folder_.replace(file);
  if (!written) return written;
  marks_.insert_or_assign(day, mark);
  return {};
}

Result<> DayKeys::remove_mark(Day day) {
  const Result<> removed = folder_.remove(file_name(day, mark_ending));
  if (!removed) return removed;
  marks_.erase(day);
  return {};
}

Result<> DayKeys::destroy(Day day) {
  const Result<> removed = folder_.remove(file_name(day, key_ending));
  if (!removed) return removed;
  {
    const std::lock_guard hold(mutex_);
    keys_.erase(day);
  }
  return remove_mark(day);
}

}  // namespace couvert
