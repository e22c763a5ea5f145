// What several use cases share: day keys by time, keyslots in their coats, objects as sources and
// sinks of sealed bytes.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "domain/transfer.h"
#include "sealing/day_keys.h"
#include "sealing/keyslot.h"
#include "sealing/manifest_file.h"
#include "service/parts.h"
#include "store/keyslot_table.h"

namespace couvert {

/// Content is sealed by this server.
SealScope scope_of(const Transfer& transfer);

/// Whether a transfer may be read at `now`: started, not revoked, before its end.
bool is_live(const std::optional<Transfer>& transfer, Instant now);

/// SHA-256 of a transfer ID: what the database knows of it.
Buffer hash_of(const TransferId& id);

/// A keyslot to be made for a transfer: who it is for and what it holds.
/// Lifetime: refers to the secret and the content.
struct NewKeyslot {
  KeyslotUse use = KeyslotUse::password;
  KeyslotForm form;
  SlotId slot_id;
  const Secret<32>& secret;
  const OpenedKeyslot& content;
};

/// The row of a new keyslot: sealed under its secret, in the coat of the day on which the transfer
/// ends. Position, MAC and session times are the caller's.
Result<KeyslotRow> make_keyslot(const Parts& parts, const Transfer& transfer,
                                const NewKeyslot& keyslot);

/// Takes a stored keyslot's coat off. Errors: `damaged`, `unavailable`.
Result<Keyslot> uncoat(const Parts& parts, const Transfer& transfer, const KeyslotRow& row);

/// An object as the reader of sealed bytes sees it.
Result<std::unique_ptr<MessageSource>> open_object(Objects& objects, const ObjectId& id);

/// An object being written as the writer of sealed bytes sees it. Lifetime: that of the writer.
class ObjectSink final : public ByteSink {
 public:
  explicit ObjectSink(ObjectWriter& writer) : writer_(writer) {}
  Result<> write(Bytes bytes) override { return writer_.write(bytes); }

 private:
  ObjectWriter& writer_;
};

/// Deletes an object that nobody names any more; failing that is the sweeper's work, so it is only
/// logged.
void drop_object(const Parts& parts, const ObjectId& id);

}  // namespace couvert
