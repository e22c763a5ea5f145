#include "cli/recovery_code.h"

#include <unistd.h>

#include "cli/private_file.h"
#include "cli/quick_line.h"

namespace couvert {

RecoveryCode::RecoveryCode(RecoveryCode&& other) noexcept
    : world_(other.world_),
      code_(std::move(other.code_)),
      path_(std::exchange(other.path_, std::string())) {}

RecoveryCode::~RecoveryCode() {
  if (!path_.empty()) unlink(path_.c_str());
}

WipedText RecoveryCode::text() const {
  WipedText plain(code_text(code_));
  WipedText groups;
  groups.edit().reserve(40);
  groups.edit() += in_groups(plain.text(), '-');
  return groups;
}

Outcome<RecoveryCode> RecoveryCode::make(const World& world) {
  RecoveryCode made(world, world.random.secret<16>());
  const auto path = world.arguments.value("recovery-file");
  if (!path) return made;
  WipedText line = made.text();
  line.edit() += '\n';
  const Outcome<> written = write_new_private_file(*path, line);
  if (!written) return pass(written);
  made.path_ = *path;
  return made;
}

Outcome<WipedText> RecoveryCode::hand_over() {
  if (!path_.empty()) {
    world_.terminal.say("The recovery code is in " + path_ + ". Keep it in a safe place.");
    path_.clear();
    return WipedText();
  }
  WipedText code = text();
  if (world_.arguments.has("json")) return code;
  const WipedText line("recovery code  " + code.text());
  const Outcome<> printed = world_.terminal.print(line.text());
  if (!printed) return pass(printed);
  if (!world_.terminal.has_person()) return WipedText();
  world_.terminal.say(
      "Write it down or keep it in a password manager: it is the only way back "
      "when all your devices are lost.");
  const std::string last = code.text().substr(code.text().rfind('-') + 1);
  while (true) {
    const Outcome<WipedText> typed =
        world_.terminal.ask("When you have it, type what stands behind its last hyphen");
    if (!typed) return pass(typed);
    if (same_address(typed->text(), last)) return WipedText();
    world_.terminal.say("It ends otherwise.");
  }
}

}  // namespace couvert
