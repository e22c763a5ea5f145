#include "base/bytes.h"

#include <doctest/doctest.h>

#include "base/id.h"

using namespace couvert;

static std::string text_of(const Result<Buffer>& bytes) {
  return bytes ? std::string(as_text(*bytes)) : "refused";
}

TEST_CASE("bytes are spelled as RFC 4648 says, without padding") {
  // Section 10's vectors.
  CHECK(encode_base32(as_bytes("")) == "");
  CHECK(encode_base32(as_bytes("f")) == "my");
  CHECK(encode_base32(as_bytes("fooba")) == "mzxw6ytb");
  CHECK(encode_base32(as_bytes("foobar")) == "mzxw6ytboi");
  CHECK(encode_base64url(as_bytes("fo")) == "Zm8");
  CHECK(encode_base64url(as_bytes("\xfb\xff")) == "-_8");
  CHECK(encode_base64(as_bytes("fo")) == "Zm8=");
  CHECK(encode_hex(as_bytes("\x01\xaf")) == "01af");
}

TEST_CASE("each decoder takes one spelling only") {
  CHECK(text_of(decode_base64url("Zm8")) == "fo");
  for (const char* wrong : {"Zm8=", "Zm9", "Z", "Zm 8", "Zm8\n", "+/8", "Zm8A="}) {
    CHECK(decode_base64url(wrong).error().code == ErrorCode::invalid);
  }
  CHECK(text_of(decode_base64("Zm8=")) == "fo");
  for (const char* wrong : {"Zm8", "Zm9=", "Z===", "Zm8=Zm8=", "-_8="}) {
    CHECK(decode_base64(wrong).error().code == ErrorCode::invalid);
  }
  CHECK(text_of(decode_hex("666f")) == "fo");
  for (const char* wrong : {"6", "6G", "666F", "0x66"}) {
    CHECK(decode_hex(wrong).error().code == ErrorCode::invalid);
  }
}

TEST_CASE("an ID is read as people type it") {
  const Result<TransferId> id = TransferId::parse("aaaa-bbbb CCCC-dddd-eeee-ffff-ga");
  REQUIRE(id.has_value());
  CHECK(id->text() == "aaaabbbbccccddddeeeeffffga");
  // The last character has two bits of rest, which must be zero.
  CHECK_FALSE(TransferId::parse("aaaabbbbccccddddeeeeffffgb").has_value());
  for (const char* wrong :
       {"", "aaaa", "aaaabbbbccccddddeeeeffff1a", "aaaabbbbccccddddeeeeffffgaa"}) {
    CHECK(TransferId::parse(wrong).error().code == ErrorCode::invalid);
  }
  CHECK_FALSE(TransferId::parse(std::string(1000, '-')).has_value());
}

TEST_CASE("integers are big-endian") {
  Buffer out;
  append_integer(out, 0x0102, 4);
  CHECK(encode_hex(out) == "00000102");
  CHECK(read_integer(out) == 0x0102);
}

TEST_CASE("UTF-8 has shortest forms only, no surrogates and an end") {
  for (const char* right : {"", "a", "é", "€", "🦷", "\xf4\x8f\xbf\xbf", "\xed\x9f\xbf"}) {
    CHECK(is_utf8(right));
  }
  for (const char* wrong :
       {"\x80", "\xc0\xaf", "\xc1\xbf", "\xe0\x80\xaf", "\xed\xa0\x80", "\xf0\x80\x80\xaf",
        "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xe2\x82", "a\xff"}) {
    CHECK_FALSE(is_utf8(wrong));
  }
}
