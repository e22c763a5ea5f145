// couvert login: lets this machine in as a program, by a code that a person types in a browser.
#include <algorithm>
#include <array>

#include "cli/code_session.h"
#include "cli/quick_line.h"
#include "client/program_client.h"

namespace couvert {
namespace {

constexpr std::array<std::string_view, 5> known_scopes = {"send", "sent", "receive", "quick",
                                                          "account"};

Outcome<std::vector<std::string>> chosen_scopes(const Arguments& arguments) {
  if (!arguments.has("scope")) return std::vector<std::string>{"send", "sent", "receive"};
  std::vector<std::string> scopes;
  for (const std::string& scope : arguments.list("scope")) {
    if (std::ranges::find(known_scopes, scope) == known_scopes.end()) {
      return misused("unknown scope " + scope, "send, sent, receive, quick or account");
    }
    if (std::ranges::find(scopes, scope) == scopes.end()) scopes.push_back(scope);
  }
  if (scopes.empty()) return misused("--scope lacks its value");
  return scopes;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

// One machine on its way in.
class LoggingIn {
 public:
  LoggingIn(const World& world, Client& client, const State& state)
      : world_(world), client_(client), programs_(client.line()), state_(state) {}

  Outcome<> run() {
    const Outcome<std::vector<std::string>> scopes = chosen_scopes(world_.arguments);
    if (!scopes) return pass(scopes);
    const Outcome<std::string> name = client_name(world_);
    if (!name) return pass(name);
    const Outcome<> looked = look_at_earlier();
    if (!looked) return looked;
    const Answer<api::ProgramCodes> codes = programs_.ask_to_be_let_in(*name, *scopes);
    if (!codes) return complain(codes);
    const Outcome<> shown = show(*codes);
    if (!shown) return shown;
    const Answer<api::ProgramAccess> access =
        wait_to_be_let_in(programs_, *codes, world_.interrupt, world_.clock);
    if (!access) return complain(access);
    const Outcome<> kept = keep(*access);
    if (!kept) return kept;
    forget_earlier();
    return print(*access);
  }

 private:
  // What this machine may do so far ends with the new session: it has one a server.
  Outcome<> look_at_earlier() {
    Outcome<WipedText> token = state_.session(client_.server());
    if (!token) return pass(token);
    if (token->empty()) return Outcome<>();
    client_.use_session(WipedText(token->text()));
    Answer<std::vector<api::Verification>> held = client_.list_verifications();
    client_.use_session(WipedText());
    if (!held && held.error().code != ErrorCode::unproven) return complain(held);
    if (!held || held->empty()) return Outcome<>();
    earlier_ = std::move(*held);
    earlier_token_ = std::move(*token);
    std::vector<std::string> addresses;
    addresses.reserve(earlier_.size());
    for (const api::Verification& one : earlier_) addresses.push_back(one.address);
    world_.terminal.say("What is verified here ends with that: " + joined(addresses) + ".");
    return confirm(world_, "Go on?");
  }

  Outcome<> show(const api::ProgramCodes& codes) {
    if (world_.arguments.has("json")) {
      const Json json(Json::Object{{"user_code", codes.user_code},
                                   {"verification_uri", codes.verification_uri},
                                   {"verification_uri_complete", codes.verification_uri_complete},
                                   {"expires_in", std::int64_t{codes.expires_in.count()}}});
      return world_.terminal.print(json.write());
    }
    const Outcome<> printed = world_.terminal.print(
        "code  " + printable(codes.user_code) + "\naddress  " + printable(codes.verification_uri));
    if (!printed) return printed;
    world_.terminal.say("Open the address in a browser and type the code there. Waiting for " +
                        std::to_string(codes.expires_in.count() / 60) + " minutes.");
    return Outcome<>();
  }

  // Where it cannot be kept, it must not stay in the person's list either.
  Outcome<> keep(const api::ProgramAccess& access) {
    const Outcome<StateLock> lock = state_.lock(world_.interrupt);
    Outcome<> kept;
    if (!lock) kept = pass(lock);
    if (lock) kept = state_.keep_session(client_.server(), access.token);
    if (kept) return kept;
    world_.interrupt.begin_tidying();
    client_.use_session(WipedText(access.token.text()));
    static_cast<void>(client_.forget_verification(access.verification.verification_id));
    return kept;
  }

  void forget_earlier() {
    if (earlier_token_.empty()) return;
    client_.use_session(std::move(earlier_token_));
    for (const api::Verification& one : earlier_) {
      static_cast<void>(client_.forget_verification(one.verification_id));
    }
  }

  Outcome<> print(const api::ProgramAccess& access) {
    const api::Verification& proof = access.verification;
    if (!world_.arguments.has("json")) {
      world_.terminal.say("This machine may act for " + proof.address + " (" +
                          joined(access.scopes) + ") until " + proof.expires + ".");
      return Outcome<>();
    }
    Json::Array scopes(access.scopes.begin(), access.scopes.end());
    const Json json(Json::Object{{"address", proof.address},
                                 {"verification_id", proof.verification_id},
                                 {"scopes", std::move(scopes)},
                                 {"expires", proof.expires}});
    return world_.terminal.print(json.write());
  }

  const World& world_;
  Client& client_;
  ProgramClient programs_;
  const State& state_;
  std::vector<api::Verification> earlier_;
  WipedText earlier_token_;
};

}  // namespace

Outcome<> login(const World& world) {
  if (!world.arguments.operands.empty()) {
    return misused("login takes no address", "who types the code in the browser chooses it");
  }
  const Outcome<ServerUrl> server = named_server(world);
  if (!server) return pass(server);
  const Outcome<State> state = open_state(world);
  if (!state) return pass(state);
  const Outcome<Connection> connection = connect(world, *server);
  if (!connection) return pass(connection);
  return LoggingIn(world, *connection->client, *state).run();
}

}  // namespace couvert
