// A mail that its sender's own program sends, as a file that mail programs open (.eml).
#pragma once

#include <string>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/result.h"
#include "domain/address.h"
#include "domain/language.h"

namespace couvert {

struct UnsentMail {
  Address from;  // the sender's own
  std::string from_name;
  Address to;
  Instant date;
  MailId mail_id;  // parts the text; the program that sends it makes the Message-ID
  Language language = Language::en;
  std::string subject;
  std::string text;  // lines end in \n
  std::string html;
};

/// As build_message(), but nothing says that it was made automatically, and X-Unsent lets programs
/// open it as a draft. Errors: those of build_message().
Result<Buffer> build_unsent_mail(const UnsentMail& mail);

}  // namespace couvert
