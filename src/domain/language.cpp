#include "domain/language.h"

namespace couvert {

std::string_view name_of(Language language) {
  switch (language) {
    case Language::de:
      return "de";
    case Language::nl:
      return "nl";
    case Language::en:
      return "en";
  }
  return "en";
}

std::optional<Language> parse_language(std::string_view text) {
  for (const Language language : all_languages) {
    if (name_of(language) == text) return language;
  }
  return std::nullopt;
}

}  // namespace couvert
