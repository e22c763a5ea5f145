// Fuzzes the files of rules: what is taken comes back the same from both formats, and makes a
// policy.
//
// parser: src/server/rule_file.cpp src/server/csv.cpp src/domain/setting.cpp
#include "base/limits.h"
#include "server/rule_file.h"

namespace couvert {

void fuzz(std::string_view text) {
  const Result<std::vector<Rule>> rules = read_rules(text);
  if (!rules) return;
  INVARIANT(rules->size() <= limits::rules_max);
  INVARIANT(Policy::from(*rules).has_value());
  for (const Rule& rule : *rules) {
    const Settings whole = settings_of(with_settings(Allowance(), rule.settings));
    for (const auto& [setting, value] : rule.settings) {
      INVARIANT(!is_stricter(setting, value, value));
      INVARIANT(setting == Setting::days_default || whole.at(setting) == value);
    }
  }
  for (const RuleFormat format : {RuleFormat::json, RuleFormat::csv}) {
    const Result<std::vector<Rule>> again = read_rules(write_rules(*rules, format));
    INVARIANT(again && *again == *rules);
  }
}

}  // namespace couvert

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  couvert::fuzz({reinterpret_cast<const char*>(data), size});
  return 0;
}
