// The languages of pages and mails.
#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace couvert {

enum class Language { de, nl, en };

inline constexpr std::array<Language, 3> all_languages = {Language::de, Language::nl, Language::en};

/// "de", "nl" or "en", as in the API, the database and the names of the catalogues.
std::string_view name_of(Language language);
std::optional<Language> parse_language(std::string_view text);

}  // namespace couvert
