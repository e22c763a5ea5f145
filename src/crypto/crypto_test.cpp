#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>

#include "crypto/argon2.h"
#include "crypto/checksum.h"
#include "crypto/compare.h"
#include "crypto/crc32.h"
#include "crypto/hash.h"
#include "crypto/mac.h"
#include "crypto/message_cipher.h"
#include "crypto/random.h"
#include "crypto/secret_bytes.h"
#include "crypto/text_form.h"
#include "crypto/vaes_gcm.h"

using namespace couvert;

namespace {

std::string hex(Bytes bytes) {
  return encode_hex(bytes);
}

MessageKeys some_keys() {
  SystemRandom random;
  return derive_message_keys(random.secret<32>(), {}, {});
}

}  // namespace

TEST_CASE("SHA-256 gives the values of FIPS 180 and the same after every stop") {
  CHECK(hex(sha256({})) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(hex(sha256(as_bytes("abc"))) ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  const std::string text(1000, 'a');
  for (const std::size_t step : {1UL, 55UL, 63UL, 64UL, 65UL, 200UL, 1000UL}) {
    Sha256 hash;
    for (std::size_t at = 0; at < text.size(); at += step) {
      hash.update(as_bytes(text.substr(at, step)));
      hash = Sha256::resume(hash.state()).value();
    }
    CHECK(hash.size() == text.size());
    CHECK(hex(hash.digest()) == hex(sha256(as_bytes(text))));
  }
}

TEST_CASE("a SHA-256 state that cannot be one is damaged") {
  Sha256 hash;
  hash.update(as_bytes("abc"));
  Buffer state = hash.state();
  CHECK(state.size() == 43);
  for (std::size_t size = 0; size < state.size(); ++size) {
    CHECK(Sha256::resume(Bytes(state).first(size)).error().code == ErrorCode::damaged);
  }
  state.push_back(std::byte{0});
  CHECK(Sha256::resume(state).error().code == ErrorCode::damaged);
  state.pop_back();
  state[32] = std::byte{0x10};
  CHECK(Sha256::resume(state).error().code == ErrorCode::damaged);
}

TEST_CASE("checksums are those of FIPS 180, however the bytes come") {
  const std::string text = "abc";
  for (const std::size_t step : {1UL, 2UL, 3UL}) {
    ChecksumCounter sha1(ChecksumKind::sha1);
    ChecksumCounter sha256(ChecksumKind::sha256);
    for (std::size_t at = 0; at < text.size(); at += step) {
      sha1.update(as_bytes(text.substr(at, step)));
      sha256.update(as_bytes(text.substr(at, step)));
    }
    CHECK(hex(sha1.digest()) == "a9993e364706816aba3e25717850c26c9cd0d89d");
    CHECK(hex(sha256.digest()) ==
          "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  }
  CHECK(hex(ChecksumCounter(ChecksumKind::sha1).digest()) ==
        "da39a3ee5e6b4b0d3255bfef95601890afd80709");
  CHECK(digest_bytes(ChecksumKind::sha1) == 20);
  CHECK(digest_bytes(ChecksumKind::sha256) == 32);
}

TEST_CASE("CRC-32 is that of ZIP, in one go and in pieces") {
  CHECK(crc32(0, as_bytes("123456789")) == 0xcbf43926);
  CHECK(crc32(crc32(0, as_bytes("1234")), as_bytes("56789")) == 0xcbf43926);
  CHECK(crc32(0x12345678, {}) == 0x12345678);
}

TEST_CASE("MAC is the front of HMAC-SHA-512 over label, zero byte and x") {
  Secret<16> key;
  for (std::size_t i = 0; i < 16; ++i) key.fill()[i] = static_cast<std::byte>(i);
  // The specification's code key of anna@example.org: x = str(address).
  Buffer x;
  append_integer(x, 16, 2);
  append(x, as_bytes("anna@example.org"));
  CHECK(hex(mac(key, "couvert/1 code", x)) ==
        "5ae7b15b197fa2bdfe9ef971a45ae942d9d554a7dbea89ca8af46b45ce66147d");
}

TEST_CASE("a sealed chunk opens in place, and at no other place, length or byte") {
  const MessageKeys keys = some_keys();
  MessageCipher seal(keys, MessageCipher::Direction::seal);
  MessageCipher open(keys, MessageCipher::Direction::open);
  Buffer buffer(100 + tag_bytes);
  seal.seal(3, Bytes(buffer).first(100), buffer);
  Buffer out(100);
  CHECK(open.open(3, buffer, out).has_value());
  CHECK(out == Buffer(100));
  CHECK(open.open(4, buffer, out).error().code == ErrorCode::damaged);
  CHECK(open.open(3, Bytes(buffer).first(115), MutableBytes(out).first(99)).error().code ==
        ErrorCode::damaged);
  for (std::size_t i = 0; i < buffer.size(); ++i) {
    buffer[i] ^= std::byte{0x80};
    out.assign(100, std::byte{7});
    CHECK(open.open(3, buffer, out).error().code == ErrorCode::damaged);
    CHECK(out == Buffer(100));  // nothing of it is left
    buffer[i] ^= std::byte{0x80};
  }
  CHECK(open.open(3, buffer, MutableBytes(buffer).first(100)).has_value());
}

namespace {

// Both ways of sealing; without the wide instructions the second is the first.
constexpr GcmEngine engines[] = {GcmEngine::openssl, GcmEngine::fastest};

std::array<std::byte, 32> some_gcm_key() {
  SystemRandom random;
  return random.bytes<32>();
}

}  // namespace

TEST_CASE("AES-256-GCM gives the values of its specification, by every engine") {
  // The test cases 13, 14 and 15 of McGrew and Viega, "The Galois/Counter Mode of Operation".
  const std::string text =
      "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
      "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255";
  const std::string sealed =
      "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
      "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662898015ad";
  const std::string key = "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308";
  struct Case {
    std::string key, nonce, plain, sealed;
  };
  const Case cases[] = {
      {std::string(64, '0'), std::string(24, '0'), "", "530f8afbc74536b9a963b4f1c4cb738b"},
      {std::string(64, '0'), std::string(24, '0'), std::string(32, '0'),
       "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"},
      {key, "cafebabefacedbaddecaf888", text, sealed + "b094dac5d93471bdec1a502270e3cc6c"},
  };
  for (const GcmEngine engine : engines) {
    for (const Case& one : cases) {
      CAPTURE(one.plain);
      const Buffer secret = *decode_hex(one.key);
      const auto gcm = make_aes_gcm(GcmKey(secret.data(), 32), engine);
      GcmNonce nonce;
      std::ranges::copy(*decode_hex(one.nonce), nonce.begin());
      const Buffer plain = *decode_hex(one.plain);
      Buffer out(plain.size() + gcm_tag_bytes);
      gcm->seal(nonce, plain, out);
      CHECK(hex(out) == one.sealed);
    }
  }
}

TEST_CASE("what one engine seals the other opens, at every length and in place") {
  SystemRandom random;
  const auto key = some_gcm_key();
  const auto openssl = make_aes_gcm(key, GcmEngine::openssl);
  const auto fastest = make_aes_gcm(key, GcmEngine::fastest);
  std::vector<std::size_t> lengths = {1023, 1024, 1025, 16383, 16384, 16385, 40'000};
  for (std::size_t length = 0; length < 300; ++length) lengths.push_back(length);
  for (const std::size_t length : lengths) {
    CAPTURE(length);
    const GcmNonce nonce = random.bytes<gcm_nonce_bytes>();
    Buffer plain(length);
    random.fill(plain);
    Buffer one(length + gcm_tag_bytes);
    Buffer other = plain;
    other.resize(length + gcm_tag_bytes);
    openssl->seal(nonce, plain, one);
    fastest->seal(nonce, MutableBytes(other).first(length), other);
    REQUIRE(one == other);
    Buffer opened(length);
    REQUIRE(openssl->open(nonce, other, opened));
    REQUIRE(opened == plain);
    REQUIRE(fastest->open(nonce, one, MutableBytes(one).first(length)));
    REQUIRE(std::ranges::equal(Bytes(one).first(length), plain));
  }
}

TEST_CASE("no engine opens a forged chunk or leaves anything of it") {
  SystemRandom random;
  for (const GcmEngine engine : engines) {
    const auto gcm = make_aes_gcm(some_gcm_key(), engine);
    const GcmNonce nonce = random.bytes<gcm_nonce_bytes>();
    for (const std::size_t length : {0UL, 1UL, 100UL, 700UL}) {
      Buffer sealed(length + gcm_tag_bytes);
      gcm->seal(nonce, Buffer(length, std::byte{9}), sealed);
      for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
        CAPTURE(bit);
        const auto flip = static_cast<std::byte>(1U << (bit % 8));
        sealed[bit / 8] ^= flip;
        Buffer out(length, std::byte{7});
        REQUIRE_FALSE(gcm->open(nonce, sealed, out));
        REQUIRE(out == Buffer(length));
        sealed[bit / 8] ^= flip;
      }
      GcmNonce another = nonce;
      another.back() ^= std::byte{1};
      Buffer out(length);
      CHECK_FALSE(gcm->open(another, sealed, out));
      CHECK(gcm->open(nonce, sealed, out));
    }
  }
}

TEST_CASE("the fast engine is used where the processor has what it takes") {
  std::ifstream about("/proc/cpuinfo");
  const std::string text(std::istreambuf_iterator<char>(about), {});
  bool has_all = true;
  for (const char* feature :
       {" vaes", " vpclmulqdq", " gfni", " avx512vl", " avx512ifma", " sha_ni"}) {
    has_all = has_all && text.find(feature) != std::string::npos;
  }
  CHECK((make_vaes_gcm(some_gcm_key()) != nullptr) == has_all);
}

TEST_CASE("a message is the same by every engine, as the specification has it") {
  Secret<32> key;
  Salt salt;
  for (std::size_t i = 0; i < 32; ++i) key.fill()[i] = static_cast<std::byte>(i);
  for (std::size_t i = 0; i < 24; ++i) salt[i] = static_cast<std::byte>(100 + i);
  const MessageKeys keys = derive_message_keys(key, salt, as_bytes("test"));
  Buffer plain(16385);
  for (std::size_t i = 0; i < plain.size(); ++i) plain[i] = static_cast<std::byte>(7 * i + 3);
  for (const GcmEngine engine : engines) {
    MessageCipher cipher(keys, MessageCipher::Direction::seal, engine);
    Buffer message;
    append(message, salt);
    append(message, keys.commitment);
    Buffer chunk(16384 + tag_bytes);
    cipher.seal(0, Bytes(plain).first(16384), chunk);
    append(message, chunk);
    cipher.seal(1, Bytes(plain).subspan(16384), MutableBytes(chunk).first(1 + tag_bytes));
    append(message, Bytes(chunk).first(1 + tag_bytes));
    CHECK(hex(sha256(message)) ==
          "f49bbc48d1b304db57150b27ac4c3e8fdf4b47131a1c95038320468af824b0bd");
  }
}

TEST_CASE("a password has 1 to 1024 bytes after NFC and is the same however it was typed") {
  Argon2Parameters least;
  least.memory_kib = argon2_memory_kib_min;
  least.passes = 1;
  const auto s = [&](std::string_view password) {
    Result<Secret<32>> secret = password_secret(password, least);
    return secret ? secret_to_hex(*secret) : std::string("-");
  };
  CHECK(s("Gr\u00fc\u00dfe") == s("Gru\u0308\u00dfe"));
  CHECK(s("a") != s("A"));
  CHECK(s("") == "-");
  CHECK(s(std::string(1024, 'a')) != "-");
  CHECK(s(std::string(1025, 'a')) == "-");
  CHECK(s(std::string(5000, 'a')) == "-");
  CHECK(s("\xff") == "-");
  std::string typed;
  for (int i = 0; i < 512; ++i) typed += "u\u0308";  // 3 bytes each as typed, 2 after NFC
  CHECK(s(typed) != "-");
  CHECK(s(typed + "a") == "-");
}

TEST_CASE("Argon2 values out of bounds are refused before running") {
  const auto code = [](std::uint32_t memory, std::uint32_t passes, std::uint8_t lanes) {
    Argon2Parameters parameters;
    parameters.memory_kib = memory;
    parameters.passes = passes;
    parameters.lanes = lanes;
    return password_secret("a", parameters).error().code;
  };
  CHECK(code(19'455, 1, 1) == ErrorCode::invalid);
  CHECK(code(262'145, 1, 1) == ErrorCode::invalid);
  CHECK(code(65'536, 0, 1) == ErrorCode::invalid);
  CHECK(code(65'536, 11, 1) == ErrorCode::invalid);
  CHECK(code(65'536, 3, 2) == ErrorCode::invalid);
}

TEST_CASE("names that some file system takes for one have one folded form") {
  CHECK(folded_name("\u00dcbung.TXT").value() == folded_name("u\u0308BUNG.txt").value());
  CHECK(folded_name("a").value() != folded_name("b").value());
  CHECK(folded_name("\xff").error().code == ErrorCode::invalid);
  CHECK(normal_form(std::string(64 * 1024, 'a')).has_value());
  CHECK(normal_form(std::string(64 * 1024 + 1, 'a')).error().code == ErrorCode::invalid);
  std::string grows;
  for (int i = 0; i < 300; ++i) grows += "\ufdfa";
  CHECK(folded_name(grows).has_value());
}

TEST_CASE("secrets go into text and come back, other lengths do not") {
  SystemRandom random;
  const Secret<32> secret = random.secret<32>();
  CHECK(same_secret(secret_from_hex<32>(secret_to_hex(secret)).value(), secret));
  CHECK(same_secret(secret_from_base64url<32>(secret_to_base64url(secret)).value(), secret));
  CHECK(!same_secret(random.secret<32>(), secret));
  CHECK(secret_from_hex<16>(secret_to_hex(secret)).error().code == ErrorCode::invalid);
  CHECK(secret_from_base64url<33>(secret_to_base64url(secret)).error().code == ErrorCode::invalid);
  CHECK(secret_from_base64url<32>(std::string(1000, 'A')).error().code == ErrorCode::invalid);
  Buffer bytes(32, std::byte{5});
  const Secret<32> taken = take_secret<32>(std::span<std::byte, 32>(bytes.data(), 32));
  CHECK(bytes == Buffer(32));
  CHECK(secret_to_hex(taken).starts_with("0505"));
}
