// couvert connect ADDRESS: makes this machine a device of QUICK. couvert connect LINK: answers the
// invitation in a transfer.
#include <unistd.h>

#include <array>

#include "base/limits.h"
#include "cli/invitation.h"
#include "cli/quick_line.h"
#include "cli/recovery_code.h"
#include "client/attempts.h"
#include "client/quick_joining.h"

namespace couvert {
namespace {

using namespace std::chrono_literals;

constexpr Duration code_poll = 1s;

// One address on its way to being a device of QUICK.
class Connecting {
 public:
  Connecting(const World& world, QuickLine& line, api::Verification verification)
      : world_(world), line_(line), verification_(std::move(verification)) {}

  Outcome<> run();

 private:
  bool has(std::string_view option) const { return world_.arguments.has(option); }
  const std::string& address() const { return verification_.address; }
  Outcome<bool> is_device_already();
  Outcome<> finish_earlier(OpenPerson& person);
  Outcome<> begin(const api::QuickStatus& status);
  Outcome<> start_anew();
  Outcome<> activate();
  Outcome<> send_activation(const NewDevice& made, const api::QuickActivation& activation);
  Outcome<> join_by_code(const api::QuickStatus& status);
  Outcome<> show_code(const WipedText& code);
  Outcome<PersonSecret> wait_for(const Secret<16>& code);
  Outcome<> join_by_recovery_code();
  Outcome<> join(PersonSecret keys);
  Outcome<> put_back();
  Outcome<> print(const OpenPerson& person);

