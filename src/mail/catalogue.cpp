#include "mail/catalogue.h"

#include <unicode/datefmt.h>
#include <unicode/msgfmt.h>
#include <unicode/numfmt.h>
#include <unicode/strenum.h>
#include <unicode/timezone.h>

#include <map>
#include <nlohmann/json.hpp>

// The files as they are, in the read-only data of the program. The path is relative to src/, which
// the compiler searches.
__asm__(
    ".pushsection .rodata\n"
    "couvert_texts_de: .incbin \"../locales/de.json\"\n"
    "couvert_texts_nl: .incbin \"../locales/nl.json\"\n"
    "couvert_texts_en: .incbin \"../locales/en.json\"\n"
    "couvert_texts_end:\n"
    ".popsection\n");

extern "C" {
extern const char couvert_texts_de[];
extern const char couvert_texts_nl[];
extern const char couvert_texts_en[];
extern const char couvert_texts_end[];
}

namespace couvert {
namespace {

using Patterns = std::map<std::string, std::string, std::less<>>;

icu::Locale locale_of(Language language) {
  switch (language) {
    case Language::de:
      return icu::Locale("de", "DE");
    case Language::nl:
      return icu::Locale("nl", "NL");
    case Language::en:
      return icu::Locale("en", "GB");  // day before month, as on the continent
  }
  return icu::Locale("en", "GB");
}

icu::UnicodeString to_unicode(std::string_view text) {
  return icu::UnicodeString::fromUTF8(
      icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size())));
}

std::string to_utf8(const icu::UnicodeString& text) {
  std::string out;
  return text.toUTF8String(out);
}

icu::MessageFormat parse_pattern(Language language, std::string_view pattern) {
  UErrorCode status = U_ZERO_ERROR;
  icu::MessageFormat format(to_unicode(pattern), locale_of(language), status);
  INVARIANT(U_SUCCESS(status) && format.usesNamedArguments());
  return format;
}

// Whether the pattern is its own text: nothing in it means anything to MessageFormat.
bool is_plain(std::string_view pattern) {
  return pattern.find_first_of("{}'") == std::string_view::npos;
}

Patterns parse_file(Language language) {
  const auto json = nlohmann::json::parse(catalogue_file(language), nullptr, false);
  INVARIANT(json.is_object());
  Patterns patterns;
  for (const auto& [key, value] : json.items()) {
    INVARIANT(value.is_string());
    patterns.emplace(key, value.get<std::string>());
    if (!is_plain(patterns[key])) parse_pattern(language, patterns[key]);
  }
  return patterns;
}

std::string text_of(Language language, ByteCount count) {
  static constexpr const char* units[] = {"B", "kB", "MB", "GB", "TB"};
  double value = static_cast<double>(count.bytes);
  std::size_t unit = 0;
  while (value >= 999.5 && unit < 4) {
    value /= 1000;
    ++unit;
  }
  UErrorCode status = U_ZERO_ERROR;
  const std::unique_ptr<icu::NumberFormat> format(
      icu::NumberFormat::createInstance(locale_of(language), status));
  INVARIANT(U_SUCCESS(status));
  format->setMaximumFractionDigits(unit > 0 && value < 99.95 ? 1 : 0);
  icu::UnicodeString number;
  format->format(value, number);
  return to_utf8(number) + "\u00a0" + units[unit];
}

icu::Formattable to_formattable(Language language, const Argument& argument) {
  if (const auto* text = std::get_if<std::string_view>(&argument)) {
    return icu::Formattable(to_unicode(*text));
  }
  if (const auto* number = std::get_if<std::int64_t>(&argument)) return icu::Formattable(*number);
  if (const auto* time = std::get_if<LocalTime>(&argument)) {
    const auto since = static_cast<double>(time->instant.time_since_epoch().count());
    return icu::Formattable(since, icu::Formattable::kIsDate);
  }
  return icu::Formattable(to_unicode(text_of(language, std::get<ByteCount>(argument))));
}

// Gives the dates of one argument their time zone.
void set_zone(icu::MessageFormat& format, std::string_view name, std::string_view zone) {
  UErrorCode status = U_ZERO_ERROR;
  auto* date = dynamic_cast<icu::DateFormat*>(format.getFormat(to_unicode(name), status));
  if (U_FAILURE(status) || date == nullptr) return;
  std::unique_ptr<icu::TimeZone> found(icu::TimeZone::createTimeZone(to_unicode(zone)));
  if (*found == icu::TimeZone::getUnknown()) found.reset(icu::TimeZone::createTimeZone("Etc/UTC"));
  date->adoptTimeZone(found.release());
}

}  // namespace

struct Catalogue::Texts {
  std::map<Language, Patterns> languages;
};

Catalogue::Catalogue() : texts_(std::make_unique<Texts>()) {
  for (const Language language : all_languages) {
    texts_->languages.emplace(language, parse_file(language));
  }
}

Catalogue::~Catalogue() = default;

std::string Catalogue::text(Language language, std::string_view key,
                            const Arguments& arguments) const {
  const Patterns& patterns = texts_->languages.at(language);
  const auto found = patterns.find(key);
  INVARIANT(found != patterns.end());
  if (is_plain(found->second)) return found->second;

  // A format of its own for each call: ICU's formats keep caches and are not for many threads.
  icu::MessageFormat format = parse_pattern(language, found->second);
  std::vector<icu::UnicodeString> names;
  std::vector<icu::Formattable> values;
  for (const auto& [name, argument] : arguments) {
    names.push_back(to_unicode(name));
    values.push_back(to_formattable(language, argument));
    if (const auto* time = std::get_if<LocalTime>(&argument)) set_zone(format, name, time->zone);
  }
  UErrorCode status = U_ZERO_ERROR;
  icu::UnicodeString out;
  format.format(names.data(), values.data(), static_cast<std::int32_t>(names.size()), out, status);
  INVARIANT(U_SUCCESS(status));
  return to_utf8(out);
}

bool Catalogue::has(Language language, std::string_view key) const {
  return texts_->languages.at(language).contains(key);
}

std::vector<std::string> Catalogue::keys(Language language) const {
  std::vector<std::string> keys;
  for (const auto& [key, pattern] : texts_->languages.at(language)) keys.push_back(key);
  return keys;
}

std::string_view catalogue_file(Language language) {
  switch (language) {
    case Language::de:
      return {couvert_texts_de, couvert_texts_nl};
    case Language::nl:
      return {couvert_texts_nl, couvert_texts_en};
    case Language::en:
      return {couvert_texts_en, couvert_texts_end};
  }
  return {};
}

}  // namespace couvert
