#include "cli/quick_line.h"

#include <algorithm>

#include "cli/code_session.h"

namespace couvert {
namespace {

std::string words_of(const AnswerNews& news) {
  switch (news.kind) {
    case AnswerNews::Kind::connected:
      return news.address + " has accepted your invitation: connected.";
    case AnswerNews::Kind::not_the_reader:
      return "Warning: an answer in the name of " + news.address +
             " is not by who has read your invitation. Nothing was connected. Compare check codes "
             "by phone (couvert contacts), or invite again.";
    case AnswerNews::Kind::identity_changed:
      return "Warning: " + news.address +
             " answers with another identity than the one that you are connected with. Ask by "
             "another way; then couvert contacts anew " +
             news.address + ".";
    case AnswerNews::Kind::book_full:
      return "The contact book is full: " + news.address + " was not connected.";
  }
  return {};
}

}  // namespace

OwnDevice copy_of(const OwnDevice& device) {
  return {device.address, device.device, device.key.clone(), device.public_key, device.seen};
}

Answer<> QuickLine::Keeper::keep(const OwnDevice& device, const SeenBook& seen) {
  const Outcome<> kept = files_.see(device, seen);
  if (kept) return Answer<>();
  const Trouble& trouble = kept.error();
  if (trouble.exit == Exit::conflict) {
    return couvert::trouble(ErrorCode::damaged, reasons::book_rolled_back);
  }
  const ErrorCode code = trouble.exit == Exit::full ? ErrorCode::full : ErrorCode::unavailable;
  return couvert::trouble(code, reasons::target, trouble.message);
}

QuickLine::QuickLine(const World& world, Client& client, const State& state)
    : world_(world), client_(client.line()), files_(state, client.server()), keeper_(files_) {}

Outcome<KeptDevice> QuickLine::chosen_device() const {
  const auto from = world_.arguments.value("from");
  Outcome<std::vector<KeptDevice>> devices = files_.all();
  if (!devices) return pass(devices);
  if (from) {
    std::erase_if(*devices,
                  [&](const KeptDevice& one) { return !same_address(one.own.address, *from); });
  }
  if (devices->size() == 1) return std::move(devices->front());
  if (devices->empty()) {
    return complain(Exit::unproven, "QUICK is not active here" + (from ? " for " + *from : ""),
                    "run couvert connect " + from.value_or("ADDRESS"));
  }
  return complain(Exit::usage, "QUICK is active here for several addresses",
                  "say with --from ADDRESS which one is meant");
}

OpenPerson QuickLine::person(const OwnDevice& device, PersonSecret keys) {
  return OpenPerson(parts(), copy_of(device), std::move(keys));
}

Outcome<OpenPerson> QuickLine::person(const KeptDevice& device) {
  Answer<OpenPerson> person = OpenPerson::open(parts(), copy_of(device.own));
  if (!person) return complain(person);
  return std::move(*person);
}

Outcome<OpenPerson> QuickLine::open(const KeptDevice& device) {
  Outcome<OpenPerson> person = this->person(device);
  if (!person) return person;
  const Outcome<> taken = take_answers(*person);
  if (!taken) return pass(taken);
  return person;
}

Outcome<> QuickLine::take_answers(OpenPerson& person) {
  const Answer<std::vector<AnswerNews>> news = person.take_answers();
  if (!news) return complain(news);
  for (const AnswerNews& one : *news) world_.terminal.say(words_of(one));
  return Outcome<>();
}

Outcome<std::unique_ptr<QuickSession>> open_quick_session(const World& world) {
  const Outcome<ServerUrl> server = named_server(world);
  if (!server) return pass(server);
  Outcome<State> state = open_state(world);
  if (!state) return pass(state);
  Outcome<Connection> connection = connect(world, *server);
  if (!connection) return pass(connection);
  auto session = std::make_unique<QuickSession>(
      QuickSession{std::move(*connection), std::move(*state), nullptr});
  const Outcome<> used = use_kept_session(*session->connection.client, session->state);
  if (!used) return pass(used);
  session->line = std::make_unique<QuickLine>(world, *session->connection.client, session->state);
  return session;
}

Outcome<> confirm(const World& world, const std::string& question) {
  if (world.arguments.has("yes")) return Outcome<>();
  if (!world.terminal.has_person()) {
    return complain(Exit::usage, "nobody is here to agree", "add --yes");
  }
  const Outcome<WipedText> line = world.terminal.ask(question + " (y/n)");
  if (!line) return pass(line);
  if (line->text() == "y" || line->text() == "Y" || line->text() == "yes") return Outcome<>();
  return complain(Exit::interrupted, "stopped");
}

std::string in_groups(std::string_view text, char between) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i > 0 && i % 4 == 0) out += between;
    out += text[i];
  }
  return out;
}

}  // namespace couvert
