// IDs of 128 random bits, each kind a type of its own, written as 26 characters of base32.
#pragma once

#include <array>
#include <compare>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/random.h"

namespace couvert {

/// 16 random bytes. A TransferId is no DraftId, and the compiler says so.
template <class Tag>
struct Id {
  std::array<std::byte, 16> bytes{};

  auto operator<=>(const Id&) const = default;

  static Id make(Random& random) { return Id{random.bytes<16>()}; }

  /// 26 lower-case characters.
  std::string text() const { return encode_base32(bytes); }

  /// Reads what text() wrote or a person typed: case, spaces and hyphens do not matter.
  /// Errors: `invalid`.
  static Result<Id> parse(std::string_view text) {
    if (text.size() > 64) return fail(ErrorCode::invalid, "an ID is too long");
    Result<Buffer> decoded = decode_base32(text);
    if (!decoded) return pass(decoded);
    if (decoded->size() != 16) return fail(ErrorCode::invalid, "an ID has 26 characters");
    Id id;
    for (std::size_t i = 0; i < 16; ++i) id.bytes[i] = (*decoded)[i];
    return id;
  }
};

using SealId = Id<struct SealTag>;          // a transfer, never shown to people
using TransferId = Id<struct TransferTag>;  // a recipient's way in: in the link
using TrackingId = Id<struct TrackingTag>;  // a transfer, for sender and help desk
using SlotId = Id<struct SlotTag>;          // a keyslot
using ObjectId = Id<struct ObjectTag>;      // a stored object
using MailId = Id<struct MailTag>;          // a mail in the outbox
using DeviceId = Id<struct DeviceTag>;      // a client that QUICK works on
using StoreId = Id<struct StoreTag>;        // a database together with its objects

}  // namespace couvert
