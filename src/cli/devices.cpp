// couvert devices: a person's devices of QUICK; letting one in, revoking one, the recovery code.
#include "cli/quick_line.h"
#include "cli/recovery_code.h"

namespace couvert {
namespace {

// What the words after `devices` ask for.
struct DevicesAsked {
  const World& world;
  QuickLine& line;
  const KeptDevice& device;
};

std::string line_of(const api::QuickDevice& one, const DeviceId& own) {
  const std::string here = one.device == own ? "\tthis device" : "";
  return one.device.text() + "\t" + one.since + "\t" + one.used + "\t" + printable(one.name) + here;
}

Outcome<> list_devices(const DevicesAsked& asked) {
  const auto access = access_of(asked.device.own);
  const auto devices = asked.line.client().list_quick_devices(access);
  if (!devices) return complain(devices);
  Json::Array items;
  for (const api::QuickDevice& one : *devices) {
    const bool here = one.device == access.device;
    items.push_back(Json(Json::Object{{"device_id", one.device.text()},
                                      {"name", one.name},
                                      {"since", one.since},
                                      {"used", one.used},
                                      {"this_device", here}}));
    if (asked.world.arguments.has("json")) continue;
    const Outcome<> printed = asked.world.terminal.print(line_of(one, access.device));
    if (!printed) return printed;
  }
  if (!asked.world.arguments.has("json")) return Outcome<>();
  const Json json(
      Json::Object{{"address", asked.device.own.address}, {"devices", std::move(items)}});
  return asked.world.terminal.print(json.write());
}

Outcome<> tell(const DevicesAsked& asked, const std::string& words, Json::Object fields) {
  if (!asked.world.arguments.has("json")) {
    asked.world.terminal.say(words);
    return Outcome<>();
  }
  fields.emplace(fields.begin(), "address", asked.device.own.address);
  Json json(std::move(fields));
  const WipedText text(json.write());
  wipe_texts(json);
  return asked.world.terminal.print(text.text());
}

Outcome<> add_device(const DevicesAsked& asked) {
  Outcome<OpenPerson> person = asked.line.person(asked.device);
  if (!person) return pass(person);
  const Outcome<WipedText> typed = asked.world.terminal.ask("Code that the new device shows");
  if (!typed) return pass(typed);
  const Result<Secret<16>> code = parse_code(typed->text());
  if (!code) {
    return complain(Exit::invalid, "this is no code of a device", "it has 26 characters");
  }
  const Answer<> left = person->leave_for(*code);
  if (!left) return complain(left);
  return tell(asked, "The new device can take your keys now, for 10 minutes.", {});
}

Outcome<> revoke_device(const DevicesAsked& asked) {
  const Result<DeviceId> id = DeviceId::parse(asked.world.arguments.operands[1]);
  if (!id) {
    return complain(Exit::invalid, asked.world.arguments.operands[1] + " is no device ID",
                    "couvert devices lists them");
  }
  const Answer<> revoked =
      asked.line.client().revoke_quick_device(access_of(asked.device.own), *id);
  if (!revoked && revoked.error().code == ErrorCode::denied) {
    return complain(Exit::denied, "you have no such device", "couvert devices lists them");
  }
  if (!revoked) return complain(revoked);
  return tell(asked,
              "The device " + id->text() +
                  " is revoked: it opens nothing new. If a stranger may have used it, start anew.",
              {{"revoked", id->text()}});
}

Outcome<> renew_recovery(const DevicesAsked& asked) {
  Outcome<OpenPerson> person = asked.line.person(asked.device);
  if (!person) return pass(person);
  Outcome<RecoveryCode> code = RecoveryCode::make(asked.world);
  if (!code) return pass(code);
  const Answer<> renewed = person->renew_recovery(code->code());
  if (!renewed) return complain(renewed);
  const Outcome<WipedText> shown = code->hand_over();
  if (!shown) return pass(shown);
  const Outcome<> noted = asked.line.files().note_recovery_kept(asked.device.own.address);
  if (!noted) return noted;
  Json::Object fields;
  if (!shown->empty()) fields.emplace_back("recovery_code", shown->text());
  return tell(asked, "The earlier recovery code opens nothing any more.", std::move(fields));
}

// This machine has the keys no longer, and the server nothing for it.
Outcome<> forget_device(const DevicesAsked& asked) {
  const std::string& address = asked.device.own.address;
  asked.world.terminal.say("What this device knows of QUICK for " + address +
                           " goes. Without another device or the recovery code you have to start "
                           "anew afterwards.");
  const Outcome<> agreed = confirm(asked.world, "Forget it?");
  if (!agreed) return agreed;
  const DeviceAccess access = access_of(asked.device.own);
  const Answer<> revoked = asked.line.client().revoke_quick_device(access, access.device);
  const bool is_gone = revoked || revoked.error().reason == reasons::device ||
                       revoked.error().code == ErrorCode::denied;
  if (!is_gone) return complain(revoked);
  const Outcome<> forgotten = asked.line.files().forget(address);
  if (!forgotten) return forgotten;
  return tell(asked, "This device is none of QUICK any more for " + address + ".", {});
}

}  // namespace

Outcome<> devices(const World& world) {
  const std::vector<std::string>& words = world.arguments.operands;
  const std::string what = words.empty() ? "" : words[0];
  Outcome<> (*work)(const DevicesAsked&) = nullptr;
  if (what.empty()) work = &list_devices;
  if (what == "add") work = &add_device;
  if (what == "revoke") work = &revoke_device;
  if (what == "renew-recovery") work = &renew_recovery;
  if (what == "forget") work = &forget_device;
  const std::size_t count = what == "revoke" ? 2 : 1;
  if (work == nullptr || (!words.empty() && words.size() != count)) {
    return misused("devices takes nothing, add, revoke DEVICE-ID, renew-recovery or forget",
                   "couvert devices --help explains them");
  }
  Outcome<std::unique_ptr<QuickSession>> session = open_quick_session(world);
  if (!session) return pass(session);
  const Outcome<KeptDevice> device = (*session)->line->chosen_device();
  if (!device) return pass(device);
  return work({world, *(*session)->line, *device});
}

}  // namespace couvert
