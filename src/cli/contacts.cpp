// couvert contacts: with whom one is connected by QUICK; ending that, and beginning anew.
#include <algorithm>

#include "cli/quick_line.h"

namespace couvert {
namespace {

std::string_view name_of(ContactState state) {
  switch (state) {
    case ContactState::none:
      return "none";
    case ContactState::invited:
      return "invited";
    case ContactState::connected:
      return "connected";
    case ContactState::changed:
      return "identity changed";
    case ContactState::removed:
      return "removed";
  }
  return "none";
}

// Everybody in the book: who is connected first, each once.
std::vector<std::string> people_of(const ContactBook& book) {
  std::vector<std::string> people;
  people.reserve(book.contacts.size() + book.invitations.size());
  for (const Contact& contact : book.contacts) people.push_back(contact.address);
  for (const Invitation& invitation : book.invitations) {
    if (find_contact(book, invitation.to) != nullptr) continue;
    if (std::ranges::find(people, invitation.to) == people.end()) people.push_back(invitation.to);
  }
  return people;
}

std::string check_code_of(const ContactBook& book, const std::string& address) {
  const Contact* contact = find_contact(book, address);
  return contact == nullptr ? "" : fingerprint({contact->address, contact->key});
}

// What has to be known of those with whom it does not stand well.
void warn_of(const World& world, const Standing& standing) {
  if (standing.state == ContactState::changed) {
    world.terminal.say("Warning: the identity of " + standing.address +
                       " has changed. Ask by another way whether they started anew; then couvert "
                       "contacts anew " +
                       standing.address + ".");
  }
  if (standing.state == ContactState::removed) {
    world.terminal.say(standing.address +
                       " is not connected with you any more: invite again with couvert provide "
                       "--quick, or couvert contacts end " +
                       standing.address + ".");
  }
}

Outcome<> print_contacts(const World& world, OpenPerson& person) {
  const auto standings = person.standings(people_of(person.book()));
  if (!standings) return complain(standings);
  Json::Array items;
  for (const Standing& one : *standings) {
    const std::string code = check_code_of(person.book(), one.address);
    if (world.arguments.has("json")) {
      Json::Object item{{"address", one.address}, {"state", name_of(one.state)}};
      if (!code.empty()) item.emplace_back("check_code", code);
      items.push_back(Json(std::move(item)));
      continue;
    }
    const Outcome<> printed =
        world.terminal.print(printable(one.address) + "\t" + std::string(name_of(one.state)) +
                             "\t" + (code.empty() ? "-" : in_groups(code, ' ')));
    if (!printed) return printed;
  }
  for (const Standing& one : *standings) warn_of(world, one);
  if (!world.arguments.has("json")) {
    world.terminal.say("Your own check code as " + person.address() + ": " +
                       in_groups(person.check_code(), ' '));
    return Outcome<>();
  }
  const Json json(Json::Object{{"address", person.address()},
                               {"check_code", person.check_code()},
                               {"contacts", std::move(items)}});
  return world.terminal.print(json.write());
}

// The address as the book has it.
Outcome<std::string> known_contact(const OpenPerson& person, const std::string& typed) {
  for (const std::string& one : people_of(person.book())) {
    if (same_address(one, typed)) return one;
  }
  return complain(Exit::denied, typed + " is none of your contacts", "couvert contacts lists them");
}

Outcome<> end_contact(const World& world, OpenPerson& person, const std::string& contact) {
  const Outcome<> agreed =
      confirm(world, "End the connection with " + contact + "? Transfers then need a password.");
  if (!agreed) return agreed;
  const Answer<> ended = person.end(contact);
  if (!ended) return complain(ended);
  return Outcome<>();
}

Outcome<> begin_anew(const World& world, OpenPerson& person, const std::string& contact) {
  const auto standing = person.standings({contact});
  if (!standing) return complain(standing);
  if (standing->front().state == ContactState::connected) {
    return complain(Exit::conflict, contact + " is connected, with the identity that you know",
                    "couvert contacts end ends that");
  }
  const Outcome<> agreed = confirm(
      world, "Have you asked " + contact +
                 " by another way whether they started anew? What you trusted until now is given "
                 "up.");
  if (!agreed) return agreed;
  const Answer<> unpinned = person.unpin(contact);
  if (!unpinned) return complain(unpinned);
  world.terminal.say("Invite " + contact + " now: couvert provide --quick.");
  return Outcome<>();
}

}  // namespace

Outcome<> contacts(const World& world) {
  const std::vector<std::string>& words = world.arguments.operands;
  const bool lists = words.empty();
  if (!lists && (words.size() != 2 || (words[0] != "end" && words[0] != "anew"))) {
    return misused("contacts takes nothing, end ADDRESS or anew ADDRESS",
                   "couvert contacts --help explains them");
  }
  Outcome<std::unique_ptr<QuickSession>> session = open_quick_session(world);
  if (!session) return pass(session);
  const Outcome<KeptDevice> device = (*session)->line->chosen_device();
  if (!device) return pass(device);
  Outcome<OpenPerson> person = (*session)->line->open(*device);
  if (!person) return pass(person);
  if (lists) return print_contacts(world, *person);
  const Outcome<std::string> contact = known_contact(*person, words[1]);
  if (!contact) return pass(contact);
  const Outcome<> done = words[0] == "end" ? end_contact(world, *person, *contact)
                                           : begin_anew(world, *person, *contact);
  if (!done) return done;
  const std::string state = words[0] == "end" ? "ended" : "none";
  if (!world.arguments.has("json")) return Outcome<>();
  return world.terminal.print(Json(Json::Object{{"address", *contact}, {"state", state}}).write());
}

}  // namespace couvert
