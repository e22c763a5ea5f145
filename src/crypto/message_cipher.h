// The cryptography inside a sealed message: C2SP chunked-encryption v1, Cobblestone-256.
//
// Keys and commitment of a message come from an input key, the message's salt and a context; each
// chunk is then AES-256-GCM under a nonce of its own. How chunks are laid out in a message is
// sealing/message.h. spec/sealing.md, "Sealing bytes".
#pragma once

#include <array>
#include <cstdint>
#include <memory>

#include "base/bytes.h"
#include "base/secret.h"
#include "crypto/aes_gcm.h"

namespace couvert {

constexpr std::size_t salt_bytes = 24;
constexpr std::size_t commitment_bytes = 32;
constexpr std::size_t tag_bytes = gcm_tag_bytes;

using Salt = std::array<std::byte, salt_bytes>;
/// Binds a message to its key, salt and context. No secret; it also names the message.
using Commitment = std::array<std::byte, commitment_bytes>;

/// What one message is sealed under.
struct MessageKeys {
  Secret<44> key_and_nonce;  // AES-256 key[32] || base nonce[12]
  Commitment commitment{};
};

/// HKDF-Expand with SHA-512. `context` is part of the key: a message of another context has
/// another commitment.
MessageKeys derive_message_keys(const Secret<32>& key, const Salt& salt, Bytes context);

/// Seals or opens the chunks of one message.
///
/// Order:    any for opening. Who seals takes each index once: two chunks under one nonce would
///           give both away.
/// Memory:   one cipher context, made once a message.
/// Threads:  one at a time.
class MessageCipher {
 public:
  enum class Direction { seal, open };

  MessageCipher(const MessageKeys& keys, Direction direction,
                GcmEngine engine = GcmEngine::fastest);
  ~MessageCipher();
  MessageCipher(MessageCipher&&) noexcept;
  MessageCipher& operator=(MessageCipher&&) noexcept;

  /// Seals `plain` into `out`, which holds 16 bytes more. Both may begin at the same byte, else
  /// they must not overlap.
  void seal(std::uint64_t index, Bytes plain, MutableBytes out);

  /// Opens `sealed` into `out`, which holds 16 bytes less. Both may begin at the same byte, else
  /// they must not overlap. After an error `out` is wiped.
  /// Errors: `damaged` where the tag does not match.
  Result<> open(std::uint64_t index, Bytes sealed, MutableBytes out);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace couvert
