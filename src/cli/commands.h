// The commands of couvert. Each reads its arguments, works through client/, prints.
//
// Errors:  a Trouble with the exit status, what happened and what to do; main prints it. `usage`
//          for wrong arguments, before anything is asked of the server; `interrupted` when it is
//          stopped; those of the client by their codes.
// Memory:  a buffer for the bytes of files, whatever their size.
// Threads: one.
#pragma once

#include <memory>
#include <string>

#include "base/clock.h"
#include "base/random.h"
#include "cli/arguments.h"
#include "cli/interrupt.h"
#include "cli/state.h"
#include "cli/terminal.h"
#include "cli/trouble.h"
#include "client/client.h"
#include "client/curl_transport.h"

namespace couvert {

/// What the environment says; empty texts where a variable is not set.
struct Environment {
  std::string server;    // COUVERT_SERVER
  std::string language;  // LC_ALL, LC_MESSAGES or LANG, the first that is set
  StateVariables state;
};

/// What main hands to a command. Lifetime: everything outlives the command.
struct World {
  const Arguments& arguments;
  const Environment& environment;
  Terminal& terminal;
  Interrupt& interrupt;
  const Clock& clock;
  Random& random;
};

/// Errors: `usage` where --ca-file cannot be read.
Outcome<TransportOptions> transport_options(const World& world);

/// A client on a line of its own. Lifetime: the client refers to the transport.
struct Connection {
  std::unique_ptr<CurlTransport> transport;
  std::unique_ptr<Client> client;
};

/// The server that --server or COUVERT_SERVER names. Errors: `usage`, `invalid`.
Outcome<ServerUrl> named_server(const World& world);
/// Errors: `usage` where --ca-file cannot be read.
Outcome<Connection> connect(const World& world, const ServerUrl& server);
Outcome<State> open_state(const World& world);
/// That of --language, else the environment's, else English. Errors: `usage`.
Outcome<std::string> chosen_language(const World& world);
/// What lists of devices and programs call this machine: --name, else by its host. Errors: `usage`.
Outcome<std::string> client_name(const World& world);

/// Proves an address by a mailed code, and keeps the session.
Outcome<> verify(const World& world);
/// Lets this machine in as a program, by a code that a person types in a browser.
Outcome<> login(const World& world);
/// Ends what this machine may do at a server, and removes its session.
Outcome<> logout(const World& world);
/// Who was let in for an address: lists, ends.
Outcome<> programs(const World& world);
/// Sends a transfer, or goes on with the one that an earlier call left.
Outcome<> provide(const World& world);
/// Opens a transfer and writes all of it or nothing.
Outcome<> retrieve(const World& world);
/// What the sender sees of its transfers, and changes in one; what a proven address has received.
Outcome<> sent(const World& world);
Outcome<> received(const World& world);
Outcome<> revoke(const World& world);
/// Makes this machine a device of QUICK; or answers the invitation in a transfer.
Outcome<> connect_quick(const World& world);
/// A person's devices: lists, lets in, revokes; the recovery code.
Outcome<> devices(const World& world);
/// With whom a person is connected; ends that, or begins anew.
Outcome<> contacts(const World& world);

}  // namespace couvert
