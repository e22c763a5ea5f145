#include "cli/trouble.h"

#include <array>

namespace couvert {
namespace {

struct Words {
  std::string_view reason;
  std::string_view message;
  std::string_view hint;
};

// What a reason means. An empty hint leaves the one of the code.
constexpr std::array by_reason = {
    Words{reasons::interrupted, "stopped", ""},
    Words{reasons::no_name, "the server's name is unknown", "check the address after --server"},
    Words{reasons::no_connection, "no connection to the server", ""},
    Words{reasons::timeout, "the server does not answer", ""},
    Words{reasons::broken_line, "the connection broke, and again after several attempts", ""},
    Words{reasons::certificate, "the server's certificate is not trusted",
          "name the certificates of a private authority with --ca-file"},
    Words{reasons::no_tls, "no encrypted connection to the server",
          "it must speak TLS 1.2 or newer"},
    Words{reasons::ca_file, "the certificates of --ca-file cannot be used",
          "give a file in PEM form"},
    Words{reasons::redirect, "the server sends elsewhere, which is not followed",
          "give its final address after --server"},
    Words{reasons::foreign_answer, "the answer is not one of a Couvert server",
          "check the address after --server, and that this program is new enough"},
    Words{reasons::plain_http, "plain HTTP is for this machine only",
          "use an address that begins with https://"},
    Words{reasons::wrong_bytes, "the bytes that arrived are not those that were sent",
          "try again; nothing was kept"},
    Words{"server_url", "the server's address is not valid",
          "it looks like https://transfer.example.org"},
    Words{"link", "this is no link and no transfer ID",
          "a link looks like https://transfer.example.org/r/ID"},
    Words{"link_secret", "the link is cut off or altered behind the #", "copy it again, whole"},
    Words{"link_mode", "the transfer is of a newer kind", "use a newer couvert"},
    Words{"wrong_code", "the verification code is wrong", "copy it from the mail again"},
    Words{"terms", "the server's terms were not accepted",
          "read them at the server's /terms, then add --accept-terms"},
    Words{"no_code", "no verification code is waiting",
          "it expired or was tried too often: ask for another one"},
    Words{"code_needed", "too many wrong passwords were tried: confirm the recipient's mailbox",
          "run this with --request-code, then with --code and the code that comes by mail"},
    Words{"wrong_password", "the password or the link's secret is wrong",
          "ask the sender for the password"},
    Words{"no_rule", "no rule allows to send to this recipient", ""},
    Words{"deny_rule", "a rule forbids to send to this recipient", ""},
    Words{"reply_only", "only replies may go to this recipient",
          "name the transfer with --reply-to"},
    Words{"invalid_address", "this is no e-mail address", ""},
    Words{"password_weak", "the password breaks the server's rules", "use --generate-password"},
    Words{"generated_password", "generated passwords are not allowed", "use --password-file"},
    Words{"own_password", "passwords of one's own are not allowed", "use --generate-password"},
    Words{"message_required", "a transfer needs a message", "use --message-file"},
    Words{"phone_required", "a telephone number is needed", "use --phone"},
    Words{"notification_fixed", "the notification's words cannot be chosen for this recipient",
          "send a transfer of its own to them"},
    Words{"link_not_allowed", "transfers without a password are not allowed",
          "use --password-file or --generate-password"},
    Words{"life", "the transfer would live too long", "use a smaller number after --expires"},
    Words{"size", "the transfer is larger than allowed", ""},
    Words{"quota", "transfers that were not started take all your room on the server",
          "they end after seven days; or send less at a time"},
    Words{"files_differ", "the server has other files than were sent", "run the command again"},
    Words{reasons::device, "this device is connected no longer",
          "it was revoked, or QUICK was started anew or reset: run couvert connect ADDRESS"},
    Words{
        reasons::person_key, "the server shows other keys of your own than this device has seen",
        "if you have started anew yourself: couvert devices forget, then couvert connect ADDRESS; "
        "else tell the operator of the server"},
    Words{reasons::own_keys, "your keys do not open on this device",
          "couvert devices forget, then couvert connect ADDRESS"},
    Words{reasons::wrong_code_key, "what was left is under another code: this one was mistyped",
          "begin again on both devices"},
    Words{reasons::book_rolled_back,
          "the server shows another contact book than this device has seen last",
          "ask its operator whether a backup was restored; only then couvert devices forget, and "
          "couvert connect ADDRESS --recover"},
    Words{reasons::book_damaged, "the contact book at the server is damaged",
          "tell the operator of the server; if it cannot be mended, couvert connect ADDRESS "
          "--start-anew"},
    Words{reasons::book_busy, "your other devices change the contact book just now",
          "run the command again"},
    Words{reasons::identity_changed, "the identity of a contact has changed",
          "ask by another way whether they started anew; then couvert contacts anew ADDRESS, or "
          "send with a password"},
    Words{reasons::not_connected, "this device is not connected with the sender",
          "ask the sender to send it with a password"},
    Words{reasons::envelope, "the transfer cannot be opened on this device",
          "ask the sender to send it with a password"},
    Words{"active", "QUICK is active for this address on another device",
          "run couvert connect ADDRESS with --show-code or --recover"},
    Words{"member", "these are the keys of another person than the server knows",
          "begin again on both devices"},
    Words{"no_invitation", "the transfer holds no invitation to QUICK", ""},
    Words{"recipient", "the invitation is for another address", ""},
    Words{"key", "the server knows other keys of yours than this device",
          "run couvert connect ADDRESS"},
    Words{"answered", "the invitation was answered before, with other keys",
          "ask the sender to invite you again"},
    Words{"quick_not_allowed", "QUICK is not allowed for this recipient", "use --no-quick"},
    Words{"invitation_password", "an invitation must not have this kind of password",
          "use --generate-password or --password-file"},
    Words{"client_mail_not_allowed", "the server sends these mails itself",
          "leave --mails-to away"},
    Words{"scope", "this machine was let in for less than that",
          "run couvert login again, with --scope"},
    Words{"access_denied", "the person has said no", ""},
    Words{"expired_token", "nobody has typed the code in time", "run couvert login again"},
    Words{"started_differently", "the transfer was started by another request", ""},
};

Words by_code(ErrorCode code) {
  switch (code) {
    case ErrorCode::invalid:
      return {"", "the server does not accept the request", "see couvert COMMAND --help"};
    case ErrorCode::unproven:
      return {"", "your address is not verified here", "run couvert verify ADDRESS first"};
    case ErrorCode::refused:
      return {"", "the server refuses this", ""};
    case ErrorCode::denied:
      return {"", "there is no such transfer",
              "the link or ID is wrong, or the transfer has expired or was revoked"};
    case ErrorCode::expired:
      return {"", "the transfer has expired", "ask the sender to send it again"};
    case ErrorCode::too_large:
      return {"", "this is larger than the server allows", ""};
    case ErrorCode::full:
      return {"", "there is no space left", "try again later, or tell the operator of the server"};
    case ErrorCode::throttled:
      return {"", "too many requests for now", "try again later"};
    case ErrorCode::conflict:
      return {"", "the state of the transfer does not allow this now", "run the command again"};
    case ErrorCode::damaged:
      return {"", "stored bytes are damaged", "tell the operator of the server"};
    case ErrorCode::unavailable:
      return {"", "the server cannot work now", "try again later"};
  }
  return {};
}

}  // namespace

Exit exit_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::invalid:
      return Exit::invalid;
    case ErrorCode::unproven:
      return Exit::unproven;
    case ErrorCode::refused:
      return Exit::refused;
    case ErrorCode::denied:
      return Exit::denied;
    case ErrorCode::expired:
      return Exit::expired;
    case ErrorCode::too_large:
      return Exit::too_large;
    case ErrorCode::full:
      return Exit::full;
    case ErrorCode::throttled:
      return Exit::throttled;
    case ErrorCode::conflict:
      return Exit::conflict;
    case ErrorCode::damaged:
      return Exit::damaged;
    case ErrorCode::unavailable:
      return Exit::unavailable;
  }
  return Exit::failed;
}

