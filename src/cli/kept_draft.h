// A draft that a call of `couvert provide` could not bring to its end, for the next call of the
// same command: what has arrived at the server need not travel again.
//
//     FOLDER/draft-HASH.json     0600: {"server":"https://…","draft_id":"…","secret":"…"};
//                                HASH names the command: server, sender, files with sizes and times
//
// Whoever reads it could put files into that draft, as the owner's session could, too.
#pragma once

#include <optional>
#include <string>

#include "cli/descriptor.h"
#include "cli/trouble.h"
#include "client/client.h"

namespace couvert {

/// Held by one call at a time, until its end. Threads: one.
class KeptDraft {
 public:
  /// Nothing where another call has it just now. `command` is any text that is the same for the
  /// same command. Errors: `refused` where others could read it; those of the disk.
  static Outcome<std::optional<KeptDraft>> open(const std::string& folder, const ServerUrl& server,
                                                const std::string& command);

  /// The draft that an earlier call left; nothing where there is none, or no whole one.
  std::optional<DraftAccess> load() const;
  Outcome<> keep(const DraftAccess& draft) const;
  void forget() const;

 private:
  KeptDraft(std::string path, Descriptor file, ServerUrl server)
      : path_(std::move(path)), file_(std::move(file)), server_(std::move(server)) {}

  std::string path_;
  Descriptor file_;  // locked
  ServerUrl server_;
};

}  // namespace couvert
