// Fuzzes sealed messages, behind the tag too: the input says how to seal a message and how to spoil
// it, the oracle is that no wrong byte is ever released and no spoiled message opens as whole.
//
// parser: src/sealing/message.cpp
//
// Input: 0xff and a message as it stands; or any other byte, plaintext length[2], pieces[1] and
// edits of 4 bytes: what[1] place[2] argument[1].
#include <algorithm>
#include <cstdlib>

#include "sealing/message.h"
#include "sealing/test_random.h"

namespace couvert {
namespace {

constexpr std::size_t edits_max = 8;
constexpr std::size_t plain_bytes_max = 1 << 20;

struct Fixture {
  Secret<32> key = counting_secret<32>(0);
  Buffer context = Buffer(as_bytes("test").begin(), as_bytes("test").end());
  Buffer plain = example_plain(1 << 16);
  // A switch for tests of the fuzzer itself: a reader that takes a cut message for a whole one.
  bool planted_bug = std::getenv("COUVERT_PLANTED_BUG") != nullptr;

  MessageContext under() const { return {key, context}; }
};

// Cuts a range out of a message, or puts one in, by chunk numbers.
void edit_chunks(Buffer& message, Bytes edit) {
  const std::size_t chunks = (message.size() - message_header_bytes) / sealed_chunk_bytes;
  if (chunks == 0) return;
  const std::size_t from =
      message_header_bytes + read_integer(edit.subspan(1, 2)) % chunks * sealed_chunk_bytes;
  const std::size_t to =
      message_header_bytes + read_integer(edit.subspan(3, 1)) % chunks * sealed_chunk_bytes;
  const auto begin = message.begin() + static_cast<std::ptrdiff_t>(from);
  const Buffer chunk(begin, begin + sealed_chunk_bytes);
  switch (std::to_integer<int>(edit[0]) % 8) {
    case 3:
      std::swap_ranges(begin, begin + sealed_chunk_bytes,
                       message.begin() + static_cast<std::ptrdiff_t>(to));
      break;
    case 4:
      message.erase(begin, begin + sealed_chunk_bytes);
      break;
    case 5:
      message.insert(message.begin() + static_cast<std::ptrdiff_t>(to), chunk.begin(), chunk.end());
      break;
    default:
      message.resize(from);
      break;
  }
}

void apply(Buffer& message, Bytes edit) {
  const std::size_t place = read_integer(edit.subspan(1, 2)) * 2;
  const std::size_t argument = read_integer(edit.subspan(3, 1));
  if (message.size() <= message_header_bytes) return;
  switch (std::to_integer<int>(edit[0]) % 8) {
    case 0:
      message[place % message.size()] ^= std::byte{1} << (argument % 8);
      break;
    case 1:
      message.resize(message.size() - (place + argument) % message.size());
      break;
    case 2:
      message.resize(message.size() + place % 40 + 1, static_cast<std::byte>(argument));
      break;
    default:
      edit_chunks(message, edit);
      break;
  }
}

// What a careless reader does: it takes a message that ends with a full chunk for a whole one.
bool ends_with_full_chunk(const Buffer& message) {
  return message.size() > message_header_bytes &&
         (message.size() - message_header_bytes) % sealed_chunk_bytes == 0;
}

// Reads a message from `start` to its end; every byte that comes out must be the one that went in.
bool reads_whole(MessageReader& reader, Bytes plain, std::size_t start, std::size_t step) {
  std::uint64_t at = start;
  while (at < reader.size()) {
    const Result<Bytes> piece = reader.read(at, step);
    if (!piece) {
      INVARIANT(piece.error().code == ErrorCode::damaged);
      return false;
    }
    INVARIANT(!piece->empty() && piece->size() <= step);
    INVARIANT(at + piece->size() <= plain.size());
    INVARIANT(
        std::equal(piece->begin(), piece->end(), plain.begin() + static_cast<std::ptrdiff_t>(at)));
    at += piece->size();
  }
  return true;
}

void check_made(const Fixture& fixture, Bytes input) {
  if (input.size() < 4) return;
  const Bytes plain = Bytes(fixture.plain).first(read_integer(input.subspan(1, 2)));
  const std::size_t chunks = std::to_integer<std::size_t>(input[3]) % chunks_per_piece + 1;
  TestRandom random(counting(0x64, salt_bytes));
  BufferSink sink;
  MessageWriter writer(sink, fixture.under(), random, chunks);
  const std::size_t front = plain.size() / 3;
  INVARIANT(writer.write(plain.first(front)) && writer.write(plain.subspan(front)));
  INVARIANT(writer.finish() && writer.plain_bytes() == plain.size());

  const Buffer whole = sink.bytes;
  Buffer message = whole;
  input = input.subspan(4);
  for (std::size_t i = 0; i < edits_max && input.size() >= 4; ++i, input = input.subspan(4)) {
    apply(message, input.first(4));
  }
  BytesSource source(message);
  Result<MessageReader> reader = MessageReader::open(source, fixture.under(), chunks);
  bool is_whole = false;
  if (reader) {
    const bool end = reader->verify_end().has_value();
    is_whole = reads_whole(*reader, plain, 0, 300'000) && end;
    reads_whole(*reader, plain, std::min<std::size_t>(front, reader->size()), 5000);
  }
  if (fixture.planted_bug && ends_with_full_chunk(message)) is_whole = true;
  INVARIANT(is_whole == (message == whole));
}

// What opens must be what sealing gives for the same plaintext and salt.
void check_raw(const Fixture& fixture, Bytes message) {
  const Result<Buffer> plain = open_bytes(fixture.under(), message, plain_bytes_max);
  const Result<Commitment> commitment = message_commitment(message);
  if (!plain) return;
  INVARIANT(commitment && sealed_size(plain->size()) == message.size());
  TestRandom random(Buffer(message.begin(), message.begin() + salt_bytes));
  const Buffer again = seal_bytes(fixture.under(), *plain, random);
  INVARIANT(std::equal(again.begin(), again.end(), message.begin(), message.end()));
}

}  // namespace
}  // namespace couvert

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  static const couvert::Fixture fixture;
  const couvert::Bytes input(reinterpret_cast<const std::byte*>(data), size);
  if (input.empty()) return 0;
  if (input[0] == std::byte{0xff}) {
    couvert::check_raw(fixture, input.subspan(1));
  } else {
    couvert::check_made(fixture, input);
  }
  return 0;
}
