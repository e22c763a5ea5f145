// Real clients, which take OpenSSL's AES-256-GCM, with a server that takes the wide one.
#include <doctest/doctest.h>

#include "http/test_tls_server.h"
#include "http/tls.h"

using namespace couvert;

namespace {

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

struct WideServer : TlsServer {
  WideServer() : TlsServer(true) {
    is_wide = has(log.text(), "ipsec-mb");
    if (!is_wide) MESSAGE("this processor has no wide AES: OpenSSL's is tested instead");
  }
  bool is_wide = false;
};

enum class Line { good, changes_a_bit };

struct Free {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  void operator()(SSL* ssl) const { SSL_free(ssl); }
};
using Context = std::unique_ptr<SSL_CTX, Free>;

// A client whose records can be changed on their way.
class RecordClient {
 public:
  RecordClient(const Context& context, std::uint16_t port) : ssl_(SSL_new(context.get())) {
    line_ = BIO_new_connect(("127.0.0.1:" + std::to_string(port)).c_str());
    REQUIRE(BIO_do_connect(line_) == 1);
    SSL_set_bio(ssl_.get(), line_, line_);
  }
  bool handshake() { return SSL_connect(ssl_.get()) == 1; }
  std::string cipher() const { return SSL_get_cipher_name(ssl_.get()); }

  void send(const std::string& request, Line line) {
    BIO* kept = BIO_new(BIO_s_mem());
    SSL_set0_wbio(ssl_.get(), kept);
    REQUIRE(SSL_write(ssl_.get(), request.data(), static_cast<int>(request.size())) > 0);
    char* record = nullptr;
    const long bytes = BIO_get_mem_data(kept, &record);
    if (line == Line::changes_a_bit) record[bytes - 1] ^= 1;  // of the tag: the rest is as it was
    REQUIRE(BIO_write(line_, record, static_cast<int>(bytes)) == bytes);
  }
  // With what is sent next both sides change their keys.
  void change_keys() { REQUIRE(SSL_key_update(ssl_.get(), SSL_KEY_UPDATE_REQUESTED) == 1); }
  std::string receive() {
    std::array<char, 4096> piece;
    const int got = SSL_read(ssl_.get(), piece.data(), piece.size());
    return {piece.data(), static_cast<std::size_t>(std::max(got, 0))};
  }

 private:
  std::unique_ptr<SSL, Free> ssl_;
  BIO* line_ = nullptr;  // belongs to ssl_
};

}  // namespace

TEST_CASE("wide AES is chosen where it is asked for and there, and the log says so") {
  const TlsServer plain;
  CHECK(has(plain.log.text(), "OpenSSL"));
  CHECK_FALSE(has(plain.log.text(), "wide_aes"));
  const WideServer wide;
  CHECK(wide.is_wide == (WideLibrary::open() != nullptr));
  CHECK(has(wide.log.text(), "tls.wide_aes is not for this processor") != wide.is_wide);
}

TEST_CASE("TLS 1.3 and 1.2 are spoken with wide AES, too, and a megabyte goes either way") {
  WideServer test;
  CHECK(has(test.s_client("-tls1_3"), "TLS_AES_256_GCM_SHA384"));
  CHECK(
      has(test.s_client("-tls1_3 -ciphersuites TLS_AES_128_GCM_SHA256"), "TLS_AES_128_GCM_SHA256"));
  CHECK(has(test.s_client("-tls1_2"),
            test.is_wide ? "ECDHE-ECDSA-AES128-GCM-SHA256" : "ECDHE-ECDSA-AES256-GCM-SHA384"));
  CHECK(has(test.s_client("-tls1_1 -cipher ALL:@SECLEVEL=0"), "(NONE)"));
  constexpr std::size_t bytes = 1024 * 1024 + 1;
  const std::string body = bytes_of(0, bytes);
  for (const std::string options :
       {"--tls-max 1.2", "--tlsv1.3", "--tlsv1.3 --tls13-ciphers TLS_AES_128_GCM_SHA256"}) {
    CAPTURE(options);
    CHECK(test.upload(body, options) == body);
    CHECK(test.curl(options + " " + test.url("/down/" + std::to_string(bytes))) == body);
  }
}

TEST_CASE("a session is resumed with wide AES, also after the certificate was read again") {
  const WideServer test;
  for (const std::string version : {"-tls1_2", "-tls1_3"}) {
    test.keep_session(version);
    CHECK(test.resumes(version));
  }
  test.make_certificate("second.example.org");
  CHECK(test.server->reload_tls());
  CHECK(has(test.s_client(""), "second.example.org"));
  CHECK(has(test.s_client("-tls1_3"), "TLS_AES_256_GCM_SHA384"));
  CHECK(test.resumes("-tls1_2"));
  CHECK(test.resumes("-tls1_3"));
}

TEST_CASE("with wide AES a record changed under way ends the session, without an answer") {
  const WideServer test;
  const Context context(SSL_CTX_new(TLS_client_method()));
  for (const Line line : {Line::good, Line::changes_a_bit}) {
    RecordClient client(context, test.server->port());
    REQUIRE(client.handshake());
    REQUIRE(client.cipher() == "TLS_AES_256_GCM_SHA384");
    client.send(get("/healthz"), line);
    const std::string received = client.receive();
    CHECK((line == Line::good ? has(received, "alive") : received.empty()));
  }
}

TEST_CASE("with wide AES a session goes on under new keys") {
  const WideServer test;
  const Context context(SSL_CTX_new(TLS_client_method()));
  RecordClient client(context, test.server->port());
  REQUIRE(client.handshake());
  for (int times = 0; times < 3; ++times) {
    client.send(get("/healthz"), Line::good);
    CHECK(has(client.receive(), "alive"));
    client.change_keys();
  }
}

TEST_CASE("TLS takes the wide cipher, which refuses TLS 1.2: that is offered AES-128 only") {
  const std::unique_ptr<WideLibrary> library = WideLibrary::open();
  if (!library) MESSAGE("this processor has no wide AES: nothing to test");
  if (!library) return;
  const TlsServer test;
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    const Context context(SSL_CTX_new_ex(library->context(), nullptr, TLS_client_method()));
    REQUIRE(SSL_CTX_set_max_proto_version(context.get(), version) == 1);
    RecordClient client(context, test.server->port());
    CHECK(client.handshake() == (version == TLS1_3_VERSION));
    CHECK(client.cipher() ==
          (version == TLS1_3_VERSION ? "TLS_AES_256_GCM_SHA384" : "ECDHE-ECDSA-AES256-GCM-SHA384"));
  }
}
