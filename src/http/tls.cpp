#include "http/tls.h"

#include <openssl/err.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>

namespace couvert {
namespace {

constexpr std::size_t read_ahead_bytes = 34 * 1024;  // two records: half the system calls

std::string openssl_reason() {
  std::array<char, 256> text{};
  ERR_error_string_n(ERR_get_error(), text.data(), text.size());
  ERR_clear_error();
  return text.data();
}

// Our own clients and every browser offer http/1.1; HTTP/2 belongs to the proxy in front.
int choose_protocol(SSL*, const unsigned char** out, unsigned char* out_bytes,
                    const unsigned char* offered, unsigned offered_bytes, void*) {
  static constexpr std::array<unsigned char, 9> http_1_1 = {8,   'h', 't', 't', 'p',
                                                            '/', '1', '.', '1'};
  unsigned char* chosen = nullptr;
  const int answer = SSL_select_next_proto(&chosen, out_bytes, http_1_1.data(), http_1_1.size(),
                                           offered, offered_bytes);
  if (answer != OPENSSL_NPN_NEGOTIATED) return SSL_TLSEXT_ERR_ALERT_FATAL;  // RFC 7301, 3.2
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

// TLS 1.2 asks for AES-256-GCM by controls that the wide one refuses.
const char* older_ciphers(bool wide_aes) {
  return wide_aes ? "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256"
                  : "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
                    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256";
}

bool set_rules(SSL_CTX* context, bool wide_aes) {
  static constexpr std::string_view session_id = "couvert";
  SSL_CTX_set_options(
      context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE);
  SSL_CTX_set_default_read_buffer_len(context, read_ahead_bytes);
  SSL_CTX_set_read_ahead(context, 1);
  SSL_CTX_set_num_tickets(context, 1);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);  // tickets alone: no memory of ours
  SSL_CTX_set_timeout(context, std::chrono::seconds(limits::tls_ticket_life).count());
  SSL_CTX_set_alpn_select_cb(context, choose_protocol, nullptr);
  return SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1 &&
         SSL_CTX_set_ciphersuites(context, "TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256") == 1 &&
         SSL_CTX_set_cipher_list(context, older_ciphers(wide_aes)) == 1 &&
         SSL_CTX_set1_groups_list(context, "X25519:P-256:P-384") == 1 &&
         SSL_CTX_set_session_id_context(context,
                                        reinterpret_cast<const unsigned char*>(session_id.data()),
                                        session_id.size()) == 1;
}

// A BIO that appends what is written to a Buffer.
int append_to_buffer(BIO* bio, const char* data, std::size_t bytes, std::size_t* written) {
  append(*static_cast<Buffer*>(BIO_get_data(bio)), as_bytes({data, bytes}));
  *written = bytes;
  return 1;
}

long answer_control(BIO*, int command, long, void*) {
  return command == BIO_CTRL_FLUSH ? 1 : 0;
}

BIO* buffer_bio(Buffer& buffer) {
  // Made once and kept: OpenSSL has no place of its own for it.
  static BIO_METHOD* const method = [] {
    BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "buffer");
    INVARIANT(made != nullptr);
    BIO_meth_set_write_ex(made, append_to_buffer);
    BIO_meth_set_ctrl(made, answer_control);
    return made;
  }();
  BIO* bio = BIO_new(method);
  if (bio == nullptr) throw std::bad_alloc();
  BIO_set_data(bio, &buffer);
  BIO_set_init(bio, 1);
  return bio;
}

// Its group may read a key (Debian's ssl-cert), nobody else.
bool is_open_to_others(const std::string& file) {
  struct stat status {};
  return stat(file.c_str(), &status) == 0 && (status.st_mode & (S_IWGRP | S_IRWXO)) != 0;
}

}  // namespace

Result<std::unique_ptr<TlsContext>> TlsContext::open(TlsFiles files, const HttpParts& parts) {
  std::unique_ptr<TlsContext> made(new TlsContext(std::move(files), parts));
  made->choose_cipher();
  const Result<> loaded = made->reload();
  if (!loaded) return pass(loaded);
  return made;
}

