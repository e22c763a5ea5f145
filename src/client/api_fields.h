// Fields of an answer that more than one kind of value has, read strictly.
//
// A function notes at the reader what is wrong; finished() says it at the end.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "base/id.h"
#include "base/json.h"
#include "client/problem.h"
#include "crypto/p256.h"

namespace couvert::api {

/// What finish() says, as an answer's problem.
Answer<> finished(const ObjectReader& reader);

/// An ID as the server writes it.
std::string id_of(ObjectReader& reader, std::string_view name);
/// The same as that kind of ID.
template <class Id>
Id typed_id_of(ObjectReader& reader, std::string_view name) {
  const Result<Id> id = Id::parse(id_of(reader, name));
  return id ? *id : Id();
}

std::string time_of(ObjectReader& reader, std::string_view name);
/// Empty where the field is not there.
std::string optional_time_of(ObjectReader& reader, std::string_view name);

/// Bytes in base64url, as many as `min` to `max`.
Buffer bytes_of(ObjectReader& reader, std::string_view name, std::size_t min, std::size_t max);
/// So many bytes.
template <std::size_t Size>
std::array<std::byte, Size> array_of(ObjectReader& reader, std::string_view name) {
  std::array<std::byte, Size> bytes{};
  const Buffer read = bytes_of(reader, name, Size, Size);
  for (std::size_t i = 0; i < read.size(); ++i) bytes[i] = read[i];
  return bytes;
}
/// A public key: a point of the curve, uncompressed.
P256PublicKey key_of(ObjectReader& reader, std::string_view name);

}  // namespace couvert::api
