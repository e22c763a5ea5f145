// What the commands of QUICK have in common: this machine's devices at a server, and their people.
#pragma once

#include "cli/commands.h"
#include "cli/quick_files.h"

namespace couvert {

/// Lifetime: refers to what it was made of, and its people refer to it. Threads: one.
class QuickLine {
 public:
  QuickLine(const World& world, Client& client, const State& state);
  QuickLine(const QuickLine&) = delete;
  QuickLine& operator=(const QuickLine&) = delete;

  QuickClient& client() { return client_; }
  const QuickFiles& files() const { return files_; }

  /// The device of --from, or the only one. Errors: `unproven` where QUICK is not active for it;
  /// `usage` where there are several.
  Outcome<KeptDevice> chosen_device() const;

  /// The person of a device, without its book.
  Outcome<OpenPerson> person(const KeptDevice& device);
  /// The same, and takes what waits of answers and says what has become of them.
  Outcome<OpenPerson> open(const KeptDevice& device);
  /// The person of keys that are open already.
  OpenPerson person(const OwnDevice& device, PersonSecret keys);
  /// Takes the answers that wait, and says so.
  Outcome<> take_answers(OpenPerson& person);

 private:
  // Remembers the newest book in the device's file.
  class Keeper final : public SeenKeeper {
   public:
    explicit Keeper(const QuickFiles& files) : files_(files) {}
    Answer<> keep(const OwnDevice& device, const SeenBook& seen) override;

   private:
    const QuickFiles& files_;
  };

  QuickParts parts() { return {client_, keeper_, world_.random, world_.interrupt}; }

  const World& world_;
  QuickClient client_;
  QuickFiles files_;
  Keeper keeper_;
};

/// A copy, with a key of its own.
OwnDevice copy_of(const OwnDevice& device);

/// The server, its session and this machine's devices, for a command of QUICK.
struct QuickSession {
  Connection connection;
  State state;
  std::unique_ptr<QuickLine> line;
};
/// Errors: those of named_server(), open_state(), connect().
Outcome<std::unique_ptr<QuickSession>> open_quick_session(const World& world);

/// What a human has to agree to: `--yes` says it, else a terminal is asked.
/// Errors: `usage` without a terminal; `interrupted` where the answer is no.
Outcome<> confirm(const World& world, const std::string& question);

/// "abcd-efgh-…" and "abcd efgh …": codes to type, check codes to compare.
std::string in_groups(std::string_view text, char between);

}  // namespace couvert
