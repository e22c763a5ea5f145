#include "server/config.h"

#include <algorithm>
#include <fstream>
#include <sstream>

#include "http/cross_origin.h"
#include "server/config_section.h"
#include "server/toml.h"

namespace couvert {
namespace {

constexpr std::size_t config_bytes_max = 256 * 1024;

bool is_host(std::string_view text) {
  return !text.empty() && text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789.-:[]") ==
                              std::string_view::npos;
}

// http://host[:port] or https://…, nothing after it: every link is built from it.
bool is_base_url(std::string_view text) {
  for (const std::string_view scheme : {"https://", "http://"}) {
    if (text.starts_with(scheme)) return is_host(text.substr(scheme.size()));
  }
  return false;
}

void read_top(ConfigSection& top, Config& config) {
  config.service.base_url = top.text("base_url");
  if (!is_base_url(config.service.base_url)) {
    top.refuse("base_url",
               "https://HOST or http://HOST:PORT in lower case, without a slash at the end");
  }
  config.http.base_url = config.service.base_url;
  config.http.listen = top.text("listen");
  config.http.proxies = top.texts("proxies");
  config.service.organisation = top.text("organisation", "Couvert");
  config.service.time_zone = top.text("time_zone", "Europe/Berlin");
  config.portal = top.text("portal", "");
}

SettingValue read_setting(ConfigSection& section, Setting setting, const SettingValue& absent) {
  const std::string_view name = name_of(setting);
  const SettingBounds bounds = bounds_of(setting);
  if (is_truth(setting)) return section.boolean(name, absent.number != 0);
  if (bounds.words.empty() && !is_text(setting)) {
    return section.integer(name, {bounds.min, bounds.max, absent.number});
  }
  const auto value =
      parse_setting_value(setting, section.text(name, write_setting_value(setting, absent)));
  if (!value) section.refuse(name, value.error().detail);
  return value.value_or(absent);
}

// What holds where no rule says otherwise: every setting of the rules is a key here.
void read_allowance(ConfigSection& section, Allowance& allowance) {
  Settings settings = settings_of(allowance);
  for (auto& [setting, value] : settings) {
    if (setting == Setting::days_default) continue;
    value = read_setting(section, setting, value);
  }
  const std::int64_t days_max = settings[Setting::days_max].number;
  settings[Setting::days_default] = section.integer(
      name_of(Setting::days_default), {1, days_max, std::min<std::int64_t>(10, days_max)});
  allowance = with_settings(allowance, settings);
}

void read_limits(ConfigSection& section, Config& config) {
  Allowance& allowance = config.service.allowance;
  VerificationLimits& verification = config.service.verification;
  read_allowance(section, allowance);
  const std::uint64_t four = std::min(4 * allowance.transfer_bytes_max, limits::unsent_bytes_max);
  config.service.unsent_bytes_max = static_cast<std::uint64_t>(section.integer(
      "unsent_bytes_max",
      {1, static_cast<std::int64_t>(limits::unsent_bytes_max), static_cast<std::int64_t>(four)}));
  verification.code_life = std::chrono::minutes(section.integer(
      "code_minutes", {5, verification.code_life.count(), verification.code_life.count()}));
  verification.life = std::chrono::hours(
      24 * section.integer("verification_days",
                           {1, verification.life.count() / 24, verification.life.count() / 24}));
  verification.idle = std::chrono::hours(
      24 * section.integer("verification_idle_days",
                           {1, verification.idle.count() / 24, verification.idle.count() / 24}));
  config.service.retrieval_idle = std::chrono::minutes(
      section.integer("retrieval_idle_minutes",
                      {1, limits::retrieval_idle.count(), limits::retrieval_idle.count()}));
  config.service.listed_life = std::chrono::hours(
      24 * section.integer("listed_days", {1, limits::listed_life_max.count() / 24,
                                           limits::listed_life.count() / 24}));
}

std::string path_of(ConfigSection& section, std::string_view key, std::string_view scheme) {
  const std::string url = section.text(key);
  if (!url.starts_with(scheme) || url.size() == scheme.size()) {
    section.refuse(key, std::string(scheme) + "PATH");
    return "";
  }
  return url.substr(scheme.size());
}

std::string url_of(ConfigSection& section, std::string_view key, std::string_view scheme) {
  return std::string(scheme) + path_of(section, key, scheme);
}

void read_mail(ConfigSection& section, Config& config) {
  const Result<Address> from = parse_address(section.text("from"));
  if (!from) section.refuse("from", "an address");
  if (from) config.service.mail_from = from->text;
  const std::string bounces = section.text("bounces", "");
  const Result<Address> reports = parse_address(bounces);
  if (!reports && !bounces.empty()) section.refuse("bounces", "an address");
  if (reports) config.service.mail_bounces = reports->text;
  const Result<SmtpServer> server = parse_smtp_url(section.text("smtp"));
  if (!server) section.refuse("smtp", "smtp://HOST:PORT or smtps://HOST:PORT");
  if (server) config.smtp = *server;
  config.smtp.user = section.text("user", "");
  config.smtp.ca_file = section.text("ca_file", "");
  config.smtp_password_file = section.text("password_file", "");
  const std::string security = section.text("tls", "");
  if (security == "required") {
    if (config.smtp.security != SmtpSecurity::tls) config.smtp.security = SmtpSecurity::starttls;
  } else if (security == "opportunistic") {
    config.smtp.security = SmtpSecurity::opportunistic;
  } else if (security == "none") {
    config.smtp.security = SmtpSecurity::none;
  } else if (!security.empty()) {
    section.refuse("tls", "required, opportunistic or none");
  }
  const std::string& base = config.service.base_url;
  if (!is_base_url(base)) return;  // refused already
  const std::size_t host = base.find("://") + 3;
  config.smtp.helo = base.substr(host, base.find(':', host) - host);
}

// Plain HTTP is for this machine, or for a proxy in front that speaks TLS.
bool is_loopback_listen(std::string_view listen) {
  return listen.starts_with("127.") || listen.starts_with("[::1]:") ||
         listen.starts_with("localhost:");
}

std::optional<Colour> read_colour(ConfigSection& look, std::string_view key) {
  const std::string text = look.text(key, "");
  if (text.empty()) return std::nullopt;
  const Result<Colour> colour = parse_colour(text);
  if (!colour) look.refuse(key, "a colour such as #0f5a6b");
  return colour ? std::optional(*colour) : std::nullopt;
}

void read_look(ConfigSection& look, Config& config) {
  config.look = {look.text("logo", ""), look.text("texts", ""),
                 look.boolean("terms_required", false)};
  config.service.colours = {read_colour(look, "colour"), read_colour(look, "accent")};
  const std::string abuse = look.text("abuse", "");
  const Result<Address> reports = parse_address(abuse);
  if (!reports && !abuse.empty()) look.refuse("abuse", "an address");
  if (reports) config.service.abuse = reports->text;
}

void read_api(ConfigSection& section, Config& config) {
  config.http.origins = section.texts("origins");
  const bool fits = config.http.origins.size() <= limits::origins_max &&
                    std::ranges::all_of(config.http.origins, is_origin);
  if (!fits) section.refuse("origins", "at most 20 of https://HOST, without a slash at the end");
}

// Marks stand in a script, in quotes.
bool is_mark(std::string_view text) {
  const auto is_odd = [](char byte) {
    return static_cast<unsigned char>(byte) < 0x20 ||
           std::string_view("\"'`\\<$").find(byte) != std::string_view::npos;
  };
  return !text.empty() && text.size() <= limits::outlook_mark_bytes_max && is_utf8(text) &&
         std::ranges::none_of(text, is_odd);
}

bool is_label(std::string_view text) {
  return text.size() == 36 && text.find_first_not_of("0123456789abcdef-") == std::string_view::npos;
}

void read_outlook(ConfigSection& section, Config& config) {
  OutlookConfig& outlook = config.outlook;
  outlook.enabled = section.boolean("enabled", false);
  outlook.pages = section.text("pages", "");
  outlook.frames = section.texts("frames");
  outlook.marks = section.texts("marks");
  outlook.labels = section.texts("labels");
  outlook.alert_bytes = section.integer("alert_bytes", {0, 1LL << 40, 10LL << 20});
  const auto all = [](const std::vector<std::string>& texts, const auto& fits) {
    return texts.size() <= limits::outlook_list_max && std::ranges::all_of(texts, fits);
  };
  if (!all(outlook.frames, is_origin)) {
    section.refuse("frames", "at most 20 of https://HOST, without a slash at the end");
  }
  if (!all(outlook.marks, is_mark)) {
    section.refuse("marks", "at most 20 texts of up to 100 bytes, without quotes, \\, < and $");
  }
  if (!all(outlook.labels, is_label)) {
    section.refuse("labels", "at most 20 IDs of labels, in lower case");
  }
}

void read_admin(ConfigSection& section, Config& config) {
  config.admin_listen = section.text("listen", "");
  // It asks nobody who they are.
  if (!config.admin_listen.empty() && !is_loopback_listen(config.admin_listen)) {
    section.refuse("listen", "a loopback address");
  }
  const std::string mail = section.text("mail", "");
  const Result<Address> address = parse_address(mail);
  if (!mail.empty() && !address) section.refuse("mail", "an address");
  if (address) config.service.operator_address = address->text;
  const std::optional<Language> language = parse_language(section.text("language", "en"));
  if (!language) section.refuse("language", "de, nl or en");
  config.service.operator_language = language.value_or(Language::en);
}

void read_all(ConfigFile& file, Config& config) {
  ConfigSection top = file.top();
  read_top(top, config);
  if (std::optional<ConfigSection> tls = file.section("tls", Presence::optional)) {
    config.http.tls =
        TlsFiles{tls->text("certificate"), tls->text("key"), tls->boolean("wide_aes", false)};
    tls->finish();
  } else if (!is_loopback_listen(config.http.listen) && config.http.proxies.empty()) {
    top.refuse("listen", "a loopback address where there is neither [tls] nor proxies");
  }
  if (std::optional<ConfigSection> store = file.section("store", Presence::required)) {
    config.database = url_of(*store, "database", "sqlite:");
    config.objects = url_of(*store, "objects", "file:");
    config.day_keys = path_of(*store, "day_keys", "file:");
    config.service.free_bytes_min =
        static_cast<std::uint64_t>(store->integer("free_bytes_min", {0, 1LL << 50, 1LL << 30}));
    store->finish();
  }
  if (std::optional<ConfigSection> keys = file.section("keys", Presence::required)) {
    config.master_key = keys->text("master");
    keys->finish();
  }
  if (std::optional<ConfigSection> mail = file.section("mail", Presence::required)) {
    read_mail(*mail, config);
    mail->finish();
  }
  if (std::optional<ConfigSection> api = file.section("api", Presence::optional)) {
    read_api(*api, config);
    api->finish();
  }
  if (std::optional<ConfigSection> limits = file.section("limits", Presence::optional)) {
    read_limits(*limits, config);
    limits->finish();
  }
  if (std::optional<ConfigSection> admin = file.section("admin", Presence::optional)) {
    read_admin(*admin, config);
    admin->finish();
  }
  if (std::optional<ConfigSection> look = file.section("look", Presence::optional)) {
    read_look(*look, config);
    look->finish();
  }
  if (std::optional<ConfigSection> outlook = file.section("outlook", Presence::optional)) {
    read_outlook(*outlook, config);
    outlook->finish();
  }
  top.finish();
}

}  // namespace

Result<Config> parse_config(std::string_view text, const std::string& path) {
  Config config;
  ConfigFile file(path);
  const Result<> parsed = file.parse(text);
  if (!parsed) return pass(parsed);
  read_all(file, config);
  const Result<> accepted = file.finish();
  if (!accepted) return pass(accepted);
  const Result<> mail = check_smtp_server(config.smtp);
  // The password is read later, so a user without one is not wrong yet.
  if (!mail && config.smtp.user.empty()) {
    return fail(ErrorCode::invalid, path + ": [mail]: " + mail.error().detail);
  }
  return config;
}

Result<Config> read_config(const std::string& path) {
  std::ifstream file(path);
  if (!file) return fail(ErrorCode::unavailable, path + ": cannot be read");
  std::ostringstream text;
  text << file.rdbuf();
  if (text.view().size() > config_bytes_max)
    return fail(ErrorCode::invalid, path + ": is too large");
  return parse_config(text.view(), path);
}

}  // namespace couvert
