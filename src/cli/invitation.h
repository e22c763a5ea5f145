// The invitation to QUICK that an opened transfer may hold: answered where a human agrees.
#pragma once

#include "cli/opening.h"

namespace couvert {

/// Answers the invitation in an opened transfer, where there is one: with --accept-quick, or where
/// somebody at the terminal says yes. Else it is told how to. Returns with whom this person is
/// connected now; empty where there was nothing to answer, or nobody did.
/// Errors: with --accept-quick `unproven` where QUICK is not active for the recipient; for `couvert
/// connect` `conflict` without an invitation; those of OpenPerson::accept().
Outcome<std::string> consider_invitation(const World& world, Client& client,
                                         const Opening& opening);

}  // namespace couvert
