// Mails of QUICK: who has to hear of what becomes of a person (spec/quick.md, sections 4 and 7).
//
// `couvertd quick reset` (server/) ends a person beside the server and without its keys; the round
// here tells of it.
#pragma once

#include "mail/quick_event.h"
#include "service/parts.h"
#include "store/quick_table.h"

namespace couvert {

/// To the person: what has become of their QUICK. `device`: the name of a new one.
Result<> tell_person(const Parts& parts, Transaction& tx, const QuickPersonRow& person,
                     QuickEvent event, const std::string& device = {});

/// To the person: what has become of a contact.
Result<> tell_contact(const Parts& parts, Transaction& tx, const QuickPersonRow& person,
                      QuickEvent event, const Address& about);

/// To all who are connected with `about`, limits::quick_warnings_per_day times a day at most: their
/// pages say so, too, and nobody is to be flooded.
Result<> tell_contacts(const Parts& parts, Transaction& tx, const Address& about, QuickEvent event);

/// The operator ends a person; nothing is opened by it. The round tells of it. Errors: `denied`
/// without a person.
Result<> reset_quick(Transaction& tx, const Address& address, Instant now);

/// Background round: tells those whom the operator has reset, and their contacts, at most
/// limits::quick_resets_per_round_max. Returns how many resets it told of.
Result<std::size_t> tell_resets(const Parts& parts);

}  // namespace couvert
