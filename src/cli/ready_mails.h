// The mails that the sender sends: what `couvert provide --mails-to` writes, a file a recipient.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/clock.h"
#include "cli/out_folder.h"
#include "client/api.h"

namespace couvert {

/// Who sends, and when.
struct ReadyMailSender {
  std::string address;
  std::string name;
  Instant date;
};

/// Order: open() before anything is sent, write() once.
/// Lifetime: `random` must outlive it. Threads: one.
class ReadyMails {
 public:
  /// Chooses a name for each address in `folder`, which is made where it is missing.
  /// Errors: those of OutFolder; `conflict` where a name is taken.
  static Outcome<ReadyMails> open(const std::string& folder,
                                  const std::vector<std::string>& addresses, Random& random);

  /// Writes one mail. Returns its path. Errors: `damaged` for an answer without a mail, or one that
  /// lacks the recipient's link; those of the disk.
  Outcome<std::string> write(const api::Started::Recipient& recipient,
                             const ReadyMailSender& sender);
  /// Order: after the last one.
  Outcome<> finish();

 private:
  ReadyMails(OutFolder folder, Random& random) : folder_(std::move(folder)), random_(random) {}

  OutFolder folder_;
  Random& random_;
  std::map<std::string, std::string, std::less<>> places_;  // of each address
};

}  // namespace couvert
