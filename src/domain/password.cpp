#include "domain/password.h"

#include <zxcvbn.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <functional>

#include "base/bytes.h"
#include "base/limits.h"
#include "base/secret.h"

namespace couvert {
namespace {

constexpr std::size_t word_letters_min = 4;  // shorter words say nothing
constexpr std::size_t word_letters_max = 24;
constexpr std::size_t hits_max = 64;  // words of one password handed to the estimator
constexpr std::array<double, 4> strength_bits = {20, 33, 46,
                                                 60};  // the least of weak to very strong

// What people write for a letter, undone: "@ut0f13ts" is "autofiets".
char unleet(char c) {
  switch (c) {
    case '@':
    case '4':
      return 'a';
    case '8':
      return 'b';
    case '3':
      return 'e';
    case '6':
    case '9':
      return 'g';
    case '1':
    case '!':
    case '|':
      return 'i';
    case '0':
      return 'o';
    case '5':
    case '$':
      return 's';
    case '7':
    case '+':
      return 't';
    case '2':
      return 'z';
    default:
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
}

std::string from_latin1(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto code = static_cast<unsigned char>(c);
    if (code < 0x80) {
      out += c;
    } else {
      out += static_cast<char>(0xc0 | (code >> 6));
      out += static_cast<char>(0x80 | (code & 0x3f));
    }
  }
  return out;
}

// ä, ö, ü, ß, é, ë, ï and their capitals as the letters people type instead.
std::string to_plain_letters(std::string_view text) {
  static constexpr std::array<std::pair<std::string_view, char>, 18> folds = {{{"ä", 'a'},
                                                                               {"Ä", 'a'},
                                                                               {"á", 'a'},
                                                                               {"à", 'a'},
                                                                               {"ö", 'o'},
                                                                               {"Ö", 'o'},
                                                                               {"ó", 'o'},
                                                                               {"ü", 'u'},
                                                                               {"Ü", 'u'},
                                                                               {"ú", 'u'},
                                                                               {"ß", 's'},
                                                                               {"é", 'e'},
                                                                               {"è", 'e'},
                                                                               {"ë", 'e'},
                                                                               {"ê", 'e'},
                                                                               {"ï", 'i'},
                                                                               {"í", 'i'},
                                                                               {"ç", 'c'}}};
  std::string out;
  while (!text.empty()) {
    if (static_cast<unsigned char>(text.front()) < 0x80) {
      out += unleet(text.front());
      text.remove_prefix(1);
      continue;
    }
    const auto fold = std::find_if(folds.begin(), folds.end(), [text](const auto& pair) {
      return text.starts_with(pair.first);
    });
    if (fold != folds.end()) {
      out += fold->second;
      text.remove_prefix(fold->first.size());
    } else {
      out += text.front();
      text.remove_prefix(1);
    }
  }
  return out;
}

bool is_letter(char c) {
  return c >= 'a' && c <= 'z';
}

// Rules on kinds of characters count letters of every script beyond ASCII as letters, not as signs.
struct Kinds {
  bool upper = false;
  bool lower = false;
  bool digit = false;
  bool special = false;
  std::size_t characters = 0;
};

Kinds kinds_of(std::string_view password) {
  Kinds kinds;
  for (const char c : password) {
    const auto code = static_cast<unsigned char>(c);
    if ((code & 0xc0) != 0x80) ++kinds.characters;
    kinds.upper |= c >= 'A' && c <= 'Z';
    kinds.lower |= c >= 'a' && c <= 'z';
    kinds.digit |= c >= '0' && c <= '9';
    kinds.special |= code < 0x80 && !std::isalnum(code);
  }
  return kinds;
}

std::string first_characters(std::string_view text, std::size_t count) {
  std::size_t at = 0;
  for (; at < text.size(); ++at) {
    if ((static_cast<unsigned char>(text[at]) & 0xc0) == 0x80) continue;
    if (count == 0) break;
    --count;
  }
  return std::string(text.substr(0, at));
}

int strength_of(double bits) {
  int strength = 0;
  for (const double least : strength_bits) strength += bits >= least ? 1 : 0;
  return strength;
}

}  // namespace

// Of each word its hash: 770,000 words take 6 MiB, as texts they would take 60. A password part
// that has a word's hash and is none comes once in 2^40 parts, and then a password is refused in
// vain.
struct PasswordJudge::Words {
  std::vector<std::size_t> hashes;  // sorted

