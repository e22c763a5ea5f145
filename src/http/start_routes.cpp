#include "http/start_routes.h"

#include "crypto/secret_bytes.h"
#include "http/api_json.h"

namespace couvert {
namespace {

using Ask = const std::shared_ptr<const Request>&;

// What Start transfer asks for, until its password has been stretched.
struct Asked {
  std::shared_ptr<const Request> request;
  StartRequest start;
  std::string password;
  ~Asked() { wipe(password); }
};

Result<StartRecipient> read_recipient(const Json& json) {
  ObjectReader reader(json);
  StartRecipient recipient;
  recipient.address = reader.string("address", limits::address_bytes_max);
  recipient.kind = parsed<RecipientKind>(reader, "kind", parse_recipient_kind);
  recipient.slot_id = parsed_if_there<SlotId>(reader, "slot_id", SlotId::parse);
  std::optional<std::string> text = reader.optional_string("secret", 43);
  if (text) {
    Result<Secret<32>> secret = secret_from_base64url<32>(*text);
    if (secret) recipient.secret = std::move(*secret);
    if (!secret) reader.refuse("secret", "has a wrong form");
    wipe(*text);
  }
  const Result<> read = reader.finish();
  if (!read) return pass(read);
  return recipient;
}

Result<> read_lists(ObjectReader& reader, StartRequest& start) {
  for (const Json& item : reader.array("recipients", limits::recipients_max)) {
    Result<StartRecipient> recipient = read_recipient(item);
    if (!recipient) return pass(recipient);
    start.recipients.push_back(std::move(*recipient));
  }
  for (const Json& item : reader.array("files", limits::files_max)) {
    ObjectReader file(item);
    const auto no = static_cast<std::uint32_t>(file.integer("no", 0, UINT32_MAX));
    const auto size = static_cast<std::uint64_t>(
        file.integer("size", 0, static_cast<std::int64_t>(limits::file_bytes_max)));
    const Result<> read = file.finish();
    if (!read) return pass(read);
    start.files.emplace_back(no, size);
  }
  if (const Json* notification = reader.optional_object("notification")) {
    ObjectReader edited(*notification);
    start.notification_subject =
        edited.optional_string("subject", limits::subject_bytes_max).value_or("");
    start.notification_text =
        edited.optional_string("text", limits::notification_bytes_max).value_or("");
    const Result<> read = edited.finish();
    if (!read) return pass(read);
  }
  return {};
}

Result<std::shared_ptr<Asked>> read_start(Ask request) {
  auto asked = std::make_shared<Asked>();
  asked->request = request;
  StartRequest& start = asked->start;
  ObjectReader reader(request->json);
  start.name = reader.string("name", limits::name_bytes_max);
  start.phone = reader.optional_string("phone", limits::phone_bytes_max).value_or("");
  start.reply_to = parsed_if_there<TransferId>(reader, "reply_to", TransferId::parse);
  start.subject = reader.optional_string("subject", limits::subject_bytes_max).value_or("");
  start.text = reader.optional_string("text", limits::message_bytes_max).value_or("");
  start.expires = parsed<Instant>(reader, "expires", parse_rfc3339);
  start.language = parsed<Language>(reader, "language", language_of);
  start.sender_language =
      parsed_if_there<Language>(reader, "sender_language", language_of).value_or(start.language);
  start.open_by = parsed<OpenBy>(reader, "open_by", parse_open_by);
  start.slot_id = parsed<SlotId>(reader, "slot_id", SlotId::parse);
  start.notify_delivery = reader.boolean("notify_delivery", false);
  start.notify_download = reader.boolean("notify_download", false);
  start.show_file_names = reader.boolean("show_file_names", false);
  std::optional<std::string> password =
      reader.optional_string("password", limits::password_bytes_max);
  if (password.has_value() != (start.open_by == OpenBy::password)) {
    reader.refuse("password", "belongs to open_by password alone");
  }
  if (password) asked->password.swap(*password);
  const Result<> lists = read_lists(reader, start);
  const Result<> read = reader.finish();
  if (!read) return pass(read);
  if (!lists) return pass(lists);
  if (start.recipients.empty()) return fail(ErrorCode::invalid, "no recipients");
  return asked;
}

Outcome start_now(const ApiParts& api, const std::shared_ptr<Asked>& asked) {
  const Request& request = *asked->request;
  const DraftKey key{request.caller, id_argument<SlotId>(request, 0), *request.secret};
  const Result<StartedTransfer> started = api.start.start(key, std::move(asked->start));
  if (!started) return started.error();
  Response response = json_response(started->repeated ? 200 : 201, json_of(*started));
  response.secret = true;  // links without password end in their secret
  return response;
}

Outcome stretch(const ApiParts& api, const std::shared_ptr<Asked>& asked) {
  Result<StretchedPassword> stretched = stretch_password(asked->password, api.parts.random);
  wipe(asked->password);
  if (!stretched) return stretched.error();
  asked->start.password = std::move(*stretched);
  return Later{Where::pool, [api, asked] { return start_now(api, asked); }};
}

Outcome start_transfer(const ApiParts& api, Ask request) {
  const Result<std::shared_ptr<Asked>> asked = read_start(request);
  if (!asked) return asked.error();
  if ((*asked)->start.open_by == OpenBy::link) return start_now(api, *asked);
  const Result<> admitted = api.start.admit_password((*asked)->password);
  if (!admitted) return admitted.error();
  // No Argon2 run for strangers. Whether the draft is theirs is decided behind it: a draft that was
  // started before is no draft any more, and repeating its start must still work.
  const Result<std::vector<Verification>> held = api.verify.list(request->caller);
  if (!held) return held.error();
  if (held->empty()) return Error(ErrorCode::unproven, "nothing proven");
  return Later{Where::argon, [api, kept = *asked] { return stretch(api, kept); }};
}

Outcome get_sent(const ApiParts& api, Ask request) {
  const Result<SentTransfer> sent =
      api.sent.find(request->caller, id_argument<TrackingId>(*request, 0));
  if (!sent) return sent.error();
  return json_response(200, json_of(*sent));
}

Outcome revoke(const ApiParts& api, Ask request) {
  const Result<> revoked = api.sent.revoke(request->caller, id_argument<TrackingId>(*request, 0));
  if (!revoked) return revoked.error();
  return no_content();
}

}  // namespace

void add_start_routes(std::vector<Route>& routes, const ApiParts& api) {
  const auto add = [&](Method method, std::string_view path, Access access,
                       Outcome (*handle)(const ApiParts&, Ask)) {
    routes.emplace_back(method, path, access,
                        [api, handle](Ask request) { return handle(api, request); });
  };
  add(Method::post, "/api/v1/drafts/{draft_id}/start", Access(Who::sender, Body::json),
      start_transfer);
  add(Method::get, "/api/v1/sent/{tracking_id}", Access(Who::session, Body::none), get_sent);
  add(Method::post, "/api/v1/sent/{tracking_id}/revoke", Access(Who::session, Body::none), revoke);
}

}  // namespace couvert
