#include "http/tls.h"

#include <doctest/doctest.h>

#include "http/test_tls_server.h"

using namespace couvert;

namespace fs = std::filesystem;

TEST_CASE("TLS 1.3 and 1.2 are spoken with AES-GCM, older ones and others not") {
  const TlsServer test;
  CHECK(test.curl(test.url("/healthz")) == "alive\n");
  CHECK(test.curl("--tls-max 1.2 " + test.url("/healthz")) == "alive\n");
  CHECK(test.s_client("-tls1_3").find("TLS_AES_256_GCM_SHA384") != std::string::npos);
  CHECK(test.s_client("-tls1_2").find("ECDHE-ECDSA-AES256-GCM-SHA384") != std::string::npos);
  CHECK(test.s_client("-tls1_1 -cipher ALL:@SECLEVEL=0").find("(NONE)") != std::string::npos);
  CHECK(test.s_client("-tls1_2 -cipher ECDHE-ECDSA-CHACHA20-POLY1305").find("(NONE)") !=
        std::string::npos);
  CHECK(test.s_client("-alpn h2,http/1.1").find("ALPN protocol: http/1.1") != std::string::npos);
  CHECK(test.s_client("-alpn h2").find("no application protocol") != std::string::npos);
}

TEST_CASE("a body of many records comes whole over TLS") {
  TlsServer test;
  const std::string body = bytes_of(0, 900'000);
  CHECK(test.upload(body, "") == body);
}

TEST_CASE("a session is resumed, also after the certificate was read again") {
  const TlsServer test;
  for (const std::string version : {"-tls1_2", "-tls1_3"}) {
    test.keep_session(version);
    CHECK(test.resumes(version));
  }
  CHECK(test.server->reload_tls());
  CHECK(test.resumes("-tls1_2"));
  CHECK(test.resumes("-tls1_3"));
}

TEST_CASE("a ticket's key opens for one more life after its own, then it is gone") {
  TlsServer test;
  test.keep_session("-tls1_2");
  // openssl's own clock stands still: only the age of the key counts here.
  test.clock.jump(limits::tls_ticket_life + std::chrono::minutes(1));
  CHECK(test.resumes("-tls1_2"));
  test.clock.jump(limits::tls_ticket_life);
  CHECK(!test.resumes("-tls1_2"));
  test.keep_session("-tls1_2");
  CHECK(test.resumes("-tls1_2"));
}

TEST_CASE("a key that others may read is warned of") {
  const TlsServer test;
  CHECK(test.log.text().find("others may read") == std::string::npos);
  fs::permissions(test.folder + "/key.pem", fs::perms::others_read, fs::perm_options::add);
  CHECK(test.server->reload_tls());
  CHECK(test.log.text().find("others may read the private key") != std::string::npos);
}

TEST_CASE("a certificate is read again, and a broken one leaves the old one") {
  const TlsServer test;
  CHECK(test.s_client("").find("first.example.org") != std::string::npos);
  test.make_certificate("second.example.org");
  CHECK(test.server->reload_tls());
  CHECK(test.s_client("").find("second.example.org") != std::string::npos);
  output_of("echo nothing > " + test.folder + "/cert.pem");
  CHECK(test.server->reload_tls().error().code == ErrorCode::invalid);
  CHECK(test.s_client("").find("second.example.org") != std::string::npos);
}

TEST_CASE("a certificate that is not there names its file") {
  SystemClock clock;
  SystemRandom random;
  TestLog log;
  Metrics metrics;
  const auto opened =
      TlsContext::open({"/nowhere/cert.pem", "/nowhere/key.pem"}, {clock, random, log, metrics});
  CHECK(opened.error().code == ErrorCode::invalid);
  CHECK(opened.error().detail.find("/nowhere/cert.pem") != std::string::npos);
}
