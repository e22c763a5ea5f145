#include "service/open_transfer.h"

#include "crypto/hash.h"

namespace couvert {
namespace {

class ObjectSource final : public MessageSource {
 public:
  explicit ObjectSource(std::unique_ptr<StoredObject> reader) : reader_(std::move(reader)) {}
  std::uint64_t size() const override { return reader_->size(); }
  Result<> read(std::uint64_t offset, MutableBytes out) override {
    return reader_->read(offset, out);
  }

 private:
  std::unique_ptr<StoredObject> reader_;
};

}  // namespace

SealScope scope_of(const Transfer& transfer) {
  return {Mode::server, transfer.seal_id};
}

bool is_live(const std::optional<Transfer>& transfer, Instant now) {
  return transfer && transfer->state == TransferState::sealed && now < transfer->end;
}

Buffer hash_of(const TransferId& id) {
  const Sha256Digest digest = sha256(id.bytes);
  return Buffer(digest.begin(), digest.end());
}

Result<KeyslotRow> make_keyslot(const Parts& parts, const Transfer& transfer,
                                const NewKeyslot& keyslot) {
  const Result<DayKey> day_key = parts.day_keys.key(day_of(transfer.end));
  if (!day_key) return pass(day_key);
  const SlotPlace place{scope_of(transfer), keyslot.slot_id};
  const Keyslot sealed =
      seal_keyslot(keyslot.form, keyslot.secret, place, keyslot.content, parts.random);
  KeyslotRow row;
  row.seal_id = transfer.seal_id;
  row.slot_id = keyslot.slot_id;
  row.use = keyslot.use;
  row.stored = seal_coat(sealed, **day_key, place, parts.random);
  row.created = parts.clock.now();
  row.used = row.created;
  row.end = transfer.end;
  return row;
}

Result<Keyslot> uncoat(const Parts& parts, const Transfer& transfer, const KeyslotRow& row) {
  const Result<DayKey> day_key = parts.day_keys.key(day_of(transfer.end));
  if (!day_key) return pass(day_key);
  return open_coat(row.stored, **day_key, SlotPlace{scope_of(transfer), row.slot_id});
}

Result<std::unique_ptr<MessageSource>> open_object(Objects& objects, const ObjectId& id) {
  Result<std::unique_ptr<StoredObject>> reader = objects.open(id);
  if (!reader) return pass(reader);
  return std::make_unique<ObjectSource>(std::move(*reader));
}

void drop_object(const Parts& parts, const ObjectId& id) {
  const Result<> removed = parts.objects.remove(id);
  if (!removed) parts.log.failure("object not removed", removed.error());
}

}  // namespace couvert
