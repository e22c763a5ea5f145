// The other end of tests/hpke_cross.mjs: seals and opens with our HPKE what stands in lines of
// hexadecimal words. Answers each with a line: the bytes, or `no`.
//
//     seal SENDER_PRIVATE RECIPIENT_KEY INFO PLAIN
//     open RECIPIENT_PRIVATE SENDER_KEY INFO SEALED         an empty value is written as -
#include <algorithm>
#include <cstdio>
#include <iostream>
#include <sstream>
#include <string>

#include "crypto/hpke.h"
#include "crypto/random.h"
#include "crypto/secret_bytes.h"

namespace couvert {
namespace {

Buffer bytes_of(const std::string& word) {
  return word == "-" ? Buffer() : decode_hex(word).value();
}

std::string answer_to(const std::string& line, Random& random) {
  std::istringstream words(line);
  std::string verb, own, other, info, content;
  words >> verb >> own >> other >> info >> content;
  const P256PrivateKey key = secret_from_hex<32>(own).value();
  P256PublicKey peer{};
  const Buffer point = bytes_of(other);
  INVARIANT(point.size() == peer.size());
  std::copy(point.begin(), point.end(), peer.begin());
  const Result<Buffer> made =
      verb == "seal" ? hpke_seal({key, peer}, bytes_of(info), bytes_of(content), random)
                     : hpke_open({key, peer}, bytes_of(info), bytes_of(content));
  if (!made) return "no";
  return made->empty() ? "-" : encode_hex(*made);
}

}  // namespace
}  // namespace couvert

int main() {
  couvert::SystemRandom random;
  for (std::string line; std::getline(std::cin, line);) {
    std::puts(couvert::answer_to(line, random).c_str());
    std::fflush(stdout);  // the other end waits for it
  }
}
