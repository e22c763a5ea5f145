// Fuzzes forms: what is read has one spelling, so that writing it again gives the same body.
//
// parser: src/http/form_body.cpp
#include <cctype>
#include <cstdio>
#include <string>

#include "base/result.h"
#include "http/form_body.h"

using namespace couvert;

static std::string written(std::string_view text) {
  std::string body = "json=";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    char escape[4];
    if (c == ' ') {
      body += '+';
    } else if (std::isalnum(byte) != 0 || std::string_view("*-._").find(c) < 4) {
      body += c;
    } else {
      std::snprintf(escape, sizeof escape, "%%%02X", byte);
      body += escape;
    }
  }
  return body;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  const Result<std::string> text = read_form_json(body);
  INVARIANT(!text || written(*text) == body);
  // What a browser would write of any text is read back.
  const Result<std::string> again = read_form_json(written(body));
  INVARIANT(again && *again == body);
  return 0;
}
