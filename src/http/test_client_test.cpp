#include "http/test_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace couvert {

TestClient::TestClient(std::uint16_t port, int receive_buffer)
    : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
  const timeval limit{10, 0};
  setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  if (receive_buffer > 0) {
    setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  }
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  INVARIANT(::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
}

TestClient::~TestClient() {
  ::close(socket_);
}

void TestClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;  // the server has had enough: its answer is to be read
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

bool TestClient::more() {
  std::array<char, 65536> piece;
  const ssize_t got = ::recv(socket_, piece.data(), piece.size(), 0);
  if (got < 0) broken_ = errno == ECONNRESET;
  if (got <= 0) return false;
  buffer_.append(piece.data(), static_cast<std::size_t>(got));
  return true;
}

std::string TestClient::read_until(std::string_view end) {
  while (buffer_.find(end) == std::string::npos) {
    if (!more()) return std::exchange(buffer_, "");
  }
  return read(buffer_.find(end) + end.size());
}

std::string TestClient::read(std::size_t bytes) {
  while (buffer_.size() < bytes && more()) {
  }
  std::string out = buffer_.substr(0, bytes);
  buffer_.erase(0, out.size());
  return out;
}

std::string TestClient::read_all() {
  while (more()) {
  }
  return std::exchange(buffer_, "");
}

std::string TestClient::read_answer(bool with_body) {
  std::string answer = read_until("\r\n\r\n");
  const std::string length = field_of(answer, "Content-Length");
  if (with_body && !length.empty()) answer += read(std::stoul(length));
  return answer;
}

void TestClient::close_sending() {
  ::shutdown(socket_, SHUT_WR);
}

void TestLog::write(LogLevel, std::string_view event, std::initializer_list<LogField> fields) {
  const std::lock_guard lock(mutex_);
  text_ += event;
  for (const LogField& field : fields) {
    text_ += ' ';
    text_ += field.name;
    text_ += '=';
    if (const auto* text = std::get_if<std::string_view>(&field.value)) text_ += *text;
    if (const auto* number = std::get_if<std::int64_t>(&field.value)) {
      text_ += std::to_string(*number);
    }
  }
  text_ += '\n';
}

std::string TestLog::text() const {
  const std::lock_guard lock(mutex_);
  return text_;
}

std::string field_of(std::string_view answer, std::string_view name) {
  const std::string start = "\r\n" + std::string(name) + ": ";
  const std::size_t found = answer.find(start);
  if (found == std::string_view::npos) return "";
  const std::size_t begin = found + start.size();
  return std::string(answer.substr(begin, answer.find("\r\n", begin) - begin));
}

}  // namespace couvert
