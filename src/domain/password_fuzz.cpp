// Fuzzes the judgement of passwords, and with it libzxcvbn, which is C and reads what strangers
// type: any text, any bytes.
//
// parser: src/domain/password.cpp
#include <unistd.h>

#include <fstream>

#include "domain/password.h"

namespace couvert {
namespace {

// A few words in each spelling that the lists of Debian have.
std::string word_list() {
  std::string path = "/tmp/couvert-password-fuzz-" + std::to_string(getpid());
  std::ofstream(path, std::ios::binary) << "autofahrt\nGeheimnis\nStra\xc3\x9f"
                                           "e\nKrankenhaus\n"
                                           "wachtwoord\nfiets\nZahn\xe4rzte\nab\n\n";
  return path;
}

}  // namespace

void fuzz(std::string_view text) {
  static const std::string path = word_list();
  static const PasswordJudge judge({path, path + ".absent"});
  static const int gone = unlink(path.c_str());
  INVARIANT(gone == 0);
  const PasswordVerdict verdict = judge.judge(text, {});
  INVARIANT(verdict.strength >= 0 && verdict.strength <= 4 && !verdict.rules.empty());
  bool all = true;
  for (const auto& [rule, met] : verdict.rules) {
    INVARIANT(!name_of(rule).empty());
    all = all && met;
  }
  INVARIANT(!verdict.acceptable || all);
}

}  // namespace couvert

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  couvert::fuzz({reinterpret_cast<const char*>(data), size});
  return 0;
}
