// The test server over TLS, with a certificate of its own, and curl and openssl as its clients.
#pragma once

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "http/test_server.h"

namespace couvert {

// What a command prints, both streams.
inline std::string output_of(const std::string& command) {
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

// A folder with key.pem and cert.pem.
struct TestPair {
  TestPair() {
    std::string pattern = (std::filesystem::temp_directory_path() / "tls-XXXXXX").string();
    REQUIRE(mkdtemp(pattern.data()) != nullptr);
    folder = pattern;
    make_certificate("first.example.org");
  }
  ~TestPair() { std::filesystem::remove_all(folder); }
  TestPair(const TestPair&) = delete;
  TestPair& operator=(const TestPair&) = delete;

  void make_certificate(const std::string& name) const {
    output_of(
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=" +
        name + " -keyout " + folder + "/key.pem -out " + folder + "/cert.pem");
  }
  HttpConfig config(bool wide_aes) const {
    HttpConfig config;
    config.tls = TlsFiles{folder + "/cert.pem", folder + "/key.pem", wide_aes};
    return config;
  }

  std::string folder;
};

struct TlsServer : TestPair, TestServer {
  explicit TlsServer(bool wide_aes = false) : TestServer(TestPair::config(wide_aes)) {}

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
  // What the server got of a file of these bytes, sent by curl with these options.
  std::string upload(const std::string& bytes, const std::string& options) {
    std::ofstream(folder + "/body", std::ios::binary) << bytes;
    seen.uploaded.clear();
    curl(options +
         " -X PATCH -H 'Content-Type: application/offset+octet-stream' -H 'Tus-Resumable: 1.0.0'"
         " --data-binary @" +
         folder + "/body " + url("/up/0"));
    return seen.uploaded;
  }
};

}  // namespace couvert
