// couvert verify ADDRESS: proves that whoever sits here reads a mailbox.
#include "base/limits.h"
#include "cli/commands.h"

namespace couvert {
namespace {

// One verification of one address.
class Verifying {
 public:
  Verifying(const World& world, Client& client, const State& state, std::string address)
      : world_(world), client_(client), state_(state), address_(std::move(address)) {}

  // Asks for a code and keeps the session that it belongs to.
  Outcome<> request() {
    const Outcome<std::string> language = chosen_language(world_);
    if (!language) return pass(language);
    const Outcome<StateLock> lock = state_.lock(world_.interrupt);
    if (!lock) return pass(lock);
    const Outcome<> session = use_kept_session();
    if (!session) return session;
    Answer<api::RequestedCode> requested = client_.request_code(address_, *language);
    if (!requested && requested.error().code == ErrorCode::unproven && client_.has_session()) {
      client_.use_session(WipedText());  // the server knows the old one no more
      requested = client_.request_code(address_, *language);
    }
    if (!requested) return complain(requested);
    expires_ = requested->expires;
    if (requested->token.empty()) return Outcome<>();
    const Outcome<> kept = state_.keep_session(client_.server(), requested->token);
    client_.use_session(std::move(requested->token));
    return kept;
  }

  // Reads codes until one is right; as often as the server lets us.
  Outcome<> confirm_asking() {
    world_.terminal.say("A verification code was mailed to " + address_ + ".");
    for (int tries = 1;; ++tries) {
      const Outcome<WipedText> code = world_.terminal.ask("Code");
      if (!code) return pass(code);
      const Answer<api::Verification> confirmed = client_.confirm_code(address_, code->text());
      if (confirmed) return print_verified(*confirmed);
      const bool wrong = confirmed.error().reason == "wrong_code";
      if (!wrong || tries >= limits::code_tries_max) return complain(confirmed);
      world_.terminal.say("This code is wrong.");
    }
  }

  // Uses the code of an earlier call.
  Outcome<> confirm(const std::string& code) {
    const Outcome<> session = use_kept_session();
    if (!session) return session;
    if (!client_.has_session()) {
      return complain(Exit::unproven, "no code was asked for here",
                      "run couvert verify ADDRESS --request-only first, as the same user");
    }
    const Answer<api::Verification> confirmed = client_.confirm_code(address_, code);
    if (!confirmed) return complain(confirmed);
    return print_verified(*confirmed);
  }

  Outcome<> print_requested() {
    if (!world_.arguments.has("json")) {
      world_.terminal.say("A verification code was mailed to " + address_ + ".");
      return Outcome<>();
    }
    const Json json(Json::Object{{"address", address_}, {"code_expires", expires_}});
    return world_.terminal.print(json.write());
  }

 private:
  Outcome<> use_kept_session() {
    Outcome<WipedText> token = state_.session(client_.server());
    if (!token) return pass(token);
    client_.use_session(std::move(*token));
    return Outcome<>();
  }

  Outcome<> print_verified(const api::Verification& verification) {
    if (!world_.arguments.has("json")) {
      world_.terminal.say(verification.address + " is verified until " + verification.expires +
                          ".");
      return Outcome<>();
    }
    const Json json(Json::Object{{"address", verification.address},
                                 {"verification_id", verification.verification_id},
                                 {"expires", verification.expires}});
    return world_.terminal.print(json.write());
  }

  const World& world_;
  Client& client_;
  const State& state_;
  std::string address_;
  std::string expires_;
};

}  // namespace

Outcome<> verify(const World& world) {
  const Arguments& arguments = world.arguments;
  if (arguments.operands.size() != 1) {
    return complain(Exit::usage, "verify takes one address", "couvert verify ann@example.org");
  }
  if (arguments.operands[0].find('@') == std::string::npos) {
    return complain(Exit::usage, arguments.operands[0] + " is no e-mail address");
  }
  if (arguments.has("code") && arguments.has("request-only")) {
    return complain(Exit::usage, "--code and --request-only exclude each other");
  }
  const Outcome<ServerUrl> server = named_server(world);
  if (!server) return pass(server);
  const Outcome<State> state = open_state(world);
  if (!state) return pass(state);
  const Outcome<Connection> connection = connect(world, *server);
  if (!connection) return pass(connection);

  Verifying verifying(world, *connection->client, *state, arguments.operands[0]);
  if (const auto code = arguments.value("code")) return verifying.confirm(*code);
  const Outcome<> requested = verifying.request();
  if (!requested) return requested;
  return arguments.has("request-only") ? verifying.print_requested() : verifying.confirm_asking();
}

}  // namespace couvert