void TlsContext::choose_cipher() {
  if (files_.wide_aes) wide_ = WideLibrary::open();
  if (files_.wide_aes && !wide_) {
    parts_.log.write(LogLevel::warning, "tls.wide_aes is not for this processor", {});
  }
  const std::string_view engine = wide_ ? "ipsec-mb" : "OpenSSL";
  parts_.log.info("TLS cipher chosen", {{"aes_256_gcm", engine}});
}

Result<> TlsContext::reload() {
  const bool is_wide = wide_ != nullptr;
  OSSL_LIB_CTX* library = is_wide ? wide_->context() : nullptr;
  std::unique_ptr<SSL_CTX, Free> fresh(SSL_CTX_new_ex(library, nullptr, TLS_server_method()));
  if (!fresh || !set_rules(fresh.get(), is_wide)) {
    return fail(ErrorCode::unavailable, openssl_reason());
  }
  if (SSL_CTX_use_certificate_chain_file(fresh.get(), files_.certificate.c_str()) != 1) {
    return fail(ErrorCode::invalid, files_.certificate + ": " + openssl_reason());
  }
  if (SSL_CTX_use_PrivateKey_file(fresh.get(), files_.key.c_str(), SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_check_private_key(fresh.get()) != 1) {
    return fail(ErrorCode::invalid, files_.key + ": " + openssl_reason());
  }
  tickets_.serve(fresh.get());
  if (is_open_to_others(files_.key)) {
    parts_.log.write(LogLevel::warning, "others may read the private key", {{"file", files_.key}});
  }
  const std::lock_guard lock(mutex_);
  context_ = std::move(fresh);
  return {};
}

Result<SSL*> TlsContext::session() const {
  const std::lock_guard lock(mutex_);
  SSL* ssl = SSL_new(context_.get());
  if (ssl == nullptr) return fail(ErrorCode::unavailable, openssl_reason());
  return ssl;
}

TlsSession::TlsSession(SSL* ssl, int socket) : ssl_(ssl) {
  BIO* reading = BIO_new_socket(socket, BIO_NOCLOSE);
  if (reading == nullptr) throw std::bad_alloc();
  SSL_set0_rbio(ssl, reading);
  SSL_set0_wbio(ssl, buffer_bio(outgoing_));
  SSL_set_accept_state(ssl);
}

TlsStep TlsSession::step_of(int result) {
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_NONE:
      return TlsStep::done;
    case SSL_ERROR_WANT_READ:
      return TlsStep::want_read;
    case SSL_ERROR_WANT_WRITE:
      return TlsStep::want_write;
    case SSL_ERROR_ZERO_RETURN:
      return TlsStep::closed;
    default:
      ERR_clear_error();
      return TlsStep::failed;
  }
}

TlsStep TlsSession::handshake() {
  ERR_clear_error();
  return step_of(SSL_do_handshake(ssl_.get()));
}

TlsStep TlsSession::read(MutableBytes out, std::size_t& bytes) {
  ERR_clear_error();
  return step_of(SSL_read_ex(ssl_.get(), out.data(), out.size(), &bytes));
}

TlsStep TlsSession::write(Bytes plain) {
  while (!plain.empty()) {
    ERR_clear_error();
    std::size_t taken = 0;
    const TlsStep step = step_of(SSL_write_ex(ssl_.get(), plain.data(), plain.size(), &taken));
    // The buffer takes everything, so that anything but done means a broken session.
    if (step != TlsStep::done) return TlsStep::failed;
    plain = plain.subspan(taken);
  }
  return TlsStep::done;
}

void TlsSession::say_goodbye() {
  ERR_clear_error();
  SSL_shutdown(ssl_.get());
  ERR_clear_error();
}

bool TlsSession::has_buffered() const {
  return SSL_has_pending(ssl_.get()) == 1;
}

}  // namespace couvert
