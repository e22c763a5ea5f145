// The words of every mail: subject, plain text and HTML, made from its content.
//
// Pure functions. No user text becomes a header, a link or markup: plain.h makes it harmless before
// it goes in, spec/mail.md says how. The HTML needs no picture and no second request.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "domain/address.h"
#include "domain/language.h"
#include "mail/catalogue.h"
#include "mail/mail_content.h"

namespace couvert {

/// Who runs this server, for From and the last lines of every mail.
struct MailFrame {
  std::string organisation;  // a name for people
  std::string time_zone;     // "Europe/Berlin"; empty or unknown: UTC
  std::string abuse{};       // the address that recipients report misuse to; empty: none
};

/// A mail in words.
struct MailText {
  Language language = Language::en;
  std::string from_name;            // the display name of From
  std::optional<Address> reply_to;  // the sender of the transfer
  std::string subject;
  std::string text;  // lines end in \n, at most 78 columns, longer ones only for links
  std::string html;  // a whole document, under 100 KiB for texts that people write

  bool operator==(const MailText&) const = default;
};

MailText write_mail(const Catalogue& catalogue, const MailFrame& frame, const MailContent& content);

/// Subject and text of a notification before the sender edits them: plain text.
struct NotificationText {
  std::string subject;
  std::string text;

  bool operator==(const NotificationText&) const = default;
};

NotificationText default_notification(const Catalogue& catalogue, Language language,
                                      std::string_view sender_name);

}  // namespace couvert
