// What the bodies and queries of the API say, as values of the use cases. Foreign bytes end here:
// every field has its bound and its form, unknown fields are refused.
//
// Errors of all: `invalid` naming the field.
#pragma once

#include "http/api_json.h"
#include "service/page_wish.h"

namespace couvert {

Result<CodeRequest> read_code_request(const Json& json);

struct ConfirmInput {
  std::string address;
  std::string code;
  bool terms_accepted = false;
};
Result<ConfirmInput> read_confirmation(const Json& json);

/// A wish for a code to the mailbox of a transfer's recipient, and the code that came there.
struct RecipientCodeInput {
  TransferId transfer_id;
  Language language = Language::en;
  ClientKind client = ClientKind::browser;
};
Result<RecipientCodeInput> read_recipient_code_request(const Json& json);

struct RecipientConfirmInput {
  TransferId transfer_id;
  std::string code;
};
Result<RecipientConfirmInput> read_recipient_confirmation(const Json& json);

Result<PolicyRequest> read_policy_request(const Json& json);

/// A password to judge, and the rules to judge it by: as they came in where the body names none.
struct PasswordInput {
  PasswordRules rules;
  std::string password;
  ~PasswordInput() { wipe(password); }
};
Result<> read_password(const Json& json, PasswordInput& out);

Result<PreviewRequest> read_preview_request(const Json& json);

struct DraftInput {
  Address from;
  SlotId draft_id;
};
Result<DraftInput> read_draft_request(const Json& json);

/// What Start transfer asks for; the password is empty where it opens by link.
struct StartInput {
  StartRequest start;
  std::string password;
  ~StartInput() { wipe(password); }
};
Result<> read_start_request(const Json& json, StartInput& out);

/// The new end of a transfer.
Result<Instant> read_expiry(const Json& json);

/// The link that a sender's client makes anew for a recipient, where it opens by link; and, where
/// one is asked for, the address that takes another's place.
struct RecipientChange {
  std::string address;
  std::optional<NewLink> link;
};
enum class WithAddress { yes, no };
Result<RecipientChange> read_recipient_change(const Json& json, WithAddress with);

/// The query of a list: "before=ID" and "limit=N", each once or not at all, in any order.
Result<PageWish> read_page_wish(std::string_view query);

Result<TransferId> read_transfer_id(const Json& json);

/// What opening asks for: a password or a link's secret.
struct OpeningInput {
  TransferId transfer_id;
  ClientKind client = ClientKind::browser;
  std::string password;
  std::string link_secret;
  ~OpeningInput() {
    wipe(password);
    wipe(link_secret);
  }
};
Result<> read_opening(const Json& json, OpeningInput& out);

/// What the message is saved with: all files by the query "files=all", none without a query.
Result<Attached> read_attached(std::string_view query);

/// The numbers of the query "files=0,2,5" of a ZIP: canonical, none twice, at most
/// limits::files_max; an empty query names none.
Result<std::vector<std::uint32_t>> read_file_numbers(std::string_view query);

}  // namespace couvert
