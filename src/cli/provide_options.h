// What `couvert provide` was asked to do, checked as far as this machine can tell.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cli/commands.h"

namespace couvert {

struct ProvideOptions {
  enum class Password { given, generated, none };

  std::string from;
  std::string name;
  std::string phone;
  std::string reply_to;                                         // a transfer ID, or empty
  std::vector<std::pair<std::string, std::string>> recipients;  // kind (to, cc, bcc), address
  Password password = Password::given;
  std::string password_file;
  std::optional<std::string> subject;
  std::string message_file;
  std::optional<int> days;
  std::string language;
};

/// Errors: `usage`, naming the option.
Outcome<ProvideOptions> read_provide_options(const World& world);

/// The message's text. Errors: `usage` where it is not UTF-8; `too_large`; `unavailable`.
Outcome<std::string> read_message(const std::string& path);

}  // namespace couvert
