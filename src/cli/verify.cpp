// couvert verify ADDRESS: proves that whoever sits here reads a mailbox.
#include "cli/code_session.h"

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
    const Outcome<api::RequestedCode> requested = request_code(
        world_, client_, state_, [&] { return client_.request_code(address_, *language); });
    if (!requested) return pass(requested);
    expires_ = requested->expires;
    return Outcome<>();
  }

  // Reads codes until one is right.
  Outcome<> confirm_asking() {
    world_.terminal.say("A verification code was mailed to " + address_ + ".");
    api::Verification verification;
    const Outcome<> done = ask_for_code(world_.terminal, [&](const std::string& code) -> Answer<> {
      Answer<api::Verification> confirmed = client_.confirm_code(address_, code, accepts_terms());
      if (!confirmed) return pass(confirmed);
      verification = std::move(*confirmed);
      return Answer<>();
    });
    if (!done) return done;
    return print_verified(verification);
  }

  // Uses the code of an earlier call.
  Outcome<> confirm(const std::string& code) {
    const Outcome<> session = use_kept_session(client_, state_);
    if (!session) return session;
    if (!client_.has_session()) {
      return complain(Exit::unproven, "no code was asked for here",
                      "run couvert verify ADDRESS --request-only first, as the same user");
    }
    const Answer<api::Verification> confirmed =
        client_.confirm_code(address_, code, accepts_terms());
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
  bool accepts_terms() const { return world_.arguments.has("accept-terms"); }

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
