#include "cli/provide_result.h"

namespace couvert {
namespace {

Json recipient_json(const Provided& provided, std::size_t i) {
  const api::Started::Recipient& recipient = provided.started.recipients[i];
  const bool by_quick = provided.quick.has_envelope(recipient.address);
  Json::Object fields{{"address", recipient.address},
                      {"transfer_id", recipient.transfer_id},
                      {"link", recipient.link.text()},
                      {"open_by", by_quick ? "quick" : provided.open_by}};
  if (i < provided.mail_paths.size()) fields.emplace_back("mail", provided.mail_paths[i]);
  return Json(std::move(fields));
}

Json result_json(const Provided& provided) {
  const api::Started& started = provided.started;
  Json::Array recipients;
  for (std::size_t i = 0; i < started.recipients.size(); ++i) {
    recipients.push_back(recipient_json(provided, i));
  }
  Json::Object fields{{"tracking_id", started.tracking_id},
                      {"recipients", std::move(recipients)},
                      {"expires", started.expires}};
  Json::Array invited;
  for (const Standing& one : provided.quick.invited()) invited.push_back(Json(one.address));
  if (!invited.empty()) fields.emplace_back("invited", std::move(invited));
  Json::Array sums;
  for (const api::File& file : started.files) {
    if (file.sha256.empty()) continue;
    sums.push_back(Json(Json::Object{{"name", file.name}, {"sha256", file.sha256}}));
  }
  if (!sums.empty()) fields.emplace_back("checksums", std::move(sums));
  if (!provided.password.empty()) fields.emplace_back("password", std::string(provided.password));
  return Json(std::move(fields));
}

}  // namespace

Outcome<> print_provided(const World& world, const Provided& provided) {
  const api::Started& started = provided.started;
  if (world.arguments.has("json")) return world.terminal.print(result_json(provided).write());
  std::string lines;
  for (const api::Started::Recipient& recipient : started.recipients) {
    lines += printable(recipient.address) + "  " + printable(recipient.link.text()) + "\n";
  }
  if (!provided.password.empty()) lines += "password  " + std::string(provided.password) + "\n";
  lines += "tracking ID  " + started.tracking_id + "\nexpires  " + started.expires;
  for (const api::File& file : started.files) {
    if (file.sha256.empty()) continue;
    lines += "\nsha256  " + file.sha256 + "  " + printable(file.name);
  }
  return world.terminal.print(lines);
}

}  // namespace couvert
