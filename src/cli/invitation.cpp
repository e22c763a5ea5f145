#include "cli/invitation.h"

#include "cli/quick_line.h"

namespace couvert {
namespace {

// The command is about the invitation alone.
bool is_the_matter(const World& world) {
  return world.arguments.command == "connect";
}

bool is_asked_for(const World& world) {
  return world.arguments.has("accept-quick") || is_the_matter(world);
}

// Whether a human agrees; nothing is asked of who is connected already.
Outcome<bool> agrees(const World& world, OpenPerson& person,
                     const api::OpenInvitation& invitation) {
  const Answer<std::vector<Standing>> standing = person.standings({invitation.from});
  if (!standing) return complain(standing);
  if (is_the_matter(world)) return true;
  if (standing->front().state == ContactState::connected) return false;
  if (is_asked_for(world)) return true;
  if (!world.terminal.has_person()) {
    world.terminal.say(invitation.from +
                       " invites you to transfers without passwords: --accept-quick accepts.");
    return false;
  }
  const Outcome<WipedText> line = world.terminal.ask(
      invitation.from + " invites you to transfers without passwords (QUICK). Accept? (y/n)");
  if (!line) return pass(line);
  return line->text() == "y" || line->text() == "Y" || line->text() == "yes";
}

Outcome<std::string> answer(const World& world, QuickLine& line, const KeptDevice& device,
                            const Opening& opening, const api::OpenInvitation& invitation) {
  Outcome<OpenPerson> person = line.open(device);
  if (!person && !is_asked_for(world)) {
    world.terminal.say(invitation.from + " invites you to QUICK, which does not work here: " +
                       person.error().message + ".");
    return std::string();
  }
  if (!person) return pass(person);
  const Outcome<bool> yes = agrees(world, *person, invitation);
  if (!yes) return pass(yes);
  if (!*yes) return std::string();
  const Answer<> accepted = person->accept(opening.access(), invitation);
  if (!accepted) return complain(accepted);
  const std::string code = in_groups(fingerprint({invitation.from, invitation.key}), ' ');
  world.terminal.say("Connected with " + invitation.from +
                     ". To be sure, compare by phone: their " + "check code is " + code +
                     ", yours " + in_groups(person->check_code(), ' ') + ".");
  return invitation.from;
}

}  // namespace

Outcome<std::string> consider_invitation(const World& world, Client& client,
                                         const Opening& opening) {
  const bool asked_for = is_asked_for(world);
  if (!opening.retrieval().invites && !is_the_matter(world)) return std::string();
  const Outcome<State> state = open_state(world);
  if (!state) return asked_for ? Outcome<std::string>(pass(state)) : std::string();
  QuickLine line(world, client, *state);
  const Answer<api::OpenInvitation> invitation = line.client().get_invitation(opening.access());
  if (!invitation && asked_for) return complain(invitation);
  if (!invitation || invitation->from == invitation->to) return std::string();
  const Outcome<std::optional<KeptDevice>> device = line.files().find(invitation->to);
  if (!device) return pass(device);
  if (*device) return answer(world, line, **device, opening, *invitation);
  if (asked_for) {
    return complain(Exit::unproven, "QUICK is not active here for " + invitation->to,
                    "run couvert connect " + invitation->to + ", then this again");
  }
  world.terminal.say(invitation->from +
                     " invites you to transfers without passwords: run couvert connect " +
                     invitation->to + ", then couvert connect with this link.");
  return std::string();
}

}  // namespace couvert
