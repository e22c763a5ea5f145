#include "domain/setting.h"

#include <algorithm>
#include <charconv>

#include "base/limits.h"
#include "domain/address.h"
#include "domain/transfer.h"

namespace couvert {
namespace {

enum class Kind { number, truth, preset, quick, line, address };
enum class Strict { less, more };  // of two values, the one that allows less

struct Row {
  Setting setting;
  std::string_view name;
  Kind kind;
  Strict strict;
  std::int64_t min;
  std::int64_t max;
  SettingValue (*get)(const Allowance&);
  void (*set)(Allowance&, const SettingValue&);
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
          [](const Allowance& from) {
            return SettingValue(static_cast<std::int64_t>(member<Member>(from)));
          },
          [](Allowance& into, const SettingValue& value) {
            auto& field = member<Member>(into);
            field = static_cast<std::remove_reference_t<decltype(field)>>(value.number);
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
constexpr Row text(Setting setting, std::string_view name, Kind kind) {
  return {setting,
          name,
          kind,
          Strict::less,
          0,
          0,
          [](const Allowance& from) { return SettingValue(from.*Member); },
          [](Allowance& into, const SettingValue& value) { into.*Member = value.text; }};
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
    truth<&A::phone_required>(S::phone_required, "phone_required", more),
    truth<&A::checksums>(S::checksums, "checksums", more),
    row<&A::quick>(S::quick, "quick", Kind::quick, less, {0, 3}),
    truth<&A::invitation_own_passwords>(S::invitation_own_passwords, "invitation_own_passwords",
                                        less),
    truth<&A::client_mail>(S::client_mail, "client_mail", less),
    text<&A::from_name>(S::from_name, "from_name", Kind::line),
    text<&A::reply_to>(S::reply_to, "reply_to", Kind::address),
};

const Row& row_of(Setting setting) {
  const Row& found = rows[static_cast<std::size_t>(setting)];
  INVARIANT(found.setting == setting);
  return found;
}

constexpr std::array<std::string_view, 2> truths = {"no", "yes"};
constexpr std::array<std::string_view, 4> presets = {"never", "off", "on", "always"};
constexpr std::array<std::string_view, 4> quick_presets = {"never", "off", "if_connected", "on"};

std::span<const std::string_view> words_of(Kind kind) {
  if (kind == Kind::truth) return truths;
  if (kind == Kind::preset) return presets;
  if (kind == Kind::quick) return quick_presets;
  return {};
}

// As it is kept: the line trimmed, the address in its one spelling. Empty is none.
Result<std::string> check_setting_text(const Row& row, std::string_view text) {
  if (row.kind == Kind::line) return check_line(text, limits::name_bytes_max);
  if (text.empty()) return std::string();
  Result<Address> address = parse_address(text);
  if (!address) return pass(address);
  return std::move(address->text);
}

std::string quoted(std::string_view text) {
  if (!text.empty() && text.find_first_of(" \"\\") == std::string_view::npos) {
    return std::string(text);
  }
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

// Takes what stands before the next blank outside of quotes, without the quotes.
Result<std::string> take_word(std::string_view& line) {
  std::string word;
  bool is_quoted = false;
  while (!line.empty()) {
    const char c = line.front();
    line.remove_prefix(1);
    if (c == ' ' && !is_quoted) return word;
    if (c == '"') {
      is_quoted = !is_quoted;
    } else if (c == '\\' && is_quoted && !line.empty()) {
      word += line.front();
      line.remove_prefix(1);
    } else {
      word += c;
    }
  }
  if (is_quoted) return fail(ErrorCode::invalid, "a quote has no end");
  return word;
}

}  // namespace

std::string_view name_of(Preset preset) {
  return presets[static_cast<std::size_t>(preset)];
}

std::string_view name_of(QuickPreset preset) {
  return quick_presets[static_cast<std::size_t>(preset)];
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

bool is_text(Setting setting) {
  const Kind kind = row_of(setting).kind;
  return kind == Kind::line || kind == Kind::address;
}

Result<SettingValue> parse_setting_value(Setting setting, std::string_view text) {
  const Row& row = row_of(setting);
  if (is_text(setting)) {
    Result<std::string> checked = check_setting_text(row, text);
    if (checked) return SettingValue(std::move(*checked));
    return fail(ErrorCode::invalid, std::string(row.name) + ": " + checked.error().detail);
  }
  const auto words = words_of(row.kind);
  const auto word = std::ranges::find(words, text);
  if (word != words.end()) return SettingValue(word - words.begin());
  std::int64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  const bool is_number = error == std::errc() && stop == end && !text.empty();
  if (row.kind == Kind::number && is_number && is_value_of(setting, value)) {
    return SettingValue(value);
  }
  std::string expected;
  for (const std::string_view one : words)
    expected.append(expected.empty() ? "" : ", ").append(one);
  if (words.empty()) expected = std::to_string(row.min) + " to " + std::to_string(row.max);
  return fail(ErrorCode::invalid, std::string(row.name) + " is one of " + expected);
}

std::string write_setting_value(Setting setting, const SettingValue& value) {
  INVARIANT(is_value_of(setting, value));
  if (is_text(setting)) return value.text;
  const auto words = words_of(row_of(setting).kind);
  if (words.empty()) return std::to_string(value.number);
  return std::string(words[static_cast<std::size_t>(value.number)]);
}

Result<> add_setting(Settings& settings, std::string_view name, std::string_view text) {
  const Result<Setting> setting = parse_setting(name);
  if (!setting) return pass(setting);
  Result<SettingValue> value = parse_setting_value(*setting, text);
  if (!value) return pass(value);
  if (settings.emplace(*setting, std::move(*value)).second) return {};
  return fail(ErrorCode::invalid, std::string(name) + " is set twice");
}

std::string write_settings(const Settings& settings) {
  std::string line;
  for (const auto& [setting, value] : settings) {
    if (!line.empty()) line += ' ';
    const std::string written = write_setting_value(setting, value);
    line.append(name_of(setting)).append("=").append(is_text(setting) ? quoted(written) : written);
  }
  return line;
}

Result<Settings> parse_settings(std::string_view line) {
  Settings settings;
  while (!line.empty()) {
    const Result<std::string> one = take_word(line);
    if (!one) return pass(one);
    if (one->empty()) continue;
    const std::size_t sign = one->find('=');
    if (sign == std::string::npos) {
      return fail(ErrorCode::invalid, "a setting is NAME=VALUE, not " + *one);
    }
    const Result<> added = add_setting(settings, std::string_view(*one).substr(0, sign),
                                       std::string_view(*one).substr(sign + 1));
    if (!added) return pass(added);
  }
  return settings;
}

bool is_value_of(Setting setting, const SettingValue& value) {
  const Row& row = row_of(setting);
  if (is_text(setting)) {
    return value.number == 0 && check_setting_text(row, value.text) == value.text;
  }
  return value.text.empty() && value.number >= row.min && value.number <= row.max;
}

bool is_stricter(Setting setting, const SettingValue& left, const SettingValue& right) {
  if (is_text(setting)) return left.text.empty() && !right.text.empty();
  const bool is_less = row_of(setting).strict == Strict::less;
  return is_less ? left.number < right.number : left.number > right.number;
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
