// The JSON of spec/api.yaml from the values of the use cases, and the answers that carry it.
#pragma once

#include <algorithm>
#include <array>

#include "http/api_routes.h"

namespace couvert {

Response json_response(int status, const Json& body);
Response no_content();

Json json_of(const Verification& verification, const VerificationLimits& limits);
Json json_of(const PolicyAnswer& answer);
Json json_of(const PasswordVerdict& verdict);
Json json_of(const Draft& draft);
Json json_of(const StartedTransfer& started);
Json json_of(const Preview& preview);
/// Without its token.
Json json_of(const Retrieval& retrieval);

/// A required text, read by one of the parse functions of domain/; what these refuse, the reader
/// notes.
template <class Value>
Value parsed(ObjectReader& reader, std::string_view name,
             Result<Value> (*parse)(std::string_view)) {
  Result<Value> value = parse(reader.string(name, 1024));
  if (value) return std::move(*value);
  reader.refuse(name, "has a wrong form");
  return Value();
}

/// The same where the field may be absent.
template <class Value>
std::optional<Value> parsed_if_there(ObjectReader& reader, std::string_view name,
                                     Result<Value> (*parse)(std::string_view)) {
  const std::optional<std::string> text = reader.optional_string(name, 1024);
  if (!text) return std::nullopt;
  Result<Value> value = parse(*text);
  if (value) return std::move(*value);
  reader.refuse(name, "has a wrong form");
  return std::nullopt;
}

/// Bytes of one length in base64url.
template <std::size_t Size>
Result<std::array<std::byte, Size>> parse_base64url(std::string_view text) {
  const Result<Buffer> decoded = decode_base64url(text);
  if (!decoded) return pass(decoded);
  if (decoded->size() != Size) return fail(ErrorCode::invalid, "bytes of another length");
  std::array<std::byte, Size> bytes{};
  std::copy(decoded->begin(), decoded->end(), bytes.begin());
  return bytes;
}

Result<Language> language_of(std::string_view text);

/// An ID of the path in its one spelling, which the router has checked.
template <class IdType>
IdType id_argument(const Request& request, std::size_t at) {
  const Result<IdType> id = IdType::parse(request.arguments.at(at));
  return id ? *id : IdType();  // bits that no ID has: one that is not there
}

/// Hands a secret out once: as a cookie to a browser, as a field of the body to a program.
void give_token(Response& response, Json::Object& body, ClientKind client,
                const std::pair<std::string, std::chrono::seconds>& cookie,
                const Secret<32>& token);

/// The answer to who asked for a code: when it ends, and a session where one was made for it.
Response code_response(const CodeAnswer& answer, ClientKind client);

}  // namespace couvert
