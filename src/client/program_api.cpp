#include "client/program_api.h"

#include "base/limits.h"
#include "client/api_fields.h"
#include "client/api_line.h"

namespace couvert::api {
namespace {

constexpr std::size_t code_bytes_max = 64;
constexpr std::size_t page_bytes_max = 2304;
constexpr std::size_t scopes_max = 16;
constexpr std::int64_t life_seconds_max = 3600;
constexpr std::int64_t pause_seconds_max = 60;

// What goes into a header or a request again: nothing but visible ASCII.
WipedText secret_of(ObjectReader& reader, std::string_view name) {
  WipedText secret(reader.string(name, code_bytes_max));
  bool good = !secret.empty();
  for (const char c : secret.text()) good = good && c > ' ' && c < 0x7f;
  if (!good) reader.refuse(name, "is no secret");
  return secret;
}

std::vector<std::string> scopes_of(ObjectReader& reader) {
  std::vector<std::string> scopes;
  for (const Json& item : reader.array("scopes", scopes_max)) {
    const std::string* scope = item.string();
    if (scope == nullptr || scope->size() > code_bytes_max) {
      reader.refuse("scopes", "holds no scope");
      continue;
    }
    scopes.push_back(*scope);
  }
  return scopes;
}

Answer<ListedProgram> read_program(const Json& json) {
  ObjectReader reader(json);
  ListedProgram program;
  program.program_id = id_of(reader, "program_id");
  program.name = reader.string("name", 4 * limits::client_name_bytes_max);
  program.scopes = scopes_of(reader);
  program.since = time_of(reader, "since");
  program.used = time_of(reader, "used");
  program.expires = time_of(reader, "expires");
  if (const Answer<> done = finished(reader); !done) return pass(done);
  return program;
}

}  // namespace

Answer<ProgramCodes> read_program_codes(const Json& json) {
  ObjectReader reader(json);
  ProgramCodes codes;
  codes.device_code = secret_of(reader, "device_code");
  codes.user_code = reader.string("user_code", code_bytes_max);
  codes.verification_uri = reader.string("verification_uri", page_bytes_max);
  codes.verification_uri_complete = reader.string("verification_uri_complete", page_bytes_max);
  codes.expires_in = std::chrono::seconds(reader.integer("expires_in", 1, life_seconds_max));
  codes.interval = std::chrono::seconds(reader.integer("interval", 1, pause_seconds_max));
  if (const Answer<> done = finished(reader); !done) return pass(done);
  return codes;
}

Answer<ProgramAccess> read_program_access(const Json& json) {
  ObjectReader reader(json);
  ProgramAccess access;
  access.token = secret_of(reader, "access_token");
  if (reader.string("token_type", 16) != "Bearer") reader.refuse("token_type", "is another one");
  access.scopes = scopes_of(reader);
  access.verification.verification_id = id_of(reader, "verification_id");
  access.verification.address = reader.string("address", limits::address_bytes_max);
  access.verification.expires = time_of(reader, "expires");
  if (const Answer<> done = finished(reader); !done) return pass(done);
  return access;
}

Answer<std::vector<ListedProgram>> read_programs(const Json& json) {
  ObjectReader reader(json);
  const Json::Array& items = reader.array("programs", limits::programs_per_address_max);
  if (const Answer<> done = finished(reader); !done) return pass(done);
  std::vector<ListedProgram> programs;
  for (const Json& item : items) {
    Answer<ListedProgram> program = read_program(item);
    if (!program) return pass(program);
    programs.push_back(std::move(*program));
  }
  return programs;
}

}  // namespace couvert::api
