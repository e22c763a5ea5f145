#include "http/sent_json.h"

namespace couvert {
namespace {

Json moment(Instant instant) {
  return Json(to_rfc3339(instant));
}

void add_time(Json::Object& object, std::string_view name, const std::optional<Instant>& instant) {
  if (instant) object.emplace_back(std::string(name), moment(*instant));
}

// What line of the list and page of a transfer have in common.
Json::Object head_of(const Transfer& transfer, const FileTotals& files) {
  Json::Object object = {{"tracking_id", Json(transfer.tracking_id.text())},
                         {"draft_id", Json(transfer.draft_id.text())},
                         {"state", Json(name_of(transfer.state))},
                         {"created", moment(transfer.started)},
                         {"expires", moment(transfer.end)},
                         {"open_by", Json(name_of(transfer.open_by))},
                         {"file_count", Json(files.count)},
                         {"bytes", Json(files.bytes)}};
  add_time(object, "revoked", transfer.revoked);
  return object;
}

Json json_of(const SentSummary& summary) {
  Json::Object object = head_of(summary.transfer, summary.files);
  Json::Array recipients;
  for (const Recipient& recipient : summary.first) {
    recipients.push_back(Json(recipient.address.text));
  }
  object.emplace_back("recipients", Json(std::move(recipients)));
  object.emplace_back("recipient_count", Json(summary.counts.all));
  object.emplace_back("failed_count", Json(summary.counts.failed));
  object.emplace_back("opened_count", Json(summary.counts.opened));
  object.emplace_back("retrieved_count", Json(summary.counts.retrieved));
  return Json(std::move(object));
}

Json json_of(const SentRecipient& one) {
  const Recipient& recipient = one.recipient;
  Json::Object object = {
      {"recipient_no", Json(recipient.position)}, {"address", Json(recipient.address.text)},
      {"kind", Json(name_of(recipient.kind))},    {"mail", Json(name_of(recipient.mail))},
      {"viewed_count", Json(one.viewed)},         {"downloaded_count", Json(one.downloaded)}};
  add_time(object, "mail_settled", recipient.mail_settled);
  if (!recipient.mail_answer.empty()) {
    object.emplace_back("mail_answer", Json(recipient.mail_answer));
  }
  add_time(object, "opened", recipient.opened);
  add_time(object, "retrieved", recipient.retrieved);
  add_time(object, "revoked", recipient.revoked);
  return Json(std::move(object));
}

}  // namespace

Json json_of(const SentPage& page) {
  Json::Array transfers;
  for (const SentSummary& summary : page.transfers) transfers.push_back(json_of(summary));
  return Json(Json::Object{{"from", Json(page.from.text)},
                           {"transfers", Json(std::move(transfers))},
                           {"more", Json(page.more)}});
}

Json json_of(const SentTransfer& sent) {
  Json::Object object = head_of(sent.transfer, sent.files);
  object.emplace_back("from", Json(sent.transfer.sender.text));
  object.emplace_back("expires_max", moment(sent.expires_max));
  Json::Array recipients;
  for (const SentRecipient& recipient : sent.recipients) recipients.push_back(json_of(recipient));
  object.emplace_back("recipients", Json(std::move(recipients)));
  return Json(std::move(object));
}

Json json_of(const SentFiles& sent) {
  Json::Array files;
  for (const SentFile& file : sent.files) {
    Json::Object object = {{"no", Json(std::int64_t{file.no})},
                           {"size", Json(static_cast<std::int64_t>(file.size))}};
    if (file.name) object.emplace_back("name", Json(*file.name));
    files.push_back(Json(std::move(object)));
  }
  Json::Object object = {{"files", Json(std::move(files))}};
  if (sent.subject) object.emplace_back("subject", Json(*sent.subject));
  return Json(std::move(object));
}

Json json_of(const std::vector<Fetched>& fetched) {
  Json::Array files;
  for (const Fetched& file : fetched) {
    Json::Object object = {{"no", Json(file.file_no)}};
    add_time(object, "viewed", file.viewed);
    add_time(object, "downloaded", file.downloaded);
    files.push_back(Json(std::move(object)));
  }
  return Json(Json::Object{{"files", Json(std::move(files))}});
}

}  // namespace couvert
