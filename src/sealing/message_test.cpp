#include "sealing/message.h"

#include <doctest/doctest.h>

#include "sealing/test_random.h"
#include "sealing/test_vectors.h"

using namespace couvert;

namespace {

// Key, salt and context of the specification's table.
struct Example {
  Secret<32> key = counting_secret<32>(0x00);
  Buffer context = Buffer(as_bytes("test").begin(), as_bytes("test").end());
  TestRandom random{counting(0x64, salt_bytes)};

  MessageContext under() const { return {key, context}; }
  Buffer seal(Bytes plain) { return seal_bytes(under(), plain, random); }
};

// Remembers the length of each piece.
class PieceSink final : public ByteSink {
 public:
  Result<> write(Bytes bytes) override {
    if (fail_at == pieces.size()) return fail(ErrorCode::full, "no space");
    pieces.push_back(bytes.size());
    append(all, bytes);
    return {};
  }
  std::vector<std::size_t> pieces;
  std::size_t fail_at = SIZE_MAX;
  Buffer all;
};

ErrorCode code_of_open(const Example& example, Bytes message) {
  const Result<Buffer> opened = open_bytes(example.under(), message, 1 << 20);
  REQUIRE(!opened);
  return opened.error().code;
}

}  // namespace

TEST_CASE("a message has the bytes of the specification's table") {
  struct Row {
    std::size_t plain, sealed;
    const char* sha256;
  };
  const Row rows[] = {
      {0, 72, "e5be242de7c96e82e0707f07cfe13e184eda8e39f0fa2db750a16b233b3c5ec5"},
      {16384, 16472, "2c0487aedc0da5504febee1209745cfb744177b856d3fa1b15efb907be0401b8"},
      {16385, 16473, "f49bbc48d1b304db57150b27ac4c3e8fdf4b47131a1c95038320468af824b0bd"},
  };
  for (const Row& row : rows) {
    Example example;
    const Buffer message = example.seal(example_plain(row.plain));
    CHECK(message.size() == row.sealed);
    CHECK(hex_of_sha256(message) == row.sha256);
    CHECK(sealed_size(row.plain) == row.sealed);
    CHECK(plain_size(row.sealed).value() == row.plain);
    CHECK(open_bytes(example.under(), message, 1 << 20).value() == example_plain(row.plain));
  }
}

TEST_CASE("a message is the same however its plaintext is cut, and leaves in pieces of 256 KiB") {
  const Buffer plain = example_plain(700'001);
  Example once;
  const Buffer whole = once.seal(plain);
  for (const std::size_t step : {1UL, 100UL, 16383UL, 16384UL, 16385UL, 262144UL, 700001UL}) {
    Example example;
    PieceSink sink;
    MessageWriter writer(sink, example.under(), example.random);
    Bytes rest = plain;
    while (!rest.empty()) {
      const std::size_t now = std::min(step, rest.size());
      REQUIRE(writer.write(rest.first(now)));
      rest = rest.subspan(now);
    }
    REQUIRE(writer.finish());
    CHECK(writer.plain_bytes() == plain.size());
    CHECK(sink.all == whole);
    REQUIRE(sink.pieces.size() == 3);
    CHECK(sink.pieces[0] == message_header_bytes + 16 * sealed_chunk_bytes);
    CHECK(sink.pieces[1] == 16 * sealed_chunk_bytes);
  }
}

TEST_CASE("a writer whose sink failed stays failed") {
  Example example;
  PieceSink sink;
  sink.fail_at = 0;
  MessageWriter writer(sink, example.under(), example.random, 1);
  const Result<> first = writer.write(example_plain(100'000));
  REQUIRE(!first);
  CHECK(first.error().code == ErrorCode::full);
  sink.fail_at = SIZE_MAX;
  CHECK(writer.write(example_plain(1)).error().code == ErrorCode::full);
  CHECK(writer.finish().error().code == ErrorCode::full);
  CHECK(sink.all.empty());
}

TEST_CASE("any range of a message opens, whatever the pieces") {
  Example example;
  const Buffer plain = example_plain(5 * 16384 + 77);
  const Buffer message = example.seal(plain);
  for (const std::size_t chunks : {1UL, 2UL, 16UL}) {
    BytesSource source(message);
    Result<MessageReader> reader = MessageReader::open(source, example.under(), chunks);
    REQUIRE(reader);
    CHECK(reader->size() == plain.size());
    for (const std::size_t start : {0UL, 1UL, 16383UL, 16384UL, 40'000UL, 81'920UL, 81'996UL}) {
      for (const std::size_t most : {1UL, 16384UL, 1'000'000UL}) {
        std::size_t at = start;
        while (at < plain.size()) {
          const Result<Bytes> piece = reader->read(at, most);
          REQUIRE(piece);
          REQUIRE(!piece->empty());
          REQUIRE(piece->size() <= most);
          REQUIRE(std::equal(piece->begin(), piece->end(), plain.begin() + at));
          at += most == 1 ? 5003 : piece->size();
        }
      }
    }
  }
}

TEST_CASE("a message of every impossible length is damaged") {
  Example example;
  const Buffer message = example.seal(example_plain(2 * 16384 + 5));
  for (std::size_t length = 0; length < message_bytes_min; ++length) {
    CHECK(code_of_open(example, Bytes(message).first(length)) == ErrorCode::damaged);
  }
  for (const std::size_t full : {1UL, 2UL}) {
    for (std::size_t rest = 0; rest < 16; ++rest) {
      const std::size_t length = message_header_bytes + full * sealed_chunk_bytes + rest;
      CHECK(code_of_open(example, Bytes(message).first(length)) == ErrorCode::damaged);
      CHECK(plain_size(length).error().code == ErrorCode::damaged);
    }
  }
}

TEST_CASE("another key or context is refused before any chunk opens") {
  Example example;
  const Buffer message = example.seal(example_plain(10));
  Example other_key;
  other_key.key = counting_secret<32>(0x01);
  CHECK(code_of_open(other_key, message) == ErrorCode::refused);
  Example other_context;
  other_context.context.push_back(std::byte{0});
  CHECK(code_of_open(other_context, message) == ErrorCode::refused);
}

TEST_CASE("a message over the caller's maximum is damaged and one at it opens") {
  Example example;
  const Buffer message = example.seal(example_plain(100));
  CHECK(open_bytes(example.under(), message, 100).has_value());
  CHECK(open_bytes(example.under(), message, 99).error().code == ErrorCode::damaged);
}

TEST_CASE("nothing of a piece with a flipped bit is released, and the rest still opens") {
  Example example;
  const Buffer plain = example_plain(3 * 16384 + 9);
  Buffer message = example.seal(plain);
  message[message_header_bytes + sealed_chunk_bytes + 100] ^= std::byte{1};
  BytesSource source(message);
  Result<MessageReader> reader = MessageReader::open(source, example.under(), 1);
  REQUIRE(reader);
  CHECK(reader->read(0, 1'000'000).has_value());
  CHECK(reader->read(16384, 10).error().code == ErrorCode::damaged);
  CHECK(reader->read(16384, 10).error().code == ErrorCode::damaged);
  CHECK(reader->read(2 * 16384, 10).has_value());
  CHECK(reader->verify_end().has_value());
}

TEST_CASE("each message has a salt of its own") {
  Example example;
  const Buffer first = example.seal(example_plain(10));
  const Buffer second = example.seal(example_plain(10));
  CHECK(first != second);
  CHECK(message_commitment(first).value() != message_commitment(second).value());
  CHECK(message_commitment(Bytes(first).first(55)).error().code == ErrorCode::damaged);
}
