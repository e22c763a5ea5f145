// couvert programs: who was let in for an address; ending one.
#include "base/id.h"
#include "cli/session_line.h"
#include "client/program_client.h"

namespace couvert {
namespace {

std::string line_of(const api::ListedProgram& one) {
  std::string scopes;
  for (const std::string& scope : one.scopes) scopes += (scopes.empty() ? "" : ",") + scope;
  return one.program_id + "\t" + one.since + "\t" + one.used + "\t" + one.expires + "\t" +
         printable(scopes) + "\t" + printable(one.name);
}

Json json_of(const api::ListedProgram& one) {
  return Json(Json::Object{{"program_id", one.program_id},
                           {"name", one.name},
                           {"scopes", Json::Array(one.scopes.begin(), one.scopes.end())},
                           {"since", one.since},
                           {"used", one.used},
                           {"expires", one.expires}});
}

Outcome<> print_programs(const World& world, ProgramClient& client,
                         const api::Verification& person) {
  const auto programs = client.list_programs(person.verification_id);
  if (!programs) return complain(programs);
  Json::Array items;
  for (const api::ListedProgram& one : *programs) {
    items.push_back(json_of(one));
    if (world.arguments.has("json")) continue;
    const Outcome<> printed = world.terminal.print(line_of(one));
    if (!printed) return printed;
  }
  if (!world.arguments.has("json")) return Outcome<>();
  const Json json(Json::Object{{"address", person.address}, {"programs", std::move(items)}});
  return world.terminal.print(json.write());
}

Outcome<> end_program(const World& world, ProgramClient& client, const api::Verification& person) {
  const std::string& typed = world.arguments.operands[1];
  const Result<TransferId> id = TransferId::parse(typed);  // all IDs are written alike
  if (!id)
    return complain(Exit::invalid, typed + " is no program ID", "couvert programs lists them");
  const Answer<> ended = client.end_program(person.verification_id, id->text());
  if (!ended && ended.error().code == ErrorCode::denied) {
    return complain(Exit::denied, "there is no such program", "couvert programs lists them");
  }
  if (!ended) return complain(ended);
  if (!world.arguments.has("json")) {
    world.terminal.say("The program " + id->text() + " may do nothing any more.");
    return Outcome<>();
  }
  const Json json(Json::Object{{"address", person.address}, {"ended", id->text()}});
  return world.terminal.print(json.write());
}

}  // namespace

Outcome<> programs(const World& world) {
  const std::vector<std::string>& words = world.arguments.operands;
  const bool ends = words.size() == 2 && words[0] == "end";
  if (!words.empty() && !ends) {
    return misused("programs takes nothing, or end PROGRAM-ID",
                   "couvert programs --help explains them");
  }
  Outcome<SessionLine> line = open_session_line(world);
  if (!line) return pass(line);
  const Outcome<api::Verification> person = chosen_verification(world, line->client());
  if (!person) return pass(person);
  ProgramClient client(line->client().line());
  return ends ? end_program(world, client, *person) : print_programs(world, client, *person);
}

}  // namespace couvert
