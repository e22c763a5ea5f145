// Whether a Start may go through: pure checks of the request, and the policy's word on it.
#pragma once

#include "service/draft_access.h"
#include "service/start.h"

namespace couvert {

/// A request whose texts and addresses are in their checked form, duplicates gone.
/// Errors: `invalid`; `refused` ("invalid_address X") for a recipient that is none.
Result<> tidy(StartRequest& request);

/// What of the request may be kept to know a repeated one: no text, no secret.
std::string fingerprint(const StartRequest& request);

/// Errors: `refused` with the reason; `invalid` without a way to open it.
Result<> check_options(const StartRequest& request, const Allowance& allowance, Instant now);

/// That every recipient may receive. Errors: `refused` ("no_rule X", "deny_rule X", "reply_only
/// X").
Result<> check_recipients(Transaction& tx, const Address& sender, const StartRequest& request,
                          Instant now);

/// That the draft's files are whole and are those that were announced.
/// Errors: `conflict` ("files_differ").
Result<> check_files(const StartRequest& request, const std::vector<OpenedFile>& files);

}  // namespace couvert
