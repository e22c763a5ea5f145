#include "service/changes.h"

#include <algorithm>

#include "crypto/hash.h"
#include "service/sent.h"
#include "store/transfer_table.h"

namespace couvert {
namespace {

constexpr std::size_t version_bytes = 12;

// Collects what a version depends on.
class VersionText {
 public:
  VersionText& operator<<(std::string_view text) {
    text_.append(text).append("\n");
    return *this;
  }
  VersionText& operator<<(std::int64_t number) { return *this << std::to_string(number); }
  VersionText& operator<<(const std::optional<Instant>& time) {
    return time ? *this << to_unix(*time) : *this << std::string_view("-");
  }
  std::string version() const {
    return encode_base64url(Bytes(sha256(as_bytes(text_))).first(version_bytes));
  }

 private:
  std::string text_;
};

Result<std::string> sent_version(Transaction& tx, const Transfer& transfer, Instant now) {
  VersionText text;
  text << name_of(seen_state(transfer, now)) << transfer.end << transfer.revoked;
  const Result<std::vector<SentRecipient>> recipients = sent_recipients(tx, transfer.seal_id);
  if (!recipients) return pass(recipients);
  for (const SentRecipient& one : *recipients) {
    const Recipient& row = one.recipient;
    text << row.address.text << name_of(row.mail) << row.mail_settled << row.mail_answer
         << row.opened << row.retrieved << row.revoked << one.viewed << one.downloaded;
  }
  return text.version();
}

Result<std::string> received_version(Transaction& tx, const Transfer& transfer, const Address& to) {
  const Result<std::optional<Recipient>> found = find_recipient_of(tx, transfer.seal_id, to);
  if (!found) return pass(found);
  if (!found->has_value()) return fail(ErrorCode::damaged, "a transfer without its recipient");
  VersionText text;
  text << std::optional(transfer.end) << (*found)->opened << (*found)->retrieved;
  return text.version();
}

Result<ListVersions> versions_of(Transaction& tx, const Address& address, WatchedList list,
                                 Instant now) {
  const bool is_sent = list == WatchedList::sent;
  const Result<std::vector<Transfer>> transfers =
      is_sent ? sent_transfers(tx, address, std::nullopt, limits::sent_page_max)
              : received_transfers(tx, {address, now, std::nullopt, limits::sent_page_max});
  if (!transfers) return pass(transfers);
  ListVersions versions;
  for (const Transfer& one : *transfers) {
    Result<std::string> version =
        is_sent ? sent_version(tx, one, now) : received_version(tx, one, address);
    if (!version) return pass(version);
    versions.emplace(one.tracking_id, std::move(*version));
  }
  return versions;
}

}  // namespace

bool ListWatch::is_due() const {
  const Duration since = parts_.clock.running() - looked_;
  if (since < pause_) return false;
  return commits_ != parts_.database.commits() || since >= limits::event_quiet_max;
}

Result<ListVersions> ListWatch::look() {
  const Duration begun = parts_.clock.running();
  const Result<Address> address = Verify(parts_).prove_by(caller_, proof_);
  if (!address) return pass(address);
  // Before it reads: what is written meanwhile makes it look again.
  commits_ = parts_.database.commits();
  Result<ListVersions> versions = parts_.database.read_value(
      [&](Transaction& tx) { return versions_of(tx, *address, list_, parts_.clock.now()); });
  looked_ = parts_.clock.running();
  // Long lists of many recipients are not read all the time.
  pause_ =
      std::max<Duration>(limits::event_look_pause, (looked_ - begun) * limits::event_look_share);
  return versions;
}

}  // namespace couvert
