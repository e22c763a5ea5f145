#include "store/column.h"

#include <algorithm>

namespace couvert {

namespace {

template <class T>
bool take(const Result<T>& parsed, T& out) {
  if (parsed) out = *parsed;
  return parsed.has_value();
}

}  // namespace

bool decode(const Cell& cell, Buffer& bytes) {
  return cell && take(decode_base64url(*cell), bytes);
}

bool decode(const Cell& cell, MutableBytes bytes) {
  Buffer read;
  if (!decode(cell, read) || read.size() != bytes.size()) return false;
  std::copy(read.begin(), read.end(), bytes.begin());
  return true;
}

bool decode(const Cell& cell, Language& language) {
  return cell && decode_name(cell, all_languages, language);
}

bool decode(const Cell& cell, TransferState& state) {
  return cell && take(parse_transfer_state(*cell), state);
}

bool decode(const Cell& cell, OpenBy& open_by) {
  return cell && take(parse_open_by(*cell), open_by);
}

bool decode(const Cell& cell, RecipientKind& kind) {
  return cell && take(parse_recipient_kind(*cell), kind);
}

bool decode(const Cell& cell, MailState& state) {
  return cell && take(parse_mail_state(*cell), state);
}

bool decode(const Cell& cell, RuleAction& action) {
  return cell && take(parse_rule_action(*cell), action);
}

bool decode(const Cell& cell, Settings& settings) {
  return cell && take(parse_settings(*cell), settings) && write_settings(settings) == *cell;
}

}  // namespace couvert
