// Fuzzes the reports of mails that came back: what is read is one clean line about one mail.
//
// parser: src/mail/bounce_report.cpp
#include "base/bytes.h"
#include "mail/bounce_report.h"
#include "mail/mail_content.h"
#include "mail/plain.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace couvert;
  const std::string_view mail(reinterpret_cast<const char*>(data), size);
  const Result<BounceReport> report = read_bounce_report(mail);
  if (!report) return 0;
  INVARIANT(report->answer.size() <= mail_server_answer_bytes_max);
  INVARIANT(is_utf8(report->answer));
  INVARIANT(one_line(report->answer) == report->answer);
  return 0;
}
