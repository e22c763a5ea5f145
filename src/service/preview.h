// Use case: the recipients' mail before it is sent.
#pragma once

#include "domain/transfer.h"
#include "service/verify.h"

namespace couvert {

struct PreviewRequest {
  Address from;
  std::string name;
  std::string phone;
  Language language = Language::en;
  Instant expires;
  OpenBy open_by = OpenBy::password;
  std::vector<std::string> file_names;
  std::string subject;  // as edited; empty: the default one
  std::string text;
};

struct Preview {
  std::string subject;
  std::string text;  // the plain text part of the mail
  std::string default_subject;
  std::string default_text;
  std::string html;  // the HTML part, whose links lead nowhere
};

/// Threads: any.
class ShowPreview {
 public:
  explicit ShowPreview(const Parts& parts) : parts_(parts) {}

  /// Errors: `unproven` where the caller has not proven `from`; `invalid` for texts that a start
  /// would refuse, too.
  Result<Preview> show(const Caller& caller, const PreviewRequest& request);

 private:
  const Parts& parts_;
};

}  // namespace couvert
