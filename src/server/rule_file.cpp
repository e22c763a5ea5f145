#include "server/rule_file.h"

#include <algorithm>
#include <charconv>
#include <set>
#include <tuple>

#include "base/json.h"
#include "base/limits.h"
#include "server/csv.h"

namespace couvert {
namespace {

constexpr std::int64_t id_max = 1'000'000'000'000;
const JsonLimits json_limits{limits::rule_file_bytes_max, 5, 64 * limits::rules_max};

// A rule as it was read, and where: "line 3".
struct Read {
  Rule rule;
  std::string where;
};

tl::unexpected<Error> at(const std::string& where, const Error& error) {
  return fail(ErrorCode::invalid, where + ": " + error.detail);
}

Json json_of(Setting setting, const SettingValue& value) {
  if (is_truth(setting)) return value.number != 0;
  if (bounds_of(setting).words.empty() && !is_text(setting)) return value.number;
  return write_setting_value(setting, value);
}

Result<SettingValue> value_of(Setting setting, const Json& json) {
  if (const bool* truth = json.boolean(); truth != nullptr && is_truth(setting)) {
    return SettingValue(*truth);
  }
  if (const std::int64_t* number = json.integer(); number != nullptr && !is_text(setting)) {
    return parse_setting_value(setting, std::to_string(*number));
  }
  if (json.string() != nullptr) return parse_setting_value(setting, *json.string());
  return fail(ErrorCode::invalid, "no value of " + std::string(name_of(setting)));
}

Result<Settings> settings_in(const Json* json) {
  Settings settings;
  if (json == nullptr) return settings;
  for (const auto& [name, item] : *json->object()) {
    const Result<Setting> setting = parse_setting(name);
    if (!setting) return pass(setting);
    const Result<SettingValue> value = value_of(*setting, item);
    if (!value) return pass(value);
    settings.emplace(*setting, *value);
  }
  return settings;
}

Result<Rule> rule_in(const Json& json) {
  ObjectReader reader(json);
  Rule rule;
  rule.id = reader.optional_integer("id", 1, id_max).value_or(0);
  const Result<RuleAction> action = parse_rule_action(reader.string("action", 20));
  rule.sender = reader.string("sender", limits::pattern_bytes_max);
  rule.recipient = reader.string("recipient", limits::pattern_bytes_max);
  rule.network = reader.optional_string("network", 64).value_or("");
  const Json* settings = reader.optional_object("settings");
  const Result<> finished = reader.finish();
  if (!finished) return pass(finished);
  if (!action) return pass(action);
  Result<Settings> read = settings_in(settings);
  if (!read) return pass(read);
  rule.action = *action;
  rule.settings = std::move(*read);
  return rule;
}

Result<std::vector<Read>> read_json(std::string_view text) {
  const Result<Json> json = parse_json(text, json_limits);
  if (!json) return pass(json);
  ObjectReader reader(*json);
  const Json::Array& rows = reader.array("rules", limits::rules_max);
  const Result<> finished = reader.finish();
  if (!finished) return pass(finished);
  std::vector<Read> rules;
  for (const Json& row : rows) {
    const std::string where = "rule " + std::to_string(rules.size() + 1);
    Result<Rule> rule = rule_in(row);
    if (!rule) return at(where, rule.error());
    rules.push_back({std::move(*rule), where});
  }
  return rules;
}

Result<> set_column(Rule& rule, std::string_view column, const std::string& text) {
  if (column == "sender") rule.sender = text;
  if (column == "recipient") rule.recipient = text;
  if (column == "network") rule.network = text;
  if (column == "action") {
    const Result<RuleAction> action = parse_rule_action(text);
    if (!action) return pass(action);
    rule.action = *action;
  }
  if (column == "settings") {
    Result<Settings> settings = parse_settings(text);
    if (!settings) return pass(settings);
    rule.settings = std::move(*settings);
  }
  if (column == "id" && !text.empty()) {
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, rule.id);
    if (error != std::errc() || stop != end || rule.id < 1 || rule.id > id_max) {
      return fail(ErrorCode::invalid, "an ID is a number from 1 on");
    }
  }
  return {};
}

constexpr std::array<std::string_view, 6> columns = {"id",        "action",  "sender",
                                                     "recipient", "network", "settings"};

Result<> check_header(const CsvRecord& header) {
  std::set<std::string> seen;
  for (const std::string& name : header.fields) {
    if (std::ranges::find(columns, name) == columns.end() || !seen.insert(name).second) {
      return fail(ErrorCode::invalid,
                  "line 1: the columns are id, action, sender, recipient, network and settings");
    }
  }
  for (const char* needed : {"action", "sender", "recipient"}) {
    if (!seen.contains(needed)) {
      return fail(ErrorCode::invalid, "line 1: a column is missing: " + std::string(needed));
    }
  }
  return {};
}

Result<std::vector<Read>> read_csv(std::string_view text) {
  const Result<std::vector<CsvRecord>> records = parse_csv(text);
  if (!records) return pass(records);
  if (records->empty()) return fail(ErrorCode::invalid, "an empty file: not even a first line");
  const CsvRecord& header = records->front();
  const Result<> checked = check_header(header);
  if (!checked) return pass(checked);
  std::vector<Read> rules;
  for (const CsvRecord& record : std::span(*records).subspan(1)) {
    Read read{{}, "line " + std::to_string(record.line)};
    if (record.fields.size() != header.fields.size()) {
      return fail(ErrorCode::invalid, read.where + ": not as many fields as the first line has");
    }
    for (std::size_t i = 0; i < header.fields.size(); ++i) {
      const Result<> set = set_column(read.rule, header.fields[i], record.fields[i]);
      if (!set) return at(read.where, set.error());
    }
    rules.push_back(std::move(read));
  }
  return rules;
}

// Each rule once, with an ID of its own.
Result<std::vector<Rule>> settled(std::vector<Read> read) {
  std::set<std::int64_t> ids;
  std::set<std::tuple<RuleAction, std::string, std::string, std::string>> seen;
  std::vector<Rule> rules;
  std::int64_t last = 0;
  for (const Read& one : read) last = std::max(last, one.rule.id);
  for (Read& one : read) {
    Result<Rule> rule = check_rule(std::move(one.rule));
    if (!rule) return at(one.where, rule.error());
    if (rule->id == 0) rule->id = ++last;
    if (!ids.insert(rule->id).second) {
      return fail(ErrorCode::invalid, one.where + ": that ID is there before");
    }
    if (!seen.emplace(rule->action, rule->sender, rule->recipient, rule->network).second) {
      return fail(ErrorCode::invalid, one.where + ": the same rule is there before");
    }
    rules.push_back(std::move(*rule));
  }
  std::ranges::sort(rules, {}, &Rule::id);
  return rules;
}

std::string write_json(const std::vector<Rule>& rules) {
  std::string out = "{\"rules\": [";
  for (const Rule& rule : rules) {
    Json::Object row = {{"id", Json(rule.id)},
                        {"action", Json(name_of(rule.action))},
                        {"sender", Json(rule.sender)},
                        {"recipient", Json(rule.recipient)}};
    if (!rule.network.empty()) row.emplace_back("network", Json(rule.network));
    Json::Object settings;
    for (const auto& [setting, value] : rule.settings) {
      settings.emplace_back(std::string(name_of(setting)), json_of(setting, value));
    }
    if (!settings.empty()) row.emplace_back("settings", Json(std::move(settings)));
    out.append(&rule == &rules.front() ? "\n  " : ",\n  ").append(Json(std::move(row)).write());
  }
  return out + "\n]}\n";
}

}  // namespace

std::string write_rules(const std::vector<Rule>& rules, RuleFormat format) {
  if (format == RuleFormat::json) return write_json(rules);
  std::string out = write_csv({columns.begin(), columns.end()});
  for (const Rule& rule : rules) {
    out += write_csv({std::to_string(rule.id), std::string(name_of(rule.action)), rule.sender,
                      rule.recipient, rule.network, write_settings(rule.settings)});
  }
  return out;
}

Result<std::vector<Rule>> read_rules(std::string_view text) {
  if (text.size() > limits::rule_file_bytes_max) {
    return fail(ErrorCode::too_large, "a file of rules has at most 16 MiB");
  }
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  const bool is_json = first != std::string_view::npos && text[first] == '{';
  Result<std::vector<Read>> read = is_json ? read_json(text) : read_csv(text);
  if (!read) return pass(read);
  if (read->size() > limits::rules_max) {
    return fail(ErrorCode::too_large, "more than 10000 rules");
  }
  return settled(std::move(*read));
}

}  // namespace couvert
