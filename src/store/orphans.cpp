#include "store/orphans.h"

#include <vector>

#include "base/limits.h"
#include "store/file_table.h"

namespace couvert {

namespace {

constexpr std::size_t objects_at_once = 500;

// Those of `ids` that no row names.
Result<std::vector<ObjectId>> unknown_of(Database& database, const std::vector<ObjectId>& ids) {
  std::vector<ObjectId> unknown;
  const Result<> read = database.read([&](Transaction& tx) -> Result<> {
    for (const ObjectId& id : ids) {
      const Result<bool> known = is_object_known(tx, id);
      if (!known) return pass(known);
      if (!*known) unknown.push_back(id);
    }
    return {};
  });
  if (!read) return pass(read);
  return unknown;
}

// A file of the future was written while the clock was ahead: nobody knows when.
bool is_old(const ObjectEntry& entry, Instant now) {
  return entry.changed < now - orphan_grace || entry.changed > now + orphan_grace;
}

}  // namespace

Result<std::size_t> OrphanSweep::pass_over(Database& database, Objects& objects,
                                           const Clock& clock) {
  const Instant now = clock.certain();
  const Duration running = clock.running();
  std::map<ObjectId, Duration> suspects;
  std::vector<ObjectId> some;
  std::size_t erased = 0;
  const auto judge = [&]() -> Result<> {
    const Result<std::vector<ObjectId>> unknown = unknown_of(database, some);
    if (!unknown) return pass(unknown);
    some.clear();
    for (const ObjectId& id : *unknown) {
      const auto known = suspects_.find(id);
      const Duration since = known == suspects_.end() ? running : known->second;
      if (running - since < limits::orphan_suspected_min) {
        if (suspects.size() < limits::orphans_suspected_max) suspects.emplace(id, since);
        continue;
      }
      const Result<> removed = objects.remove(id);
      if (!removed) return removed;
      ++erased;
    }
    return {};
  };
  const Result<> listed = objects.list([&](const ObjectEntry& entry) -> Result<> {
    if (is_old(entry, now)) some.push_back(entry.id);
    return some.size() < objects_at_once ? Result<>() : judge();
  });
  if (!listed) return pass(listed);
  const Result<> last = judge();
  if (!last) return pass(last);
  suspects_ = std::move(suspects);
  return erased;
}

}  // namespace couvert
