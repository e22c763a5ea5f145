#include "http/quick_input.h"

namespace couvert {
namespace {

constexpr std::size_t sealed_person_bytes = 24 + 32 + person_secret_bytes + 16;  // a message
constexpr std::size_t book_text_bytes_max = 960'000;
constexpr std::int64_t version_max = (std::int64_t{1} << 53) - 1;

Buffer sealed_person(ObjectReader& reader, std::string_view name) {
  const auto bytes = parsed(reader, name, parse_base64url<sealed_person_bytes>);
  return Buffer(bytes.begin(), bytes.end());
}

Buffer sealed_book(ObjectReader& reader, std::string_view name) {
  Result<Buffer> book = decode_base64url(reader.string(name, book_text_bytes_max));
  if (!book) reader.refuse(name, "has a wrong form");
  return book ? std::move(*book) : Buffer();
}

}  // namespace

Result<IfActive> read_activation(const Json& json, Activation& out) {
  ObjectReader reader(json);
  out.key = parsed(reader, "public_key", parse_base64url<65>);
  out.recovery = sealed_person(reader, "recovery");
  out.book = sealed_book(reader, "book");
  out.language = parsed<Language>(reader, "language", language_of);
  const bool anew = reader.boolean("start_anew", false);
  const Json* device = reader.optional_object("device");
  if (device == nullptr) reader.refuse("device", "is missing");
  const Result<> read = reader.finish();
  if (!read) return pass(read);
  Result<NewClient> client = read_new_client(*device);
  if (!client) return pass(client);
  out.client.name = std::move(client->name);
  out.client.sealed = std::move(client->sealed);
  return anew ? IfActive::start_anew : IfActive::refuse;
}

Result<NewClient> read_new_client(const Json& json) {
  ObjectReader reader(json);
  NewClient client;
  client.name = reader.string("name", limits::client_name_bytes_max);
  client.sealed = sealed_person(reader, "sealed");
  const Result<> read = reader.finish();
  if (!read) return pass(read);
  return client;
}

Result<Buffer> read_left_keys(const Json& json) {
  ObjectReader reader(json);
  Buffer sealed = sealed_person(reader, "sealed");
  const Result<> read = reader.finish();
  if (!read) return pass(read);
  return sealed;
}

Result<VersionedBook> read_versioned_book(const Json& json) {
  ObjectReader reader(json);
  VersionedBook book;
  book.version = reader.integer("version", 1, version_max);
  book.sealed = sealed_book(reader, "sealed");
  const Result<> read = reader.finish();
  if (!read) return pass(read);
  return book;
}

Result<std::vector<Address>> read_contacts(const Json& json) {
  ObjectReader reader(json);
  std::vector<Address> addresses;
  for (const Json& item : reader.array("addresses", limits::recipients_max)) {
    const std::string* text = item.string();
    Result<Address> address =
        text != nullptr ? parse_address(*text) : fail(ErrorCode::invalid, "no text");
    if (!address) {
      reader.refuse("addresses", "must be addresses");
      break;
    }
    addresses.push_back(std::move(*address));
  }
  const Result<> read = reader.finish();
  if (!read) return pass(read);
  return addresses;
}

Result<Address> read_contact(const Json& json) {
  ObjectReader reader(json);
  Address address = parsed<Address>(reader, "address", parse_address);
  const Result<> read = reader.finish();
  if (!read) return pass(read);
  return address;
}

Result<AnswerName> read_answer_name(const Json& json) {
  ObjectReader reader(json);
  AnswerName name{parsed<SealId>(reader, "seal_id", SealId::parse),
                  parsed<Address>(reader, "recipient", parse_address)};
  const Result<> read = reader.finish();
  if (!read) return pass(read);
  return name;
}

Result<Buffer> read_quick_answer(const Json& json) {
  ObjectReader reader(json);
  const auto answer = parsed(reader, "answer", parse_base64url<quick_answer_bytes>);
  const Result<> read = reader.finish();
  if (!read) return pass(read);
  return Buffer(answer.begin(), answer.end());
}

}  // namespace couvert
