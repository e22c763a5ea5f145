// Fuzzes what a program reads that was let in: its codes, its token, the list of programs, and
// streams of events.
//
// parser: src/client/program_api.cpp src/client/event_reader.cpp
#include <cstdlib>

#include "client/event_reader.h"
#include "client/program_api.h"

namespace couvert {
namespace {

void check_secret(const WipedText& secret) {
  // A switch for tests of the fuzzer itself: a rule that sound answers break.
  if (std::getenv("COUVERT_PLANTED_BUG") != nullptr) INVARIANT(secret.empty());
  INVARIANT(!secret.empty());
  for (const char c : secret.text()) INVARIANT(c > ' ' && c < 0x7f);
}

void read_all(const Json& json) {
  if (const auto codes = api::read_program_codes(json)) {
    check_secret(codes->device_code);
    INVARIANT(codes->interval.count() >= 1 && codes->interval.count() <= 60);
  }
  if (const auto access = api::read_program_access(json)) check_secret(access->token);
  if (const auto programs = api::read_programs(json)) {
    for (const api::ListedProgram& one : *programs) INVARIANT(one.program_id.size() == 26);
  }
}

// However a line cuts the stream, the same events come out of it.
void read_events(std::string_view input) {
  EventReader whole;
  EventReader cut;
  const auto events = whole.take(input);
  const auto front = cut.take(input.substr(0, input.size() / 2));
  const auto back = cut.take(input.substr(input.size() / 2));
  INVARIANT(events.has_value() == (front && back));
  if (!events) return;
  INVARIANT(events->size() == front->size() + back->size());
  for (const ServerEvent& event : *events) INVARIANT(event.data.size() <= event_bytes_max);
}

}  // namespace

void fuzz_programs(std::string_view input) {
  read_events(input);
  const Result<Json> json = parse_json(input, {.bytes_max = 1 << 20, .depth_max = 8});
  if (json) read_all(*json);
}

}  // namespace couvert

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  couvert::fuzz_programs({reinterpret_cast<const char*>(data), size});
  return 0;
}
