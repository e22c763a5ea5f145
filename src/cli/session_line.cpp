#include "cli/session_line.h"

#include "cli/code_session.h"

namespace couvert {

Outcome<SessionLine> open_session_line(const World& world) {
  const Outcome<ServerUrl> server = named_server(world);
  if (!server) return pass(server);
  const Outcome<State> state = open_state(world);
  if (!state) return pass(state);
  Outcome<Connection> connection = connect(world, *server);
  if (!connection) return pass(connection);
  SessionLine line{std::move(*connection)};
  const Outcome<> session = use_kept_session(line.client(), *state);
  if (!session) return pass(session);
  if (!line.client().has_session()) {
    return complain(Exit::unproven, "no address is verified here", "run couvert verify ADDRESS");
  }
  return line;
}

Outcome<std::vector<api::Verification>> held_verifications(
    Client& client, const std::optional<std::string>& address) {
  Answer<std::vector<api::Verification>> held = client.list_verifications();
  if (!held) return complain(held);
  if (address) std::erase_if(*held, [&](const auto& one) { return one.address != *address; });
  if (!held->empty()) return std::move(*held);
  return complain(Exit::unproven, address.value_or("no address") + " is not verified here",
                  "run couvert verify ADDRESS");
}

Outcome<api::Verification> chosen_verification(const World& world, Client& client) {
  Outcome<std::vector<api::Verification>> held =
      held_verifications(client, world.arguments.value("from"));
  if (!held) return pass(held);
  if (held->size() == 1) return std::move(held->front());
  return misused("several addresses are verified here",
                 "say with --from ADDRESS which one is meant");
}

}  // namespace couvert
