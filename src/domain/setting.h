// What rules set: each setting's name, its values, and which of two values is the stricter.
#pragma once

#include <concepts>
#include <map>
#include <span>
#include <string>

#include "domain/password.h"

namespace couvert {

/// A check box of the sender's options: how it stands at first, and whether it can be changed.
enum class Preset { never, off, on, always };
std::string_view name_of(Preset preset);

inline bool is_on(Preset preset) {
  return preset == Preset::on || preset == Preset::always;
}
inline bool is_fixed(Preset preset) {
  return preset == Preset::never || preset == Preset::always;
}

/// How the sender's switch for QUICK stands at first. `never`: there is none; `if_connected`: on
/// where all recipients are connected; `on`: others are invited, too.
enum class QuickPreset { never, off, if_connected, on };
std::string_view name_of(QuickPreset preset);

/// What a sender may do; the defaults hold where neither configuration nor rule says otherwise.
struct Allowance {
  std::uint64_t transfer_bytes_max = std::uint64_t{1} << 40;  // 1 TiB
  int days_default = 10;
  int days_max = 10;
  bool days_editable = true;
  bool generated_passwords = true;
  bool own_passwords = true;
  bool link_allowed = true;  // transfers without password
  PasswordRules password_rules;
  bool message_required = false;
  bool notification_editable = true;
  Preset show_file_names = Preset::off;
  Preset notify_delivery = Preset::off;
  Preset notify_download = Preset::off;
  bool phone_required = false;
  bool checksums = false;  // whether sender and recipients see each file's SHA-256
  QuickPreset quick = QuickPreset::if_connected;
  bool invitation_own_passwords = true;  // whether a transfer that invites to QUICK may have one
  bool client_mail = false;  // whether a sender's mail program may send the recipients' mails
  std::string from_name;     // in From of the recipients' mails; empty: the sender's
  std::string reply_to;      // an address; empty: the sender's

  bool operator==(const Allowance&) const = default;
};

enum class Setting {
  transfer_bytes_max,
  days_default,
  days_max,
  days_editable,
  generated_passwords,
  own_passwords,
  transfers_without_password,
  password_length_min,
  password_upper_and_lower,
  password_digits,
  password_special,
  password_no_word,
  message_required,
  notification_editable,
  show_file_names,
  notify_delivery,
  notify_download,
  phone_required,
  checksums,
  quick,
  invitation_own_passwords,
  client_mail,
  from_name,
  reply_to,
};
inline constexpr int setting_count = 24;

/// The same words in rules, their files, and the configuration.
std::string_view name_of(Setting setting);
/// Errors: `invalid`.
Result<Setting> parse_setting(std::string_view name);

/// A number or a text. Truths are 0 and 1, presets of both kinds numbers in their order; an empty
/// text is as good as none.
struct SettingValue {
  SettingValue() = default;
  SettingValue(std::integral auto value) : number(static_cast<std::int64_t>(value)) {}
  SettingValue(std::string value) : text(std::move(value)) {}

  bool operator==(const SettingValue&) const = default;

  std::int64_t number = 0;
  std::string text;
};
using Settings = std::map<Setting, SettingValue>;

/// What a setting can be: a number within bounds, one of the words, whose places are its values, or
/// text.
struct SettingBounds {
  std::int64_t min = 0;
  std::int64_t max = 0;
  std::span<const std::string_view> words;  // empty: a number, or text
};
SettingBounds bounds_of(Setting setting);
/// Whether it is yes or no.
bool is_truth(Setting setting);
bool is_text(Setting setting);

/// A value as it is written: a whole number, yes or no, a preset's name, or text.
/// Errors: `invalid` with what is expected.
Result<SettingValue> parse_setting_value(Setting setting, std::string_view text);
std::string write_setting_value(Setting setting, const SettingValue& value);
/// Adds one by its name and what is written. Errors: `invalid`, also where it is there already.
Result<> add_setting(Settings& settings, std::string_view name, std::string_view text);
/// Settings in one line, in their order: `days_max=30 from_name="Front office"`. Text with a blank
/// or a quote in it, or none in it, stands in quotes, with a backslash before \ and ".
std::string write_settings(const Settings& settings);
/// Errors: `invalid`, also for one that comes twice.
Result<Settings> parse_settings(std::string_view line);
/// Whether the setting can have that value.
bool is_value_of(Setting setting, const SettingValue& value);

/// Whether `left` allows less than `right`. Of texts only the empty one does.
bool is_stricter(Setting setting, const SettingValue& left, const SettingValue& right);

/// `allowance` with the settings, as far as they are there; the days at first at most days_max.
Allowance with_settings(Allowance allowance, const Settings& settings);
/// All of an allowance.
Settings settings_of(const Allowance& allowance);

}  // namespace couvert
