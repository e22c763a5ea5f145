#include "mail/catalogue.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <thread>

using namespace couvert;

namespace {

// The file as it lies in the source tree, a "key": pattern line each.
std::string source_file(Language language) {
  std::ifstream in(COUVERT_SOURCE_DIR "/locales/" + std::string(name_of(language)) + ".json");
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

std::vector<std::string> keys_in_order(Language language) {
  const std::string file = source_file(language);
  static const std::regex line(R"re(\n  "([^"]+)": ")re");
  std::vector<std::string> keys;
  for (std::sregex_iterator at(file.begin(), file.end(), line), end; at != end; ++at) {
    keys.push_back((*at)[1]);
  }
  return keys;
}

// The names of the arguments of each key.
std::set<std::string> arguments_of(const std::string& file, const std::string& key) {
  const std::string start = "\n  \"" + key + "\": \"";
  const std::size_t from = file.find(start) + start.size();
  const std::string pattern = file.substr(from, file.find('\n', from) - from);
  static const std::regex argument(R"(\{([a-z_]+)[,}])");
  std::set<std::string> names;
  for (std::sregex_iterator at(pattern.begin(), pattern.end(), argument), end; at != end; ++at) {
    names.insert((*at)[1]);
  }
  return names;
}

}  // namespace

TEST_CASE("the program holds the catalogues as they lie in the source tree") {
  for (const Language language : all_languages) {
    CHECK(catalogue_file(language) == source_file(language));
  }
}

TEST_CASE("every language has the same texts with the same arguments") {
  const Catalogue catalogue;
  const std::vector<std::string> keys = catalogue.keys(Language::de);
  CHECK(keys.size() > 40);
  for (const Language language : {Language::nl, Language::en}) {
    CHECK(catalogue.keys(language) == keys);
    for (const std::string& key : keys) {
      INFO(key);
      CHECK(arguments_of(source_file(language), key) ==
            arguments_of(source_file(Language::de), key));
    }
  }
}

TEST_CASE("the keys of a catalogue stand in order, each once, and no text is empty") {
  const Catalogue catalogue;
  for (const Language language : all_languages) {
    const std::vector<std::string> keys = keys_in_order(language);
    CHECK(keys.size() == catalogue.keys(language).size());
    CHECK(std::adjacent_find(keys.begin(), keys.end(), std::greater_equal<>()) == keys.end());
    CHECK(source_file(language).find("\": \"\"") == std::string::npos);
  }
}

TEST_CASE("a text takes named arguments as they are, never as a pattern") {
  const Catalogue catalogue;
  CHECK(catalogue.text(Language::en, "mail.notification.default_subject",
                       {{"name", "{0} '{' ${7*7} {{7*7}} <%= 7 %>"}}) ==
        "{0} '{' ${7*7} {{7*7}} <%= 7 %> has something confidential for you");
}

TEST_CASE("plurals follow the language") {
  const Catalogue catalogue;
  const auto files = [&](Language language, std::int64_t count) {
    return catalogue.text(language, "mail.notification.files", {{"count", count}});
  };
  CHECK(files(Language::en, 1) == "1 file");
  CHECK(files(Language::en, 0) == "0 files");
  CHECK(files(Language::de, 1) == "1 Datei");
  CHECK(files(Language::de, 12345) == "12.345 Dateien");
  CHECK(files(Language::nl, 2) == "2 bestanden");
}

TEST_CASE("dates are written in the words and the time zone of the reader") {
  const Catalogue catalogue;
  const Instant summer = from_unix(1'785'679'200);  // 2026-08-02T14:00:00Z
  const auto date = [&](Language language, std::string_view zone) {
    return catalogue.text(language, "mail.date", {{"date", LocalTime{summer, zone}}});
  };
  CHECK(date(Language::de, "Europe/Berlin") == "2. August 2026 um 16:00 MESZ");
  CHECK(date(Language::nl, "Europe/Amsterdam") == "2 augustus 2026 om 16:00 CEST");
  CHECK(date(Language::en, "Europe/Berlin") == "2 August 2026 at 16:00 CEST");
  CHECK(date(Language::en, "Asia/Tokyo") == "2 August 2026 at 23:00 GMT+9");
}

TEST_CASE("without a known time zone a date is UTC and says so") {
  const Catalogue catalogue;
  const Instant noon = from_unix(1'785'679'200);
  for (const std::string_view zone : {"", "Nowhere/At all", "\xff"}) {
    CHECK(catalogue.text(Language::de, "mail.date", {{"date", LocalTime{noon, zone}}}) ==
          "2. August 2026 um 14:00 UTC");
  }
}

TEST_CASE("sizes are written in the language's own way") {
  const Catalogue catalogue;
  const auto size = [&](Language language, std::uint64_t bytes) {
    return catalogue.text(language, "mail.notification.default_subject",
                          {{"name", ByteCount{bytes}}});
  };
  CHECK(size(Language::de, 3'210'000).starts_with("3,2\u00a0MB "));
  CHECK(size(Language::en, 3'210'000).starts_with("3.2\u00a0MB "));
  CHECK(size(Language::nl, 999).starts_with("999\u00a0B "));
  CHECK(size(Language::de, 999'949).starts_with("1\u00a0MB "));
  CHECK(size(Language::en, 5'000'000'000'000'000).starts_with("5,000\u00a0TB "));
}

TEST_CASE("many threads read one catalogue") {
  const Catalogue catalogue;
  std::vector<std::thread> threads;
  threads.reserve(4);
  std::atomic<int> right = 0;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 50; ++n) {
        const std::string text =
            catalogue.text(Language::de, "mail.more_files", {{"count", std::int64_t{2}}});
        if (text == "und 2 weitere Dateien") ++right;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(right == 200);
}
