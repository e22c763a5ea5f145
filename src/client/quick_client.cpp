#include "client/quick_client.h"

#include "base/limits.h"
#include "crypto/secret_bytes.h"

namespace couvert {
namespace {

std::string person_path(const std::string& verification_id) {
  return "/api/v1/verifications/" + verification_id + "/quick";
}

void add_device(HttpRequest& request, const DeviceAccess& device) {
  std::string token = secret_to_base64url(device.token);
  std::string line;
  line.reserve(27 + token.size());
  line.append(device.device.text()).append(".").append(token);
  wipe(token);
  request.headers.emplace_back("Couvert-Device", std::move(line));
}

// 401 of a request that a device makes alone is about the device, not about a mailbox.
template <class T>
Answer<T> of_device(Answer<T> answer) {
  if (!answer && answer.error().code == ErrorCode::unproven) {
    answer.error().reason = std::string(reasons::device);
  }
  return answer;
}

Json sealed_json(Bytes sealed) {
  return Json(Json::Object{{"sealed", encode_base64url(sealed)}});
}

}  // namespace

HttpRequest QuickClient::by_device(Method method, const std::string& path,
                                   const DeviceAccess& device) const {
  HttpRequest request = line_.request(method, path);
  add_device(request, device);
  return request;
}

Answer<Json> QuickClient::ask_by_device(const std::string& path, const DeviceAccess& device) {
  return of_device(line_.ask(by_device(Method::get, path, device)));
}

Answer<api::QuickStatus> QuickClient::get_quick_person(const std::string& verification_id) {
  return read_answer(line_.ask(line_.request(Method::get, person_path(verification_id))),
                     &api::read_quick_status);
}

Answer<> QuickClient::activate_quick(const std::string& verification_id, const DeviceAccess& device,
                                     const Secret<32>& member,
                                     const api::QuickActivation& activation) {
  HttpRequest request = by_device(Method::post, person_path(verification_id), device);
  request.headers.emplace_back("Couvert-Member", secret_to_base64url(member));
  return line_.tell(std::move(request), to_json(activation));
}

Answer<> QuickClient::add_quick_device(const std::string& verification_id,
                                       const DeviceAccess& device, const Secret<32>& member,
                                       const api::NewQuickDevice& as) {
  HttpRequest request = by_device(Method::post, person_path(verification_id) + "/devices", device);
  request.headers.emplace_back("Couvert-Member", secret_to_base64url(member));
  return line_.tell(std::move(request), to_json(as));
}

Answer<Buffer> QuickClient::take_quick_code(const std::string& verification_id) {
  HttpRequest request = line_.request(Method::post, person_path(verification_id) + "/code/take");
  request.headers.emplace_back("Content-Type", "");
  return read_answer(line_.ask(std::move(request)), &api::read_left_keys);
}

Answer<Buffer> QuickClient::get_quick_recovery(const std::string& verification_id) {
  return read_answer(
      line_.ask(line_.request(Method::get, person_path(verification_id) + "/recovery")),
      &api::read_left_keys);
}

Answer<api::OwnQuick> QuickClient::get_quick(const DeviceAccess& device) {
  return read_answer(ask_by_device("/api/v1/quick", device), &api::read_own_quick);
}

Answer<api::VersionedBook> QuickClient::get_quick_book(const DeviceAccess& device) {
  return read_answer(ask_by_device("/api/v1/quick/book", device), &api::read_versioned_book);
}

Answer<> QuickClient::put_quick_book(const DeviceAccess& device, const api::VersionedBook& book) {
  return of_device(line_.tell(by_device(Method::put, "/api/v1/quick/book", device), to_json(book)));
}

Answer<std::vector<api::QuickDevice>> QuickClient::list_quick_devices(const DeviceAccess& device) {
  return read_answer(ask_by_device("/api/v1/quick/devices", device), &api::read_quick_devices);
}

Answer<> QuickClient::revoke_quick_device(const DeviceAccess& device, const DeviceId& other) {
  const Answer<HttpAnswer> answer =
      line_.exchange(by_device(Method::erase, "/api/v1/quick/devices/" + other.text(), device));
  if (!answer) return of_device(Answer<>(pass(answer)));
  return Answer<>();
}

Answer<> QuickClient::leave_quick_code(const DeviceAccess& device, Bytes sealed) {
  return of_device(
      line_.tell(by_device(Method::put, "/api/v1/quick/code", device), sealed_json(sealed)));
}

Answer<> QuickClient::renew_quick_recovery(const DeviceAccess& device, Bytes sealed) {
  return of_device(
      line_.tell(by_device(Method::put, "/api/v1/quick/recovery", device), sealed_json(sealed)));
}

Answer<std::vector<api::ShownKey>> QuickClient::find_quick_keys(
    const DeviceAccess& device, const std::vector<std::string>& addresses) {
  Json body(Json::Object{{"addresses", Json::Array(addresses.begin(), addresses.end())}});
  return read_answer(of_device(line_.ask(by_device(Method::post, "/api/v1/quick/contacts", device),
                                         std::move(body))),
                     &api::read_shown_keys);
}

Answer<> QuickClient::end_quick_contact(const DeviceAccess& device, const std::string& address) {
  return of_device(line_.tell(by_device(Method::post, "/api/v1/quick/contacts/end", device),
                              Json(Json::Object{{"address", address}})));
}

Answer<std::vector<api::WaitingAnswer>> QuickClient::list_quick_answers(
    const DeviceAccess& device) {
  return read_answer(ask_by_device("/api/v1/quick/answers", device), &api::read_waiting_answers);
}

Answer<> QuickClient::take_quick_answer(const DeviceAccess& device, const SealId& seal,
                                        const std::string& recipient) {
  Json body(Json::Object{{"seal_id", seal.text()}, {"recipient", recipient}});
  return of_device(
      line_.tell(by_device(Method::post, "/api/v1/quick/answers/take", device), std::move(body)));
}

Answer<api::TransferEnvelope> QuickClient::find_envelope(const DeviceAccess& device,
                                                         const std::string& transfer_id) {
  Json body(Json::Object{{"transfer_id", transfer_id}});
  return read_answer(of_device(line_.ask(by_device(Method::post, "/api/v1/quick/envelope", device),
                                         std::move(body))),
                     &api::read_transfer_envelope);
}

Answer<api::OpenInvitation> QuickClient::get_invitation(const RetrievalAccess& retrieval) {
  HttpRequest request =
      line_.request(Method::get, "/api/v1/retrievals/" + retrieval.retrieval_id + "/invitation");
  request.headers.emplace_back("Couvert-Retrieval", retrieval.token.text());
  return read_answer(line_.ask(std::move(request)), &api::read_open_invitation);
}

Answer<> QuickClient::answer_invitation(const RetrievalAccess& retrieval,
                                        const DeviceAccess& device, const QuickAnswer& answer) {
  HttpRequest request =
      by_device(Method::post, "/api/v1/retrievals/" + retrieval.retrieval_id + "/answer", device);
  request.headers.emplace_back("Couvert-Retrieval", retrieval.token.text());
  return of_device(line_.tell(
      std::move(request), Json(Json::Object{{"answer", encode_base64url(encode_answer(answer))}})));
}

}  // namespace couvert
