#include "crypto/hpke.h"

#include <doctest/doctest.h>

#include "crypto/random.h"
#include "crypto/secret_bytes.h"

using namespace couvert;

namespace {

Buffer hex(std::string_view text) {
  Result<Buffer> bytes = decode_hex(text);
  REQUIRE(bytes.has_value());
  return std::move(*bytes);
}

P256PublicKey point(std::string_view text) {
  const Buffer bytes = hex(text);
  P256PublicKey key{};
  REQUIRE(bytes.size() == key.size());
  std::copy(bytes.begin(), bytes.end(), key.begin());
  return key;
}

Secret<32> secret(std::string_view text) {
  Result<Secret<32>> read = secret_from_hex<32>(text);
  REQUIRE(read.has_value());
  return std::move(*read);
}

// RFC 9180 appendix A.3.3: the same suite but for AES-128-GCM.
const std::string_view sender = "1120ac99fb1fccc1e8230502d245719d1b217fe20505c7648795139d177f0de9";
const std::string_view recipient =
    "d929ab4be2e59f6954d6bedd93e638f02d4046cef21115b00cdda2acb2a4440e";
const std::string_view ephemeral =
    "6b8de0873aed0c1b2d09b8c7ed54cbf24fdf1dfc7a47fa501f918810642d7b91";
const std::string_view sender_point =
    "04a817a0902bf28e036d66add5d544cc3a0457eab150f104285df1e293b5c10eef"
    "8651213e43d9cd9086c80b309df22cf37609f58c1127f7607e85f210b2804f73";
const std::string_view recipient_point =
    "04423e363e1cd54ce7b7573110ac121399acbc9ed815fae03b72ffbd4c18b01836"
    "835c5a09513f28fc971b7266cfde2e96afe84bb0f266920e82c4f53b36e1a78d";
const std::string_view encapsulated =
    "042224f3ea800f7ec55c03f29fc9865f6ee27004f818fcbdc6dc68932c1e52e15b"
    "79e264a98f2c535ef06745f3d308624414153b22c7332bc1e691cb4af4d53454";
const std::string_view info = "4f6465206f6e2061204772656369616e2055726e";
const std::string_view order = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";

}  // namespace

TEST_CASE("KEM and key schedule are those of RFC 9180, appendix A.3.3") {
  const P256PrivateKey from = secret(sender);
  const P256PrivateKey to = secret(recipient);
  CHECK(p256_public_key(from) == point(sender_point));
  CHECK(p256_public_key(to) == point(recipient_point));
  CHECK(p256_public_key(secret(ephemeral)) == point(encapsulated));
  const P256PublicKey from_point = point(sender_point);
  const P256PublicKey to_point = point(recipient_point);
  const auto shared = hpke_encapsulate({from, to_point}, secret(ephemeral));
  REQUIRE(shared.has_value());
  CHECK(secret_to_hex(*shared) ==
        "d4aea336439aadf68f9348880aa358086f1480e7c167b6ef15453ba69b94b44f");
  const auto back = hpke_decapsulate({to, from_point}, point(encapsulated));
  REQUIRE(back.has_value());
  CHECK(secret_to_hex(*back) == secret_to_hex(*shared));
  const HpkeKeys keys = hpke_key_schedule(*shared, hex(info), HpkeAead::aes_128_gcm);
  CHECK(secret_to_hex(keys.key).substr(0, 32) == "19aa8472b3fdc530392b0e54ca17c0f5");
  CHECK(encode_hex(keys.nonce) == "b390052d26b67a5b8a8fcaa4");
}

TEST_CASE("only this recipient opens it, and only as from this sender, with this info") {
  SystemRandom random;
  const P256PrivateKey from = make_p256_key(random);
  const P256PrivateKey to = make_p256_key(random);
  const P256PrivateKey other = make_p256_key(random);
  const P256PublicKey from_point = *p256_public_key(from);
  const P256PublicKey to_point = *p256_public_key(to);
  const P256PublicKey other_point = *p256_public_key(other);
  const Bytes about = as_bytes("info");
  Buffer sealed = *hpke_seal({from, to_point}, about, as_bytes("Couvert"), random);
  CHECK(sealed.size() == 7 + hpke_extra_bytes);
  CHECK(as_text(*hpke_open({to, from_point}, about, sealed)) == "Couvert");
  const auto refused = [](const Result<Buffer>& opened) {
    return !opened && opened.error().code == ErrorCode::damaged;
  };
  CHECK(refused(hpke_open({other, from_point}, about, sealed)));
  CHECK(refused(hpke_open({to, other_point}, about, sealed)));
  CHECK(refused(hpke_open({to, from_point}, as_bytes("Info"), sealed)));
  CHECK(refused(hpke_open({to, from_point}, about, Bytes(sealed).first(80))));
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    sealed[i] ^= std::byte{1};
    CHECK(refused(hpke_open({to, from_point}, about, sealed)));
    sealed[i] ^= std::byte{1};
  }
}

TEST_CASE("what is no key is refused") {
  CHECK_FALSE(p256_public_key(secret(std::string(64, '0'))).has_value());
  CHECK_FALSE(p256_public_key(secret(order)).has_value());
  CHECK_FALSE(p256_public_key(secret(std::string(64, 'f'))).has_value());
  const P256PrivateKey key = secret(sender);
  P256PublicKey wrong = point(recipient_point);
  wrong[64] ^= std::byte{1};
  CHECK_FALSE(p256_shared_secret(key, wrong).has_value());
  CHECK(is_p256_point(point(recipient_point)));
  CHECK_FALSE(is_p256_point(wrong));
  CHECK_FALSE(is_p256_point({}));
  for (const int first : {0, 2, 3, 6, 7}) {
    wrong = point(recipient_point);
    wrong[0] = static_cast<std::byte>(first);
    CHECK_FALSE(p256_shared_secret(key, wrong).has_value());
  }
}