  bool contains(std::string_view word) const {
    return std::binary_search(hashes.begin(), hashes.end(), std::hash<std::string_view>()(word));
  }

  // The dictionary words inside `plain`, longest first at each place.
  std::vector<std::string> inside(const std::string& plain) const {
    std::vector<std::string> hits;
    for (std::size_t from = 0; from < plain.size() && hits.size() < hits_max; ++from) {
      const std::size_t longest = std::min(word_letters_max, plain.size() - from);
      for (std::size_t length = longest; length >= word_letters_min; --length) {
        std::string part = plain.substr(from, length);
        const bool known = contains(part);
        if (known) hits.push_back(part);
        wipe(part);
        if (known) break;
      }
    }
    return hits;
  }
};

std::string_view name_of(PasswordRule rule) {
  switch (rule) {
    case PasswordRule::length:
      return "length";
    case PasswordRule::upper_and_lower:
      return "upper_and_lower";
    case PasswordRule::digits:
      return "digits";
    case PasswordRule::special:
      return "special";
    case PasswordRule::no_word:
      return "no_word";
  }
  return "length";
}

PasswordJudge::PasswordJudge(const std::vector<std::string>& word_lists)
    : words_(std::make_unique<Words>()) {
  for (const std::string& path : word_lists) {
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) {
      if (line.size() > 4 * word_letters_max) continue;
      const std::string word = to_plain_letters(is_utf8(line) ? line : from_latin1(line));
      if (word.size() < word_letters_min || word.size() > word_letters_max) continue;
      if (std::all_of(word.begin(), word.end(), is_letter)) {
        words_->hashes.push_back(std::hash<std::string_view>()(word));
      }
    }
  }
  std::sort(words_->hashes.begin(), words_->hashes.end());
}

PasswordJudge::~PasswordJudge() = default;

PasswordVerdict PasswordJudge::judge(std::string_view password, const PasswordRules& rules) const {
  std::string typed = first_characters(password, limits::password_characters_max);
  std::string plain = to_plain_letters(typed);
  std::vector<std::string> hits = words_->inside(plain);
  std::vector<const char*> dictionary;
  dictionary.reserve(hits.size() + 1);
  for (const std::string& hit : hits) dictionary.push_back(hit.c_str());
  dictionary.push_back(nullptr);
  // libzxcvbn compares with what was typed, its own leet table included.
  const double bits = ZxcvbnMatch(typed.c_str(), dictionary.data(), nullptr);

  const Kinds kinds = kinds_of(typed);
  // "No word": what is left beside the longest word would not stand as a password by itself.
  std::size_t longest = 0;
  for (const std::string& hit : hits) longest = std::max(longest, hit.size());
  const bool no_word = longest == 0 || plain.size() - longest >= 6;

  PasswordVerdict verdict;
  verdict.strength = strength_of(bits);
  const auto look = [&verdict](bool asked, PasswordRule rule, bool met) {
    if (asked) verdict.rules.emplace_back(rule, met);
  };
  const bool long_enough = kinds.characters >= static_cast<std::size_t>(rules.length_min);
  look(true, PasswordRule::length, long_enough);
  look(rules.upper_and_lower, PasswordRule::upper_and_lower, kinds.upper && kinds.lower);
  look(rules.digits, PasswordRule::digits, kinds.digit);
  look(rules.special, PasswordRule::special, kinds.special);
  look(rules.no_word, PasswordRule::no_word, no_word);
  verdict.acceptable = std::all_of(verdict.rules.begin(), verdict.rules.end(),
                                   [](const auto& rule) { return rule.second; });
  wipe(typed);
  wipe(plain);
  for (std::string& hit : hits) wipe(hit);
  return verdict;
}

}  // namespace couvert
