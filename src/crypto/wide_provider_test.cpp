#include "crypto/wide_provider.h"

#include <doctest/doctest.h>
#include <openssl/evp.h>

#include <memory>
#include <string_view>

#include "crypto/openssl_bytes.h"
#include "crypto/random.h"
#include "crypto/vaes_gcm.h"

using namespace couvert;

namespace {

struct Free {
  void operator()(EVP_CIPHER* cipher) const { EVP_CIPHER_free(cipher); }
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Cipher = std::unique_ptr<EVP_CIPHER, Free>;

std::string_view provider_of(const Cipher& cipher) {
  return OSSL_PROVIDER_get0_name(EVP_CIPHER_get0_provider(cipher.get()));
}

enum class Way { open, seal };

// One key in one direction, used as the record layer of TLS 1.3 uses it.
struct Session {
  Session(const Cipher& cipher, Bytes key, Way way) : context(EVP_CIPHER_CTX_new()) {
    const int sealing = way == Way::seal ? 1 : 0;
    EVP_CIPHER_CTX* all = context.get();
    REQUIRE(EVP_CipherInit_ex(all, cipher.get(), nullptr, nullptr, nullptr, sealing) == 1);
    REQUIRE(EVP_CIPHER_CTX_ctrl(all, EVP_CTRL_AEAD_SET_IVLEN, 12, nullptr) == 1);
    REQUIRE(EVP_CipherInit_ex(all, nullptr, nullptr, raw(key.data()), nullptr, -1) == 1);
  }

  bool begin(const GcmNonce& nonce) {
    return EVP_CipherInit_ex(context.get(), nullptr, nullptr, nullptr, raw(nonce.data()), -1) == 1;
  }
  bool set_tag(Bytes tag) {
    GcmTag copy{};
    std::copy(tag.begin(), tag.end(), copy.begin());
    return EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, static_cast<int>(tag.size()),
                               copy.data()) == 1;
  }
  bool get_tag(MutableBytes tag) {
    return EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, static_cast<int>(tag.size()),
                               tag.data()) == 1;
  }
  bool add(Bytes additional) {
    int bytes = 0;
    return EVP_CipherUpdate(context.get(), nullptr, &bytes, raw(additional.data()),
                            static_cast<int>(additional.size())) == 1;
  }
  bool update(Bytes in, std::byte* out) {
    int bytes = 0;
    return EVP_CipherUpdate(context.get(), raw(out), &bytes, raw(in.data()),
                            static_cast<int>(in.size())) == 1 &&
           bytes == static_cast<int>(in.size());
  }
  bool finish() {
    std::array<std::byte, 16> none;
    int bytes = 0;
    return EVP_CipherFinal_ex(context.get(), raw(none.data()), &bytes) == 1 && bytes == 0;
  }

  // The message with its tag behind it; in place, as TLS does it.
  Buffer seal(const GcmNonce& nonce, Bytes additional, Bytes plain) {
    Buffer out(plain.begin(), plain.end());
    out.resize(plain.size() + gcm_tag_bytes);
    const MutableBytes data = MutableBytes(out).first(plain.size());
    REQUIRE(begin(nonce));
    REQUIRE((additional.empty() || add(additional)));
    REQUIRE((plain.empty() || update(data, data.data())));
    REQUIRE(finish());
    REQUIRE(get_tag(MutableBytes(out).last(gcm_tag_bytes)));
    return out;
  }
  // Whether it opens; `out` gets the plaintext.
  bool open(const GcmNonce& nonce, Bytes additional, Bytes sealed, Buffer& out) {
    out.assign(sealed.begin(), sealed.end() - gcm_tag_bytes);
    REQUIRE(begin(nonce));
    REQUIRE(set_tag(sealed.last(gcm_tag_bytes)));
    REQUIRE((additional.empty() || add(additional)));
    const bool updated = out.empty() || update(out, out.data());
    return finish() && updated;
  }

  std::unique_ptr<EVP_CIPHER_CTX, Free> context;
};

// Both libraries' ciphers, a key, and what most messages have.
struct Bench {
  Bench() : library(WideLibrary::open()) {
    if (!library) MESSAGE("this processor has no wide AES: nothing to test");
    if (!library) return;
    wide.reset(EVP_CIPHER_fetch(library->context(), "AES-256-GCM", nullptr));
    own.reset(EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr));
    REQUIRE(provider_of(wide) == "couvert-wide");
    REQUIRE(provider_of(own) == "default");
  }
  Buffer some(std::size_t bytes) {
    Buffer out(bytes);
    random.fill(out);
    return out;
  }

  SystemRandom random;
  std::unique_ptr<WideLibrary> library;
  Cipher wide;
  Cipher own;
  Buffer key = some(32);
  GcmNonce nonce = random.bytes<gcm_nonce_bytes>();
  Buffer additional = some(5);
  Buffer plain = some(1000);
};

}  // namespace

