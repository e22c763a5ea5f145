#include <array>
#include <cstdio>

#include "base/limits.h"
#include "mail/bounce_report.h"
#include "server/commands.h"
#include "store/transfer_table.h"

namespace couvert {
namespace {

// One byte more than a report may have, so that a longer one is known as such. The rest is read and
// forgotten: whoever writes it should not meet a closed pipe.
Result<std::string> read_input() {
  std::string mail;
  std::array<char, 65536> some;
  while (const std::size_t length = std::fread(some.data(), 1, some.size(), stdin)) {
    const std::size_t room = limits::bounce_bytes_max + 1 - mail.size();
    mail.append(some.data(), std::min(length, room));
  }
  if (std::ferror(stdin) != 0) return fail(ErrorCode::unavailable, "the report cannot be read");
  return mail;
}

int ignore(const std::string& why) {
  std::printf("ignored: %s\n", why.c_str());
  return 0;
}

}  // namespace

int bounce(const Config& config) {
  const Result<std::string> mail = read_input();
  if (!mail) return try_again(mail.error());
  const Result<BounceReport> report = read_bounce_report(*mail);
  if (!report) return ignore(report.error().detail);
  const Result<std::unique_ptr<Database>> database = Database::open_beside(config.database);
  if (!database) return try_again(database.error());
  const auto noted = (*database)->write_value(
      [&](Transaction& tx) { return note_bounce(tx, report->mail_id, report->answer); });
  if (!noted) return try_again(noted.error());
  if (!*noted) return ignore("no mail that a recipient still waits for");
  std::printf("noted: the server tells the sender\n");
  return 0;
}

int try_again(const Error& error) {
  complain(error);
  return try_again_status;
}

}  // namespace couvert
