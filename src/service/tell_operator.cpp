#include "service/tell_operator.h"

#include "service/post.h"
#include "store/counter_table.h"
#include "store/outbox_table.h"

namespace couvert {
namespace {

// Whether the operator was not told today.
Result<bool> is_news(Transaction& tx, const Trouble& trouble, Instant now) {
  const Instant day = std::chrono::floor<std::chrono::days>(now);
  const std::string key =
      "trouble " + std::string(name_of(trouble.kind)) + " " + trouble.what.substr(0, 100);
  const Result<std::int64_t> told = add_to_counter(tx, key, day, 1);
  if (!told) return pass(told);
  return *told == 1;
}

}  // namespace

Result<> look_at_outbox(const Parts& parts, const std::string& server,
                        std::vector<Trouble>& troubles) {
  const Result<OutboxState> outbox =
      parts.database.read_value([](Transaction& tx) { return outbox_state(tx); });
  if (!outbox) return pass(outbox);
  if (!outbox->oldest || *outbox->oldest + limits::mail_trouble_after > parts.clock.now()) {
    return Result<>();
  }
  troubles.push_back(
      {TroubleKind::mail_server, server, static_cast<int>(outbox->waiting), *outbox->oldest});
  return Result<>();
}

Result<std::size_t> tell_operator(const Parts& parts, std::span<const Trouble> troubles) {
  const ServiceSettings& settings = parts.settings;
  if (settings.operator_address.empty() || troubles.empty()) return 0;
  std::size_t told = 0;
  const Result<> done = parts.database.write([&](Transaction& tx) -> Result<> {
    told = 0;
    for (const Trouble& trouble : troubles) {
      const Result<bool> news = is_news(tx, trouble, parts.clock.now());
      if (!news) return pass(news);
      if (!*news) continue;
      const TroubleMail mail{settings.operator_language, trouble.kind,
                             trouble.what.substr(0, mail_trouble_bytes_max), trouble.number,
                             trouble.when};
      const Result<> posted =
          post(parts, tx, {MailKind::trouble, Address{settings.operator_address}, mail, {}, -1});
      if (!posted) return pass(posted);
      ++told;
    }
    return Result<>();
  });
  if (!done) return pass(done);
  if (told > 0) parts.wake_outbox();
  return told;
}

}  // namespace couvert