  const World& world_;
  QuickLine& line_;
  api::Verification verification_;
  std::string name_;
  std::optional<KeptDevice> earlier_;  // what this machine knows already
  WipedText recovery_code_;            // what --json tells of it
};

Outcome<> Connecting::run() {
  Outcome<std::string> name = client_name(world_);
  if (!name) return pass(name);
  name_ = std::move(*name);
  Outcome<std::optional<KeptDevice>> earlier = line_.files().find(address());
  if (!earlier) return pass(earlier);
  earlier_ = std::move(*earlier);
  if (has("start-anew")) return start_anew();
  const Outcome<bool> already = is_device_already();
  if (!already) return pass(already);
  if (*already) return Outcome<>();
  const Answer<api::QuickStatus> status =
      line_.client().get_quick_person(verification_.verification_id);
  if (!status) return complain(status);
  return begin(*status);
}

// Whether this machine is a device of the address that the server knows.
Outcome<bool> Connecting::is_device_already() {
  if (!earlier_) return false;
  Outcome<OpenPerson> person = line_.open(*earlier_);
  const bool is_unknown = !person && person.error().exit == Exit::unproven;
  if (!person && !is_unknown) return pass(person);
  if (is_unknown) {
    // An activation that broke off before the server knew of it leaves no trace there.
    if (earlier_->own.seen.version > 0) {
      world_.terminal.say("The server knows this device no longer: it was revoked, or QUICK was " +
                          std::string("started anew or reset."));
    }
    return false;
  }
  const Outcome<> finished = finish_earlier(*person);
  if (!finished) return pass(finished);
  world_.terminal.say("QUICK is active here for " + address() + ".");
  const Outcome<> printed = print(*person);
  if (!printed) return pass(printed);
  return true;
}

// A call that was broken off may have activated QUICK without showing the recovery code.
Outcome<> Connecting::finish_earlier(OpenPerson& person) {
  if (earlier_->recovery_kept) return Outcome<>();
  Outcome<RecoveryCode> code = RecoveryCode::make(world_);
  if (!code) return pass(code);
  const Answer<> renewed = person.renew_recovery(code->code());
  if (!renewed) return complain(renewed);
  Outcome<WipedText> shown = code->hand_over();
  if (!shown) return pass(shown);
  recovery_code_ = std::move(*shown);
  return line_.files().note_recovery_kept(address());
}

Outcome<> Connecting::begin(const api::QuickStatus& status) {
  if (status.active && has("show-code")) return join_by_code(status);
  if (status.active && has("recover")) return join_by_recovery_code();
  if (status.active) {
    return complain(Exit::conflict, "QUICK is active for " + address() + " on another device",
                    "add --show-code and give the code to that device; or --recover with your "
                    "recovery code; or, if both are lost, --start-anew");
  }
  if (has("show-code") || has("recover")) {
    return complain(Exit::denied, "QUICK is active for " + address() + " nowhere",
                    "run this without --show-code and --recover to activate it");
  }
  if (earlier_ && earlier_->own.seen.version > 0) {
    return complain(Exit::conflict, "QUICK was reset for " + address(),
                    "ask the operator of the server why; then add --start-anew: your contacts "
                    "will be warned and have to be connected anew");
  }
  return activate();
}

Outcome<> Connecting::start_anew() {
  world_.terminal.say(
      "Starting anew makes new keys for " + address() +
      ". Transfers by QUICK that are under way to you stay closed, all your other devices end, and "
      "every contact is warned and has to be connected anew.");
  const Outcome<> agreed = confirm(world_, "Start anew?");
  return agreed ? activate() : agreed;
}

Outcome<> Connecting::activate() {
  const Outcome<std::string> language = chosen_language(world_);
  if (!language) return pass(language);
  Outcome<RecoveryCode> recovery = RecoveryCode::make(world_);
  if (!recovery) return pass(recovery);
  NewDevice made = make_device(address(), make_person(world_.random), world_.random);
  const Beginning beginning{.recovery = recovery->code().clone(),
                            .name = name_,
                            .language = *language,
                            .start_anew = has("start-anew")};
  const auto activation = activation_of(made, beginning, world_.random);
  if (!activation) return complain(activation);
  // The device's key before the server seals anything under it.
  const Outcome<> kept = line_.files().keep({copy_of(made.device), false});
  if (!kept) return kept;
  const Outcome<> sent = send_activation(made, *activation);
  if (!sent) return sent;
  OpenPerson person = line_.person(made.device, std::move(made.person));
  const Answer<> read = person.read_book();
  if (!read) return complain(read);
  Outcome<WipedText> shown = recovery->hand_over();
  if (!shown) return pass(shown);
  recovery_code_ = std::move(*shown);
  const Outcome<> noted = line_.files().note_recovery_kept(address());
  if (!noted) return noted;
  world_.terminal.say("QUICK is active for " + address() + " on this device.");
  return print(person);
}

// The same again is no error, so a lost answer is asked for again.
Outcome<> Connecting::send_activation(const NewDevice& made,
                                      const api::QuickActivation& activation) {
  const Secret<32> member = member_token(made.person.book_key, address());
  const DeviceAccess access = access_of(made.device);
  Attempts attempts(world_.interrupt);
  while (true) {
    const Answer<> activated =
        line_.client().activate_quick(verification_.verification_id, access, member, activation);
    if (activated) return Outcome<>();
    if (attempts.again(activated.error())) continue;
    const int status = activated.error().status;
    Outcome<> failed = complain(activated);
    if (status >= 400 && status < 500) {
      const Outcome<> back = put_back();
      if (!back) return back;
    } else {
      failed.error().hint = "run the same again: it goes on where this stopped";
    }
    return failed;
  }
}

// What this machine knew before, where the server took nothing.
Outcome<> Connecting::put_back() {
  if (earlier_) return line_.files().keep(*earlier_);
  return line_.files().forget(address());
}

Outcome<> Connecting::join_by_code(const api::QuickStatus& status) {
  if (status.code_waiting) {
    // Left for a code that somebody gave up: nobody can have ours yet.
    static_cast<void>(line_.client().take_quick_code(verification_.verification_id));
  }
  const Secret<16> code = world_.random.secret<16>();
  const WipedText text(code_text(code));
  const Outcome<> shown = show_code(WipedText(in_groups(text.text(), '-')));
  if (!shown) return shown;
  Outcome<PersonSecret> keys = wait_for(code);
  if (!keys) return pass(keys);
  return join(std::move(*keys));
}

Outcome<> Connecting::show_code(const WipedText& code) {
  // Nothing in it needs an escape.
  const WipedText line(has("json") ? R"({"code":")" + code.text() + "\"}" : code.text());
  const Outcome<> printed = world_.terminal.print(line.text());
  if (!printed) return printed;
  world_.terminal.say(
      "Type this code on a device that is connected: couvert devices add, or in the portal. "
      "Waiting for 10 minutes.");
  return Outcome<>();
}

Outcome<PersonSecret> Connecting::wait_for(const Secret<16>& code) {
  const Duration end = world_.clock.running() + limits::quick_code_life;
  Attempts attempts(world_.interrupt);
  while (world_.clock.running() < end) {
    const Answer<api::QuickStatus> status =
        line_.client().get_quick_person(verification_.verification_id);
    if (!status && !attempts.again(status.error())) return complain(status);
    if (status) attempts.worked();
    if (status && status->code_waiting) {
      const Answer<Buffer> left = line_.client().take_quick_code(verification_.verification_id);
      if (!left && left.error().code != ErrorCode::denied) return complain(left);
      if (left) {
        Answer<PersonSecret> keys = open_left_keys(code, address(), *left);
        if (!keys) return complain(keys);
        return std::move(*keys);
      }
    }
    world_.interrupt.wait(code_poll);
    if (world_.interrupt.stopped()) return complain(Exit::interrupted, "stopped");
  }
  return complain(Exit::expired, "no device was given the code in time", "begin again");
}

Outcome<> Connecting::join_by_recovery_code() {
  const bool person = world_.terminal.has_person();
  const Outcome<WipedText> typed =
      person ? world_.terminal.ask_hidden("Recovery code") : world_.terminal.ask("Recovery code");
  if (!typed) return pass(typed);
  const Result<Secret<16>> code = parse_code(typed->text());
  if (!code) return complain(Exit::invalid, "this is no recovery code", "it has 26 characters");
  const Answer<Buffer> sealed = line_.client().get_quick_recovery(verification_.verification_id);
  if (!sealed) return complain(sealed);
  Answer<PersonSecret> keys = open_left_keys(*code, address(), *sealed);
  if (!keys) return complain(keys);
  return join(std::move(*keys));
}

// Keys that are open become those of a device of its own.
Outcome<> Connecting::join(PersonSecret keys) {
  if (earlier_ && earlier_->own.public_key != keys.public_key) {
    return complain(Exit::damaged, "these are other keys than this device has seen",
                    "if you have started anew yourself: couvert devices forget, then this again; "
                    "else tell the operator of the server");
  }
  NewDevice made = make_device(address(), std::move(keys), world_.random);
  if (earlier_) made.device.seen = earlier_->own.seen;
  const Outcome<> kept = line_.files().keep({copy_of(made.device), true});
  if (!kept) return kept;
  const auto as = describe_device(made, name_, world_.random);
  const Answer<> registered =
      register_device(line_.client(), verification_.verification_id, made, as);
  if (!registered) {
    const Outcome<> back = put_back();
    if (!back) return back;
    Outcome<> failed = complain(registered);
    if (registered.error().code == ErrorCode::full) {
      failed = complain(Exit::full, "this address has as many devices as it may have",
                        "couvert devices revoke one of them, where they are connected");
    }
    return failed;
  }
  OpenPerson person = line_.person(made.device, std::move(made.person));
  const Outcome<> taken = line_.take_answers(person);
  if (!taken) return taken;
  world_.terminal.say("This device is connected for " + address() + ".");
  return print(person);
}

Outcome<> Connecting::print(const OpenPerson& person) {
  if (!has("json")) {
    return world_.terminal.print("check code  " + in_groups(person.check_code(), ' '));
  }
  Json::Object fields{{"address", address()},
                      {"device_id", person.device().device.text()},
                      {"check_code", person.check_code()}};
  if (!recovery_code_.empty()) fields.emplace_back("recovery_code", recovery_code_.text());
  Json json(std::move(fields));
  const WipedText text(json.write());
  wipe_texts(json);
  return world_.terminal.print(text.text());
}

Outcome<> connect_address(const World& world, const std::string& address) {
  Outcome<std::unique_ptr<QuickSession>> session = open_quick_session(world);
  if (!session) return pass(session);
  Client& client = *(*session)->connection.client;
  if (!client.has_session()) {
    return complain(Exit::unproven, "your address is not verified here",
                    "run couvert verify " + address);
  }
  Answer<std::vector<api::Verification>> verified = client.list_verifications();
  if (!verified) return complain(verified);
  for (api::Verification& one : *verified) {
    if (!same_address(one.address, address)) continue;
    return Connecting(world, *(*session)->line, std::move(one)).run();
  }
  return complain(Exit::unproven, address + " is not verified here",
                  "run couvert verify " + address);
}

Outcome<> connect_by_link(const World& world, const std::string& text) {
  Answer<RetrievalLink> link = parse_retrieval_link(text);
  if (!link) return complain(link);
  const Outcome<ServerUrl> server = server_of(world, *link);
  if (!server) return pass(server);
  const Outcome<Connection> connection = connect(world, *server);
  if (!connection) return pass(connection);
  Opening opening(world, std::move(*link), *connection->client);
  const Outcome<> opened = opening.open();
  if (!opened) return opened;
  const Outcome<std::string> connected = consider_invitation(world, *connection->client, opening);
  if (!connected) return pass(connected);
  if (!world.arguments.has("json")) return Outcome<>();
  return world.terminal.print(Json(Json::Object{{"connected", *connected}}).write());
}

}  // namespace

Outcome<> connect_quick(const World& world) {
  const std::vector<std::string>& operands = world.arguments.operands;
  if (operands.size() != 1) {
    return complain(Exit::usage, "connect takes your address, or the link of an invitation");
  }
  int ways = 0;
  for (const char* option : {"show-code", "recover", "start-anew"}) {
    ways += world.arguments.has(option) ? 1 : 0;
  }
  if (ways > 1) {
    return complain(Exit::usage, "one of --show-code, --recover and --start-anew only");
  }
  const bool is_address = operands[0].find('@') != std::string::npos;
  return is_address ? connect_address(world, operands[0]) : connect_by_link(world, operands[0]);
}

}  // namespace couvert
