// A program that a person lets in by a code (RFC 8628 in shape; docs/decisions/0200): the
// operations, named as in spec/api.yaml, and the wait for the person's answer.
#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "client/api_line.h"
#include "client/patience.h"
#include "client/program_api.h"

namespace couvert {

/// Errors of all: those of ApiLine. Lifetime: `line` must outlive it. Threads: one.
class ProgramClient {
 public:
  explicit ProgramClient(ApiLine& line) : line_(line) {}

  Answer<api::ProgramCodes> ask_to_be_let_in(const std::string& name,
                                             const std::vector<std::string>& scopes);
  /// Once. Errors: reasons authorization_pending, slow_down, access_denied, expired_token.
  Answer<api::ProgramAccess> poll_for_token(const api::ProgramCodes& codes);

  Answer<std::vector<api::ListedProgram>> list_programs(const std::string& verification_id);
  Answer<> end_program(const std::string& verification_id, const std::string& program_id);

 private:
  ApiLine& line_;
};

/// Asks as often as the server lets it until the person has answered, at most as long as the code
/// lives: after a pause, longer where the server says so; over broken lines.
///
/// Errors: `expired` (expired_token) when the time is over; `refused` (access_denied) where the
///         person says no; interrupted; a line that stays broken.
Answer<api::ProgramAccess> wait_to_be_let_in(ProgramClient& client, const api::ProgramCodes& codes,
                                             Patience& patience, const Clock& clock);

}  // namespace couvert
