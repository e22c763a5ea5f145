#include "cli/opening.h"

#include "cli/code_session.h"
#include "cli/password.h"
#include "cli/quick_line.h"
#include "crypto/secret_bytes.h"

namespace couvert {
namespace {

constexpr int password_tries_max = 3;  // where a person is asked

bool needs_code(const Answer<>& opened) {
  return !opened && opened.error().reason == "code_needed";
}

// An envelope, and the device that it is for.
struct Found {
  KeptDevice device;
  api::TransferEnvelope envelope;
};

// Asks as each of this machine's devices until one is of the recipient.
Outcome<Found> find_envelope(QuickLine& line, const std::string& transfer_id) {
  Outcome<std::vector<KeptDevice>> devices = line.files().all();
  if (!devices) return pass(devices);
  Outcome<Found> nothing = complain(
      Exit::refused, "this transfer opens on a device of its recipient that has activated QUICK",
      "connect this one with couvert connect ADDRESS, or ask the sender for a password");
  for (KeptDevice& one : *devices) {
    Answer<api::TransferEnvelope> envelope =
        line.client().find_envelope(access_of(one.own), transfer_id);
    if (envelope) return Found{std::move(one), std::move(*envelope)};
    if (envelope.error().reason == "no_envelope") continue;
    if (envelope.error().reason != reasons::device) return complain(envelope);
    nothing = complain(envelope);
  }
  return nothing;
}

}  // namespace

Outcome<ServerUrl> server_of(const World& world, const RetrievalLink& link) {
  if (link.server && !world.arguments.has("server")) return *link.server;
  return named_server(world);
}

Opening::~Opening() {
  if (!access_) return;
  world_.interrupt.begin_tidying();
  static_cast<void>(client_.finish_retrieval(*access_));
}

Outcome<> Opening::request_code() {
  const Outcome<std::string> language = chosen_language(world_);
  if (!language) return pass(language);
  const Outcome<State> state = open_state(world_);
  if (!state) return pass(state);
  const std::string id = link_.transfer_id.text();
  const Outcome<api::RequestedCode> requested = couvert::request_code(
      world_, client_, *state, [&] { return client_.request_recipient_code(id, *language); });
  if (!requested) return pass(requested);
  world_.terminal.say("A code was mailed to the mailbox that this transfer was sent to.");
  return Outcome<>();
}

// Uses the code of an earlier call.
Outcome<> Opening::confirm_code(const std::string& code) {
  const Outcome<State> state = open_state(world_);
  if (!state) return pass(state);
  const Outcome<> session = use_kept_session(client_, *state);
  if (!session) return session;
  const Answer<> confirmed = client_.confirm_recipient_code(link_.transfer_id.text(), code);
  if (!confirmed) return complain(confirmed);
  return Outcome<>();
}

Outcome<> Opening::prove_mailbox() {
  world_.terminal.say("Too many wrong passwords were tried, perhaps by somebody else.");
  const Outcome<> requested = request_code();
  if (!requested) return requested;
  return ask_for_code(world_.terminal, [&](const std::string& code) {
    return client_.confirm_recipient_code(link_.transfer_id.text(), code);
  });
}

Outcome<> Opening::open() {
  const Answer<std::string> open_by = client_.find_transfer(link_.transfer_id.text());
  if (!open_by) return complain(open_by);
  if (*open_by == "password") return open_by_password();
  if (*open_by == "link") return open_by_link();
  if (*open_by == "quick") return open_by_device();
  return complain(Exit::unavailable, "the transfer is opened in a way unknown to this program",
                  "use a newer couvert");
}

Outcome<> Opening::open_by_link() {
  if (link_.secret.empty()) {
    return complain(Exit::invalid, "this transfer needs its whole link, with what stands behind #",
                    "copy the link from the mail again");
  }
  OpenBySecret by;
  by.secret = std::move(link_.secret);
  const Answer<> opened = try_open(by);
  if (!opened) return complain(opened);
  return Outcome<>();
}

Outcome<> Opening::open_by_device() {
  const Outcome<State> state = open_state(world_);
  if (!state) return pass(state);
  QuickLine line(world_, client_, *state);
  const Outcome<Found> found = find_envelope(line, link_.transfer_id.text());
  if (!found) return pass(found);
  Outcome<OpenPerson> person = line.open(found->device);
  if (!person) return pass(person);
  const Answer<Secret<32>> secret = person->open_envelope(found->envelope);
  if (!secret) return complain(secret);
  OpenBySecret by;
  by.secret = WipedText(secret_to_base64url(*secret));
  const Answer<> opened = try_open(by);
  if (!opened) return complain(opened);
  return Outcome<>();
}

Outcome<> Opening::open_by_password() {
  const auto file = world_.arguments.value("password-file");
  if (const auto code = world_.arguments.value("code")) {
    const Outcome<> confirmed = confirm_code(*code);
    if (!confirmed) return confirmed;
  }
  OpenBySecret by;
  for (int tries = 1;; ++tries) {
    Outcome<WipedText> password =
        file ? read_password(*file, world_.terminal) : world_.terminal.ask_hidden("Password");
    if (!password) return pass(password);
    by.password = std::move(*password);
    Answer<> opened = try_password(by);
    if (needs_code(opened) && !file) {
      const Outcome<> proven = prove_mailbox();
      if (!proven) return proven;
      opened = try_open(by);
    }
    if (opened) return Outcome<>();
    const bool wrong = opened.error().reason == "wrong_password";
    if (!wrong || file || tries >= password_tries_max) return complain(opened);
    world_.terminal.say("This password is wrong.");
  }
}

// An earlier call may have proven the mailbox already.
Answer<> Opening::try_password(const OpenBySecret& by) {
  Answer<> opened = try_open(by);
  if (!needs_code(opened) || client_.has_session()) return opened;
  const Outcome<State> state = open_state(world_);
  if (!state || !use_kept_session(client_, *state) || !client_.has_session()) return opened;
  return try_open(by);
}

Answer<> Opening::try_open(const OpenBySecret& by) {
  Answer<api::Retrieval> opened = client_.open_transfer(link_.transfer_id.text(), by);
  if (!opened) return pass(opened);
  access_.emplace(
      RetrievalAccess{.retrieval_id = opened->retrieval_id, .token = std::move(opened->token)});
  retrieval_ = std::move(*opened);
  return Answer<>();
}

}  // namespace couvert
