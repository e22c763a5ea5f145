// couvert logout: ends what this machine may do at a server, there and here.
#include "cli/code_session.h"

namespace couvert {
namespace {

// One session on its way out. At the server first: what it cannot be told stays to be told again.
class LoggingOut {
 public:
  LoggingOut(const World& world, Client& client, const State& state)
      : world_(world), client_(client), state_(state) {}

  Outcome<> run() {
    const Outcome<StateLock> lock = state_.lock(world_.interrupt);
    if (!lock) return pass(lock);
    const Outcome<> session = use_kept_session(client_, state_);
    if (!session) return session;
    if (!client_.has_session()) {
      return complain(Exit::unproven, "nobody is logged in here",
                      "couvert login or couvert verify ADDRESS begin that");
    }
    const Answer<> ended = end_at_server();
    if (!ended) {
      Trouble trouble = in_words(ended.error());
      trouble.hint = "this machine keeps its access until the server is told: run it again";
      return tl::make_unexpected(std::move(trouble));
    }
    const Outcome<> forgotten = state_.forget_session(client_.server());
    return forgotten ? print() : forgotten;
  }

 private:
  // Nothing is left to end where the server knows the session no more, or one of its proofs.
  Answer<> end_at_server() {
    const Answer<std::vector<api::Verification>> held = client_.list_verifications();
    if (!held && held.error().code == ErrorCode::unproven) return Answer<>();
    if (!held) return pass(held);
    for (const api::Verification& one : *held) {
      const Answer<> ended = client_.forget_verification(one.verification_id);
      if (!ended && ended.error().code != ErrorCode::denied) return ended;
      ended_.push_back(one.address);
    }
    return Answer<>();
  }

  Outcome<> print() {
    if (world_.arguments.has("json")) {
      Json::Array addresses(ended_.begin(), ended_.end());
      const Json json(Json::Object{{"ended", std::move(addresses)}});
      return world_.terminal.print(json.write());
    }
    std::string addresses;
    for (const std::string& one : ended_) addresses += (addresses.empty() ? "" : ", ") + one;
    world_.terminal.say(ended_.empty()
                            ? "What this machine was allowed had ended before; its key is removed."
                            : "This machine may act no longer for " + addresses + ".");
    return Outcome<>();
  }

  const World& world_;
  Client& client_;
  const State& state_;
  std::vector<std::string> ended_;  // the addresses for which it could act
};

}  // namespace

Outcome<> logout(const World& world) {
  if (!world.arguments.operands.empty()) {
    return misused("logout takes no address", "it ends all that this machine may do at the server");
  }
  const Outcome<ServerUrl> server = named_server(world);
  if (!server) return pass(server);
  const Outcome<State> state = open_state(world);
  if (!state) return pass(state);
  const Outcome<Connection> connection = connect(world, *server);
  if (!connection) return pass(connection);
  return LoggingOut(world, *connection->client, *state).run();
}

}  // namespace couvert
