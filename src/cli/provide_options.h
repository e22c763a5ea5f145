// What `couvert provide` was asked to do, checked as far as this machine can tell.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cli/commands.h"

namespace couvert {

struct ProvideOptions {
  enum class Password { given, generated, none, unsaid };
  /// as_it_fits: where the rules have it so and all recipients are connected.
  enum class Quick { as_it_fits, invite, never };

  std::string from;
  std::string name;
  std::string phone;
  std::string reply_to;                                         // a transfer ID, or empty
  std::vector<std::pair<std::string, std::string>> recipients;  // kind (to, cc, bcc), address
  Password password = Password::given;
  Quick quick = Quick::as_it_fits;
  std::string password_file;
  std::optional<std::string> subject;
  std::string message_file;
  std::string mails_folder;  // of the mails that the sender sends; empty: the server does
  std::optional<int> days;
  std::string language;
};

/// Where no way of opening is named. Errors: `usage`, always.
tl::unexpected<Trouble> password_unsaid(const std::string& why);

/// Errors: `usage`, naming the option.
Outcome<ProvideOptions> read_provide_options(const World& world);

/// The message's text. Errors: `usage` where it is not UTF-8; `too_large`; `unavailable`.
Outcome<std::string> read_message(const std::string& path);

}  // namespace couvert
