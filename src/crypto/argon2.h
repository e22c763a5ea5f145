// The secret that a password stands for: Argon2id over its NFC form.
//
// A run takes 0.1 to 0.4 s of a core and the memory that its parameters name. Who calls this from
// a server bounds how many run at a time.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "base/secret.h"

namespace couvert {

constexpr std::uint32_t argon2_memory_kib_min = 19'456;
constexpr std::uint32_t argon2_memory_kib_max = 262'144;
constexpr std::uint32_t argon2_passes_max = 10;
/// Of a password as it was typed. NFC makes a text of this length no shorter than a third, so a
/// longer one would be over limits::password_bytes_max, too.
constexpr std::size_t password_typed_bytes_max = 4096;

/// How a keyslot's password is stretched. New keyslots take these values and a fresh salt.
struct Argon2Parameters {
  std::uint32_t memory_kib = 65'536;
  std::uint32_t passes = 3;
  std::uint8_t lanes = 1;
  std::array<std::byte, 16> salt{};

  bool operator==(const Argon2Parameters&) const = default;
};

/// Errors: `invalid` outside of 19456 to 262144 KiB, 1 to 10 passes, 1 lane.
Result<> check_argon2(const Argon2Parameters& parameters);

/// Argon2id (version 0x13, no key, no extra data) of the password's NFC form.
/// Errors:  `invalid` for parameters out of bounds, text that is not UTF-8, a password that is
///          empty or over its maximum; `unavailable` where memory is short.
/// Threads: any.
Result<Secret<32>> password_secret(std::string_view password, const Argon2Parameters& parameters);

}  // namespace couvert
