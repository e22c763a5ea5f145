#include "cli/provide_options.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>

#include "base/limits.h"
#include "cli/descriptor.h"

namespace couvert {
namespace {

using Options = ProvideOptions;

tl::unexpected<Trouble> unreadable(const std::string& path) {
  return complain(Exit::unavailable, "cannot read " + path + ": " + std::strerror(errno));
}

Outcome<> read_recipients(const Arguments& arguments, Options& options) {
  for (const char* kind : {"to", "cc", "bcc"}) {
    for (const std::string& address : arguments.list(kind)) {
      if (address.find('@') == address.npos) {
        return misused(address + " is no e-mail address",
                       "files stand before --to, or behind another option or --");
      }
      const bool known =
          std::any_of(options.recipients.begin(), options.recipients.end(),
                      [&address](const auto& recipient) { return recipient.second == address; });
      if (!known) options.recipients.emplace_back(kind, address);
    }
  }
  if (options.recipients.empty()) {
    return misused("a recipient is missing", "name one with --to ADDRESS");
  }
  if (options.recipients.size() > limits::recipients_max) {
    return complain(Exit::too_large, "a transfer has at most 500 recipients");
  }
  return Outcome<>();
}

Outcome<> read_password_mode(const Arguments& arguments, Options& options) {
  const int modes = (arguments.has("password-file") ? 1 : 0) +
                    (arguments.has("generate-password") ? 1 : 0) +
                    (arguments.has("no-password") ? 1 : 0);
  if (modes > 1) {
    return misused("one way of opening only",
                   "use one of --password-file, --generate-password and --no-password");
  }
  options.password_file = arguments.value("password-file").value_or("");
  if (modes == 0) options.password = Options::Password::unsaid;
  if (arguments.has("generate-password")) options.password = Options::Password::generated;
  if (arguments.has("no-password")) options.password = Options::Password::none;
  return Outcome<>();
}

Outcome<> read_quick(const Arguments& arguments, Options& options) {
  const bool invites = arguments.has("quick");
  if (invites && arguments.has("no-quick")) {
    return misused("--quick and --no-quick exclude each other");
  }
  if (invites && options.password == Options::Password::none) {
    return misused("an invitation to QUICK needs a password",
                   "use --password-file or --generate-password");
  }
  // Whoever has the link alone opens such a transfer: no device is asked.
  const bool never = arguments.has("no-quick") || options.password == Options::Password::none;
  if (never) options.quick = Options::Quick::never;
  if (invites) options.quick = Options::Quick::invite;
  if (never && options.password == Options::Password::unsaid) {
    return password_unsaid("say how the transfer is opened");
  }
  return Outcome<>();
}

Outcome<> read_days(const Arguments& arguments, Options& options) {
  const auto text = arguments.value("expires");
  if (!text) return Outcome<>();
  constexpr int days_max = limits::life_max.count() / 24;
  int days = 0;
  const char* end = text->data() + text->size();
  const auto [stop, error] = std::from_chars(text->data(), end, days);
  if (text->empty() || stop != end || error != std::errc() || days < 1 || days > days_max) {
    return misused("--expires takes days, 1 to " + std::to_string(days_max));
  }
  options.days = days;
  return Outcome<>();
}

Outcome<> read_contact(const Arguments& arguments, Options& options) {
  options.from = arguments.value("from").value_or("");
  options.name = arguments.value("name").value_or("");
  options.phone = arguments.value("phone").value_or("");
  if (options.from.empty()) return misused("--from ADDRESS is missing");
  if (options.name.empty()) {
    return misused("--name NAME is missing", "recipients see who writes to them");
  }
  if (const auto reply_to = arguments.value("reply-to")) {
    const Result<TransferId> id = TransferId::parse(*reply_to);
    if (!id) return misused("--reply-to takes a transfer ID");
    options.reply_to = id->text();
  }
  return Outcome<>();
}

}  // namespace

tl::unexpected<Trouble> password_unsaid(const std::string& why) {
  return misused(why, "use one of --password-file, --generate-password and --no-password");
}

Outcome<ProvideOptions> read_provide_options(const World& world) {
  const Arguments& arguments = world.arguments;
  Options options;
  for (const auto read :
       {&read_contact, &read_recipients, &read_password_mode, &read_quick, &read_days}) {
    const Outcome<> fine = read(arguments, options);
    if (!fine) return pass(fine);
  }
  options.subject = arguments.value("subject");
  options.message_file = arguments.value("message-file").value_or("");
  options.mails_folder = arguments.value("mails-to").value_or("");
  if (arguments.has("mails-to") && options.mails_folder.empty()) {
    return misused("--mails-to takes a folder");
  }
  if (options.message_file == "-" && options.password_file == "-") {
    return misused("standard input holds either the message or the password");
  }
  if (arguments.operands.empty() && options.message_file.empty()) {
    return misused("there is nothing to send", "name a file, a folder or a --message-file");
  }
  Outcome<std::string> language = chosen_language(world);
  if (!language) return pass(language);
  options.language = std::move(*language);
  return options;
}

Outcome<std::string> read_message(const std::string& path) {
  const Descriptor file(path == "-" ? ::dup(STDIN_FILENO)
                                    : ::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return unreadable(path);
  std::string text(limits::message_bytes_max + 1, '\0');
  std::size_t filled = 0;
  while (filled < text.size()) {
    const ssize_t got = ::read(file.get(), text.data() + filled, text.size() - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return unreadable(path);
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
  }
  text.resize(filled);
  if (text.size() > limits::message_bytes_max) {
    return complain(Exit::too_large, "the message is longer than 256 KiB", "send it as a file");
  }
  if (text.starts_with("\xef\xbb\xbf")) text.erase(0, 3);  // the mark of some editors
  if (!is_utf8(text) || text.find('\0') != text.npos) {
    return misused("the message is not UTF-8", "save it as UTF-8, or send it as a file");
  }
  return text;
}

}  // namespace couvert
