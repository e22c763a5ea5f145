// A TOML file taken apart key by key; the first thing that is wrong is remembered with its line.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace couvert {

class ConfigFile;

/// Bounds of a whole number, both included, and its value where the key is not there.
struct IntegerRange {
  std::int64_t min = 0;
  std::int64_t max = 0;
  std::int64_t absent = 0;
};

/// One table of the file. Lifetime: the file must outlive it.
/// Order: the keys as often as needed, then finish() once, which refuses those nobody asked for.
class ConfigSection {
 public:
  ConfigSection(ConfigFile& file, std::string name, const void* table)
      : file_(&file), name_(std::move(name)), table_(table) {}

  std::string text(std::string_view key);
  std::string text(std::string_view key, std::string_view absent);
  std::vector<std::string> texts(std::string_view key);
  std::int64_t integer(std::string_view key, IntegerRange range);
  bool boolean(std::string_view key, bool absent);

  /// Notes that the key's value is not what is expected.
  void refuse(std::string_view key, std::string_view expected);
  void finish();

 private:
  friend class ConfigFile;

  ConfigFile* file_;
  std::string name_;
  const void* table_;  // a toml::table; the library stays out of this header
  std::set<std::string, std::less<>> known_;
};

enum class Presence { required, optional };

class ConfigFile {
 public:
  explicit ConfigFile(std::string path);
  ~ConfigFile();
  ConfigFile(const ConfigFile&) = delete;
  ConfigFile& operator=(const ConfigFile&) = delete;

  /// Errors: `invalid` with the line for what is no TOML.
  Result<> parse(std::string_view text);
  ConfigSection top();
  /// Nothing where it is not there.
  std::optional<ConfigSection> section(std::string_view name, Presence presence);

  /// Errors: `invalid` with the first thing that was wrong.
  Result<> finish() const;

 private:
  friend class ConfigSection;
  void refuse(std::uint32_t line, const std::string& what);

  struct Tables;
  std::string path_;
  std::unique_ptr<Tables> tables_;
  std::set<std::string, std::less<>> sections_;
  std::string error_;
};

}  // namespace couvert
