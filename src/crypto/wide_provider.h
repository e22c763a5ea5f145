// An OpenSSL library whose AES-256-GCM is ipsec-mb's, for TLS 1.3. docs/decisions/0072.
//
// A provider with one algorithm beside OpenSSL's own. It does what the record layer of TLS 1.3
// asks for and refuses the rest, TLS 1.2's controls too: each message is a nonce, up to
// 32 additional bytes, all of the data at once, then the tag. A tag that is to be opened is
// set before the data.
#pragma once

#include <openssl/crypto.h>
#include <openssl/provider.h>

#include <memory>

namespace couvert {

/// Who makes something in its context gets this AES-256-GCM, and OpenSSL's own of everything else.
/// Lifetime: outlives what was made in it, and every other thread that used it. Threads: any.
class WideLibrary {
 public:
  /// Null where the processor has not what it takes, or OpenSSL cannot load it.
  static std::unique_ptr<WideLibrary> open();

  OSSL_LIB_CTX* context() const { return context_.get(); }

 private:
  struct Free {
    void operator()(OSSL_LIB_CTX* context) const { OSSL_LIB_CTX_free(context); }
    void operator()(OSSL_PROVIDER* provider) const { OSSL_PROVIDER_unload(provider); }
  };
  WideLibrary();

  std::unique_ptr<OSSL_LIB_CTX, Free> context_;
  std::unique_ptr<OSSL_PROVIDER, Free> own_;
  std::unique_ptr<OSSL_PROVIDER, Free> wide_;
};

}  // namespace couvert
