#include "domain/setting.h"

#include <doctest/doctest.h>

#include <array>

#include "base/limits.h"

using namespace couvert;

TEST_CASE("every setting is read back by its name, each value by its word") {
  const Settings all = settings_of(Allowance());
  CHECK(all.size() == setting_count);
  for (const auto& [setting, value] : all) {
    CHECK(parse_setting(name_of(setting)) == setting);
    CHECK(parse_setting_value(setting, write_setting_value(setting, value)) == value);
  }
  CHECK(parse_setting("days").error().code == ErrorCode::invalid);
}

TEST_CASE("an allowance comes back from its settings") {
  Allowance allowance;
  allowance.transfer_bytes_max = 7;
  allowance.days_default = 3;
  allowance.days_max = 5;
  allowance.own_passwords = false;
  allowance.password_rules.length_min = 12;
  allowance.password_rules.special = false;
  allowance.show_file_names = Preset::always;
  allowance.quick = QuickPreset::off;
  allowance.invitation_own_passwords = false;
  allowance.client_mail = true;
  CHECK(with_settings(Allowance(), settings_of(allowance)) == allowance);
}

TEST_CASE("a value is a number within its bounds, yes or no, or a preset") {
  const auto read = [](Setting setting, const char* text) {
    return parse_setting_value(setting, text);
  };
  CHECK(read(Setting::days_max, "30") == 30);
  CHECK(read(Setting::message_required, "yes") == 1);
  CHECK(read(Setting::show_file_names, "never") == 0);
  CHECK(read(Setting::quick, "if_connected") == 2);
  for (const auto& [setting, wrong] : {std::pair(Setting::days_max, "0"),
                                       {Setting::days_max, "400"},
                                       {Setting::days_max, "3 "},
                                       {Setting::days_max, "yes"},
                                       {Setting::days_max, ""},
                                       {Setting::message_required, "1"},
                                       {Setting::message_required, "on"},
                                       {Setting::show_file_names, "yes"},
                                       {Setting::show_file_names, "if_connected"},
                                       {Setting::quick, "always"},
                                       {Setting::quick, "yes"},
                                       {Setting::password_length_min, "7"}}) {
    CAPTURE(wrong);
    CHECK(read(setting, wrong).error().code == ErrorCode::invalid);
  }
}

TEST_CASE("the stricter value is the one that allows less") {
  CHECK(is_stricter(Setting::days_max, 3, 10));
  CHECK(is_stricter(Setting::password_length_min, 12, 8));
  CHECK(is_stricter(Setting::own_passwords, 0, 1));
  CHECK(is_stricter(Setting::password_special, 1, 0));
  const auto never = static_cast<std::int64_t>(Preset::never);
  const auto always = static_cast<std::int64_t>(Preset::always);
  CHECK(is_stricter(Setting::show_file_names, never, always));
  CHECK(is_stricter(Setting::notify_download, always, never));
  CHECK_FALSE(is_stricter(Setting::days_max, 3, 3));
  const auto quick = std::to_array(
      {QuickPreset::never, QuickPreset::off, QuickPreset::if_connected, QuickPreset::on});
  for (std::size_t i = 1; i < quick.size(); ++i) {
    CHECK(is_stricter(Setting::quick, static_cast<int>(quick[i - 1]), static_cast<int>(quick[i])));
  }
  CHECK(is_stricter(Setting::invitation_own_passwords, 0, 1));
  CHECK(is_stricter(Setting::client_mail, 0, 1));
  CHECK_FALSE(Allowance().client_mail);
}

TEST_CASE("text is a line, or an address in its one spelling") {
  const auto read = [](Setting setting, const std::string& text) {
    return parse_setting_value(setting, text);
  };
  const Setting name = Setting::from_name;
  CHECK(read(name, " Labor \u00dc \"S\u00fcd\" ") == std::string("Labor \u00dc \"S\u00fcd\""));
  CHECK(read(name, "") == std::string());
  CHECK(read(name, std::string(limits::name_bytes_max, 'a')).has_value());
  CHECK(read(Setting::reply_to, "Office@Example.ORG") == std::string("office@example.org"));
  CHECK(read(Setting::reply_to, "") == std::string());
  for (const auto& [setting, wrong] :
       {std::pair<Setting, std::string>(name, "Lab\r\nBcc: x@example.org"),
        {name, "Lab\u2028x"},
        {name, "Lab\xff"},
        {name, std::string("a\0b", 3)},
        {name, std::string(limits::name_bytes_max + 1, 'a')},
        {Setting::reply_to, "office"},
        {Setting::reply_to, "a@example.org, b@example.org"},
        {Setting::reply_to, "a@example.org\nBcc: x@example.org"}}) {
    CAPTURE(wrong);
    CHECK(read(setting, wrong).error().code == ErrorCode::invalid);
  }
  CHECK(is_stricter(name, std::string(), std::string("Lab")));
  CHECK_FALSE(is_stricter(name, std::string("A"), std::string("Lab")));
}

TEST_CASE("text in a line of settings stands in quotes where it has to") {
  const std::string awkward = "a \"b\" \\ c=d days_max=3";
  const Settings settings = {{Setting::days_max, 30},
                             {Setting::from_name, awkward},
                             {Setting::reply_to, std::string("office@example.org")}};
  const std::string line = write_settings(settings);
  CHECK(line ==
        "days_max=30 from_name=\"a \\\"b\\\" \\\\ c=d days_max=3\" reply_to=office@example.org");
  CHECK(parse_settings(line) == settings);
  CHECK(write_settings({{Setting::from_name, std::string()}}) == "from_name=\"\"");
  CHECK(parse_settings("from_name=Lab days_max=3")->size() == 2);
  for (const char* wrong : {"from_name=\"Lab", "from_name=\"a\\", "from_name=a from_name=b"}) {
    CAPTURE(wrong);
    CHECK(parse_settings(wrong).error().code == ErrorCode::invalid);
  }
}

TEST_CASE("the days at first are never more than the most") {
  CHECK(with_settings(Allowance(), {{Setting::days_max, 4}}).days_default == 4);
}

TEST_CASE("settings go into one line and come back") {
  const Settings settings = {{Setting::days_max, 30}, {Setting::own_passwords, 0}};
  CHECK(write_settings(settings) == "days_max=30 own_passwords=no");
  CHECK(parse_settings("own_passwords=no  days_max=30") == settings);
  CHECK(parse_settings("")->empty());
  const Settings all = settings_of(Allowance());
  CHECK(parse_settings(write_settings(all)) == all);
  for (const char* wrong : {"days_max", "days_max=", "=3", "days_max=3 days_max=3", "days=3"}) {
    CAPTURE(wrong);
    CHECK(parse_settings(wrong).error().code == ErrorCode::invalid);
  }
}
