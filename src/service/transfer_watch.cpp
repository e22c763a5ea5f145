#include "service/transfer_watch.h"

#include "store/keyslot_table.h"
#include "store/transfer_table.h"

namespace couvert {
namespace {

using namespace std::chrono_literals;

constexpr Duration look_pause = 1s;

}  // namespace

TransferWatch::TransferWatch(const Parts& parts, const OpenedTransfer& opened)
    : parts_(parts),
      opened_(opened),
      end_(opened.transfer.end),
      next_look_(parts.clock.running() + look_pause),
      next_touch_(parts.clock.running() + retrieval_touch) {}

Result<> TransferWatch::look() {
  if (parts_.clock.now() < end_ && parts_.clock.running() < next_look_) return Result<>();
  const Result<> looked = parts_.database.read([this](Transaction& tx) { return look(tx); });
  if (looked && parts_.clock.running() >= next_touch_) touch();
  return looked;
}

Result<> TransferWatch::look(Transaction& tx) {
  const Result<std::optional<Transfer>> transfer = find_transfer(tx, opened_.transfer.seal_id);
  if (!transfer) return pass(transfer);
  const Result<std::optional<Recipient>> recipient =
      find_recipient(tx, opened_.recipient.transfer_id_hash);
  if (!recipient) return pass(recipient);
  if (!is_live(*transfer, parts_.clock.now()) || !recipient->has_value()) {
    return fail(ErrorCode::denied, "the transfer has ended");
  }
  end_ = (*transfer)->end;
  next_look_ = parts_.clock.running() + look_pause;
  return Result<>();
}

// That this cannot be written must not end a download: the disk may be full.
void TransferWatch::touch() {
  next_touch_ = parts_.clock.running() + retrieval_touch;
  const Result<> touched = parts_.database.write([this](Transaction& tx) {
    return touch_keyslot(tx, opened_.retrieval_id, parts_.clock.now());
  });
  if (!touched) parts_.log.failure("retrieval not noted as used", touched.error());
}

}  // namespace couvert
