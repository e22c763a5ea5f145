#include "domain/view_type.h"

#include <doctest/doctest.h>

#include <string>

using namespace couvert;
using namespace std::string_literals;

namespace {

std::string shown(const std::string& head) {
  return std::string(view_type(as_bytes(head)).value_or("-"));
}

}  // namespace

TEST_CASE("images, sound, films and PDF are known by their first bytes") {
  CHECK(shown("\x89PNG\r\n\x1a\n\0\0"s) == "image/png");
  CHECK(shown("\xff\xd8\xff\xe0\0\x10JFIF"s) == "image/jpeg");
  CHECK(shown("GIF89a\1\0"s) == "image/gif");
  CHECK(shown("RIFF\1\2\3\4WEBPVP8 "s) == "image/webp");
  CHECK(shown("RIFF\1\2\3\4WAVEfmt "s) == "audio/wav");
  CHECK(shown("\0\0\0\x1c"s + "ftypavif"s) == "image/avif");
  CHECK(shown("\0\0\0\x1c"s + "ftypM4A "s) == "audio/mp4");
  CHECK(shown("\0\0\0\x20"s + "ftypisom"s) == "video/mp4");
  CHECK(shown("BM\1\2\3\4\0\0\0\0\x36\0\0\0\x28\0\0\0"s) == "image/bmp");
  CHECK(shown("\x1a\x45\xdf\xa3\1\2\x42\x82\x84webm"s) == "video/webm");
  CHECK(shown("OggS\0\2"s) == "audio/ogg");
  CHECK(shown("OggS\0\2\x80theora\3"s) == "video/ogg");
  CHECK(shown("fLaC\0\0"s) == "audio/flac");
  CHECK(shown("ID3\4\0"s) == "audio/mpeg");
  CHECK(shown("\xff\xfb\x90\x64"s) == "audio/mpeg");
  CHECK(shown("\xff\xf1\x50\x80"s) == "audio/aac");
  CHECK(shown("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n\0"s) == "application/pdf");
}

TEST_CASE("whatever is text is shown as text, also what would act as a page") {
  CHECK(shown("Gr\xc3\xbc\xc3\x9f Gott\r\n\tEinzug\f"s) == "text/plain");
  CHECK(shown("Gr\xfc\xdf Gott"s) == "text/plain");
  CHECK(shown("\xff\xfeG\0r\0"s) == "text/plain");
  CHECK(shown("\xfe\xff\0G\0r"s) == "text/plain");
  CHECK(shown("<!doctype html><script>alert(1)</script>"s) == "text/plain");
  CHECK(shown("<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"s) == "text/plain");
  CHECK(shown("a"s) == "text/plain");
}

TEST_CASE("what is of no known kind is not shown") {
  CHECK(shown("") == "-");
  CHECK(shown("PK\3\4\x14\0"s) == "-");
  CHECK(shown("MZ\x90\0\3"s) == "-");
  CHECK(shown(std::string(128, '\0') + "DICM") == "-");
  CHECK(shown("text\0"s) == "-");
  CHECK(shown("text\x7f"s) == "-");
  CHECK(shown("text\x1b[31m"s) == "-");
  CHECK(shown("\0\0\0\x14"s + "ftypqt  "s) == "-");
  CHECK(shown("\x1a\x45\xdf\xa3\1\2\x42\x82\x88matroska"s) == "-");
  CHECK(shown("RIFF\1\2\3\4AVI LIST"s) == "-");
  CHECK(shown("BM\1\2\3\4\0\0\0\0\x36\0\0\0\x29\0\0\0"s) == "-");
  // Three that only begin like a frame of sound: reserved version, no rate, free rate.
  CHECK(shown("\xff\xea\x90\1"s) == "-");
  CHECK(shown("\xff\xfb\xf0\1"s) == "-");
  CHECK(shown("\xff\xfb\x0c\1"s) == "-");
}

TEST_CASE("no more than the head is looked at") {
  CHECK(shown(std::string(view_head_bytes, 'a') + "\0"s) == "text/plain");
  CHECK(shown(std::string(view_head_bytes - 1, 'a') + "\0"s) == "-");
}
