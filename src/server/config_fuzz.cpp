// Fuzzes the configuration file: a wrong one is refused with its file's name, a right one is within
// every bound.
//
// parser: src/server/config.cpp src/server/config_section.cpp
#include "server/config.h"

namespace couvert {

void fuzz(std::string_view text) {
  const Result<Config> config = parse_config(text, "couvert.toml");
  if (!config) {
    INVARIANT(config.error().code == ErrorCode::invalid);
    INVARIANT(config.error().detail.starts_with("couvert.toml"));
    return;
  }
  INVARIANT(config->service.base_url.starts_with("http"));
  INVARIANT(!config->service.base_url.ends_with('/') && !config->smtp.helo.empty());
  const std::string& admin = config->admin_listen;
  INVARIANT(admin.empty() || admin.starts_with("127.") || admin.starts_with("[::1]") ||
            admin.starts_with("localhost"));
  INVARIANT(config->database.starts_with("sqlite:") && config->objects.starts_with("file:"));
  INVARIANT(!config->master_key.empty() && !config->day_keys.empty());
  INVARIANT(config->service.allowance.days_default <= config->service.allowance.days_max);
  INVARIANT(config->service.allowance.password_rules.length_min >= 8);
}

}  // namespace couvert

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  couvert::fuzz({reinterpret_cast<const char*>(data), size});
  return 0;
}
