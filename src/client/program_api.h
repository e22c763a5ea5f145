// The values of the HTTP API about programs that a person lets in, named as in spec/api.yaml.
//
// As api.h: read strictly, bounded; secrets are WipedText.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "client/api.h"

namespace couvert::api {

/// What a program gets that has asked to be let in.
struct ProgramCodes {
  WipedText device_code;  // its own, to ask with
  std::string user_code;  // for the person
  std::string verification_uri;
  std::string verification_uri_complete;  // with the code behind '#'
  std::chrono::seconds expires_in{};
  std::chrono::seconds interval{};  // between two questions
};

/// What it is given once the person has said yes.
struct ProgramAccess {
  WipedText token;
  std::vector<std::string> scopes;
  Verification verification;
};

/// A line of the list of who was let in.
struct ListedProgram {
  std::string program_id;
  std::string name;
  std::vector<std::string> scopes;
  std::string since;
  std::string used;
  std::string expires;
};

Answer<ProgramCodes> read_program_codes(const Json& json);
Answer<ProgramAccess> read_program_access(const Json& json);
Answer<std::vector<ListedProgram>> read_programs(const Json& json);

}  // namespace couvert::api
