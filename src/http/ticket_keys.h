// The keys of TLS session tickets: a returning client shows its ticket and saves half a handshake.
//
// They belong to the server and not to a certificate, so that a reload ends no session. Each lives
// for one ticket's life in use and for one more to open what it sealed, then it is wiped: a
// recorded TLS 1.2 session opens with the key of its ticket. TLS 1.3 adds a fresh exchange to every
// ticket.
#pragma once

#include <openssl/ssl.h>

#include <array>
#include <mutex>

#include "base/clock.h"
#include "base/random.h"

namespace couvert {

/// Lifetime: it and what it is given outlive the contexts that it serves. Threads: any.
class TicketKeys {
 public:
  TicketKeys(const Clock& clock, Random& random) : clock_(clock), random_(random) {}

  /// Makes `context` seal and open its tickets with these keys.
  void serve(SSL_CTX* context);

 private:
  struct Key {
    ~Key();
    std::array<std::byte, 16> name{};
    std::array<std::byte, 32> cipher{};
    std::array<std::byte, 32> mac{};
    Duration made{};
    bool is_there = false;
  };

  static int handle(SSL* ssl, unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher,
                    EVP_MAC_CTX* mac, int sealing);
  const Key* key_to_seal();
  const Key* key_to_open(const unsigned char* name) const;
  bool is_young(const Key& key, Duration life) const;

  const Clock& clock_;
  Random& random_;
  std::mutex mutex_;
  Key current_;
  Key previous_;
};

}  // namespace couvert