TEST_CASE("the wide cipher gives OpenSSL's bytes, at every kind of length, both ways") {
  Bench bench;
  if (!bench.library) return;
  std::vector<std::size_t> lengths = {767, 768, 1000, 1408, 4096, 16384, 16385, 16640, 70'000};
  for (std::size_t length = 0; length <= 300; ++length) lengths.push_back(length);
  for (const std::size_t length : lengths) {
    CAPTURE(length);
    const Buffer key = bench.some(32);
    const GcmNonce nonce = bench.random.bytes<gcm_nonce_bytes>();
    const Buffer additional = bench.some(length % 33);
    const Buffer plain = bench.some(length);
    const Buffer sealed = Session(bench.wide, key, Way::seal).seal(nonce, additional, plain);
    REQUIRE(sealed == Session(bench.own, key, Way::seal).seal(nonce, additional, plain));
    for (const Cipher* cipher : {&bench.wide, &bench.own}) {
      Buffer opened;
      REQUIRE(Session(*cipher, key, Way::open).open(nonce, additional, sealed, opened));
      REQUIRE(opened == plain);
    }
  }
}

TEST_CASE("one session of the wide cipher takes message after message, a refused one, too") {
  Bench bench;
  if (!bench.library) return;
  Session seals(bench.wide, bench.key, Way::seal);
  Session opens(bench.wide, bench.key, Way::open);
  for (unsigned count = 0; count < 50; ++count) {
    const GcmNonce nonce = bench.random.bytes<gcm_nonce_bytes>();
    const Buffer plain = bench.some(count * 7);
    Buffer sealed = seals.seal(nonce, bench.additional, plain);
    Buffer opened;
    CHECK(opens.open(nonce, bench.additional, sealed, opened));
    CHECK(opened == plain);
    sealed.back() ^= std::byte{1};
    CHECK_FALSE(opens.open(nonce, bench.additional, sealed, opened));
  }
}

TEST_CASE("the wide cipher refuses every flipped bit, and wipes what it did not open") {
  Bench bench;
  if (!bench.library) return;
  for (const std::size_t length : {0, 1, 40, 300}) {
    CAPTURE(length);
    const Buffer plain(length, std::byte{7});
    Buffer sealed =
        Session(bench.wide, bench.key, Way::seal).seal(bench.nonce, bench.additional, plain);
    Session opens(bench.wide, bench.key, Way::open);
    const Buffer wiped(length);
    Buffer opened;
    const auto refuses = [&] {
      const bool open = opens.open(bench.nonce, bench.additional, sealed, opened);
      return !open && opened == wiped;
    };
    for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
      CAPTURE(bit);
      sealed[bit / 8] ^= std::byte{1} << (bit % 8);
      REQUIRE(refuses());
      sealed[bit / 8] ^= std::byte{1} << (bit % 8);
    }
    for (const MutableBytes other : {MutableBytes(bench.additional), MutableBytes(bench.nonce)}) {
      for (std::byte& byte : other) {
        byte ^= std::byte{0x10};
        REQUIRE(refuses());
        byte ^= std::byte{0x10};
      }
    }
    CHECK(opens.open(bench.nonce, bench.additional, sealed, opened));
    CHECK(opened == plain);
  }
}

TEST_CASE("the wide cipher takes a message's data once, and its additional data before") {
  Bench bench;
  if (!bench.library) return;
  Session session(bench.wide, bench.key, Way::seal);
  Buffer out(bench.plain.size());
  GcmTag tag;
  SUBCASE("nothing after the data") {
    REQUIRE(session.begin(bench.nonce));
    REQUIRE(session.update(bench.plain, out.data()));
    SUBCASE("more data") {
      CHECK_FALSE(session.update(bench.plain, out.data()));
    }
    SUBCASE("more additional data") {
      CHECK_FALSE(session.add(bench.additional));
    }
    CHECK_FALSE(session.finish());
    CHECK_FALSE(session.get_tag(tag));
  }
  SUBCASE("32 additional bytes, not 33") {
    REQUIRE(session.begin(bench.nonce));
    CHECK(session.add(bench.some(31)));
    CHECK(session.add(bench.some(1)));
    CHECK_FALSE(session.add(bench.some(1)));
    CHECK_FALSE(session.update(bench.plain, out.data()));
    CHECK_FALSE(session.finish());
  }
  SUBCASE("a nonce for one message") {
    CHECK_FALSE(session.update(bench.plain, out.data()));
    REQUIRE(session.begin(bench.nonce));
    REQUIRE(session.update(bench.plain, out.data()));
    REQUIRE(session.finish());
    CHECK(session.get_tag(tag));
    CHECK_FALSE(session.finish());
    CHECK_FALSE(session.update(bench.plain, out.data()));
  }
  SUBCASE("no length announced beforehand, as CCM has it") {
    REQUIRE(session.begin(bench.nonce));
    int bytes = 0;
    CHECK(EVP_CipherUpdate(session.context.get(), nullptr, &bytes, nullptr, 1000) != 1);
  }
}

