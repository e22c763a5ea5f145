#include "sealing/file_reader.h"

#include <doctest/doctest.h>

#include <map>

#include "base/limits.h"
#include "sealing/test_random.h"

using namespace couvert;

namespace {

// A file sealed in parts of the given lengths, in memory.
class SealedFile final : public PartSource {
 public:
  explicit SealedFile(const std::vector<std::size_t>& lengths) {
    for (const std::size_t length : lengths) plain.resize(plain.size() + length);
    for (std::size_t i = 0; i < plain.size(); ++i) plain[i] = static_cast<std::byte>(i * i >> 7);
    std::size_t at = 0;
    for (const std::size_t length : lengths) {
      const PartPlace place{{}, 7, static_cast<std::uint32_t>(entries.size())};
      BufferSink sink;
      PartWriter writer(sink, key, place, random);
      REQUIRE(writer.write(Bytes(plain).subspan(at, length)));
      const Result<SealedPart> part = writer.finish();
      REQUIRE(part);
      at += length;
      entries.push_back({at, part->commitment});
      objects.push_back(std::move(sink.bytes));
    }
  }

  FilePlace place() const {
    return {{}, 7, plain.size(), static_cast<std::uint32_t>(entries.size())};
  }

  Result<PartEntry> entry(std::uint32_t part) override { return entries.at(part); }
  Result<std::unique_ptr<MessageSource>> open(std::uint32_t part) override {
    ++opened;
    return std::unique_ptr<MessageSource>(std::make_unique<BytesSource>(objects.at(part)));
  }

  /// What reading from `offset` to the end gives.
  Result<Buffer> read_from(std::uint64_t offset) {
    FileReader reader(*this, key, place());
    Buffer out;
    while (offset + out.size() < reader.size()) {
      const Result<Bytes> piece = reader.read(offset + out.size(), 300'000);
      if (!piece) return pass(piece);
      append(out, *piece);
    }
    return out;
  }

  Secret<32> key = counting_secret<32>(0);
  TestRandom random;
  Buffer plain;
  std::vector<PartEntry> entries;
  std::vector<Buffer> objects;
  int opened = 0;
};

}  // namespace

TEST_CASE("a file of several parts opens from any offset") {
  SealedFile file({1, 16384, 100'000, 1, 500'000, 3});
  for (const std::uint64_t offset :
       {0UL, 1UL, 2UL, 16385UL, 116384UL, 116385UL, 116386UL, 616388UL}) {
    const Result<Buffer> read = file.read_from(offset);
    REQUIRE(read);
    CHECK(std::equal(read->begin(), read->end(), file.plain.begin() + offset, file.plain.end()));
  }
  file.opened = 0;
  REQUIRE(file.read_from(0));
  CHECK(file.opened == 6);
}

TEST_CASE("parts that were swapped, cut, lost or sealed elsewhere are damaged") {
  const auto code = [](auto&& spoil) {
    SealedFile file({20'000, 20'000, 20'000});
    spoil(file);
    const Result<Buffer> read = file.read_from(0);
    REQUIRE(!read);
    return read.error().code;
  };
  using F = SealedFile&;
  CHECK(code([](F f) { std::swap(f.objects[0], f.objects[1]); }) == ErrorCode::damaged);
  CHECK(code([](F f) { f.objects[1] = f.objects[0]; }) == ErrorCode::damaged);
  CHECK(code([](F f) { f.objects[1].pop_back(); }) == ErrorCode::damaged);
  CHECK(code([](F f) { f.objects[1].clear(); }) == ErrorCode::damaged);
  CHECK(code([](F f) { f.objects[2].back() ^= std::byte{1}; }) == ErrorCode::damaged);
  CHECK(code([](F f) { f.entries[1].commitment[0] ^= std::byte{1}; }) == ErrorCode::damaged);
  CHECK(code([](F f) { f.key = counting_secret<32>(1); }) == ErrorCode::damaged);
  CHECK(code([](F f) { f.entries[2].end -= 1; }) == ErrorCode::damaged);
  // The same bytes sealed once more at the same place: another attempt, another salt.
  CHECK(code([](F f) {
          SealedFile again({20'000, 20'000, 20'000});
          again.random.bytes<5>();
          BufferSink sink;
          PartWriter writer(sink, f.key, PartPlace{{}, 7, 1}, again.random);
          REQUIRE(writer.write(Bytes(f.plain).subspan(20'000, 20'000)));
          REQUIRE(writer.finish());
          f.objects[1] = sink.bytes;
        }) == ErrorCode::damaged);
}

TEST_CASE("a part takes 8 MiB and not one byte more, and not none") {
  TestRandom random;
  const Secret<32> key = counting_secret<32>(0);
  BufferSink sink;
  PartWriter full(sink, key, {}, random);
  REQUIRE(full.write(Buffer(limits::part_bytes_max)));
  CHECK(full.room() == 0);
  CHECK(full.write(Buffer(1)).error().code == ErrorCode::too_large);
  CHECK(full.finish().value().plain_bytes == limits::part_bytes_max);
  PartWriter empty(sink, key, {}, random);
  CHECK(empty.finish().error().code == ErrorCode::invalid);
}
