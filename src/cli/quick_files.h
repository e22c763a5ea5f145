// What this machine keeps of QUICK: a file for each address at each server.
//
//     FOLDER/quick-HASH.json     0600: {"server","address","device_id","device_key","public_key",
//                                "book_version","book_sha256","recovery_kept"}; HASH names server
//                                and address
//     FOLDER/quick-lock          held while one of them is changed
//
// Who reads such a file is this device, until it is revoked.
#pragma once

#include <optional>
#include <vector>

#include "cli/state.h"
#include "client/quick_person.h"

namespace couvert {

struct KeptDevice {
  OwnDevice own;
  bool recovery_kept = false;  // the person has the recovery code
};

/// Errors of all: those of State. Threads: one; programs: any number.
class QuickFiles {
 public:
  QuickFiles(const State& state, ServerUrl server);

  /// In the order of their addresses.
  Outcome<std::vector<KeptDevice>> all() const;
  /// The one of an address, as a person types it; nothing where there is none.
  Outcome<std::optional<KeptDevice>> find(const std::string& address) const;
  /// Replaces it.
  Outcome<> keep(const KeptDevice& device) const;
  /// Remembers a book of this device, never an older one than another call has.
  /// Errors: also `conflict` where another call was shown other bytes of the same version.
  Outcome<> see(const OwnDevice& device, const SeenBook& seen) const;
  Outcome<> note_recovery_kept(const std::string& address) const;
  Outcome<> forget(const std::string& address) const;

 private:
  std::string name_of(const std::string& address) const;
  Outcome<std::optional<KeptDevice>> read(const std::string& name) const;
  Outcome<> write(const KeptDevice& device) const;
  Outcome<StateLock> lock() const;

  std::string folder_;
  ServerUrl server_;
};

/// Addresses as people type them: whether both name the same mailbox, as far as ASCII goes.
bool same_address(std::string_view one, std::string_view other);

}  // namespace couvert
