#include "cli/provide_quick.h"

#include <algorithm>

#include "crypto/secret_bytes.h"

namespace couvert {
namespace {

using Quick = ProvideOptions::Quick;
using Password = ProvideOptions::Password;

constexpr std::size_t named_max = 3;

// "a@…, b@… and 5 more"
std::string names_of(const std::vector<std::string>& addresses) {
  std::string text;
  for (std::size_t i = 0; i < std::min(addresses.size(), named_max); ++i) {
    text += (i > 0 ? ", " : "") + addresses[i];
  }
  if (addresses.size() > named_max) {
    text += " and " + std::to_string(addresses.size() - named_max) + " more";
  }
  return text;
}

std::vector<std::string> those_who_are(ContactState state, const std::vector<Standing>& standings) {
  std::vector<std::string> found;
  for (const Standing& one : standings) {
    if (one.state == state) found.push_back(one.address);
  }
  return found;
}

bool holds(const std::vector<std::string>& all, const std::string& one) {
  return std::ranges::find(all, one) != all.end();
}

}  // namespace

Outcome<> QuickSending::look(const ProvideOptions& options) {
  if (options.quick == Quick::never) return Outcome<>();
  Outcome<std::optional<KeptDevice>> device = line_.files().find(options.from);
  if (!device) return pass(device);
  device_ = std::move(*device);
  if (device_) return Outcome<>();
  if (options.quick == Quick::invite) {
    return complain(Exit::unproven, "QUICK is not active here for " + options.from,
                    "run couvert connect " + options.from);
  }
  if (options.password != Password::unsaid) return Outcome<>();
  return password_unsaid("say how the transfer is opened");
}

// Where a password is named and QUICK was not asked for, the transfer goes without it.
Outcome<> QuickSending::open_person(const ProvideOptions& options) {
  Outcome<OpenPerson> person = line_.open(*device_);
  if (person) {
    person_.emplace(std::move(*person));
    return Outcome<>();
  }
  const Trouble& trouble = person.error();
  const bool needs_it = options.quick == Quick::invite || options.password == Password::unsaid;
  if (needs_it || trouble.exit == Exit::interrupted) return pass(person);
  world_.terminal.say("Warning: QUICK does not work here, so that the password is needed: " +
                      trouble.message + (trouble.hint.empty() ? "." : "; " + trouble.hint + "."));
  return Outcome<>();
}

Outcome<> QuickSending::decide(const ProvideOptions& options, const api::PolicyAnswer& policy,
                               const std::vector<api::StartRecipient>& recipients) {
  if (!device_) return Outcome<>();
  if (policy.quick == "never" && options.quick == Quick::invite) {
    return complain(Exit::refused, "QUICK is not allowed for these recipients",
                    "leave --quick away");
  }
  const bool is_on =
      options.quick == Quick::invite || policy.quick == "on" || policy.quick == "if_connected";
  if (is_on) {
    const Outcome<> opened = open_person(options);
    if (!opened) return opened;
  }
  if (!person_) {
    return options.password == Password::unsaid ? password_unsaid("say how the transfer is opened")
                                                : Outcome<>();
  }
  std::vector<std::string> addresses;
  addresses.reserve(recipients.size());
  for (const api::StartRecipient& one : recipients) addresses.push_back(one.address);
  const Answer<std::vector<Standing>> standings = person_->standings(addresses);
  if (!standings) return complain(standings);
  const Outcome<> checked = check_changed(options, *standings);
  if (!checked) return checked;
  connected_ = those_who_are(ContactState::connected, *standings);
  for_all_ = connected_.size() == addresses.size();
  if (!for_all_) return decide_mixed(options, policy, *standings);
  if (options.password != Password::unsaid) {
    world_.terminal.say("All recipients are connected by QUICK: there is no password.");
  }
  return Outcome<>();
}

Outcome<> QuickSending::check_changed(const ProvideOptions& options,
                                      const std::vector<Standing>& standings) {
  for (const std::string& address : those_who_are(ContactState::changed, standings)) {
    Problem problem;
    problem.code = ErrorCode::refused;
    problem.reason = std::string(reasons::identity_changed);
    problem.address = address;
    const Trouble trouble = in_words(problem);
    if (options.quick == Quick::invite || options.password == Password::unsaid) {
      return tl::make_unexpected(trouble);
    }
    world_.terminal.say("Warning: " + trouble.message + "; " + trouble.hint + ".");
  }
  return Outcome<>();
}

// Some have no envelope: a password for them, and an invitation where that is wanted.
Outcome<> QuickSending::decide_mixed(const ProvideOptions& options, const api::PolicyAnswer& policy,
                                     const std::vector<Standing>& standings) {
  std::vector<std::string> others;
  for (const Standing& one : standings) {
    if (one.state != ContactState::connected) others.push_back(one.address);
  }
  if (options.password == Password::unsaid) {
    return password_unsaid("not connected with you by QUICK: " + names_of(others));
  }
  const std::string mode = options.password == Password::given ? "own" : "generated";
  const bool may_invite = holds(policy.invitation_passwords, mode);
  if (options.quick == Quick::invite && !may_invite) {
    return complain(Exit::refused,
                    mode == "own" ? "an invitation needs a generated password"
                                  : "an invitation must not have a generated password",
                    mode == "own" ? "use --generate-password" : "use --password-file");
  }
  if (options.quick != Quick::invite && policy.quick != "on") {
    connected_.clear();  // the switch stands on where all are connected
    return Outcome<>();
  }
  if (!may_invite) return Outcome<>();
  for (const Standing& one : standings) {
    const bool is_good = one.state != ContactState::connected && one.state != ContactState::changed;
    if (is_good && one.address != person_->address()) invited_.push_back(one);
  }
  return Outcome<>();
}

bool QuickSending::has_envelope(const std::string& address) const {
  return holds(connected_, address);
}

Outcome<> QuickSending::seal(const api::Draft& draft, api::Start& start) {
  if (!person_ || (connected_.empty() && invited_.empty())) return Outcome<>();
  if (draft.from != person_->address()) {
    return complain(Exit::damaged, "the server names another sender: " + draft.from,
                    "tell the operator of the server");
  }
  for (api::StartRecipient& recipient : start.recipients) {
    if (!has_envelope(recipient.address)) continue;
    const Answer<SealedSecret> sealed = person_->seal_for(draft.seal_id, recipient.address);
    if (!sealed) return complain(sealed);
    recipient.slot_id = sealed->slot.text();
    recipient.secret = WipedText(secret_to_base64url(sealed->secret));
    recipient.envelope = encode_base64url(sealed->envelope);
  }
  return invited_.empty() ? Outcome<>() : add_invitation(draft.seal_id, start);
}

Outcome<> QuickSending::add_invitation(const SealId& seal, api::Start& start) {
  const Answer<Secret<32>> secret = person_->invite(seal, invited_);
  if (!secret) return complain(secret);
  remembered_ = seal;
  start.invitation.emplace();
  start.invitation->public_key = encode_base64url(person_->device().public_key);
  start.invitation->secret = WipedText(secret_to_base64url(*secret));
  return Outcome<>();
}

void QuickSending::take_back() {
  if (!person_ || !remembered_) return;
  // An invitation too many does no harm.
  static_cast<void>(person_->forget_invitations(*remembered_));
}

}  // namespace couvert
