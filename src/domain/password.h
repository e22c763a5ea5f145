// How strong a password is. The server decides: estimators disagree, so there is only this one.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace couvert {

enum class PasswordRule { length, upper_and_lower, digits, special, no_word };
std::string_view name_of(PasswordRule rule);

/// Which of the rules a password has to keep.
struct PasswordRules {
  int length_min = 8;
  bool upper_and_lower = true;
  bool digits = true;
  bool special = true;
  bool no_word = true;

  bool operator==(const PasswordRules&) const = default;
};

struct PasswordVerdict {
  bool acceptable = false;
  int strength = 0;                                  // 0 very weak to 4 very strong
  std::vector<std::pair<PasswordRule, bool>> rules;  // those to keep, and whether each is met
};

/// The words that a password must not be made of. Memory: 8 bytes a word.
/// Threads: any, once made.
class PasswordJudge {
 public:
  /// Reads the word lists (a word a line, UTF-8 or ISO 8859-1); one that is not there is left out.
  explicit PasswordJudge(const std::vector<std::string>& word_lists);
  ~PasswordJudge();
  PasswordJudge(const PasswordJudge&) = delete;
  PasswordJudge& operator=(const PasswordJudge&) = delete;

  /// Judges a password of at most 128 characters; a longer one is judged by its first 128.
  /// Memory: every copy made of the password is wiped.
  PasswordVerdict judge(std::string_view password, const PasswordRules& rules) const;

 private:
  struct Words;
  std::unique_ptr<Words> words_;
};

}  // namespace couvert
