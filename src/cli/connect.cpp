#include <unistd.h>

#include <array>

#include "base/limits.h"
#include "cli/commands.h"
#include "cli/help.h"

namespace couvert {
namespace {

constexpr std::array<std::string_view, 3> languages = {"de", "nl", "en"};

std::string host_name() {
  std::array<char, 65> name{};
  if (gethostname(name.data(), name.size() - 1) != 0) return "?";
  return name.data();
}

}  // namespace

Outcome<ServerUrl> named_server(const World& world) {
  const std::string text = world.arguments.value("server").value_or(world.environment.server);
  if (text.empty()) {
    return complain(Exit::usage, "the server is missing", "name it with --server URL");
  }
  const Answer<ServerUrl> server = parse_server_url(text);
  if (!server) return complain(server);
  return *server;
}

Outcome<TransportOptions> transport_options(const World& world) {
  TransportOptions options;
  options.user_agent = "couvert/" + std::string(version);
  options.ca_file = world.arguments.value("ca-file").value_or("");
  if (!options.ca_file.empty() && access(options.ca_file.c_str(), R_OK) != 0) {
    return complain(Exit::usage, "cannot read " + options.ca_file,
                    "--ca-file names a file with certificates in PEM form");
  }
  return options;
}

Outcome<Connection> connect(const World& world, const ServerUrl& server) {
  Outcome<TransportOptions> options = transport_options(world);
  if (!options) return pass(options);
  Connection connection;
  connection.transport = std::make_unique<CurlTransport>(std::move(*options), world.interrupt);
  connection.client = std::make_unique<Client>(*connection.transport, server);
  return connection;
}

Outcome<State> open_state(const World& world) {
  const Outcome<std::string> folder = state_folder(world.environment.state);
  if (!folder) return pass(folder);
  return State::open(*folder);
}

Outcome<std::string> chosen_language(const World& world) {
  const auto chosen = world.arguments.value("language");
  for (const std::string_view language : languages) {
    if (chosen ? *chosen == language : world.environment.language.starts_with(language)) {
      return std::string(language);
    }
  }
  if (chosen) return complain(Exit::usage, "unknown language " + *chosen, "de, nl or en");
  return std::string("en");
}

Outcome<std::string> client_name(const World& world) {
  const auto chosen = world.arguments.value("name");
  std::string name = chosen.value_or("Command line on " + host_name());
  const bool good = !name.empty() && name.size() <= limits::client_name_bytes_max &&
                    is_utf8(name) && !has_control(name);
  if (good) return name;
  if (chosen) return misused("--name takes up to 100 characters");
  return std::string("Command line");
}

}  // namespace couvert
