#include "crypto/checksum.h"

#include <openssl/evp.h>

#include <new>

namespace couvert {
namespace {

const EVP_MD* method_of(ChecksumKind kind) {
  switch (kind) {
    case ChecksumKind::sha1:
      return EVP_sha1();
    case ChecksumKind::sha256:
      return EVP_sha256();
  }
  return nullptr;
}

}  // namespace

std::size_t digest_bytes(ChecksumKind kind) {
  return static_cast<std::size_t>(EVP_MD_get_size(method_of(kind)));
}

void ChecksumCounter::Closer::operator()(evp_md_ctx_st* context) const {
  EVP_MD_CTX_free(context);
}

// OpenSSL fails here only for want of memory.
ChecksumCounter::ChecksumCounter(ChecksumKind kind) : context_(EVP_MD_CTX_new()) {
  if (!context_ || EVP_DigestInit_ex(context_.get(), method_of(kind), nullptr) != 1) {
    throw std::bad_alloc();
  }
}

void ChecksumCounter::update(Bytes more) {
  INVARIANT(EVP_DigestUpdate(context_.get(), more.data(), more.size()) == 1);
}

Buffer ChecksumCounter::digest() {
  Buffer out(static_cast<std::size_t>(EVP_MD_CTX_get_size(context_.get())));
  INVARIANT(EVP_DigestFinal_ex(context_.get(), reinterpret_cast<unsigned char*>(out.data()),
                               nullptr) == 1);
  return out;
}

}  // namespace couvert
