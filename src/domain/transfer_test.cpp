#include "domain/transfer.h"

#include <doctest/doctest.h>

#include "base/limits.h"

using namespace couvert;

TEST_CASE("a transfer goes from draft to sealed to its end, and never back") {
  using S = TransferState;
  using E = TransferEvent;
  CHECK(next_state(S::draft, E::start) == S::sealed);
  CHECK(next_state(S::sealed, E::revoke) == S::revoked);
  CHECK(next_state(S::sealed, E::expire) == S::expired);
  CHECK(next_state(S::draft, E::expire) == S::expired);
  CHECK(next_state(S::revoked, E::erase) == S::erased);
  CHECK(next_state(S::expired, E::erase) == S::erased);
  for (const auto& [state, event] :
       {std::pair(S::sealed, E::start), std::pair(S::revoked, E::start),
        std::pair(S::expired, E::revoke), std::pair(S::revoked, E::expire),
        std::pair(S::erased, E::erase), std::pair(S::sealed, E::erase)}) {
    CHECK(next_state(state, event).error().code == ErrorCode::conflict);
  }
}

TEST_CASE("names of states are read back") {
  for (const TransferState state : {TransferState::draft, TransferState::sealed,
                                    TransferState::revoked, TransferState::erased}) {
    CHECK(parse_transfer_state(name_of(state)) == state);
  }
  CHECK(parse_open_by("link") == OpenBy::link);
  CHECK(parse_recipient_kind("bcc") == RecipientKind::bcc);
  CHECK(parse_mail_state("handed_over") == MailState::handed_over);
  CHECK(parse_recipient_kind("BCC").error().code == ErrorCode::invalid);
}

TEST_CASE("a file name keeps its folders and every printable character") {
  CHECK(check_file_name("a.pdf") == "a.pdf");
  CHECK(check_file_name("Röntgen \"2026\"/Bild: 1?.png") == "Röntgen \"2026\"/Bild: 1?.png");
  CHECK(check_file_name("/a//./b\\c") == "a/b/c");
  CHECK(check_file_name("...") == "...");
  CHECK(check_file_name(std::string(limits::file_name_bytes_max, 'a')).has_value());
}

TEST_CASE("a file name that leads elsewhere or hides something is refused") {
  for (const std::string& wrong :
       {std::string(""), std::string("/"), std::string("./."), std::string("../a"),
        std::string("a/../b"), std::string("a\\..\\b"), std::string("a\nb"), std::string("a\0b", 3),
        std::string("\xff"), std::string("a\u0085b"), std::string("a\u2028b"),
        std::string(limits::file_name_bytes_max + 1, 'a')}) {
    CHECK(check_file_name(wrong).error().code == ErrorCode::invalid);
  }
}

TEST_CASE("an odd media type reads as bytes") {
  CHECK(check_media_type("image/svg+xml") == "image/svg+xml");
  for (const char* wrong : {"", "text", "text/", "/html", "text/html; charset=x", "te xt/html",
                            "text/html\r\nX: y", "a/b/c"}) {
    CHECK(check_media_type(wrong) == "application/octet-stream");
  }
}

TEST_CASE("a line can never become two") {
  CHECK(check_line("  Anna Müller 🦷 ", 100) == "Anna Müller 🦷");
  CHECK(check_line(std::string(10, 'a'), 10).has_value());
  for (const char* wrong : {"a\r\nBcc: x", "a\nb", "a\x7f", "\xc3", "a\u2029b", "12345678901"}) {
    CHECK(check_line(wrong, 10).error().code == ErrorCode::invalid);
  }
}

TEST_CASE("a text keeps its lines, written one way") {
  CHECK(check_text("a\r\nb\nc\td", 100) == "a\nb\nc\td");
  CHECK(check_text("a\rb", 100).error().code == ErrorCode::invalid);
  CHECK(check_text("a\x1b[31m", 100).error().code == ErrorCode::invalid);
  CHECK(check_text("123", 2).error().code == ErrorCode::invalid);
}
