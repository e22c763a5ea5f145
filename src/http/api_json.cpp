#include "http/api_json.h"

#include <array>
#include <cstdio>

#include "crypto/secret_bytes.h"
#include "http/cookies.h"

namespace couvert {
namespace {

Json number(std::uint64_t value) {
  INVARIANT(value <= INT64_MAX);
  return Json(static_cast<std::int64_t>(value));
}

Json time(Instant instant) {
  return Json(to_rfc3339(instant));
}

std::string hex(std::uint32_t value) {
  std::array<char, 9> text{};
  std::snprintf(text.data(), text.size(), "%08x", value);
  return text.data();
}

Json json_of(const TransferFile& file) {
  Json::Object object = {{"no", number(file.no)},
                         {"name", Json(file.name)},
                         {"type", Json(file.type)},
                         {"size", number(file.size)},
                         {"crc32", Json(hex(file.crc32))}};
  if (!file.sha256.empty()) object.emplace_back("sha256", Json(file.sha256));
  return Json(std::move(object));
}

Json json_of(const std::vector<TransferFile>& files) {
  Json::Array list;
  for (const TransferFile& file : files) list.push_back(json_of(file));
  return Json(std::move(list));
}

Json json_of(const RecipientAnswer& answer) {
  Json::Object object = {{"address", Json(answer.address)},
                         {"allowed", Json(answer.verdict.allowed)}};
  if (!answer.verdict.allowed) {
    object.emplace_back("reason", Json(name_of(answer.verdict.refusal)));
  }
  return Json(std::move(object));
}

}  // namespace

Response json_response(int status, const Json& body) {
  Response response;
  response.status = status;
  response.content_type = "application/json";
  response.body = body.write();
  return response;
}

Response no_content() {
  Response response;
  response.status = 204;
  return response;
}

Json json_of(const Verification& verification, const VerificationLimits& limits) {
  const Instant end = std::min(verification.end, verification.used + Duration(limits.idle));
  return Json(Json::Object{{"verification_id", Json(verification.verification_id.text())},
                           {"address", Json(verification.address.text)},
                           {"expires", time(end)}});
}

static Json json_of(const PasswordRules& rules) {
  return Json(Json::Object{{"length_min", Json(rules.length_min)},
                           {"upper_and_lower", Json(rules.upper_and_lower)},
                           {"digits", Json(rules.digits)},
                           {"special", Json(rules.special)},
                           {"no_word", Json(rules.no_word)}});
}

Json json_of(const PolicyAnswer& answer) {
  Json::Array recipients;
  for (const RecipientAnswer& recipient : answer.recipients) {
    recipients.push_back(json_of(recipient));
  }
  const Allowance& allowed = answer.allowance;
  Json::Array modes;
  if (allowed.generated_passwords) modes.push_back(Json(name_of(PasswordMode::generated)));
  if (allowed.own_passwords) modes.push_back(Json(name_of(PasswordMode::own)));
  Json::Array open_by;
  if (!modes.empty()) open_by.push_back(Json(name_of(OpenBy::password)));
  if (allowed.link_allowed) open_by.push_back(Json(name_of(OpenBy::link)));
  Json::Array inviting;
  if (allowed.quick != QuickPreset::never) {
    open_by.push_back(Json(name_of(OpenBy::quick)));
    for (const Json& mode : modes) {
      const bool is_own = *mode.string() == name_of(PasswordMode::own);
      if (!is_own || allowed.invitation_own_passwords) inviting.push_back(mode);
    }
  }
  return Json(Json::Object{{"recipients", Json(std::move(recipients))},
                           {"transfer_bytes_max", number(allowed.transfer_bytes_max)},
                           {"days_default", Json(allowed.days_default)},
                           {"days_max", Json(allowed.days_max)},
                           {"days_editable", Json(allowed.days_editable)},
                           {"open_by", Json(std::move(open_by))},
                           {"password_modes", Json(std::move(modes))},
                           {"password_rules", json_of(allowed.password_rules)},
                           {"message_required", Json(allowed.message_required)},
                           {"phone_required", Json(allowed.phone_required)},
                           {"checksums", Json(allowed.checksums)},
                           {"notification_editable", Json(allowed.notification_editable)},
                           {"show_file_names", Json(name_of(allowed.show_file_names))},
                           {"notify_delivery", Json(name_of(allowed.notify_delivery))},
                           {"notify_download", Json(name_of(allowed.notify_download))},
                           {"quick", Json(name_of(allowed.quick))},
                           {"invitation_passwords", Json(std::move(inviting))},
                           {"client_mail", Json(allowed.client_mail)}});
}

Json json_of(const PasswordVerdict& verdict) {
  Json::Array rules;
  for (const auto& [rule, met] : verdict.rules) {
    rules.push_back(Json(Json::Object{{"rule", Json(name_of(rule))}, {"met", Json(met)}}));
  }
  return Json(Json::Object{{"acceptable", Json(verdict.acceptable)},
                           {"strength", Json(verdict.strength)},
                           {"rules", Json(std::move(rules))}});
}

Json json_of(const Draft& draft) {
  Json::Array files;
  for (const DraftFile& file : draft.files) {
    files.push_back(Json(Json::Object{{"no", number(file.no)},
                                      {"name", Json(file.name)},
                                      {"type", Json(file.type)},
                                      {"size", number(file.size)},
                                      {"offset", number(file.offset)}}));
  }
  return Json(Json::Object{{"draft_id", Json(draft.draft_id.text())},
                           {"seal_id", Json(draft.seal_id.text())},
                           {"from", Json(draft.from.text)},
                           {"expires", time(draft.expires)},
                           {"files", Json(std::move(files))}});
}

static Json json_of(const MailText& mail) {
  return Json(Json::Object{{"subject", Json(mail.subject)},
                           {"html", Json(mail.html)},
                           {"text", Json(mail.text)},
                           {"language", Json(name_of(mail.language))}});
}

Json json_of(const StartedTransfer& started) {
  Json::Array recipients;
  for (const StartedRecipient& recipient : started.recipients) {
    Json::Object object = {{"address", Json(recipient.address.text)},
                           {"kind", Json(name_of(recipient.kind))},
                           {"transfer_id", Json(recipient.transfer_id.text())},
                           {"link", Json(recipient.link)}};
    if (recipient.mail) object.emplace_back("mail", json_of(*recipient.mail));
    recipients.push_back(Json(std::move(object)));
  }
  return Json(Json::Object{{"tracking_id", Json(started.tracking_id.text())},
                           {"created", time(started.created)},
                           {"expires", time(started.expires)},
                           {"recipients", Json(std::move(recipients))},
                           {"files", json_of(started.files)}});
}

Json json_of(const Retrieval& retrieval) {
  const Content& content = retrieval.content;
  Json::Object object = {{"retrieval_id", Json(retrieval.retrieval_id.text())},
                         {"transfer_id", Json(content.transfer_id.text())},
                         {"tracking_id", Json(content.tracking_id.text())},
                         {"from", Json(content.from.text)},
                         {"name", Json(content.name)}};
  if (!content.phone.empty()) object.emplace_back("phone", Json(content.phone));
  object.emplace_back("created", time(content.created));
  object.emplace_back("expires", time(content.expires));
  object.emplace_back("ends", time(retrieval.ends));
  object.emplace_back("subject", Json(content.subject));
  object.emplace_back("text", Json(content.text));
  object.emplace_back("files", json_of(content.files));
  object.emplace_back("invites", Json(content.invites));
  return Json(std::move(object));
}

Json json_of(const Preview& preview) {
  return Json(Json::Object{{"subject", Json(preview.subject)},
                           {"text", Json(preview.text)},
                           {"default_subject", Json(preview.default_subject)},
                           {"default_text", Json(preview.default_text)}});
}

Result<Language> language_of(std::string_view text) {
  const std::optional<Language> language = parse_language(text);
  if (!language) return fail(ErrorCode::invalid, "no language of ours");
  return *language;
}

void give_token(Response& response, Json::Object& body, ClientKind client,
                const std::pair<std::string, std::chrono::seconds>& cookie,
                const Secret<32>& token) {
  std::string text = secret_to_base64url(token);
  if (client == ClientKind::browser) {
    response.fields.push_back(set_cookie(cookie.first, text, cookie.second));
  } else {
    body.emplace_back("token", Json(text));
  }
  wipe(text);
  response.secret = true;
}

Response code_response(const CodeAnswer& answer, ClientKind client) {
  Json::Object body = {{"expires", Json(to_rfc3339(answer.expires))}};
  Response response;
  if (answer.token) {
    const std::pair<std::string, std::chrono::seconds> cookie = {std::string(session_cookie),
                                                                 limits::verification_life};
    give_token(response, body, client, cookie, *answer.token);
  }
  response.status = 202;
  response.content_type = "application/json";
  response.body = Json(std::move(body)).write();
  return response;
}

}  // namespace couvert
