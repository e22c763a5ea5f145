#include "http/tls.h"

#include <doctest/doctest.h>

#include <array>
#include <cstdio>
#include <filesystem>

#include "crypto/random.h"
#include "http/test_client.h"

using namespace couvert;

namespace {

namespace fs = std::filesystem;

// What a command prints, both streams.
std::string output_of(const std::string& command) {
  std::FILE* pipe = popen((command + " 2>&1").c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::string out;
  std::array<char, 4096> piece;
  while (const std::size_t got = std::fread(piece.data(), 1, piece.size(), pipe)) {
    out.append(piece.data(), got);
  }
  pclose(pipe);
  return out;
}

// A server with a certificate of its own, and curl and openssl as its clients.
struct TlsServer {
  // Keeps a session of this version in a file, and says whether it is resumed later on.
  void keep_session(const std::string& version) const {
    // The ticket of TLS 1.3 comes behind the handshake: wait for it with a request.
    output_of(
        "printf 'GET /healthz HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\n\\r\\n' | "
        "openssl s_client -ign_eof " +
        version + " -connect 127.0.0.1:" + std::to_string(server->port()) + " -sess_out " + folder +
        "/session" + version);
  }
  bool resumes(const std::string& version) const {
    const std::string said = s_client(version + " -sess_in " + folder + "/session" + version);
    return said.find("Reused, TLSv1.") != std::string::npos;
  }

  TlsServer() {
    std::string pattern = (fs::temp_directory_path() / "tls-XXXXXX").string();
    REQUIRE(mkdtemp(pattern.data()) != nullptr);
    folder = pattern;
    make_certificate("first.example.org");
    HttpConfig config;
    config.base_url = "https://transfer.example.org";
    config.tls = TlsFiles{folder + "/cert.pem", folder + "/key.pem"};
    std::vector<Route> routes;
    routes.emplace_back(Method::get, "/healthz", Access(Who::anyone, Body::none, Pace::quick),
                        [](const std::shared_ptr<const Request>&) {
                          Response response;
                          response.body = "alive";
                          return response;
                        });
    routes.emplace_back(Method::post, "/length", Access(Who::anyone, Body::json),
                        [](const std::shared_ptr<const Request>& request) {
                          Response response;
                          response.body = std::to_string(request->json.string()->size());
                          return response;
                        });
    auto started = HttpServer::start({clock, random, log, metrics}, config, std::move(routes));
    REQUIRE(started);
    server = std::move(*started);
  }
  ~TlsServer() { fs::remove_all(folder); }

  void make_certificate(const std::string& name) const {
    output_of(
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=" +
        name + " -keyout " + folder + "/key.pem -out " + folder + "/cert.pem");
  }
  std::string curl(const std::string& more) const {
    return output_of("curl -sS -k --max-time 20 " + more);
  }
  std::string url(const std::string& path) const {
    return "https://127.0.0.1:" + std::to_string(server->port()) + path;
  }
  std::string s_client(const std::string& more) const {
    return output_of("openssl s_client -connect 127.0.0.1:" + std::to_string(server->port()) + " " +
                     more + " </dev/null");
  }

  JumpingClock clock;
  SystemRandom random;
  TestLog log;
  Metrics metrics;
  std::string folder;
  std::unique_ptr<HttpServer> server;
};

}  // namespace

TEST_CASE("TLS 1.3 and 1.2 are spoken with AES-GCM, older ones and others not") {
  const TlsServer test;
  CHECK(test.curl(test.url("/healthz")) == "alive");
  CHECK(test.curl("--tls-max 1.2 " + test.url("/healthz")) == "alive");
  CHECK(test.s_client("-tls1_3").find("TLS_AES_256_GCM_SHA384") != std::string::npos);
  CHECK(test.s_client("-tls1_2").find("ECDHE-ECDSA-AES256-GCM-SHA384") != std::string::npos);
  CHECK(test.s_client("-tls1_1 -cipher ALL:@SECLEVEL=0").find("(NONE)") != std::string::npos);
  CHECK(test.s_client("-tls1_2 -cipher ECDHE-ECDSA-CHACHA20-POLY1305").find("(NONE)") !=
        std::string::npos);
  CHECK(test.s_client("-alpn h2,http/1.1").find("ALPN protocol: http/1.1") != std::string::npos);
  CHECK(test.s_client("-alpn h2").find("no application protocol") != std::string::npos);
}

TEST_CASE("a body of many records comes whole over TLS") {
  const TlsServer test;
  output_of("printf '\"%0900000d\"' 7 > " + test.folder + "/body.json");
  CHECK(test.curl("-H 'Content-Type: application/json' --data-binary @" + test.folder +
                  "/body.json " + test.url("/length")) == "900000");
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
