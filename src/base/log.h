// The log: one JSON object a line, to standard error. Never secrets, file names, message texts.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

#include "base/result.h"

namespace couvert {

enum class LogLevel { info, warning, error };

/// One named figure or text of a log line.
struct LogField {
  std::string_view name;
  std::variant<std::string_view, std::int64_t> value;
};

/// Where lines go. Threads: any.
class Log {
 public:
  virtual ~Log() = default;

  /// Writes `event`, a constant of the program such as "mail delivered", with its fields.
  virtual void write(LogLevel level, std::string_view event,
                     std::initializer_list<LogField> fields) = 0;

  void info(std::string_view event, std::initializer_list<LogField> fields = {}) {
    write(LogLevel::info, event, fields);
  }
  /// Writes an error that nobody else answers for.
  void failure(std::string_view event, const Error& error);
};

/// The name that an error code has in logs and in answers: "too_large".
std::string_view name_of(ErrorCode code);

/// JSON lines on standard error.
class JsonLog final : public Log {
 public:
  void write(LogLevel level, std::string_view event,
             std::initializer_list<LogField> fields) override;
};

/// Keeps nothing: for tests and for programs that talk to a terminal.
class NoLog final : public Log {
 public:
  void write(LogLevel, std::string_view, std::initializer_list<LogField>) override {}
};

}  // namespace couvert
