// TLS for the listener: which versions and ciphers, certificate and key, one session.
//
// OpenSSL reads straight from the socket and writes into a buffer that the connection sends in
// large pieces: asio::ssl would make a system call for each record.
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <mutex>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/wide_provider.h"
#include "http/server.h"
#include "http/ticket_keys.h"

namespace couvert {

/// Certificate, key and settings, which can be read again while the server runs. Threads: any.
class TlsContext {
 public:
  /// Says in the log whose AES-256-GCM it is, and warns where it is not the one wished for.
  /// Errors: `invalid` naming the file that cannot be used, with OpenSSL's reason.
  /// Lifetime: the parts outlive it.
  static Result<std::unique_ptr<TlsContext>> open(TlsFiles files, const HttpParts& parts);

  /// Reads both files again, for new connections; sessions of before are resumed all the same.
  /// Warns in the log of a key that others may read. Errors: as in open(); the old ones stay.
  Result<> reload();

  /// A new server session. Errors: `unavailable` where memory is short.
  Result<SSL*> session() const;

 private:
  TlsContext(TlsFiles files, const HttpParts& parts)
      : files_(std::move(files)), parts_(parts), tickets_(parts.clock, parts.random) {}

  void choose_cipher();

  struct Free {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  };

  const TlsFiles files_;
  const HttpParts parts_;
  TicketKeys tickets_;
  std::unique_ptr<WideLibrary> wide_;  // null: OpenSSL's own
  mutable std::mutex mutex_;
  std::unique_ptr<SSL_CTX, Free> context_;
};

/// What a step of a session came to.
enum class TlsStep { done, want_read, want_write, closed, failed };

/// One session over a non-blocking socket. Threads: one at a time.
class TlsSession {
 public:
  TlsSession(SSL* ssl, int socket);

  TlsStep handshake();
  /// Reads what is there, at most `out`; `bytes` is set where it is done.
  TlsStep read(MutableBytes out, std::size_t& bytes);
  /// Encrypts all of `plain` into outgoing(). Memory: its size and 1 %.
  TlsStep write(Bytes plain);
  /// Puts the alert that ends the session into outgoing().
  void say_goodbye();
  /// Whether bytes were read from the socket that read() has not given out.
  bool has_buffered() const;

  /// What is to be sent, in order. Whoever sends it empties it.
  Buffer& outgoing() { return outgoing_; }

 private:
  TlsStep step_of(int result);

  struct Free {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
  };

  Buffer outgoing_;
  std::unique_ptr<SSL, Free> ssl_;
};

}  // namespace couvert
