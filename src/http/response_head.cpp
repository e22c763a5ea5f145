#include "http/response_head.h"

#include <array>
#include <cstdio>

#include "http/cross_origin.h"
#include "http/problem.h"
#include "http/tus_headers.h"

namespace couvert {
namespace {

// On every answer. The closed policy lets a body do nothing, should a browser ever show it.
constexpr std::string_view fixed_fields =
    "X-Content-Type-Options: nosniff\r\n"
    "Referrer-Policy: no-referrer\r\n"
    "Cross-Origin-Opener-Policy: same-origin\r\n"
    "Permissions-Policy: accelerometer=(), autoplay=(), camera=(), display-capture=(), "
    "encrypted-media=(), fullscreen=(), geolocation=(), gyroscope=(), magnetometer=(), "
    "microphone=(), midi=(), payment=(), picture-in-picture=(), "
    "publickey-credentials-get=(), screen-wake-lock=(), usb=(), xr-spatial-tracking=()\r\n";
constexpr std::string_view for_us_alone = "Cross-Origin-Resource-Policy: same-origin\r\n";
constexpr std::string_view for_others = "Cross-Origin-Resource-Policy: cross-origin\r\n";
constexpr std::string_view portal_policy =
    "X-Frame-Options: DENY\r\n"
    "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data: blob:; media-src 'self'; worker-src 'self'; connect-src 'self'; "
    "font-src 'self'; frame-src 'self'; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'\r\n";
// A worker has the policy of its own answer. It reads what strangers have sent, so it may load its
// own code and speak with its page, and reach nothing else.
constexpr std::string_view worker_policy =
    "X-Frame-Options: DENY\r\n"
    "Content-Security-Policy: default-src 'none'; script-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'\r\n";
constexpr std::string_view closed_policy =
    "X-Frame-Options: DENY\r\n"
    "Content-Security-Policy: default-src 'none'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'; sandbox\r\n";
// A mail has its styles in itself. No script, no picture, no form, no link out of the frame.
constexpr std::string_view mail_policy =
    "X-Frame-Options: SAMEORIGIN\r\n"
    "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'self'; sandbox\r\n";
constexpr std::string_view transport_security =
    "Strict-Transport-Security: max-age=63072000; includeSubDomains\r\n";

std::string_view cache_control(Caching caching) {
  switch (caching) {
    case Caching::none:
      return "no-store";
    case Caching::revalidate:
      return "no-cache";
    case Caching::forever:
      return "public, max-age=31536000, immutable";
  }
  return "no-store";
}

std::string_view policy(Shown shown) {
  switch (shown) {
    case Shown::closed:
      return closed_policy;
    case Shown::portal:
      return portal_policy;
    case Shown::worker:
      return worker_policy;
    case Shown::mail:
      return mail_policy;
    case Shown::framed:
      return "";
  }
  return closed_policy;
}

void add(std::string& out, std::string_view name, std::string_view value) {
  // Whoever makes a field makes one line of it: a line break here would be a second field.
  INVARIANT(value.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos);
  out.append(name).append(": ").append(value).append("\r\n");
}

}  // namespace

std::string http_date(Instant instant) {
  static constexpr std::array<const char*, 7> days = {"Sun", "Mon", "Tue", "Wed",
                                                      "Thu", "Fri", "Sat"};
  static constexpr std::array<const char*, 12> months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(instant);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss time{std::chrono::floor<std::chrono::seconds>(instant - day)};
  std::array<char, 64> text;
  const int length = std::snprintf(
      text.data(), text.size(), "%s, %02u %s %04d %02d:%02d:%02d GMT",
      days[std::chrono::weekday(day).c_encoding()], static_cast<unsigned>(date.day()),
      months[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()),
      static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
      static_cast<int>(time.seconds().count()));
  return std::string(text.data(), static_cast<std::size_t>(length));
}

std::string write_head(const Response& response, const HeadDetails& details) {
  std::string out;
  out.reserve(1536);
  out.append("HTTP/1.1 ").append(std::to_string(response.status)).append(" ");
  out.append(title_of(response.status)).append("\r\n");
  add(out, "Date", http_date(details.now));
  if (!details.request_id.empty()) add(out, "Request-Id", details.request_id);
  if (details.length) add(out, "Content-Length", std::to_string(*details.length));
  if (!response.content_type.empty()) add(out, "Content-Type", response.content_type);
  add(out, "Cache-Control", cache_control(response.caching));
  for (const auto& [name, value] : response.fields) add(out, name, value);
  if (details.tus) add(out, "Tus-Resumable", tus_version);
  if (details.varies) add(out, "Vary", "Origin");
  if (!details.origin.empty()) out.append(cross_origin_fields(details.origin));
  out.append(fixed_fields);
  out.append(response.shown == Shown::framed ? for_others : for_us_alone);
  out.append(policy(response.shown));
  if (details.https) out.append(transport_security);
  if (!details.keep_alive) add(out, "Connection", "close");
  return out.append("\r\n");
}

}  // namespace couvert
