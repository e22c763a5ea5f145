// Seals and opens one part: 1 byte to 8 MiB of a file, stored as one object.
//
// A part is a sealed message (message.h) whose context names its place. It is durable as a whole or
// it never existed: who breaks off throws the object away and seals the bytes anew.
#pragma once

#include "sealing/context.h"
#include "sealing/message.h"

namespace couvert {

/// What the part table keeps of a part.
struct SealedPart {
  std::uint64_t plain_bytes = 0;
  Commitment commitment{};

  bool operator==(const SealedPart&) const = default;
};

/// Seals the bytes of one part.
///
/// Order:    write() as often as you like, then finish() once.
/// Memory:   257 KiB. Lifetime: `sink` must outlive the writer. Threads: one at a time.
class PartWriter {
 public:
  PartWriter(ByteSink& sink, const Secret<32>& transfer_key, const PartPlace& place,
             Random& random);

  /// Appends `plain`. Errors: `too_large` where the part would pass 8 MiB (nothing is taken then);
  /// those of the sink. After an error of the sink the writer answers every call with it.
  Result<> write(Bytes plain);
  /// Errors: `invalid` for a part without a byte; as write().
  Result<SealedPart> finish();

  /// How many bytes the part still takes.
  std::uint64_t room() const;

 private:
  MessageWriter message_;
};

/// Opens a part after comparing it with what the manifest says of it.
/// Errors: `damaged` where length or commitment are others, or the key does not fit; those of the
/// source.
Result<MessageReader> open_part(MessageSource& object, const Secret<32>& transfer_key,
                                const PartPlace& place, const SealedPart& expected);

}  // namespace couvert
