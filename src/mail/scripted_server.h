// An SMTP server on this machine that answers as a test wants, and remembers what it heard.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace couvert {

/// What to answer instead of the usual, by the first word that the client sends. "CONNECT" is the
/// greeting, "." the end of the content. An answer "" closes the connection, "!"
/// resets it, "-" says nothing.
using Script = std::map<std::string, std::string>;

/// Threads: one that serves, one connection after the other, until the object goes.
class ScriptedServer {
 public:
  explicit ScriptedServer(Script script = Script());
  ~ScriptedServer();
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  std::uint16_t port() const { return port_; }
  void set(const std::string& word, const std::string& answer);

  int connections() const;
  /// Every line of the client but those of the content.
  std::vector<std::string> lines() const;
  /// The contents that were sent, as they came over the line.
  std::vector<std::string> contents() const;

 private:
  void serve();
  void talk(int client);
  bool answer(int client, const std::string& word);
  bool takes_content() const;

  Script script_;
  int listener_;
  std::uint16_t port_ = 0;
  mutable std::mutex mutex_;
  int connections_ = 0;
  std::vector<std::string> lines_;
  std::vector<std::string> contents_;
  std::thread thread_;
};

}  // namespace couvert
