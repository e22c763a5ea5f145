// Small sealed texts: a draft's form, and what mails are made of, a transfer's notice and each mail
// in the outbox.
//
// The form lies under the transfer key, so whoever has the sender's secret opens it. The other two
// lie under a day key, so they end with their day. What stands in them is the caller's form.
#pragma once

#include "sealing/context.h"
#include "sealing/message.h"

namespace couvert {

/// Seals what a draft's sender has filled in.
Buffer seal_form(const Secret<32>& transfer_key, const SealScope& scope, Bytes plain,
                 Random& random);
/// Errors: `damaged`, also under another key or for another draft, or over 1 MiB.
Result<Buffer> open_form(const Secret<32>& transfer_key, const SealScope& scope, Bytes sealed);

/// Seals a transfer's notice under the key of the day on which the transfer ends.
Buffer seal_notice(const Secret<32>& day_key, const SealId& seal, Bytes plain, Random& random);
/// Errors: as open_form().
Result<Buffer> open_notice(const Secret<32>& day_key, const SealId& seal, Bytes sealed);

/// Seals a mail of the outbox under the key of the day on which it is given up.
Buffer seal_mail(const Secret<32>& day_key, const MailId& mail, Bytes plain, Random& random);
/// Errors: as open_form().
Result<Buffer> open_mail(const Secret<32>& day_key, const MailId& mail, Bytes sealed);

}  // namespace couvert
