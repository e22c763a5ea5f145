// What an upload costs at least: a server that takes bytes by OpenSSL's TLS, seals them and writes
// them, without the care of HTTP, a database, checksums or other connections.
//
// bench_floor PORT CERTIFICATE KEY FOLDER
//
// One connection after the other, each with one request, whose path says how far the bytes go:
// /receive, /seal (also sealed) or /write (also written into FOLDER, synced every 8 MiB, as parts
// are). Serves until it is killed.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "crypto/aes_gcm.h"

namespace {

using couvert::Buffer;
using couvert::Bytes;

constexpr std::size_t piece_bytes = 256 * 1024;
constexpr std::size_t part_bytes = 8 * 1024 * 1024;
constexpr std::size_t write_out_bytes = 1024 * 1024;

[[noreturn]] void give_up(const char* why) {
  std::perror(why);
  ERR_print_errors_fp(stderr);
  std::exit(1);
}

SSL_CTX* make_context(const char* certificate, const char* key) {
  SSL_CTX* context = SSL_CTX_new(TLS_server_method());
  if (context == nullptr || SSL_CTX_use_certificate_chain_file(context, certificate) != 1 ||
      SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_set_ciphersuites(context, "TLS_AES_256_GCM_SHA384") != 1) {
    give_up("no TLS");
  }
  SSL_CTX_set_read_ahead(context, 1);
  SSL_CTX_set_default_read_buffer_len(context, 34 * 1024);  // as couvertd
  return context;
}

int listen_at(int port) {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      listen(listener, 1) != 0) {
    give_up("listen");
  }
  return listener;
}

// Files of 8 MiB, each durable before the next one begins.
class Parts {
 public:
  explicit Parts(std::string folder) : folder_(std::move(folder)) {}

  void write(Bytes bytes) {
    if (file_ < 0) {
      const std::string name = folder_ + "/" + std::to_string(count_++);
      file_ = open(name.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
    }
    if (::write(file_, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size())) {
      give_up("write");
    }
    written_ += bytes.size();
    if (written_ - begun_ >= write_out_bytes) {
      sync_file_range(file_, static_cast<off64_t>(begun_), static_cast<off64_t>(written_ - begun_),
                      SYNC_FILE_RANGE_WRITE);
      begun_ = written_;
    }
    if (written_ >= part_bytes) end_part();
  }

  void end_part() {
    if (file_ < 0) return;
    if (fdatasync(file_) != 0) give_up("fdatasync");
    close(file_);
    file_ = -1;
    written_ = begun_ = 0;
  }

 private:
  std::string folder_;
  int count_ = 0;
  int file_ = -1;
  std::size_t written_ = 0;
  std::size_t begun_ = 0;
};

// One connection with one request.
class Upload {
 public:
  Upload(SSL* ssl, Parts& parts) : ssl_(ssl), parts_(parts) {}

  void run() {
    std::string head;
    while (!head.ends_with("\r\n\r\n")) head += static_cast<char>(read(Bytes::size_type{1})[0]);
    seals_ = !head.starts_with("PUT /receive ");
    writes_ = head.starts_with("PUT /write ");
    constexpr std::string_view length = "Content-Length: ";
    std::size_t left = std::strtoull(head.c_str() + head.find(length) + length.size(), nullptr, 10);
    while (left > 0) {
      const Bytes piece = read(std::min(left, piece_bytes));
      if (seals_) seal(piece);
      left -= piece.size();
    }
    parts_.end_part();
    constexpr std::string_view answer = "HTTP/1.1 204 No Content\r\n\r\n";
    std::size_t written = 0;
    if (SSL_write_ex(ssl_, answer.data(), answer.size(), &written) != 1) give_up("sending");
  }

 private:
  // So many bytes, whole.
  Bytes read(std::size_t bytes) {
    for (std::size_t had = 0; had < bytes;) {
      std::size_t got = 0;
      if (SSL_read_ex(ssl_, plain_.data() + had, bytes - had, &got) != 1) give_up("receiving");
      had += got;
    }
    return Bytes(plain_).first(bytes);
  }

  void seal(Bytes piece) {
    const auto sealed = std::span(sealed_).first(piece.size() + couvert::gcm_tag_bytes);
    std::memcpy(nonce_.data(), &sealed_count_, sizeof sealed_count_);
    ++sealed_count_;
    cipher_->seal(nonce_, piece, sealed);
    if (writes_) parts_.write(sealed);
  }

  static constexpr std::array<std::byte, 32> key{};

  SSL* ssl_;
  Parts& parts_;
  bool seals_ = false;
  bool writes_ = false;
  std::uint64_t sealed_count_ = 0;
  couvert::GcmNonce nonce_{};
  std::unique_ptr<couvert::AesGcm> cipher_ =
      couvert::make_aes_gcm(couvert::GcmKey(key), couvert::GcmEngine::fastest);
  Buffer plain_ = Buffer(piece_bytes);
  Buffer sealed_ = Buffer(piece_bytes + couvert::gcm_tag_bytes);
};

}  // namespace

int main(int count, char** words) {
  if (count != 5) give_up("PORT CERTIFICATE KEY FOLDER");
  std::signal(SIGPIPE, SIG_IGN);
  SSL_CTX* context = make_context(words[2], words[3]);
  const int listener = listen_at(std::atoi(words[1]));
  Parts parts(words[4]);
  for (;;) {
    const int line = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
    if (line < 0) give_up("accept");
    const int on = 1;
    setsockopt(line, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    SSL* ssl = SSL_new(context);
    SSL_set_fd(ssl, line);
    if (SSL_accept(ssl) == 1) Upload(ssl, parts).run();
    SSL_shutdown(ssl);
    SSL_free(ssl);
    close(line);
  }
}
