#include "service/repeat.h"

#include "store/counter_table.h"

namespace couvert {
namespace {

std::string key_of(const Caller& caller, const SealId& id) {
  return "done " + id.text() + "." + caller.request_key;
}

}  // namespace

Result<std::optional<std::int64_t>> done_before(Transaction& tx, const Caller& caller,
                                                const SealId& id, Instant now) {
  if (caller.request_key.empty()) return std::optional<std::int64_t>();
  const Result<std::int64_t> noted =
      sum_of_counter(tx, key_of(caller, id), hour_of(now) - limits::request_key_life);
  if (!noted) return pass(noted);
  if (*noted == 0) return std::optional<std::int64_t>();
  return std::optional<std::int64_t>(*noted - 1);
}

Result<> note_done(Transaction& tx, const Caller& caller, const SealId& id, const Done& done) {
  if (caller.request_key.empty()) return {};
  const Result<std::int64_t> noted =
      add_to_counter(tx, key_of(caller, id), hour_of(done.at), done.number + 1);
  if (!noted) return pass(noted);
  return {};
}

}  // namespace couvert
