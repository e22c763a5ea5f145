#include "crypto/hmac.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <memory>

#include "crypto/openssl_bytes.h"

namespace couvert {
namespace {

struct MacCloser {
  void operator()(EVP_MAC* mac) const { EVP_MAC_free(mac); }
  void operator()(EVP_MAC_CTX* context) const { EVP_MAC_CTX_free(context); }
};

void hmac(const char* digest, Bytes key, std::initializer_list<Bytes> pieces, MutableBytes out) {
  const std::unique_ptr<EVP_MAC, MacCloser> algorithm(EVP_MAC_fetch(nullptr, "HMAC", nullptr));
  INVARIANT(algorithm != nullptr);
  const std::unique_ptr<EVP_MAC_CTX, MacCloser> context(EVP_MAC_CTX_new(algorithm.get()));
  INVARIANT(context != nullptr);

  const OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, const_cast<char*>(digest), 0),
      OSSL_PARAM_construct_end()};
  INVARIANT(EVP_MAC_init(context.get(), raw(key.data()), key.size(), parameters) == 1);
  for (const Bytes piece : pieces) {
    INVARIANT(EVP_MAC_update(context.get(), raw(piece.data()), piece.size()) == 1);
  }
  std::size_t size = 0;
  auto* to = reinterpret_cast<unsigned char*>(out.data());
  INVARIANT(EVP_MAC_final(context.get(), to, &size, out.size()) == 1);
  INVARIANT(size == out.size());
}

}  // namespace

void hmac_sha512(Bytes key, std::initializer_list<Bytes> pieces, std::span<std::byte, 64> out) {
  hmac("SHA512", key, pieces, out);
}

void hmac_sha256(Bytes key, std::initializer_list<Bytes> pieces, std::span<std::byte, 32> out) {
  hmac("SHA256", key, pieces, out);
}

}  // namespace couvert
