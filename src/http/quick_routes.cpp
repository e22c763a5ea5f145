#include "http/quick_routes.h"

#include "crypto/secret_bytes.h"
#include "http/quick_input.h"

namespace couvert {
namespace {

// Whose QUICK it is: the address of the proof that the path names.
Result<Address> proven_address(const ApiParts& api, const Request& request) {
  return api.verify.prove_by(request.caller, id_argument<VerificationId>(request, 0));
}

RetrievalKey retrieval_key_of(const Request& request) {
  return {id_argument<SlotId>(request, 0), *request.secret};
}

Json bytes_json(Bytes bytes) {
  return Json(encode_base64url(bytes));
}

Outcome empty_or_error(const Result<>& done) {
  if (!done) return done.error();
  return no_content();
}

Outcome left_keys(const Result<Buffer>& sealed) {
  if (!sealed) return sealed.error();
  return json_response(200, Json(Json::Object{{"sealed", bytes_json(*sealed)}}));
}

Outcome get_person(const ApiParts& api, const Request& request) {
  const Result<Address> address = proven_address(api, request);
  if (!address) return address.error();
  const Result<QuickStanding> standing = api.quick_people.standing(request.caller, *address);
  if (!standing) return standing.error();
  return json_response(200, Json(Json::Object{{"active", Json(standing->active)},
                                              {"code_waiting", Json(standing->code_waiting)}}));
}

Outcome activate(const ApiParts& api, const Request& request) {
  Activation activation;
  const Result<IfActive> if_active = read_activation(request.json, activation);
  if (!if_active) return if_active.error();
  Result<Address> address = proven_address(api, request);
  if (!address) return address.error();
  activation.address = std::move(*address);
  activation.member_hash = *request.member_hash;
  activation.client.proof = *request.device;
  return empty_or_error(api.quick_people.activate(request.caller, activation, *if_active));
}

Outcome add_device(const ApiParts& api, const Request& request) {
  Result<NewClient> client = read_new_client(request.json);
  if (!client) return client.error();
  const Result<Address> address = proven_address(api, request);
  if (!address) return address.error();
  client->proof = *request.device;
  return empty_or_error(
      api.quick_people.add_client(request.caller, *address, *request.member_hash, *client));
}

Outcome take_code(const ApiParts& api, const Request& request) {
  const Result<Address> address = proven_address(api, request);
  if (!address) return address.error();
  return left_keys(api.quick_people.take_code(request.caller, *address));
}

Outcome get_recovery(const ApiParts& api, const Request& request) {
  const Result<Address> address = proven_address(api, request);
  if (!address) return address.error();
  return left_keys(api.quick_people.recovery(request.caller, *address));
}

Outcome get_own(const ApiParts& api, const Request& request) {
  const Result<OwnQuick> own = api.quick_people.own(*request.device);
  if (!own) return own.error();
  return json_response(200, Json(Json::Object{{"address", Json(own->address.text)},
                                              {"public_key", bytes_json(own->key)},
                                              {"sealed", bytes_json(own->sealed)},
                                              {"book_version", Json(own->book_version)}}));
}

Outcome get_book(const ApiParts& api, const Request& request) {
  const Result<VersionedBook> book = api.quick_people.book(*request.device);
  if (!book) return book.error();
  return json_response(200, Json(Json::Object{{"version", Json(book->version)},
                                              {"sealed", bytes_json(book->sealed)}}));
}

Outcome put_book(const ApiParts& api, const Request& request) {
  const Result<VersionedBook> book = read_versioned_book(request.json);
  if (!book) return book.error();
  return empty_or_error(api.quick_people.put_book(*request.device, *book));
}

Outcome list_devices(const ApiParts& api, const Request& request) {
  const Result<std::vector<QuickClientRow>> devices = api.quick_people.clients(*request.device);
  if (!devices) return devices.error();
  Json::Array list;
  for (const QuickClientRow& device : *devices) {
    list.push_back(Json(Json::Object{{"device_id", Json(device.device_id.text())},
                                     {"name", Json(device.name)},
                                     {"since", Json(to_rfc3339(device.since))},
                                     {"used", Json(to_rfc3339(device.used))}}));
  }
  return json_response(200, Json(Json::Object{{"devices", Json(std::move(list))}}));
}

Outcome revoke_device(const ApiParts& api, const Request& request) {
  return empty_or_error(
      api.quick_people.revoke(*request.device, id_argument<DeviceId>(request, 0)));
}

Outcome leave_code(const ApiParts& api, const Request& request) {
  const Result<Buffer> sealed = read_left_keys(request.json);
  if (!sealed) return sealed.error();
  return empty_or_error(api.quick_people.leave_code(*request.device, *sealed));
}

Outcome renew_recovery(const ApiParts& api, const Request& request) {
  const Result<Buffer> sealed = read_left_keys(request.json);
  if (!sealed) return sealed.error();
  return empty_or_error(api.quick_people.renew_recovery(*request.device, *sealed));
}

Outcome find_keys(const ApiParts& api, const Request& request) {
  const Result<std::vector<Address>> addresses = read_contacts(request.json);
  if (!addresses) return addresses.error();
  const Result<std::vector<ShownKey>> keys = api.quick_relay.shown(*request.device, *addresses);
  if (!keys) return keys.error();
  Json::Array contacts;
  for (const ShownKey& shown : *keys) {
    Json::Object contact = {{"address", Json(shown.address.text)}};
    if (shown.key) contact.emplace_back("public_key", bytes_json(*shown.key));
    contacts.push_back(Json(std::move(contact)));
  }
  return json_response(200, Json(Json::Object{{"contacts", Json(std::move(contacts))}}));
}

Outcome end_contact(const ApiParts& api, const Request& request) {
  const Result<Address> other = read_contact(request.json);
  if (!other) return other.error();
  return empty_or_error(api.quick_relay.end(*request.device, *other));
}

Outcome list_answers(const ApiParts& api, const Request& request) {
  const Result<std::vector<WaitingAnswer>> waiting = api.quick_relay.waiting(*request.device);
  if (!waiting) return waiting.error();
  Json::Array answers;
  for (const WaitingAnswer& one : *waiting) {
    answers.push_back(Json(Json::Object{{"seal_id", Json(one.seal.text())},
                                        {"recipient", Json(one.recipient.text)},
                                        {"answer", bytes_json(one.answer)}}));
  }
  return json_response(200, Json(Json::Object{{"answers", Json(std::move(answers))}}));
}

Outcome take_answer(const ApiParts& api, const Request& request) {
  const Result<AnswerName> name = read_answer_name(request.json);
  if (!name) return name.error();
  return empty_or_error(api.quick_relay.taken(*request.device, name->seal, name->recipient));
}

Outcome find_envelope(const ApiParts& api, const Request& request) {
  const Result<TransferId> id = read_transfer_id(request.json);
  if (!id) return id.error();
  const Result<FoundEnvelope> found = api.quick_relay.envelope(*request.device, *id);
  if (!found) return found.error();
  return json_response(200, Json(Json::Object{{"seal_id", Json(found->scope.seal.text())},
                                              {"slot_id", Json(found->slot.text())},
                                              {"mode", Json(static_cast<int>(found->scope.mode))},
                                              {"from", Json(found->sender.text)},
                                              {"to", Json(found->recipient.text)},
                                              {"envelope", bytes_json(found->envelope)}}));
}

Outcome get_invitation(const ApiParts& api, const Request& request) {
  const Result<QuickInvitation> found = api.retrieve.invitation(retrieval_key_of(request));
  if (!found) return found.error();
  std::string secret = secret_to_base64url(found->quick.secret);
  Response response =
      json_response(200, Json(Json::Object{{"seal_id", Json(found->seal.text())},
                                           {"from", Json(found->sender.text)},
                                           {"to", Json(found->recipient.text)},
                                           {"public_key", bytes_json(found->quick.key)},
                                           {"secret", Json(secret)}}));
  wipe(secret);
  response.secret = true;
  return response;
}

Outcome answer_invitation(const ApiParts& api, const Request& request) {
  const Result<Buffer> answer = read_quick_answer(request.json);
  if (!answer) return answer.error();
  return empty_or_error(
      api.quick_relay.answer(*request.device, retrieval_key_of(request), *answer));
}

}  // namespace

void add_quick_routes(std::vector<Route>& routes, const ApiParts& api) {
  const auto add = [&](Method method, std::string_view path, Access access,
                       Outcome (*handle)(const ApiParts&, const Request&)) {
    routes.emplace_back(method, path, access,
                        [api, handle](const std::shared_ptr<const Request>& request) {
                          return handle(api, *request);
                        });
  };
  const Access session(Who::session, Body::none);
  const Access device(Who::device, Body::none);
  const Access device_json(Who::device, Body::json);
  const Access device_small(Who::device, Body::small_json);
  const std::string own = "/api/v1/verifications/{verification_id}/quick";
  add(Method::get, own, session, get_person);
  add(Method::post, own, Access(Who::new_device, Body::json), activate);
  add(Method::post, own + "/devices", Access(Who::new_device, Body::small_json), add_device);
  add(Method::post, own + "/code/take", session, take_code);
  add(Method::get, own + "/recovery", session, get_recovery);
  add(Method::get, "/api/v1/quick", device, get_own);
  add(Method::get, "/api/v1/quick/book", device, get_book);
  add(Method::put, "/api/v1/quick/book", device_json, put_book);
  add(Method::get, "/api/v1/quick/devices", device, list_devices);
  add(Method::remove, "/api/v1/quick/devices/{device_id}", device, revoke_device);
  add(Method::put, "/api/v1/quick/code", device_small, leave_code);
  add(Method::put, "/api/v1/quick/recovery", device_small, renew_recovery);
  add(Method::post, "/api/v1/quick/contacts", device_json, find_keys);
  add(Method::post, "/api/v1/quick/contacts/end", device_small, end_contact);
  add(Method::get, "/api/v1/quick/answers", device, list_answers);
  add(Method::post, "/api/v1/quick/answers/take", device_small, take_answer);
  add(Method::post, "/api/v1/quick/envelope", device_small, find_envelope);
  const std::string retrieval = "/api/v1/retrievals/{retrieval_id}";
  add(Method::get, retrieval + "/invitation", Access(Who::recipient, Body::none), get_invitation);
  add(Method::post, retrieval + "/answer", Access(Who::recipient_device, Body::small_json),
      answer_invitation);
}

}  // namespace couvert