TEST_CASE("the wide cipher asks for a whole tag before it opens, and gives one after sealing") {
  Bench bench;
  if (!bench.library) return;
  const Buffer sealed =
      Session(bench.wide, bench.key, Way::seal).seal(bench.nonce, bench.additional, bench.plain);
  const Bytes data = Bytes(sealed).first(bench.plain.size());
  const Bytes tag = Bytes(sealed).last(gcm_tag_bytes);
  Session opens(bench.wide, bench.key, Way::open);
  Buffer out(data.size());
  GcmTag got;
  CHECK_FALSE(opens.set_tag(tag));  // there is no message yet
  REQUIRE(opens.begin(bench.nonce));
  CHECK_FALSE(opens.set_tag(tag.first(15)));
  REQUIRE(opens.add(bench.additional));
  SUBCASE("no tag") {
    CHECK_FALSE(opens.update(data, out.data()));
    CHECK(out == Buffer(data.size()));
  }
  SUBCASE("no tag and no data") {
    CHECK_FALSE(opens.finish());
  }
  SUBCASE("a tag") {
    REQUIRE(opens.set_tag(tag));
    REQUIRE(opens.update(data, out.data()));
    CHECK(out == bench.plain);
    CHECK_FALSE(opens.set_tag(tag));
    CHECK(opens.finish());
    CHECK_FALSE(opens.get_tag(got));  // it was given one, it gives none
  }
  SUBCASE("the tag of the message before") {
    REQUIRE(opens.set_tag(tag));
    REQUIRE(opens.begin(bench.nonce));
    REQUIRE(opens.add(bench.additional));
    CHECK_FALSE(opens.update(data, out.data()));
  }
  Session seals(bench.wide, bench.key, Way::seal);
  REQUIRE(seals.begin(bench.nonce));
  CHECK_FALSE(seals.set_tag(tag));
  REQUIRE(seals.update(bench.plain, out.data()));
  CHECK_FALSE(seals.get_tag(got));  // not before the end
  REQUIRE(seals.finish());
  CHECK_FALSE(seals.get_tag(MutableBytes(got).first(12)));
  CHECK(seals.get_tag(got));
}

TEST_CASE("the wide cipher refuses what TLS 1.3 does not ask for") {
  Bench bench;
  if (!bench.library) return;
  Session session(bench.wide, bench.key, Way::seal);
  EVP_CIPHER_CTX* context = session.context.get();
  for (const int bytes : {8, 11, 13, 16}) {
    CHECK(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_IVLEN, bytes, nullptr) != 1);
  }
  std::array<std::byte, 13> header{};
  CHECK(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_TLS1_AAD, 13, header.data()) <= 0);
  CHECK(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_SET_IV_FIXED, 4, header.data()) <= 0);
  CHECK(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_IV_GEN, 8, header.data()) <= 0);
  CHECK(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_SET_IV_INV, 8, header.data()) <= 0);
  CHECK(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, 16, nullptr) <= 0);
  CHECK(EVP_CIPHER_CTX_set_key_length(context, 16) <= 0);
  CHECK(EVP_CIPHER_CTX_get_updated_iv(context, header.data(), 12) <= 0);
  const std::unique_ptr<EVP_CIPHER_CTX, Free> copy(EVP_CIPHER_CTX_new());
  CHECK(EVP_CIPHER_CTX_copy(copy.get(), context) != 1);
  const std::unique_ptr<EVP_CIPHER_CTX, Free> keyless(EVP_CIPHER_CTX_new());
  CHECK(EVP_EncryptInit_ex2(keyless.get(), bench.wide.get(), nullptr, raw(bench.nonce.data()),
                            nullptr) != 1);
  CHECK(EVP_CIPHER_CTX_get_iv_length(context) == 12);
  CHECK(EVP_CIPHER_CTX_get_key_length(context) == 32);
  CHECK(EVP_CIPHER_CTX_get_tag_length(context) == 16);
  // It works on all the same.
  CHECK(session.seal(bench.nonce, bench.additional, bench.plain) ==
        Session(bench.own, bench.key, Way::seal).seal(bench.nonce, bench.additional, bench.plain));
}

TEST_CASE("everything but AES-256-GCM is OpenSSL's own in the wide library") {
  Bench bench;
  if (!bench.library) return;
  for (const char* name : {"AES-128-GCM", "AES-256-CTR", "AES-256-CBC"}) {
    const Cipher other(EVP_CIPHER_fetch(bench.library->context(), name, nullptr));
    REQUIRE(other);
    CHECK(provider_of(other) == "default");
  }
}
