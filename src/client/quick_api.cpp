#include "client/quick_api.h"

#include "base/limits.h"
#include "client/api_line.h"
#include "crypto/secret_bytes.h"

namespace couvert::api {
namespace {

constexpr std::int64_t book_version_max = (std::int64_t{1} << 53) - 1;

std::string address_of(ObjectReader& reader, std::string_view name) {
  std::string address = reader.string(name, limits::address_bytes_max);
  if (address.empty()) reader.refuse(name, "is empty");
  return address;
}

Buffer sealed_person_of(ObjectReader& reader) {
  const std::size_t bytes = sealed_size(person_secret_bytes);
  return bytes_of(reader, "sealed", bytes, bytes);
}

std::uint64_t version_of(ObjectReader& reader, std::string_view name) {
  return static_cast<std::uint64_t>(reader.integer(name, 1, book_version_max));
}

// The items of the one list that the answer is.
template <class Item>
Answer<std::vector<Item>> read_items(const Json& json, std::string_view name, std::size_t max,
                                     Answer<Item> (*read_item)(const Json&)) {
  ObjectReader reader(json);
  const Json::Array& items = reader.array(name, max);
  if (const Answer<> done = finished(reader); !done) return pass(done);
  std::vector<Item> all;
  for (const Json& item : items) {
    Answer<Item> one = read_item(item);
    if (!one) return pass(one);
    all.push_back(std::move(*one));
  }
  return all;
}

Answer<QuickDevice> read_quick_device(const Json& json) {
  ObjectReader reader(json);
  QuickDevice device;
  device.device = typed_id_of<DeviceId>(reader, "device_id");
  device.name = reader.string("name", 4 * limits::client_name_bytes_max);
  device.since = time_of(reader, "since");
  device.used = time_of(reader, "used");
  if (const Answer<> done = finished(reader); !done) return pass(done);
  return device;
}

Answer<ShownKey> read_shown_key(const Json& json) {
  ObjectReader reader(json);
  ShownKey shown;
  shown.address = address_of(reader, "address");
  if (json.find("public_key") != nullptr) shown.key = key_of(reader, "public_key");
  if (const Answer<> done = finished(reader); !done) return pass(done);
  return shown;
}

Answer<WaitingAnswer> read_waiting_answer(const Json& json) {
  ObjectReader reader(json);
  WaitingAnswer waiting;
  waiting.seal = typed_id_of<SealId>(reader, "seal_id");
  waiting.recipient = address_of(reader, "recipient");
  waiting.answer = array_of<quick_answer_bytes>(reader, "answer");
  if (const Answer<> done = finished(reader); !done) return pass(done);
  return waiting;
}

}  // namespace

Answer<QuickStatus> read_quick_status(const Json& json) {
  ObjectReader reader(json);
  QuickStatus status;
  status.active = reader.boolean("active", false);
  status.code_waiting = reader.boolean("code_waiting", false);
  if (const Answer<> done = finished(reader); !done) return pass(done);
  return status;
}

Answer<Buffer> read_left_keys(const Json& json) {
  ObjectReader reader(json);
  Buffer sealed = sealed_person_of(reader);
  if (const Answer<> done = finished(reader); !done) return pass(done);
  return sealed;
}

Answer<OwnQuick> read_own_quick(const Json& json) {
  ObjectReader reader(json);
  OwnQuick own;
  own.address = address_of(reader, "address");
  own.public_key = key_of(reader, "public_key");
  own.sealed = sealed_person_of(reader);
  own.book_version = version_of(reader, "book_version");
  if (const Answer<> done = finished(reader); !done) return pass(done);
  return own;
}

Answer<VersionedBook> read_versioned_book(const Json& json) {
  ObjectReader reader(json);
  VersionedBook book;
  book.version = version_of(reader, "version");
  const std::size_t max = sealed_size(limits::contact_book_bytes_max);
  book.sealed = bytes_of(reader, "sealed", sealed_size(0), max);
  if (const Answer<> done = finished(reader); !done) return pass(done);
  return book;
}

Answer<std::vector<QuickDevice>> read_quick_devices(const Json& json) {
  return read_items(json, "devices", limits::quick_clients_max, &read_quick_device);
}

Answer<std::vector<ShownKey>> read_shown_keys(const Json& json) {
  return read_items(json, "contacts", limits::recipients_max, &read_shown_key);
}

Answer<std::vector<WaitingAnswer>> read_waiting_answers(const Json& json) {
  return read_items(json, "answers", limits::recipients_max, &read_waiting_answer);
}

Answer<TransferEnvelope> read_transfer_envelope(const Json& json) {
  ObjectReader reader(json);
  TransferEnvelope envelope;
  envelope.seal = typed_id_of<SealId>(reader, "seal_id");
  envelope.slot = typed_id_of<SlotId>(reader, "slot_id");
  envelope.mode = reader.integer("mode", 1, 2);
  envelope.from = address_of(reader, "from");
  envelope.to = address_of(reader, "to");
  envelope.envelope = array_of<sizeof(QuickEnvelope)>(reader, "envelope");
  if (const Answer<> done = finished(reader); !done) return pass(done);
  return envelope;
}

Answer<OpenInvitation> read_open_invitation(const Json& json) {
  ObjectReader reader(json);
  OpenInvitation invitation;
  invitation.seal = typed_id_of<SealId>(reader, "seal_id");
  invitation.from = address_of(reader, "from");
  invitation.to = address_of(reader, "to");
  invitation.key = key_of(reader, "public_key");
  std::string text = reader.string("secret", 43);
  Result<Secret<32>> secret = secret_from_base64url<32>(text);
  wipe(text);
  if (!secret) reader.refuse("secret", "is none");
  if (const Answer<> done = finished(reader); !done) return pass(done);
  invitation.secret = std::move(*secret);
  return invitation;
}

Json to_json(const NewQuickDevice& device) {
  return Json(Json::Object{{"name", device.name}, {"sealed", encode_base64url(device.sealed)}});
}

Json to_json(const QuickActivation& activation) {
  Json::Object fields{{"public_key", encode_base64url(activation.public_key)},
                      {"recovery", encode_base64url(activation.recovery)},
                      {"book", encode_base64url(activation.book)},
                      {"device", to_json(activation.device)},
                      {"language", activation.language}};
  if (activation.start_anew) fields.emplace_back("start_anew", true);
  return Json(std::move(fields));
}

Json to_json(const VersionedBook& book) {
  return Json(Json::Object{{"version", static_cast<std::int64_t>(book.version)},
                           {"sealed", encode_base64url(book.sealed)}});
}

}  // namespace couvert::api