tl::unexpected<Trouble> complain(Exit exit, std::string message, std::string hint) {
  return tl::make_unexpected(Trouble{exit, std::move(message), std::move(hint)});
}

Trouble in_words(const Problem& problem) {
  if (problem.reason == reasons::interrupted) return {Exit::interrupted, "stopped", ""};
  // These two say in `detail` what happened to which file.
  if (problem.reason == reasons::source || problem.reason == reasons::target) {
    const std::string_view hint =
        problem.code == ErrorCode::full ? "make room on the disk" : std::string_view();
    return {exit_of(problem.code), problem.detail, std::string(hint)};
  }
  Words words = by_code(problem.code);
  for (const Words& known : by_reason) {
    if (known.reason != problem.reason) continue;
    words.message = known.message;
    if (!known.hint.empty()) words.hint = known.hint;
    if (problem.code == ErrorCode::refused) words.hint = known.hint;
  }
  Trouble trouble{exit_of(problem.code), std::string(words.message), std::string(words.hint)};
  if (!problem.address.empty()) trouble.message += ": " + problem.address;
  if (problem.status == 0 && !problem.detail.empty())
    trouble.message += " (" + problem.detail + ")";
  if (!problem.request_id.empty()) trouble.message += " (request " + problem.request_id + ")";
  if (problem.retry_after && problem.retry_after->count() > 0) {
    trouble.hint = "try again in " + std::to_string(problem.retry_after->count()) + " seconds";
  }
  return trouble;
}

}  // namespace couvert
