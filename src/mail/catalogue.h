// The texts of mails and pages: one catalogue a language, locales/{de,nl,en}.json, built into the
// program. A text is an ICU MessageFormat pattern with named arguments.
//
// Arguments enter as they are: who puts a text into HTML or into a header makes it safe there
// (mail/plain.h).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "domain/language.h"

namespace couvert {

/// A point in time as people of one time zone ("Europe/Berlin") read it. An unknown zone is UTC.
struct LocalTime {
  Instant instant;
  std::string_view zone;
};

/// A number of bytes, to be written as "3.2 MB" in the words of the language.
struct ByteCount {
  std::uint64_t bytes = 0;
};

using Argument = std::variant<std::string_view, std::int64_t, LocalTime, ByteCount>;
/// Named values for one text. Lifetime: until text() returns.
using Arguments = std::vector<std::pair<std::string_view, Argument>>;

/// All texts of all languages, parsed once.
///
/// Memory:   about 1 MiB for three languages.
/// Threads:  any.
class Catalogue {
 public:
  /// Parses the texts that were built in. Ends the program where they are broken: the tests would
  /// not have passed.
  Catalogue();
  ~Catalogue();
  Catalogue(const Catalogue&) = delete;
  Catalogue& operator=(const Catalogue&) = delete;

  /// The text with its arguments filled in, UTF-8. A key that is not there ends the program.
  std::string text(Language language, std::string_view key, const Arguments& arguments = {}) const;

  /// Whether there is such a text.
  bool has(Language language, std::string_view key) const;
  /// All keys of a language, sorted.
  std::vector<std::string> keys(Language language) const;

 private:
  struct Texts;
  std::unique_ptr<Texts> texts_;
};

/// The file locales/LANGUAGE.json as it was built in. Lifetime: the program's.
std::string_view catalogue_file(Language language);

}  // namespace couvert
