#include "client/api_fields.h"

#include "base/clock.h"
#include "client/api_line.h"

namespace couvert::api {

Answer<> finished(const ObjectReader& reader) {
  const Result<> done = reader.finish();
  if (!done) return foreign_answer(done.error().detail);
  return Answer<>();
}

std::string id_of(ObjectReader& reader, std::string_view name) {
  std::string text = reader.string(name, 26);
  const Result<TransferId> id = TransferId::parse(text);
  if (!id || id->text() != text) reader.refuse(name, "is no ID");
  return text;
}

std::string time_of(ObjectReader& reader, std::string_view name) {
  std::string text = reader.string(name, 32);
  if (!parse_rfc3339(text)) reader.refuse(name, "is no time");
  return text;
}

std::string optional_time_of(ObjectReader& reader, std::string_view name) {
  const auto text = reader.optional_string(name, 32);
  if (text && !parse_rfc3339(*text)) reader.refuse(name, "is no time");
  return text.value_or("");
}

Buffer bytes_of(ObjectReader& reader, std::string_view name, std::size_t min, std::size_t max) {
  std::string text = reader.string(name, max / 3 * 4 + 4);
  Result<Buffer> bytes = decode_base64url(text);
  wipe(text);
  if (bytes && bytes->size() >= min && bytes->size() <= max) return std::move(*bytes);
  reader.refuse(name, "has another length, or is no base64url");
  return {};
}

P256PublicKey key_of(ObjectReader& reader, std::string_view name) {
  const P256PublicKey key = array_of<65>(reader, name);
  if (!is_p256_point(key)) reader.refuse(name, "is no key");
  return key;
}

}  // namespace couvert::api
