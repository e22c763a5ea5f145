#include "server/config_section.h"

#include "server/toml.h"

namespace couvert {
namespace {

const toml::table& table_at(const void* table) {
  return *static_cast<const toml::table*>(table);
}

}  // namespace

struct ConfigFile::Tables {
  toml::table root;
};

ConfigFile::ConfigFile(std::string path)
    : path_(std::move(path)), tables_(std::make_unique<Tables>()) {}
ConfigFile::~ConfigFile() = default;

Result<> ConfigFile::parse(std::string_view text) {
  try {
    tables_->root = toml::parse(text, path_);
  } catch (const toml::parse_error& error) {
    return fail(ErrorCode::invalid, path_ + ":" + std::to_string(error.source().begin.line) + ": " +
                                        std::string(error.description()));
  } catch (const std::logic_error& error) {
    return fail(ErrorCode::invalid, path_ + ": " + error.what());
  }
  return Result<>();
}

ConfigSection ConfigFile::top() {
  return ConfigSection(*this, "", &tables_->root);
}

std::optional<ConfigSection> ConfigFile::section(std::string_view name, Presence presence) {
  sections_.emplace(name);
  const toml::node* node = tables_->root.get(name);
  if (node == nullptr) {
    if (presence == Presence::required) refuse(0, "[" + std::string(name) + "] is missing");
    return std::nullopt;
  }
  const toml::table* table = node->as_table();
  if (table == nullptr) {
    refuse(node->source().begin.line, std::string(name) + ": a table is expected");
    return std::nullopt;
  }
  return ConfigSection(*this, std::string(name), table);
}

void ConfigFile::refuse(std::uint32_t line, const std::string& what) {
  if (!error_.empty()) return;
  error_ = path_ + (line > 0 ? ":" + std::to_string(line) : "") + ": " + what;
}

Result<> ConfigFile::finish() const {
  if (!error_.empty()) return fail(ErrorCode::invalid, error_);
  return Result<>();
}

void ConfigSection::refuse(std::string_view key, std::string_view expected) {
  const toml::node* node = table_at(table_).get(key);
  const toml::source_index line =
      node != nullptr ? node->source().begin.line : table_at(table_).source().begin.line;
  const std::string where = name_.empty() ? std::string(key) : name_ + "." + std::string(key);
  file_->refuse(line, where + ": expected " + std::string(expected));
}

std::string ConfigSection::text(std::string_view key) {
  known_.emplace(key);
  const toml::node* node = table_at(table_).get(key);
  if (node == nullptr || !node->is_string() || node->as_string()->get().empty()) {
    refuse(key, "a text");
    return "";
  }
  return node->as_string()->get();
}

std::string ConfigSection::text(std::string_view key, std::string_view absent) {
  known_.emplace(key);
  if (!table_at(table_).contains(key)) return std::string(absent);
  return text(key);
}

std::vector<std::string> ConfigSection::texts(std::string_view key) {
  known_.emplace(key);
  std::vector<std::string> all;
  const toml::node* node = table_at(table_).get(key);
  if (node == nullptr) return all;
  if (!node->is_array()) {
    refuse(key, "a list of texts");
    return all;
  }
  for (const toml::node& item : *node->as_array()) {
    if (!item.is_string()) refuse(key, "a list of texts");
    if (item.is_string()) all.push_back(item.as_string()->get());
  }
  return all;
}

std::int64_t ConfigSection::integer(std::string_view key, IntegerRange range) {
  known_.emplace(key);
  const toml::node* node = table_at(table_).get(key);
  if (node == nullptr) return range.absent;
  const bool fits = node->is_integer() && node->as_integer()->get() >= range.min &&
                    node->as_integer()->get() <= range.max;
  if (!fits) {
    refuse(key,
           "a whole number from " + std::to_string(range.min) + " to " + std::to_string(range.max));
    return range.absent;
  }
  return node->as_integer()->get();
}

bool ConfigSection::boolean(std::string_view key, bool absent) {
  known_.emplace(key);
  const toml::node* node = table_at(table_).get(key);
  if (node == nullptr) return absent;
  if (!node->is_boolean()) {
    refuse(key, "true or false");
    return absent;
  }
  return node->as_boolean()->get();
}

void ConfigSection::finish() {
  for (const auto& [key, node] : table_at(table_)) {
    const std::string_view name = key.str();
    const bool is_section = name_.empty() && file_->sections_.contains(name);
    if (!known_.contains(name) && !is_section) {
      const std::string where = name_.empty() ? std::string(name) : name_ + "." + std::string(name);
      file_->refuse(node.source().begin.line, where + ": no such key");
    }
  }
}

}  // namespace couvert
