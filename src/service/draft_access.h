// How the use cases on a draft get at it: the sender's proof, the draft's row, its keyslot.
#pragma once

#include "sealing/record.h"
#include "service/draft.h"
#include "service/open_transfer.h"
#include "store/file_table.h"
#include "store/transfer_table.h"

namespace couvert {

/// A draft, or the transfer that it has become, whose sender's secret was right.
struct OpenedDraft {
  Transfer transfer;
  OpenedKeyslot keys;
};

/// Finds the draft, opens the sender's keyslot with the secret, asks for the sender's proof.
/// Errors: `denied` where there is none, its end has passed, or the secret is another; `unproven`.
Result<OpenedDraft> open_draft(const Parts& parts, const DraftKey& key);

/// The same, but only while it is a draft: a started one is `conflict`.
Result<OpenedDraft> open_unstarted(const Parts& parts, const DraftKey& key);

/// A file's row with its opened record.
struct OpenedFile {
  FileRow row;
  FileRecord record;
};

/// Errors: `denied` where there is no such file.
Result<OpenedFile> open_file(const Parts& parts, const OpenedDraft& draft, std::uint32_t no);
/// Takes a file out of a draft, with its parts. Errors: `denied` where there is no such file.
Result<> erase_file(const Parts& parts, const SealId& draft, std::uint32_t no);
/// All files of a draft in the order of their numbers.
Result<std::vector<OpenedFile>> open_files(const Parts& parts, const OpenedDraft& draft);

}  // namespace couvert
