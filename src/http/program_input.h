// What the bodies of the operations on programs say, as values of the use case. Foreign bytes end
// here, as in api_input.h.
//
// Errors of all: `invalid` naming the field.
#pragma once

#include "http/api_input.h"
#include "service/programs.h"

namespace couvert {

/// A program that asks to be let in. Its name is looked at by the use case.
struct ProgramInput {
  std::string name;
  Scopes scopes;
};
Result<ProgramInput> read_program_request(const Json& json);

/// What a program asks with.
Result<Secret<32>> read_device_code(const Json& json);

/// What a person typed, whatever it is.
Result<std::string> read_user_code(const Json& json);

/// The same, for which address the program is let in, and in which language that is told.
struct AllowInput {
  std::string user_code;
  PersonSaysYes yes;
};
Result<AllowInput> read_allow(const Json& json);

}  // namespace couvert
