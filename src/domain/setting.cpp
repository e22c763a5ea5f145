#include "domain/setting.h"

#include <algorithm>
#include <charconv>

#include "base/limits.h"

namespace couvert {
namespace {

enum class Kind { number, truth, preset };
enum class Strict { less, more };  // of two values, the one that allows less

struct Row {
  Setting setting;
  std::string_view name;
  Kind kind;
  Strict strict;
  std::int64_t min;
  std::int64_t max;
  std::int64_t (*get)(const Allowance&);
  void (*set)(Allowance&, std::int64_t);
};

// A member of Allowance, or of its password rules.
template <auto Member>
auto& member(auto& allowance) {
  if constexpr (requires { allowance.*Member; }) {
    return allowance.*Member;
  } else {
    return allowance.password_rules.*Member;
  }
}

template <auto Member>
constexpr Row row(Setting setting, std::string_view name, Kind kind, Strict strict,
                  std::pair<std::int64_t, std::int64_t> bounds) {
  return {setting,
          name,
          kind,
          strict,
          bounds.first,
          bounds.second,
          [](const Allowance& from) { return static_cast<std::int64_t>(member<Member>(from)); },
          [](Allowance& into, std::int64_t value) {
            auto& field = member<Member>(into);
            field = static_cast<std::remove_reference_t<decltype(field)>>(value);
          }};
}

template <auto Member>
constexpr Row number(Setting setting, std::string_view name, Strict strict, std::int64_t min,
                     std::int64_t max) {
  return row<Member>(setting, name, Kind::number, strict, {min, max});
}
template <auto Member>
constexpr Row truth(Setting setting, std::string_view name, Strict strict) {
  return row<Member>(setting, name, Kind::truth, strict, {0, 1});
}
template <auto Member>
constexpr Row preset(Setting setting, std::string_view name, Strict strict) {
  return row<Member>(setting, name, Kind::preset, strict, {0, 3});
}

constexpr auto bytes_max = static_cast<std::int64_t>(limits::file_bytes_max);
constexpr auto less = Strict::less;
constexpr auto more = Strict::more;
using A = Allowance;
using P = PasswordRules;
using S = Setting;

constexpr std::array<Row, setting_count> rows = {
    number<&A::transfer_bytes_max>(S::transfer_bytes_max, "transfer_bytes_max", less, 1, bytes_max),
    number<&A::days_default>(S::days_default, "days_default", less, 1, 399),
    number<&A::days_max>(S::days_max, "days_max", less, 1, 399),
    truth<&A::days_editable>(S::days_editable, "days_editable", less),
    truth<&A::generated_passwords>(S::generated_passwords, "generated_passwords", less),
    truth<&A::own_passwords>(S::own_passwords, "own_passwords", less),
    truth<&A::link_allowed>(S::transfers_without_password, "transfers_without_password", less),
    number<&P::length_min>(S::password_length_min, "password_length_min", more, 8, 64),
    truth<&P::upper_and_lower>(S::password_upper_and_lower, "password_upper_and_lower", more),
    truth<&P::digits>(S::password_digits, "password_digits", more),
    truth<&P::special>(S::password_special, "password_special", more),
    truth<&P::no_word>(S::password_no_word, "password_no_word", more),
    truth<&A::message_required>(S::message_required, "message_required", more),
    truth<&A::notification_editable>(S::notification_editable, "notification_editable", less),
    preset<&A::show_file_names>(S::show_file_names, "show_file_names", less),
    preset<&A::notify_delivery>(S::notify_delivery, "notify_delivery", more),
    preset<&A::notify_download>(S::notify_download, "notify_download", more),
};

const Row& row_of(Setting setting) {
  const Row& found = rows[static_cast<std::size_t>(setting)];
  INVARIANT(found.setting == setting);
  return found;
}

constexpr std::array<std::string_view, 2> truths = {"no", "yes"};
constexpr std::array<std::string_view, 4> presets = {"never", "off", "on", "always"};

std::span<const std::string_view> words_of(Kind kind) {
  if (kind == Kind::truth) return truths;
  if (kind == Kind::preset) return presets;
  return {};
}

}  // namespace

std::string_view name_of(Preset preset) {
  return presets[static_cast<std::size_t>(preset)];
}

std::string_view name_of(Setting setting) {
  return row_of(setting).name;
}

Result<Setting> parse_setting(std::string_view name) {
  const auto found = std::ranges::find(rows, name, &Row::name);
  if (found != rows.end()) return found->setting;
  return fail(ErrorCode::invalid, "no setting is called " + std::string(name));
}

SettingBounds bounds_of(Setting setting) {
  const Row& row = row_of(setting);
  return {row.min, row.max, words_of(row.kind)};
}

bool is_truth(Setting setting) {
  return row_of(setting).kind == Kind::truth;
}

Result<std::int64_t> parse_setting_value(Setting setting, std::string_view text) {
  const Row& row = row_of(setting);
  const auto words = words_of(row.kind);
  const auto word = std::ranges::find(words, text);
  if (word != words.end()) return word - words.begin();
  std::int64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  const bool is_number = error == std::errc() && stop == end && !text.empty();
  if (row.kind == Kind::number && is_number && is_value_of(setting, value)) return value;
  std::string expected;
  for (const std::string_view one : words)
    expected.append(expected.empty() ? "" : ", ").append(one);
  if (words.empty()) expected = std::to_string(row.min) + " to " + std::to_string(row.max);
  return fail(ErrorCode::invalid, std::string(row.name) + " is one of " + expected);
}

std::string write_setting_value(Setting setting, std::int64_t value) {
  INVARIANT(is_value_of(setting, value));
  const auto words = words_of(row_of(setting).kind);
  if (words.empty()) return std::to_string(value);
  return std::string(words[static_cast<std::size_t>(value)]);
}

std::string write_settings(const Settings& settings) {
  std::string line;
  for (const auto& [setting, value] : settings) {
    if (!line.empty()) line += ' ';
    line.append(name_of(setting)).append("=").append(write_setting_value(setting, value));
  }
  return line;
}

Result<Settings> parse_settings(std::string_view line) {
  Settings settings;
  while (!line.empty()) {
    const std::string_view one = line.substr(0, line.find(' '));
    line.remove_prefix(std::min(one.size() + 1, line.size()));
    if (one.empty()) continue;
    const std::size_t sign = one.find('=');
    if (sign == std::string_view::npos) {
      return fail(ErrorCode::invalid, "a setting is NAME=VALUE, not " + std::string(one));
    }
    const Result<Setting> setting = parse_setting(one.substr(0, sign));
    if (!setting) return pass(setting);
    const Result<std::int64_t> value = parse_setting_value(*setting, one.substr(sign + 1));
    if (!value) return pass(value);
    if (!settings.emplace(*setting, *value).second) {
      return fail(ErrorCode::invalid, std::string(name_of(*setting)) + " is set twice");
    }
  }
  return settings;
}

bool is_value_of(Setting setting, std::int64_t value) {
  const Row& row = row_of(setting);
  return value >= row.min && value <= row.max;
}

bool is_stricter(Setting setting, std::int64_t left, std::int64_t right) {
  return row_of(setting).strict == Strict::less ? left < right : left > right;
}

Allowance with_settings(Allowance allowance, const Settings& settings) {
  for (const auto& [setting, value] : settings) row_of(setting).set(allowance, value);
  allowance.days_default = std::min(allowance.days_default, allowance.days_max);
  return allowance;
}

Settings settings_of(const Allowance& allowance) {
  Settings settings;
  for (const Row& row : rows) settings.emplace(row.setting, row.get(allowance));
  return settings;
}

}  // namespace couvert
