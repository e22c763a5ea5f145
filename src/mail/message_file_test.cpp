#include "mail/message_file.h"

#include <doctest/doctest.h>

using namespace couvert;

namespace {

MessageFile plain_message() {
  return {.from = parse_address("anna@example.org").value(),
          .name = "Anna",
          .to = parse_address("bert@example.com").value(),
          .date = from_unix(1'795'000'000),
          .id = "qwertyuiopasdfghjklzxcvbna",
          .domain = "transfer.example.org",
          .subject = "Hello",
          .text = "Guten Tag,\n\n.\nFrom here "};
}

MessageFileLayout laid_out(const MessageFile& message,
                           const std::vector<AttachedFile>& files = {}) {
  Result<MessageFileLayout> layout = MessageFileLayout::make(message, files);
  REQUIRE(layout.has_value());
  return std::move(*layout);
}

// The whole, with the files' bytes put in: each of `files` is full of its own letter.
std::string written(const MessageFileLayout& layout, const std::vector<AttachedFile>& files) {
  std::string out;
  while (out.size() < layout.size()) {
    const MessageFileLayout::Piece piece = layout.at(out.size());
    if (!piece.own.empty()) {
      out += as_text(piece.own);
      continue;
    }
    const std::string plain(files.at(piece.file).size, static_cast<char>('a' + piece.file));
    Buffer base64;
    append_base64_lines(base64, as_bytes(plain));
    REQUIRE(base64.size() == piece.end);
    out += as_text(Bytes(base64).subspan(piece.at));
  }
  return out;
}

bool holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a message alone is one part, its text in base64 with line ends of mail") {
  const std::string file = written(laid_out(plain_message()), {});
  CHECK(holds(file, "From: Anna <anna@example.org>\r\n"));
  CHECK(holds(file, "To: bert@example.com\r\n"));
  CHECK(holds(file, "Subject: Hello\r\n"));
  CHECK(holds(file, "Message-Id: <qwertyuiopasdfghjklzxcvbna@transfer.example.org>\r\n"));
  CHECK(holds(file, "Content-Type: text/plain; charset=utf-8\r\n"));
  const std::string base64 = encode_base64(as_bytes("Guten Tag,\r\n\r\n.\r\nFrom here "));
  CHECK(holds(file, "\r\n\r\n" + base64 + "\r\n"));
  CHECK_FALSE(holds(file, "boundary"));
}

TEST_CASE("files stand behind the message, each with its name, and the length is known before") {
  const std::vector<AttachedFile> files = {{"a.pdf", "application/pdf", 100},
                                           {"R\u00f6ntgen \u7259.png", "image/png", 57},
                                           {"leer.txt", "text/plain", 0},
                                           {"mail.eml", "message/rfc822", 1}};
  const MessageFileLayout layout = laid_out(plain_message(), files);
  const std::string file = written(layout, files);
  CHECK(file.size() == layout.size());
  CHECK(holds(file, "Content-Type: application/pdf; name=a.pdf\r\n"));
  CHECK(holds(file, "filename*=UTF-8''R%C3%B6ntgen%20%E7%89%99.png"));
  CHECK(holds(file, "name=\"R_ntgen _.png\""));
  CHECK_FALSE(holds(file, "Content-Type: message/"));
  CHECK(file.ends_with("\r\n--=_qwertyuiopasdfghjklzxcvbna--\r\n"));
}

TEST_CASE("a long name is parted between its characters") {
  std::string name;
  for (int i = 0; i < 30; ++i) name += "\u0635\u7259";
  const std::vector<AttachedFile> files = {{name + ".png", "image/png", 0}};
  const std::string file = written(laid_out(plain_message(), files), files);
  CHECK(holds(file, ";\r\n filename*0*=UTF-8''%D8%B5%E7%89%99"));
  CHECK(holds(file, ";\r\n filename*7*=%"));
  for (std::size_t at = file.find("*="); at != std::string::npos; at = file.find("*=", at + 1)) {
    CHECK(std::string_view("89AB").find(file.at(at + 3)) == std::string_view::npos);
  }
}

TEST_CASE("every range is the same bytes as in the whole") {
  const std::vector<AttachedFile> files = {{"a.bin", "application/octet-stream", 200}};
  const MessageFileLayout layout = laid_out(plain_message(), files);
  const std::string whole = written(layout, files);
  for (std::uint64_t offset = 0; offset < layout.size(); ++offset) {
    const MessageFileLayout::Piece piece = layout.at(offset);
    if (piece.own.empty()) {
      CHECK(piece.at < piece.end);
      continue;
    }
    CHECK(whole.compare(offset, piece.own.size(), as_text(piece.own)) == 0);
  }
}

TEST_CASE("the length in base64 is that of its lines") {
  for (std::size_t bytes : {0, 1, 2, 3, 56, 57, 58, 114, 1000}) {
    Buffer base64;
    append_base64_lines(base64, Buffer(bytes));
    CHECK(base64.size() == base64_lines_size(bytes));
  }
  CHECK(base64_lines_size(std::uint64_t{1} << 42) == 6'018'379'436'252);
}

TEST_CASE("a value that no header may hold is refused") {
  MessageFile message = plain_message();
  message.subject = "Hello\r\nBcc: all@example.org";
  CHECK(MessageFileLayout::make(message, {}).error().code == ErrorCode::invalid);
  message = plain_message();
  message.text = "\xff";
  CHECK(MessageFileLayout::make(message, {}).error().code == ErrorCode::invalid);
  for (const char* name : {"", "a\nb.txt"}) {
    const auto made = MessageFileLayout::make(plain_message(), {{name, "text/plain", 1}});
    CHECK(made.error().code == ErrorCode::invalid);
  }
}
