#include "service/sent.h"

#include <algorithm>

#include "service/ask_policy.h"
#include "service/content.h"
#include "service/draft_access.h"

namespace couvert {
namespace {

tl::unexpected<Error> not_sent() {
  return fail(ErrorCode::denied, "no such transfer");
}

Result<SentSummary> summary_of(Transaction& tx, Transfer transfer) {
  const Result<RecipientCounts> counts = recipient_counts(tx, transfer.seal_id);
  if (!counts) return pass(counts);
  Result<std::vector<Recipient>> first =
      first_recipients(tx, transfer.seal_id, limits::sent_named_max);
  if (!first) return pass(first);
  const Result<FileTotals> files = file_totals(tx, transfer.seal_id);
  if (!files) return pass(files);
  return SentSummary{std::move(transfer), *counts, std::move(*first), *files};
}

// The one after which a page begins: only of the same sender, so that it tells nothing of others.
Result<std::optional<Transfer>> find_before(Transaction& tx, const Address& from,
                                            const std::optional<TrackingId>& before) {
  if (!before) return std::optional<Transfer>();
  Result<std::optional<Transfer>> found = find_tracked(tx, *before);
  if (!found) return pass(found);
  if (!found->has_value() || (*found)->sender != from) return not_sent();
  return found;
}

// Names and subject, which lie in the manifest.
Result<> add_names(const Parts& parts, const Transfer& transfer, OpenedKeyslot keys,
                   SentFiles& sent) {
  const OpenedTransfer opened{transfer, Recipient(), transfer.draft_id, std::move(keys)};
  const Result<std::unique_ptr<OpenedManifest>> manifest = OpenedManifest::open(parts, opened);
  if (!manifest) return pass(manifest);
  const Manifest& table = (*manifest)->manifest();
  sent.subject = table.subject;
  sent.files.clear();
  for (const ManifestFile& file : table.files)
    sent.files.push_back({file.no, file.size, file.name});
  return Result<>();
}

}  // namespace

Result<std::vector<SentRecipient>> sent_recipients(Transaction& tx, const SealId& id) {
  const Result<std::vector<Recipient>> rows = recipients_of(tx, id);
  if (!rows) return pass(rows);
  const Result<std::vector<FetchedCount>> counts = fetched_counts(tx, id);
  if (!counts) return pass(counts);
  std::vector<SentRecipient> all;
  auto count = counts->begin();  // both in the order of the positions
  for (const Recipient& row : *rows) {
    SentRecipient& one = all.emplace_back(SentRecipient{row, 0, 0});
    while (count != counts->end() && count->position < row.position) ++count;
    if (count == counts->end() || count->position != row.position) continue;
    one.viewed = count->viewed;
    one.downloaded = count->downloaded;
  }
  return all;
}

TransferState seen_state(const Transfer& transfer, Instant now) {
  if (transfer.revoked) return TransferState::revoked;
  if (transfer.state == TransferState::erased) return TransferState::expired;
  const bool is_over = transfer.state == TransferState::sealed && now >= transfer.end;
  return is_over ? TransferState::expired : transfer.state;
}

Result<Transfer> find_sent(const Parts& parts, const Caller& caller, const TrackingId& id) {
  std::optional<Transfer> transfer;
  const Result<> read = parts.database.read([&](Transaction& tx) -> Result<> {
    Result<std::optional<Transfer>> found = find_tracked(tx, id);
    if (!found) return pass(found);
    transfer = std::move(*found);
    return Result<>();
  });
  if (!read) return pass(read);
  if (!transfer || to_unix(transfer->started) == 0) return not_sent();
  const Result<> proven = Verify(parts).prove(caller, transfer->sender);
  if (!proven && proven.error().code == ErrorCode::unproven) {
    return fail(ErrorCode::denied, "the caller is not the sender");
  }
  if (!proven) return pass(proven);
  return std::move(*transfer);
}

Result<OpenedKeyslot> open_held(const Parts& parts, const Caller& caller, const Transfer& transfer,
                                const Secret<32>& held) {
  if (!is_live(transfer, parts.clock.now())) return not_sent();
  Result<OpenedDraft> opened = open_draft(parts, {caller, transfer.draft_id, held});
  // The caller is its sender and it lives: the secret is what does not fit.
  if (!opened && opened.error().code == ErrorCode::denied) {
    return fail(ErrorCode::refused, "wrong_secret");
  }
  if (!opened) return pass(opened);
  return std::move(opened->keys);
}

Result<SentPage> Sent::list(const Caller& caller, const VerificationId& proof,
                            const PageWish& wish) {
  Result<Address> from = Verify(parts_).prove_by(caller, proof);
  if (!from) return pass(from);
  SentPage page{std::move(*from), {}, false};
  const Result<> read = parts_.database.read([&](Transaction& tx) -> Result<> {
    const Result<std::optional<Transfer>> last = find_before(tx, page.from, wish.before);
    if (!last) return pass(last);
    Result<std::vector<Transfer>> found = sent_transfers(tx, page.from, *last, wish.count + 1);
    if (!found) return pass(found);
    page.more = found->size() > wish.count;
    if (page.more) found->pop_back();
    for (Transfer& transfer : *found) {
      transfer.state = seen_state(transfer, parts_.clock.now());
      Result<SentSummary> summary = summary_of(tx, std::move(transfer));
      if (!summary) return pass(summary);
      page.transfers.push_back(std::move(*summary));
    }
    return Result<>();
  });
  if (!read) return pass(read);
  return page;
}

Result<SentTransfer> Sent::find(const Caller& caller, const TrackingId& id) {
  Result<Transfer> transfer = find_sent(parts_, caller, id);
  if (!transfer) return pass(transfer);
  SentTransfer sent;
  const Result<> read = parts_.database.read([&](Transaction& tx) -> Result<> {
    Result<std::vector<SentRecipient>> recipients = sent_recipients(tx, transfer->seal_id);
    if (!recipients) return pass(recipients);
    sent.recipients = std::move(*recipients);
    const Result<FileTotals> files = file_totals(tx, transfer->seal_id);
    if (!files) return pass(files);
    sent.files = *files;
    const auto allowance = allowance_of_sent(parts_, tx, *transfer);
    if (!allowance) return pass(allowance);
    sent.expires_max = latest_end(transfer->started, *allowance);
    return Result<>();
  });
  if (!read) return pass(read);
  sent.transfer = std::move(*transfer);
  sent.transfer.state = seen_state(sent.transfer, parts_.clock.now());
  return sent;
}

Result<SentFiles> Sent::files(const Caller& caller, const TrackingId& id,
                              const std::optional<Secret<32>>& held) {
  const Result<Transfer> transfer = find_sent(parts_, caller, id);
  if (!transfer) return pass(transfer);
  SentFiles sent;
  const Result<> read = parts_.database.read([&](Transaction& tx) -> Result<> {
    const Result<std::vector<FileRow>> rows = files_of(tx, transfer->seal_id);
    if (!rows) return pass(rows);
    for (const FileRow& row : *rows) sent.files.push_back({row.no, row.bytes, std::nullopt});
    return Result<>();
  });
  if (!read) return pass(read);
  if (!held || !is_live(*transfer, parts_.clock.now())) return sent;
  Result<OpenedKeyslot> keys = open_held(parts_, caller, *transfer, *held);
  if (!keys) return pass(keys);
  const Result<> named = add_names(parts_, *transfer, std::move(*keys), sent);
  if (!named) return pass(named);
  return sent;
}

Result<std::vector<Fetched>> Sent::fetched(const Caller& caller, const TrackingId& id,
                                           int recipient_no) {
  const Result<Transfer> transfer = find_sent(parts_, caller, id);
  if (!transfer) return pass(transfer);
  std::vector<Fetched> all;
  const Result<> read = parts_.database.read([&](Transaction& tx) -> Result<> {
    const Result<std::optional<Recipient>> recipient =
        find_recipient_at(tx, transfer->seal_id, recipient_no);
    if (!recipient) return pass(recipient);
    if (!recipient->has_value()) return fail(ErrorCode::denied, "no such recipient");
    Result<std::vector<Fetched>> had = fetched_by(tx, transfer->seal_id, recipient_no);
    if (!had) return pass(had);
    all = std::move(*had);
    return Result<>();
  });
  if (!read) return pass(read);
  return all;
}

}  // namespace couvert
