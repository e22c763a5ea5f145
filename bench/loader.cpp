// The client of ./dev bench: sends or receives one body on each of several TLS connections at once,
// as cheaply as OpenSSL allows, so that what is measured is the server.
//
// bench_loader PORT send|receive SOURCE BYTES HEAD...
//
// SOURCE is a file whose first BYTES bytes are sent, or with which what comes is compared; "-"
// compares nothing and takes any length. Each HEAD is a file with a whole request head: one stream
// a head. The clock runs from when all have shaken hands until the last answer is there. Prints one
// JSON object; anything but 2xx and equal bytes ends it with 1.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

constexpr std::size_t buffer_bytes = 256 * 1024;

[[noreturn]] void give_up(const std::string& why) {
  std::fprintf(stderr, "bench_loader: %s\n", why.c_str());
  ERR_print_errors_fp(stderr);
  std::exit(1);
}

struct Job {
  int port = 0;
  bool sends = false;
  std::string_view source;  // empty for "-"
  bool compares = false;
};

std::size_t number_in(std::string_view text) {
  std::size_t number = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || rest != text.data() + text.size()) give_up("no number");
  return number;
}

std::string read_file(const char* path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) give_up(std::string(path) + " cannot be read");
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string_view map_file(const char* path, std::size_t bytes) {
  const int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0 || lseek(file, 0, SEEK_END) < static_cast<off_t>(bytes)) give_up("SOURCE");
  void* mapped = mmap(nullptr, bytes, PROT_READ, MAP_SHARED | MAP_POPULATE, file, 0);
  close(file);
  if (mapped == MAP_FAILED) give_up("SOURCE cannot be mapped");
  return {static_cast<const char*>(mapped), bytes};
}

SSL_CTX* make_context() {
  SSL_CTX* context = SSL_CTX_new(TLS_client_method());
  if (context == nullptr || SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION) != 1 ||
      SSL_CTX_set_ciphersuites(context, "TLS_AES_256_GCM_SHA384") != 1) {
    give_up("no TLS");
  }
  SSL_CTX_set_read_ahead(context, 1);
  SSL_CTX_set_default_read_buffer_len(context, 68 * 1024);
  return context;
}

int connect_to(int port) {
  const int line = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in server{};
  server.sin_family = AF_INET;
  server.sin_port = htons(static_cast<std::uint16_t>(port));
  server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(line, reinterpret_cast<const sockaddr*>(&server), sizeof server) != 0) {
    give_up(std::string("connect: ") + strerror(errno));
  }
  const int on = 1;
  setsockopt(line, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return line;
}

// One connection with one request.
class Stream {
 public:
  Stream(SSL_CTX* context, const Job& job, std::string head)
      : job_(job), head_(std::move(head)), ssl_(SSL_new(context)) {
    BIO* line = BIO_new_socket(connect_to(job.port), BIO_CLOSE);
    // Records leave in large pieces: a system call for each would cost the client a tenth.
    BIO* gathered = BIO_new(BIO_f_buffer());
    BIO_set_write_buffer_size(gathered, static_cast<long>(buffer_bytes));
    BIO_up_ref(line);
    SSL_set0_rbio(ssl_, line);
    SSL_set0_wbio(ssl_, BIO_push(gathered, line));
    if (SSL_connect(ssl_) != 1) give_up("no handshake");
  }

  void run() {
    write(head_);
    if (job_.sends) {
      for (std::string_view left = job_.source; !left.empty();) {
        const std::string_view piece = left.substr(0, buffer_bytes);
        write(piece);
        left.remove_prefix(piece.size());
      }
    }
    BIO_flush(SSL_get_wbio(ssl_));
    receive();
  }

  int status() const { return status_; }
  std::size_t bytes() const { return bytes_; }
  std::string cipher() const { return SSL_get_cipher(ssl_); }

 private:
  void write(std::string_view bytes) {
    std::size_t written = 0;
    if (SSL_write_ex(ssl_, bytes.data(), bytes.size(), &written) != 1) give_up("sending");
  }

  std::string_view read() {
    std::size_t got = 0;
    if (SSL_read_ex(ssl_, buffer_.data(), buffer_.size(), &got) != 1) give_up("receiving");
    return {buffer_.data(), got};
  }

  void receive() {
    std::string head;
    std::size_t end = std::string::npos;
    while (end == std::string::npos) {
      head += read();
      end = head.find("\r\n\r\n");
    }
    const std::string_view rest = std::string_view(head).substr(end + 4);
    status_ = static_cast<int>(number_in(std::string_view(head).substr(9, 3)));
    if (status_ < 200 || status_ > 299) give_up("the answer: " + head);
    const std::size_t length = length_in(head.substr(0, end + 2));
    take(rest);
    while (bytes_ < length) take(read());
    if (bytes_ != length) give_up("another length");
    if (job_.sends) bytes_ = job_.source.size();
    if (bytes_ != job_.source.size() && job_.compares) give_up("another length than the source");
  }

  static std::size_t length_in(const std::string& head) {
    constexpr std::string_view name = "\r\ncontent-length: ";
    const char* found = strcasestr(head.c_str(), name.data());
    return found == nullptr ? 0 : std::strtoull(found + name.size(), nullptr, 10);
  }

  void take(std::string_view piece) {
    if (!job_.sends && job_.compares) {
      if (bytes_ + piece.size() > job_.source.size() ||
          std::memcmp(piece.data(), job_.source.data() + bytes_, piece.size()) != 0) {
        give_up("other bytes than the source's");
      }
    }
    bytes_ += piece.size();
  }

  const Job& job_;
  const std::string head_;
  SSL* ssl_;
  std::vector<char> buffer_ = std::vector<char>(64 * 1024);
  int status_ = 0;
  std::size_t bytes_ = 0;
};

double seconds_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

double cpu_seconds() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  return seconds_of(used.ru_utime) + seconds_of(used.ru_stime);
}

}  // namespace

int main(int count, char** words) {
  if (count < 6) give_up("PORT send|receive SOURCE BYTES HEAD...");
  std::signal(SIGPIPE, SIG_IGN);
  const std::string_view source = words[3];
  Job job;
  job.port = static_cast<int>(number_in(words[1]));
  job.sends = std::string_view(words[2]) == "send";
  job.compares = source != "-";
  if (job.compares) job.source = map_file(words[3], number_in(words[4]));

  SSL_CTX* context = make_context();
  std::vector<Stream> streams;
  streams.reserve(static_cast<std::size_t>(count) - 5);
  for (int at = 5; at < count; ++at) streams.emplace_back(context, job, read_file(words[at]));

  const double cpu_before = cpu_seconds();
  const auto began = std::chrono::steady_clock::now();
  std::vector<std::thread> threads;
  for (Stream& stream : streams) threads.emplace_back([&stream] { stream.run(); });
  for (std::thread& thread : threads) thread.join();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;

  std::size_t bytes = 0;
  for (const Stream& stream : streams) bytes += stream.bytes();
  std::printf("{\"seconds\": %.6f, \"cpu\": %.3f, \"bytes\": %zu, \"cipher\": \"%s\"}\n",
              took.count(), cpu_seconds() - cpu_before, bytes, streams.front().cipher().c_str());
  return 0;
}
