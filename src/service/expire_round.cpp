#include "service/expire_round.h"

#include "sealing/day_keys.h"
#include "service/ending_mails.h"
#include "service/open_transfer.h"
#include "store/counter_table.h"
#include "store/file_table.h"
#include "store/outbox_table.h"
#include "store/program_table.h"
#include "store/quick_table.h"
#include "store/session_table.h"
#include "store/transfer_table.h"

namespace couvert {
namespace {

using namespace std::chrono_literals;

// From this second nothing opens it, whatever the clock does later: the keyslots are gone.
Result<> end_transfer(const Parts& parts, Transaction& tx, Transfer transfer) {
  if (transfer.state == TransferState::sealed) {
    // A transfer ends even where its sender cannot be told.
    const Result<> told = tell_expired(parts, tx, transfer);
    if (!told) parts.log.failure("expiry not told", told.error());
  }
  const Result<TransferState> next = next_state(transfer.state, TransferEvent::expire);
  if (!next) return pass(next);
  transfer.state = *next;
  const Result<> updated = update_transfer(tx, transfer);
  if (!updated) return pass(updated);
  const Result<> closed = delete_keyslots(tx, transfer.seal_id);
  if (!closed) return pass(closed);
  return delete_mails_of(tx, transfer.seal_id);
}

Result<> expire_due(const Parts& parts) {
  return parts.database.write([&](Transaction& tx) -> Result<> {
    for (const TransferState state : {TransferState::sealed, TransferState::draft}) {
      const Result<std::vector<Transfer>> ended =
          ended_transfers(tx, state, parts.clock.certain(), limits::erasures_per_round_max);
      if (!ended) return pass(ended);
      for (const Transfer& transfer : *ended) {
        const Result<> done = end_transfer(parts, tx, transfer);
        if (!done) return pass(done);
      }
    }
    return Result<>();
  });
}

// Objects first, then the rows that name them: what a crash leaves is erased by the next round.
Result<> erase(const Parts& parts, const Transfer& transfer) {
  while (true) {
    std::vector<PartRow> some;
    const Result<> read = parts.database.read([&](Transaction& tx) -> Result<> {
      Result<std::vector<PartRow>> rows =
          parts_of(tx, transfer.seal_id, limits::erasures_per_round_max);
      if (!rows) return pass(rows);
      some = std::move(*rows);
      return Result<>();
    });
    if (!read) return pass(read);
    if (some.empty()) break;
    for (const PartRow& part : some) {
      const Result<> removed = parts.objects.remove(part.object);
      if (!removed) return pass(removed);
    }
    const Result<> forgotten = parts.database.write([&](Transaction& tx) -> Result<> {
      for (const PartRow& part : some) {
        const Result<> deleted = delete_part(tx, part);
        if (!deleted) return pass(deleted);
      }
      return Result<>();
    });
    if (!forgotten) return pass(forgotten);
  }
  if (transfer.manifest_object) {
    const Result<> removed = parts.objects.remove(*transfer.manifest_object);
    if (!removed) return pass(removed);
  }
  return parts.database.write([&](Transaction& tx) -> Result<> {
    // A draft that never was a transfer leaves nothing behind; of a transfer its metadata stays.
    if (to_unix(transfer.started) == 0) return delete_transfer(tx, transfer.seal_id);
    Transfer erased = transfer;
    erased.state = TransferState::erased;
    erased.manifest_object.reset();
    erased.notice.clear();
    return update_transfer(tx, erased);
  });
}

Result<> erase_ended(const Parts& parts) {
  std::vector<Transfer> ended;
  const Result<> read = parts.database.read([&](Transaction& tx) -> Result<> {
    Result<std::vector<Transfer>> transfers =
        transfers_to_erase(tx, limits::erasures_per_round_max);
    if (!transfers) return pass(transfers);
    ended = std::move(*transfers);
    return Result<>();
  });
  if (!read) return pass(read);
  Result<> all;
  for (const Transfer& transfer : ended) {
    const Result<> erased = erase(parts, transfer);
    if (!erased) all = erased;  // the others go all the same
  }
  return all;
}

// What remained of a transfer for its sender's list goes, too. Its content went long before.
Result<> unlist(const Parts& parts) {
  return parts.database.write([&](Transaction& tx) -> Result<> {
    const Instant before = parts.clock.certain() - parts.settings.listed_life;
    const Result<std::vector<Transfer>> old =
        ended_transfers(tx, TransferState::erased, before, limits::erasures_per_round_max);
    if (!old) return pass(old);
    for (const Transfer& transfer : *old) {
      const Result<> deleted = delete_transfer(tx, transfer.seal_id);
      if (!deleted) return deleted;
    }
    return Result<>();
  });
}

Result<> sweep_rows(const Parts& parts) {
  return parts.database.write([&](Transaction& tx) -> Result<> {
    const Instant now = parts.clock.certain();
    const Result<> programs = sweep_programs(tx, now);
    if (!programs) return pass(programs);
    const Result<> sessions = sweep_sessions(tx, now, now - limits::empty_session_life);
    if (!sessions) return pass(sessions);
    const Result<> retrievals =
        sweep_session_keyslots(tx, now, now - parts.settings.retrieval_idle);
    if (!retrievals) return pass(retrievals);
    const Result<> codes = sweep_quick_codes(tx, now);
    if (!codes) return pass(codes);
    return sweep_counters(tx, now - 48h);
  });
}

Result<> sweep_days(const Parts& parts) {
  const Result<> made = parts.day_keys.make_ahead(parts.clock.now(), parts.random);
  if (!made) return pass(made);
  const DayNeeded needed = [&](Day day) -> Result<bool> {
    bool is_needed = true;
    const Result<> read = parts.database.read([&](Transaction& tx) -> Result<> {
      const Result<bool> answer = is_day_needed(tx, day);
      if (!answer) return pass(answer);
      is_needed = *answer;
      return Result<>();
    });
    if (!read) return pass(read);
    return is_needed;
  };
  // Day keys have marks of their own against clocks that jump.
  return parts.day_keys.round(parts.clock.now(), parts.clock.running(), needed);
}

// Deleted mails hold links, deleted keyslots open transfers: nothing of them stays in the log.
Result<> forget(const Parts& parts) {
  const Result<bool> forgotten = parts.database.forget_deleted();
  if (!forgotten) return pass(forgotten);
  return Result<>();  // where somebody was reading, the next round does it
}

bool run(const Parts& parts, std::string_view step, Result<> (*work)(const Parts&)) {
  const Result<> done = work(parts);
  if (!done) parts.log.failure(step, done.error());
  return done.has_value();
}

}  // namespace

bool sweep(const Parts& parts) {
  bool well = run(parts, "round failed: expire", expire_due);
  well &= run(parts, "round failed: erase", erase_ended);
  well &= run(parts, "round failed: unlist", unlist);
  well &= run(parts, "round failed: rows", sweep_rows);
  well &= run(parts, "round failed: day keys", sweep_days);
  well &= run(parts, "round failed: forget", forget);
  return well;
}

bool sweep_objects(const Parts& parts, OrphanSweep& orphans) {
  const Result<std::size_t> swept = orphans.pass_over(parts.database, parts.objects, parts.clock);
  if (!swept) parts.log.failure("round failed: orphans", swept.error());
  return swept.has_value();
}

}  // namespace couvert
