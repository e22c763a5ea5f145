// couvert, the command line for people and programs.
#include <cstdlib>
#include <exception>

#include "base/clock.h"
#include "cli/arguments.h"
#include "cli/commands.h"
#include "cli/help.h"
#include "crypto/random.h"

namespace {

using namespace couvert;

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

Environment read_environment() {
  Environment environment;
  environment.server = variable("COUVERT_SERVER");
  for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
    if (environment.language.empty()) environment.language = variable(name);
  }
  environment.state = {.couvert_home = variable("COUVERT_HOME"),
                       .xdg_state_home = variable("XDG_STATE_HOME"),
                       .home = variable("HOME")};
  return environment;
}

Outcome<> run_command(const World& world) {
  const Arguments& arguments = world.arguments;
  if (arguments.has("version")) return world.terminal.print("couvert " + std::string(version));
  if (arguments.has("help")) {
    std::string_view page = help_page(arguments.command);
    page.remove_suffix(1);
    return world.terminal.print(page);
  }
  if (arguments.command == "verify") return verify(world);
  if (arguments.command == "login") return login(world);
  if (arguments.command == "logout") return logout(world);
  if (arguments.command == "programs") return programs(world);
  if (arguments.command == "provide") return provide(world);
  if (arguments.command == "retrieve") return retrieve(world);
  if (arguments.command == "sent") return sent(world);
  if (arguments.command == "received") return received(world);
  if (arguments.command == "connect") return connect_quick(world);
  if (arguments.command == "devices") return devices(world);
  if (arguments.command == "contacts") return contacts(world);
  INVARIANT(arguments.command == "revoke");
  return revoke(world);
}

int run(const std::vector<std::string>& words) {
  Interrupt interrupt;
  const Outcome<Arguments> arguments = parse_arguments(words);
  const bool quiet = arguments && arguments->has("quiet");
  Terminal terminal(interrupt, quiet ? Terminal::Talk::quiet : Terminal::Talk::normal);
  Outcome<> done;
  if (!arguments) {
    done = pass(arguments);
  } else {
    const Environment environment = read_environment();
    const SystemClock clock;
    SystemRandom random;
    done = run_command({.arguments = *arguments,
                        .environment = environment,
                        .terminal = terminal,
                        .interrupt = interrupt,
                        .clock = clock,
                        .random = random});
  }
  if (done) return static_cast<int>(Exit::ok);
  terminal.report(done.error());
  return static_cast<int>(done.error().exit);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(std::vector<std::string>(argv + std::min(argc, 1), argv + argc));
  } catch (const std::exception& exception) {
    std::fprintf(stderr, "couvert: error: the machine failed: %s\n", exception.what());
    return static_cast<int>(Exit::failed);
  }
}
