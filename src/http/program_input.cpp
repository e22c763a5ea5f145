#include "http/program_input.h"

#include "crypto/secret_bytes.h"

namespace couvert {
namespace {

constexpr std::size_t user_code_typed_bytes_max = 64;
constexpr std::size_t device_code_bytes = 43;  // 32 in base64url

// Each name once, in any order.
Scopes read_scopes(ObjectReader& reader) {
  Scopes scopes;
  for (const Json& item : reader.array("scopes", given_scopes.size())) {
    const std::string* word = item.string();
    const Result<Scopes> one =
        word != nullptr ? parse_scopes(*word) : fail(ErrorCode::invalid, "no text");
    if (!one || one->size() != 1 || !scopes.insert(*one->begin()).second) {
      reader.refuse("scopes", "must be names of scopes, each once");
      break;
    }
  }
  if (scopes.empty()) reader.refuse("scopes", "names none");
  return scopes;
}

}  // namespace

Result<ProgramInput> read_program_request(const Json& json) {
  ObjectReader reader(json);
  ProgramInput input;
  input.name = reader.string("name", limits::client_name_bytes_max);
  input.scopes = read_scopes(reader);
  const Result<> read = reader.finish();
  if (!read) return pass(read);
  return input;
}

Result<Secret<32>> read_device_code(const Json& json) {
  ObjectReader reader(json);
  std::string text = reader.string("device_code", device_code_bytes);
  const Result<> read = reader.finish();
  Result<Secret<32>> code = secret_from_base64url<32>(text);
  wipe(text);
  if (!read) return pass(read);
  return code;
}

Result<std::string> read_user_code(const Json& json) {
  ObjectReader reader(json);
  std::string code = reader.string("user_code", user_code_typed_bytes_max);
  const Result<> read = reader.finish();
  if (!read) return pass(read);
  return code;
}

Result<AllowInput> read_allow(const Json& json) {
  ObjectReader reader(json);
  AllowInput input{reader.string("user_code", user_code_typed_bytes_max),
                   {parsed<VerificationId>(reader, "verification_id", VerificationId::parse)}};
  const auto language = parsed_if_there<Language>(reader, "language", language_of);
  input.yes.language = language.value_or(Language::en);
  const Result<> read = reader.finish();
  if (!read) return pass(read);
  return input;
}

}  // namespace couvert
