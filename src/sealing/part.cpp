#include "sealing/part.h"

#include "base/limits.h"
#include "crypto/compare.h"

namespace couvert {

PartWriter::PartWriter(ByteSink& sink, const Secret<32>& transfer_key, const PartPlace& place,
                       Random& random)
    : message_(sink, MessageContext{transfer_key, part_context(place)}, random) {}

std::uint64_t PartWriter::room() const {
  return limits::part_bytes_max - message_.plain_bytes();
}

Result<> PartWriter::write(Bytes plain) {
  if (plain.size() > room()) return fail(ErrorCode::too_large, "a part is full");
  return message_.write(plain);
}

Result<SealedPart> PartWriter::finish() {
  if (message_.plain_bytes() == 0) return fail(ErrorCode::invalid, "a part without a byte");
  const Result<> finished = message_.finish();
  if (!finished) return pass(finished);
  return SealedPart{message_.plain_bytes(), message_.commitment()};
}

Result<MessageReader> open_part(MessageSource& object, const Secret<32>& transfer_key,
                                const PartPlace& place, const SealedPart& expected) {
  if (expected.plain_bytes == 0 || expected.plain_bytes > limits::part_bytes_max) {
    return fail(ErrorCode::damaged, "a part of an impossible length");
  }
  if (object.size() != sealed_size(expected.plain_bytes)) {
    return fail(ErrorCode::damaged, "a part of another length");
  }
  const Buffer context = part_context(place);
  Result<MessageReader> reader = MessageReader::open(object, MessageContext{transfer_key, context});
  if (!reader && reader.error().code == ErrorCode::refused) {
    return fail(ErrorCode::damaged, "a part of another key or place");
  }
  if (!reader) return pass(reader);
  if (!same_bytes(reader->commitment(), expected.commitment)) {
    return fail(ErrorCode::damaged, "a part is not the one in the manifest");
  }
  return reader;
}

}  // namespace couvert
