// QUICK in `couvert provide`: who needs no password, and who is invited.
//
// Each recipient who is connected has an envelope; the others one password. Where all are
// connected there is none. An invitation stands in the contact book before the transfer starts.
#pragma once

#include "cli/provide_options.h"
#include "cli/quick_line.h"

namespace couvert {

/// Lifetime: everything outlives it. Order: look(), then decide(), seal() once the draft is there,
/// take_back() where it was not started. Threads: one.
class QuickSending {
 public:
  QuickSending(const World& world, Client& client, const State& state)
      : world_(world), line_(world, client, state) {}

  /// Whether this machine is a device of the sender. Errors: `usage` where there is none and no
  /// password is named; `unproven` where QUICK is wanted.
  Outcome<> look(const ProvideOptions& options);

  /// Says how the transfer to these recipients is opened, and by whom with what.
  /// Errors: `refused` where the rules forbid what is wanted, and for a contact whose identity has
  /// changed where no password is named; `usage` where one is needed.
  Outcome<> decide(const ProvideOptions& options, const api::PolicyAnswer& policy,
                   const std::vector<api::StartRecipient>& recipients);

  /// Whether everybody has an envelope: there is no password.
  bool is_for_all() const { return for_all_; }
  const std::vector<Standing>& invited() const { return invited_; }
  bool has_envelope(const std::string& address) const;

  /// Fills in envelopes and invitation. Errors: those of OpenPerson; `damaged` where the server
  /// names another sender.
  Outcome<> seal(const api::Draft& draft, api::Start& start);
  /// The transfer was not started: nobody has its invitation.
  void take_back();

 private:
  Outcome<> open_person(const ProvideOptions& options);
  Outcome<> check_changed(const ProvideOptions& options, const std::vector<Standing>& standings);
  Outcome<> decide_mixed(const ProvideOptions& options, const api::PolicyAnswer& policy,
                         const std::vector<Standing>& standings);
  Outcome<> add_invitation(const SealId& seal, api::Start& start);

  const World& world_;
  QuickLine line_;
  std::optional<KeptDevice> device_;
  std::optional<OpenPerson> person_;
  std::vector<std::string> connected_;  // who gets an envelope
  std::vector<Standing> invited_;
  std::optional<SealId> remembered_;  // the seal of invitations in the book
  bool for_all_ = false;
};

}  // namespace couvert
