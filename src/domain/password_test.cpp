#include "domain/password.h"

#include <doctest/doctest.h>

using namespace couvert;

static const PasswordJudge& judge() {
  static const PasswordJudge made({"/usr/share/dict/ngerman", "/usr/share/dict/dutch"});
  return made;
}

static bool is_met(const PasswordVerdict& verdict, PasswordRule rule) {
  for (const auto& [known, met] : verdict.rules) {
    if (known == rule) return met;
  }
  return false;
}

TEST_CASE("a password meets every rule or is not acceptable") {
  CHECK(judge().judge("xK9#vQ2mLp", {8}).acceptable);
  CHECK_FALSE(is_met(judge().judge("xK9#vQ2", {8}), PasswordRule::length));
  CHECK(is_met(judge().judge("xK9#vQ2m", {8}), PasswordRule::length));
  CHECK_FALSE(is_met(judge().judge("xk9#vq2mlp", {8}), PasswordRule::upper_and_lower));
  CHECK_FALSE(is_met(judge().judge("xKb#vQwmLp", {8}), PasswordRule::digits));
  CHECK_FALSE(is_met(judge().judge("xK9bvQ2mLp", {8}), PasswordRule::special));
}

TEST_CASE("a word stays a word in leet, in German and in Dutch") {
  CHECK_FALSE(is_met(judge().judge("@ut0f13ts", {8}), PasswordRule::no_word));
  CHECK_FALSE(is_met(judge().judge("Zahn@rzt1!", {8}), PasswordRule::no_word));
  CHECK_FALSE(is_met(judge().judge("M\u00fchlrad1!", {8}), PasswordRule::no_word));
  CHECK(is_met(judge().judge("xK9#vQ2mLp", {8}), PasswordRule::no_word));
}

TEST_CASE("the strength tells a word from randomness") {
  CHECK(judge().judge("Autofiets1!", {8}).strength <= 2);
  CHECK(judge().judge("xK9#vQ2mLp4@dd", {8}).strength == 4);
  CHECK(judge().judge("", {8}).strength == 0);
}

TEST_CASE("a password of any length is judged in little time") {
  const std::string long_one(1024, 'x');
  CHECK(judge().judge(long_one, {8}).strength <= 2);
}
