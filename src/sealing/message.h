// Sealed messages: the one form in which Couvert stores anything secret.
//
// A message is C2SP chunked-encryption v1, Cobblestone-256: salt[24] || commitment[32] || chunks.
// A chunk is 16 KiB of plaintext and a tag[16]; the last one is always shorter and may be empty,
// so a message that lost its end is known by its length. spec/sealing.md has the bytes,
// tests/vectors/message has examples, wrong ones too.
#pragma once

#include <optional>

#include "base/random.h"
#include "crypto/message_cipher.h"
#include "sealing/stream.h"

namespace couvert {

constexpr std::size_t message_header_bytes = salt_bytes + commitment_bytes;
constexpr std::size_t sealed_chunk_bytes = 16 * 1024 + tag_bytes;
/// A message of no plaintext.
constexpr std::size_t message_bytes_min = message_header_bytes + tag_bytes;
/// How many chunks are read or handed on in one piece: 256 KiB of plaintext.
constexpr std::size_t chunks_per_piece = 16;

/// The length of the message for `plain_bytes` of plaintext.
std::uint64_t sealed_size(std::uint64_t plain_bytes);
/// The length of the plaintext in a message of `sealed_bytes`.
/// Errors: `damaged` for a length that no message has.
Result<std::uint64_t> plain_size(std::uint64_t sealed_bytes);

/// The commitment in a message's first 56 bytes. Errors: `damaged` where there are fewer.
Result<Commitment> message_commitment(Bytes header);

/// What a message is sealed under: an input key, and what the message is about (context.h).
/// Lifetime: refers to both.
struct MessageContext {
  const Secret<32>& key;
  Bytes context;
};

/// Seals a message piece by piece, under a fresh salt.
///
/// Order:    write() as often as you like, then finish() once. Without finish() the message has no
///           last chunk, and every reader refuses it.
/// Memory:   pieces of `chunks` (1 to 16) chunks, 257 KiB unless told; never more, whatever the
///           length. The sink gets whole pieces, and the rest at the end.
/// Lifetime: `sink` must outlive the writer; key and context are used in the constructor only.
/// Threads:  one at a time.
class MessageWriter {
 public:
  MessageWriter(ByteSink& sink, const MessageContext& under, Random& random,
                std::size_t chunks = chunks_per_piece);
  ~MessageWriter();
  MessageWriter(const MessageWriter&) = delete;
  MessageWriter& operator=(const MessageWriter&) = delete;

  /// Appends `plain`, which may be empty or of any length. Errors: those of the sink; after an
  /// error the writer answers every call with it.
  Result<> write(Bytes plain);
  /// Seals the last chunk and hands on what is left. Errors: as write().
  Result<> finish();

  const Commitment& commitment() const { return commitment_; }
  std::uint64_t plain_bytes() const { return plain_bytes_; }

 private:
  void seal_chunk(Bytes plain);
  Result<> flush();

  ByteSink& sink_;
  std::optional<MessageCipher> cipher_;  // made in the constructor's body
  Commitment commitment_{};
  Buffer out_;              // sealed bytes that wait, then the open chunk's plaintext
  std::size_t sealed_ = 0;  // of out_
  std::size_t open_ = 0;    // plaintext of the open chunk, after the sealed bytes
  std::uint64_t chunk_ = 0;
  std::uint64_t plain_bytes_ = 0;
  bool finished_ = false;
  std::optional<Error> failed_;
};

/// Opens a message from any place in it.
///
/// Memory:   for pieces of n chunks 16 KiB + n * 16400 bytes, taken at the first read().
/// Lifetime: `source` must outlive the reader; key and context are used in open() only.
/// Threads:  one at a time.
class MessageReader final : public PlainSource {
 public:
  /// Compares length and commitment; opens no chunk yet.
  /// Errors: `damaged` for an impossible length; `refused` where the commitment is another: wrong
  /// key, wrong context or another message; those of the source.
  static Result<MessageReader> open(MessageSource& source, const MessageContext& under,
                                    std::size_t chunks = chunks_per_piece);
  ~MessageReader() override;
  MessageReader(MessageReader&&) noexcept = default;
  MessageReader& operator=(MessageReader&&) noexcept = delete;

  std::uint64_t size() const override { return plain_bytes_; }
  const Commitment& commitment() const { return commitment_; }

  /// Opens the last chunk: from then on the length is known to be the one that was sealed.
  Result<> verify_end();

  /// See PlainSource. A piece ends with a chunk, so that the next one begins with one.
  Result<Bytes> read(std::uint64_t offset, std::size_t bytes_max) override;

 private:
  MessageReader(MessageSource& source, MessageKeys keys, std::uint64_t plain_bytes,
                std::size_t chunks);
  Result<> fill(std::uint64_t chunk, std::size_t wanted);

  MessageSource* source_;
  MessageCipher cipher_;
  Commitment commitment_;
  std::uint64_t plain_bytes_;
  std::size_t chunks_;
  Buffer buffer_;
  std::uint64_t piece_start_ = 0;  // of the opened bytes at the front of the buffer
  std::size_t piece_bytes_ = 0;
};

/// Seals a message of a few bytes in one go.
Buffer seal_bytes(const MessageContext& under, Bytes plain, Random& random);

/// Opens a message of at most `plain_bytes_max` in one go. The caller wipes what is secret in it.
/// Errors: `damaged`, also for more bytes than that; `refused` where the commitment is another.
Result<Buffer> open_bytes(const MessageContext& under, Bytes sealed, std::size_t plain_bytes_max);

}  // namespace couvert
