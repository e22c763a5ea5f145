#include "base/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "base/json.h"

namespace couvert {
namespace {

spdlog::logger& sink() {
  // %v is a whole JSON object made by us; spdlog brings order among threads and flushing.
  static auto& logger = []() -> spdlog::logger& {
    auto made = std::make_shared<spdlog::logger>("couvert",
                                                 std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->set_pattern(R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ",%v})", spdlog::pattern_time_type::utc);
    made->flush_on(spdlog::level::info);
    return *new spdlog::logger(*made);
  }();
  return logger;
}

spdlog::level::level_enum spdlog_level(LogLevel level) {
  switch (level) {
    case LogLevel::info:
      return spdlog::level::info;
    case LogLevel::warning:
      return spdlog::level::warn;
    case LogLevel::error:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

std::string_view name_of_level(LogLevel level) {
  switch (level) {
    case LogLevel::info:
      return "info";
    case LogLevel::warning:
      return "warning";
    case LogLevel::error:
      return "error";
  }
  return "error";
}

}  // namespace

std::string_view name_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::invalid:
      return "invalid";
    case ErrorCode::unproven:
      return "unproven";
    case ErrorCode::refused:
      return "refused";
    case ErrorCode::denied:
      return "denied";
    case ErrorCode::expired:
      return "expired";
    case ErrorCode::too_large:
      return "too_large";
    case ErrorCode::full:
      return "full";
    case ErrorCode::throttled:
      return "throttled";
    case ErrorCode::conflict:
      return "conflict";
    case ErrorCode::damaged:
      return "damaged";
    case ErrorCode::unavailable:
      return "unavailable";
  }
  return "unavailable";
}

void Log::failure(std::string_view event, const Error& error) {
  write(LogLevel::error, event, {{"code", name_of(error.code)}, {"detail", error.detail}});
}

void JsonLog::write(LogLevel level, std::string_view event,
                    std::initializer_list<LogField> fields) {
  Json::Object line = {{"level", Json(name_of_level(level))}, {"event", Json(event)}};
  for (const LogField& field : fields) {
    if (const auto* text = std::get_if<std::string_view>(&field.value)) {
      line.emplace_back(field.name, Json(*text));
    } else {
      line.emplace_back(field.name, Json(std::get<std::int64_t>(field.value)));
    }
  }
  const std::string object = Json(std::move(line)).write();
  sink().log(spdlog_level(level), std::string_view(object).substr(1, object.size() - 2));
}

}  // namespace couvert
