#include "mail/scripted_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cctype>

#include "base/result.h"

namespace couvert {
namespace {

Script usual_answers() {
  return {{"CONNECT", "220 test"}, {"EHLO", "250-test\r\n250-SMTPUTF8\r\n250 8BITMIME"},
          {"MAIL", "250 ok"},      {"RCPT", "250 ok"},
          {"DATA", "354 go on"},   {".", "250 queued"},
          {"QUIT", "221 bye"}};
}

// The next line without its CRLF; false at the end, or where the test is over.
bool read_line(int client, std::string& buffer, std::string& line) {
  for (;;) {
    const std::size_t end = buffer.find("\r\n");
    if (end != std::string::npos) {
      line = buffer.substr(0, end);
      buffer.erase(0, end + 2);
      return true;
    }
    char bytes[4096];
    const ssize_t count = recv(client, bytes, sizeof bytes, 0);
    if (count <= 0) return false;
    buffer.append(bytes, static_cast<std::size_t>(count));
  }
}

}  // namespace

ScriptedServer::ScriptedServer(Script script)
    : script_(std::move(script)), listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  script_.merge(usual_answers());
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* raw = reinterpret_cast<sockaddr*>(&address);
  socklen_t length = sizeof address;
  INVARIANT(bind(listener_, raw, length) == 0 && listen(listener_, 8) == 0);
  INVARIANT(getsockname(listener_, raw, &length) == 0);
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { serve(); });
}

ScriptedServer::~ScriptedServer() {
  shutdown(listener_, SHUT_RDWR);
  thread_.join();
  close(listener_);
}

void ScriptedServer::set(const std::string& word, const std::string& answer) {
  const std::lock_guard lock(mutex_);
  script_[word] = answer;
}

int ScriptedServer::connections() const {
  const std::lock_guard lock(mutex_);
  return connections_;
}

std::vector<std::string> ScriptedServer::lines() const {
  const std::lock_guard lock(mutex_);
  return lines_;
}

std::vector<std::string> ScriptedServer::contents() const {
  const std::lock_guard lock(mutex_);
  return contents_;
}

void ScriptedServer::serve() {
  for (;;) {
    const int client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) return;
    const timeval patience = {.tv_sec = 5, .tv_usec = 0};
    setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    {
      const std::lock_guard lock(mutex_);
      ++connections_;
    }
    talk(client);
    close(client);
  }
}

bool ScriptedServer::answer(int client, const std::string& word) {
  std::string text;
  {
    const std::lock_guard lock(mutex_);
    const auto found = script_.find(word);
    text = found == script_.end() ? "502 what?" : found->second;
  }
  if (text.empty()) return false;
  if (text == "!") {
    const linger at_once = {.l_onoff = 1, .l_linger = 0};
    setsockopt(client, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    return false;
  }
  if (text == "-") return true;
  text += "\r\n";
  return send(client, text.data(), text.size(), MSG_NOSIGNAL) > 0 && word != "QUIT";
}

bool ScriptedServer::takes_content() const {
  const std::lock_guard lock(mutex_);
  return script_.at("DATA").starts_with("354");
}

void ScriptedServer::talk(int client) {
  std::string buffer;
  std::string line;
  if (!answer(client, "CONNECT")) return;
  while (read_line(client, buffer, line)) {
    const std::string word = line.substr(0, line.find(' '));
    {
      const std::lock_guard lock(mutex_);
      lines_.push_back(line);
    }
    if (!answer(client, word)) return;
    if (word != "DATA" || !takes_content()) continue;
    std::string content;
    while (read_line(client, buffer, line) && line != ".") content += line + "\r\n";
    {
      const std::lock_guard lock(mutex_);
      contents_.push_back(content);
    }
    if (!answer(client, ".")) return;
  }
}

}  // namespace couvert
