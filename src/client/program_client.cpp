#include "client/program_client.h"

#include <algorithm>

#include "client/attempts.h"

namespace couvert {
namespace {

constexpr std::chrono::seconds pause_max{60};

std::string programs_path(const std::string& verification_id) {
  return "/api/v1/verifications/" + verification_id + "/programs";
}

}  // namespace

Answer<api::ProgramCodes> ProgramClient::ask_to_be_let_in(const std::string& name,
                                                          const std::vector<std::string>& scopes) {
  Json body(Json::Object{{"name", name}, {"scopes", Json::Array(scopes.begin(), scopes.end())}});
  return read_answer(
      line_.ask(line_.request(Method::post, "/api/v1/device/authorization"), std::move(body)),
      &api::read_program_codes);
}

Answer<api::ProgramAccess> ProgramClient::poll_for_token(const api::ProgramCodes& codes) {
  Json body(Json::Object{{"device_code", codes.device_code.text()}});
  return read_answer(
      line_.ask(line_.request(Method::post, "/api/v1/device/token"), std::move(body)),
      &api::read_program_access);
}

Answer<std::vector<api::ListedProgram>> ProgramClient::list_programs(
    const std::string& verification_id) {
  return read_answer(line_.ask(line_.request(Method::get, programs_path(verification_id))),
                     &api::read_programs);
}

Answer<> ProgramClient::end_program(const std::string& verification_id,
                                    const std::string& program_id) {
  const auto answer = line_.exchange(
      line_.request(Method::erase, programs_path(verification_id) + "/" + program_id));
  if (!answer) return pass(answer);
  return Answer<>();
}

Answer<api::ProgramAccess> wait_to_be_let_in(ProgramClient& client, const api::ProgramCodes& codes,
                                             Patience& patience, const Clock& clock) {
  const Duration end = clock.running() + Duration(codes.expires_in);
  std::chrono::seconds pause = codes.interval;
  Attempts attempts(patience);
  while (clock.running() < end) {
    patience.wait(pause);
    if (patience.stopped()) return trouble(ErrorCode::unavailable, reasons::interrupted);
    Answer<api::ProgramAccess> access = client.poll_for_token(codes);
    if (access) return access;
    const Problem& problem = access.error();
    if (problem.reason == "slow_down") {
      // From now on; a server that names no pause gets the RFC's five seconds more.
      pause = problem.retry_after.value_or(pause + codes.interval);
      pause = std::clamp(pause, std::chrono::seconds(1), pause_max);
    } else if (problem.reason != "authorization_pending") {
      if (!attempts.again(problem)) return access;
      continue;
    }
    attempts.worked();
  }
  return trouble(ErrorCode::expired, "expired_token");
}

}  // namespace couvert
