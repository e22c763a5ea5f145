// Whether a Start may go through: pure checks of the request, and the policy's word on it.
#pragma once

#include "service/ask_policy.h"
#include "service/draft_access.h"
#include "service/start.h"

namespace couvert {

/// A request whose texts and addresses are in their checked form, duplicates gone, with one way in
/// for everybody. Errors: `invalid`; `refused` ("invalid_address X") for a recipient that is none.
Result<> tidy(StartRequest& request);

/// What of the request may be kept to know a repeated one: no text, no secret.
std::string fingerprint(const StartRequest& request);

/// Errors: `refused` with the reason; `too_large`; `invalid` without a way to open it.
Result<> check_options(const StartRequest& request, const Allowance& allowance, Instant now);

/// That every recipient may receive. Returns what a transfer to all of them may be.
/// Errors: `refused` ("no_rule X", "deny_rule X", "reply_only X"); `invalid` for QUICK of a sender
/// who has not activated it, and for an invitation with another key than theirs.
Result<Allowance> check_recipients(const Parts& parts, Transaction& tx,
                                   const TransferQuestion& question, const StartRequest& request);

/// The options whose value the policy fixes get it, whatever the request says.
void fix_options(StartRequest& request, const Allowance& allowance);

/// The draft's files in the order in which the request names them, which is the transfer's: their
/// numbers only say which one came first.
/// Errors: `conflict` ("files_differ") where one is not whole, or they are not those announced.
Result<std::vector<OpenedFile>> take_files(const StartRequest& request,
                                           std::vector<OpenedFile> files);

}  // namespace couvert
