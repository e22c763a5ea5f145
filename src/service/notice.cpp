#include "service/notice.h"

#include "base/json.h"
#include "sealing/sealed_text.h"

namespace couvert {
namespace {

// Ten thousand names of a kilobyte each would be too much for a row; mails name the first few only.
constexpr std::size_t names_max = 100;
constexpr std::size_t notice_bytes_max = 1024 * 1024;

Json to_json(const Notice& notice) {
  Json::Array recipients;
  for (const NoticeRecipient& recipient : notice.recipients) {
    recipients.emplace_back(Json::Object{{"address", Json(recipient.address.text)},
                                         {"transfer_id", Json(recipient.transfer_id.text())}});
  }
  Json::Array names;
  for (const std::string& name : notice.file_names) {
    if (names.size() < names_max) names.emplace_back(name);
  }
  Json::Object fields = {{"name", Json(notice.name)},
                         {"phone", Json(notice.phone)},
                         {"language", Json(name_of(notice.language))},
                         {"subject", Json(notice.subject)},
                         {"text", Json(notice.text)},
                         {"recipients", Json(std::move(recipients))},
                         {"file_names", Json(std::move(names))},
                         {"file_count", Json(std::int64_t{notice.file_count})}};
  if (notice.invites) fields.emplace_back("invites", Json(true));
  if (!notice.from_name.empty()) fields.emplace_back("from_name", Json(notice.from_name));
  if (!notice.reply_to.empty()) fields.emplace_back("reply_to", Json(notice.reply_to));
  return fields;
}

Result<Notice> from_json(const Json& json) {
  ObjectReader reader(json);
  Notice notice;
  notice.name = reader.string("name", limits::name_bytes_max);
  notice.phone = reader.string("phone", limits::phone_bytes_max);
  notice.language = parse_language(reader.string("language", 2)).value_or(Language::en);
  notice.subject = reader.string("subject", limits::subject_bytes_max);
  notice.text = reader.string("text", limits::notification_bytes_max);
  notice.file_count = static_cast<std::uint32_t>(
      reader.integer("file_count", 0, static_cast<std::int64_t>(limits::files_max)));
  notice.invites = reader.boolean("invites", false);
  notice.from_name = reader.optional_string("from_name", limits::name_bytes_max).value_or("");
  notice.reply_to = reader.optional_string("reply_to", limits::address_bytes_max).value_or("");
  for (const Json& name : reader.array("file_names", names_max)) {
    if (const std::string* text = name.string()) notice.file_names.push_back(*text);
  }
  for (const Json& item : reader.array("recipients", limits::recipients_max)) {
    ObjectReader recipient(item);
    const std::string address = recipient.string("address", limits::address_bytes_max);
    const Result<TransferId> id = TransferId::parse(recipient.string("transfer_id", 26));
    const Result<> whole = recipient.finish();
    if (!whole || !id) return fail(ErrorCode::damaged, "a notice's recipient");
    notice.recipients.push_back({Address{address}, *id});
  }
  const Result<> whole = reader.finish();
  if (!whole) return fail(ErrorCode::damaged, whole.error().detail);
  return notice;
}

}  // namespace

SenderCard card_of(const Transfer& transfer, const Notice& notice) {
  SenderCard card = {notice.name, notice.phone, transfer.sender, notice.from_name, {}};
  if (!notice.reply_to.empty()) card.reply_to = Address{notice.reply_to};
  return card;
}

Result<std::string> seal_transfer_notice(const Parts& parts, const Transfer& transfer,
                                         const Notice& notice) {
  const Result<DayKey> day_key = parts.day_keys.key(day_of(transfer.end));
  if (!day_key) return pass(day_key);
  std::string plain = to_json(notice).write();
  const Buffer sealed = seal_notice(**day_key, transfer.seal_id, as_bytes(plain), parts.random);
  wipe(plain);
  return encode_base64url(sealed);
}

Result<Notice> open_transfer_notice(const Parts& parts, const Transfer& transfer) {
  const Result<DayKey> day_key = parts.day_keys.key(day_of(transfer.end));
  if (!day_key) return pass(day_key);
  const Result<Buffer> sealed = decode_base64url(transfer.notice);
  if (!sealed) return fail(ErrorCode::damaged, "a notice's row");
  Result<Buffer> plain = open_notice(**day_key, transfer.seal_id, *sealed);
  if (!plain) return pass(plain);
  const Result<Json> json = parse_json(as_text(*plain), {notice_bytes_max, 4});
  wipe(*plain);
  if (!json) return fail(ErrorCode::damaged, json.error().detail);
  return from_json(*json);
}

}  // namespace couvert
