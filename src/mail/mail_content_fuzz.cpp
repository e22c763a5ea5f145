// The outbox's own form of a mail, whatever bytes lie there: what decodes encodes to the same
// parser: src/mail/mail_content.cpp
// bytes.
#include "mail/mail_content.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace couvert;
  const Bytes bytes(reinterpret_cast<const std::byte*>(data), size);
  const Result<MailContent> content = decode(bytes);
  if (!content) return 0;
  const Result<Buffer> again = encode(*content);
  INVARIANT(again.has_value());
  INVARIANT(as_text(*again) == as_text(bytes));
  return 0;
}
