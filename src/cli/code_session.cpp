#include "cli/code_session.h"

#include "base/limits.h"

namespace couvert {

Outcome<> use_kept_session(Client& client, const State& state) {
  Outcome<WipedText> token = state.session(client.server());
  if (!token) return pass(token);
  client.use_session(std::move(*token));
  return Outcome<>();
}

Outcome<api::RequestedCode> request_code(
    const World& world, Client& client, const State& state,
    const std::function<Answer<api::RequestedCode>()>& request) {
  const Outcome<StateLock> lock = state.lock(world.interrupt);
  if (!lock) return pass(lock);
  const Outcome<> session = use_kept_session(client, state);
  if (!session) return pass(session);
  Answer<api::RequestedCode> requested = request();
  if (!requested && requested.error().code == ErrorCode::unproven && client.has_session()) {
    client.use_session(WipedText());  // the server knows the old one no more
    requested = request();
  }
  if (!requested && requested.error().reason == "scope") {
    return complain(Exit::refused, "this machine was let in by couvert login, for one address only",
                    "run couvert logout first, or set COUVERT_HOME");
  }
  if (!requested) return complain(requested);
  if (!requested->token.empty()) {
    const Outcome<> kept = state.keep_session(client.server(), requested->token);
    if (!kept) return pass(kept);
    client.use_session(std::move(requested->token));
  }
  return std::move(*requested);
}

Outcome<> ask_for_code(Terminal& terminal,
                       const std::function<Answer<>(const std::string& code)>& confirm) {
  for (int tries = 1;; ++tries) {
    const Outcome<WipedText> code = terminal.ask("Code");
    if (!code) return pass(code);
    const Answer<> confirmed = confirm(code->text());
    if (confirmed) return Outcome<>();
    const bool wrong = confirmed.error().reason == "wrong_code";
    if (!wrong || tries >= limits::code_tries_max) return complain(confirmed);
    terminal.say("This code is wrong.");
  }
}

}  // namespace couvert
