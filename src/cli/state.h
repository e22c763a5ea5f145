// What the command line remembers between two calls: its session at each server.
//
//     FOLDER/                    0700: $COUVERT_HOME, else $XDG_STATE_HOME/couvert,
//                                else ~/.local/state/couvert
//     FOLDER/session-HASH.json   0600: {"server":"https://…","token":"…"}; HASH names the server
//     FOLDER/draft-HASH.json     0600: an unfinished draft (kept_draft.h)
//     FOLDER/quick-HASH.json     0600: this device of QUICK (quick_files.h)
//     FOLDER/lock                held while a session is made, replaced or removed
//
// A session proves mailboxes: who reads these files can send in their owner's name.
#pragma once

#include <optional>
#include <string>

#include "cli/interrupt.h"
#include "cli/trouble.h"
#include "client/server_url.h"
#include "client/wiped_text.h"

namespace couvert {

/// The environment's say in where the folder lies; empty texts where a variable is not set.
struct StateVariables {
  std::string couvert_home;
  std::string xdg_state_home;
  std::string home;
};

/// Errors: `usage` where no variable leads anywhere.
Outcome<std::string> state_folder(const StateVariables& variables);

/// Held until its end.
class StateLock {
 public:
  explicit StateLock(int descriptor) : descriptor_(descriptor) {}
  ~StateLock();
  StateLock(StateLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  StateLock& operator=(StateLock&&) = delete;

 private:
  int descriptor_;
};

/// Errors of all: `refused` where others could read or change the folder or a file; `damaged` for a
/// file that this program did not write; `unavailable` and `full` for those of the disk.
/// Threads: one; programs: any number.
class State {
 public:
  /// Makes the folder where it is missing.
  static Outcome<State> open(const std::string& folder);

  const std::string& folder() const { return folder_; }

  /// The session at `server`; empty where there is none.
  Outcome<WipedText> session(const ServerUrl& server) const;
  /// Replaces it: a crash leaves the old or the new one.
  Outcome<> keep_session(const ServerUrl& server, const WipedText& token) const;
  /// Removes it, if there is one.
  Outcome<> forget_session(const ServerUrl& server) const;

  /// Waits up to 30 s for others that verify. Errors: also `conflict` where they take longer.
  Outcome<StateLock> lock(Interrupt& interrupt) const;

 private:
  explicit State(std::string folder) : folder_(std::move(folder)) {}
  std::string name_of(const ServerUrl& server) const;

  std::string folder_;
};

}  // namespace couvert
