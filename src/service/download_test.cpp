// Downloads while they run: what ends them, what keeps them going, and what spoils them.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include "sealing/message.h"
#include "service/change_sent.h"
#include "service/expire_round.h"
#include "service/test_world.h"
#include "store/transfer_table.h"

using namespace couvert;
using namespace std::chrono_literals;

namespace {

namespace fs = std::filesystem;

constexpr std::size_t tail_bytes = 1000;

// An opened transfer from anna to bert: a file of two parts, the second one short, and a small one.
struct Opened {
  TestWorld world;
  TestDraft draft;
  std::string large = std::string(limits::part_bytes_max + tail_bytes, 'x');
  StartedTransfer transfer;
  Retrieval retrieval;

  Opened() : draft{begin_draft(world)} {
    world.allow("*@example.org", "*@example.com");
    const std::uint32_t first = upload_file(world, draft, "bilder/a.bin", large);
    const std::uint32_t second = upload_file(world, draft, "CON.txt", "abc");
    Result<StartedTransfer> started =
        Start(*world.parts)
            .start(draft.key(), good_request(world, {{first, large.size()}, {second, 3}}));
    REQUIRE(started.has_value());
    transfer = std::move(*started);
    Result<Retrieval> opened =
        open_by_password(world, transfer.recipients.at(0).transfer_id, "xK9#vQ2mLp");
    REQUIRE(opened.has_value());
    retrieval = std::move(*opened);
  }

  Retrieve retrieve() { return Retrieve(*world.parts); }
  RetrievalKey key() const { return {retrieval.retrieval_id, *retrieval.token}; }

  std::unique_ptr<Download> file() {
    Result<std::unique_ptr<Download>> file = retrieve().file(key(), 0);
    REQUIRE(file.has_value());
    return std::move(*file);
  }
  std::unique_ptr<Download> zip(std::vector<std::uint32_t> numbers = {}) {
    Result<std::unique_ptr<Download>> zip = retrieve().zip(key(), std::move(numbers));
    REQUIRE(zip.has_value());
    return std::move(*zip);
  }
  void revoke() {
    REQUIRE(ChangeSent(*world.parts).revoke(draft.caller, transfer.tracking_id).has_value());
  }
  bool is_noted() {
    const Result<SentTransfer> sent = Sent(*world.parts).find(draft.caller, transfer.tracking_id);
    REQUIRE(sent.has_value());
    return sent->recipients.at(0).recipient.retrieved.has_value();
  }
  // The stored part that holds so many bytes.
  fs::path object_of(std::uint64_t plain_bytes) {
    for (const auto& entry : fs::recursive_directory_iterator(world.folder / "objects")) {
      if (!entry.is_regular_file()) continue;
      if (entry.file_size() == sealed_size(plain_bytes)) return entry.path();
    }
    FAIL("no such object");
    return {};
  }
};

bool can_read(Download& download, std::uint64_t offset) {
  return download.read(offset, 1000).has_value();
}

ErrorCode trouble(Download& download, std::uint64_t offset) {
  const Result<Bytes> read = download.read(offset, 1000);
  REQUIRE_FALSE(read.has_value());
  return read.error().code;
}

void flip_byte(const fs::path& file, std::streamoff at) {
  std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
  stream.seekg(at);
  const int byte = stream.get();
  stream.seekp(at);
  stream.put(static_cast<char>(byte ^ 1));
  REQUIRE(stream.good());
}

}  // namespace

TEST_CASE("a running download ends in the second in which its transfer does") {
  Opened opened;
  const auto file = opened.file();
  const auto zip = opened.zip();
  opened.world.clock.advance(5 * 24h - 1s);
  CHECK(can_read(*file, 0));
  CHECK(can_read(*zip, 0));
  opened.world.clock.advance(1s);
  CHECK(trouble(*file, 0) == ErrorCode::denied);
  CHECK(trouble(*file, 500) == ErrorCode::denied);
  CHECK(trouble(*zip, 0) == ErrorCode::denied);
}

TEST_CASE("a revoked transfer ends a running download within a second, and at the next part") {
  Opened opened;
  const auto file = opened.file();
  const auto other = opened.file();
  CHECK(can_read(*file, 0));
  CHECK(can_read(*other, 0));
  opened.revoke();
  CHECK(trouble(*other, limits::part_bytes_max) == ErrorCode::denied);
  opened.world.clock.advance(1s);
  CHECK(trouble(*file, 1000) == ErrorCode::denied);
  CHECK(trouble(*file, 0) == ErrorCode::denied);
}

TEST_CASE("a later expiry date holds for a download that is already running") {
  Opened opened;
  const auto file = opened.file();
  REQUIRE(opened.world.database
              ->write([&](Transaction& tx) -> Result<> {
                Result<std::optional<Transfer>> transfer =
                    find_tracked(tx, opened.transfer.tracking_id);
                REQUIRE(transfer->has_value());
                (*transfer)->end += 24h;
                return update_transfer(tx, **transfer);
              })
              .has_value());
  opened.world.clock.advance(5 * 24h + 1h);
  CHECK(can_read(*file, 0));
  opened.world.clock.advance(23h);
  CHECK(trouble(*file, 0) == ErrorCode::denied);
}

TEST_CASE("while a download runs its session is in use, so that it can go on after a broken line") {
  Opened opened;
  const auto file = opened.file();
  for (int i = 0; i < 12; ++i) {
    opened.world.clock.advance(10min);
    CHECK(can_read(*file, 0));
    sweep(*opened.world.parts);
  }
  opened.world.clock.advance(29min);
  CHECK(can_read(*opened.file(), 8'000'000));
  opened.world.clock.advance(30min);
  CHECK(opened.retrieve().file(opened.key(), 0).error().code == ErrorCode::denied);
}

TEST_CASE("neither Finish nor the session's last hour ends a download that runs") {
  Opened opened;
  const auto file = opened.file();
  const auto other = opened.file();
  CHECK(opened.retrieve().finish(opened.key()).has_value());
  opened.world.clock.advance(2s);
  CHECK(can_read(*file, 0));
  opened.world.clock.advance(limits::retrieval_life);
  sweep(*opened.world.parts);
  CHECK(can_read(*other, limits::part_bytes_max));
  CHECK(opened.retrieve().file(opened.key(), 0).error().code == ErrorCode::denied);
}

TEST_CASE("a part that was spoiled, cut or lost gives an error where it begins to be wrong") {
  Opened opened;
  const fs::path tail = opened.object_of(tail_bytes);
  const auto zip = opened.zip();
  flip_byte(opened.object_of(limits::part_bytes_max), 4'000'000);
  const auto file = opened.file();
  CHECK(can_read(*file, 0));
  CHECK(can_read(*file, 3'900'000));
  CHECK(trouble(*file, 3'990'000) == ErrorCode::damaged);
  CHECK(can_read(*file, 4'000'000));
  CHECK(can_read(*file, limits::part_bytes_max));
  CHECK(trouble(*zip, 3'990'000) == ErrorCode::damaged);

  fs::resize_file(tail, fs::file_size(tail) - 1);
  CHECK(trouble(*opened.file(), limits::part_bytes_max) == ErrorCode::damaged);
  fs::remove(tail);
  CHECK(trouble(*opened.file(), limits::part_bytes_max) == ErrorCode::damaged);
}

TEST_CASE("the same selection has the same ETag in every session, another one has another") {
  Opened opened;
  const std::string file = opened.file()->etag();
  const std::string zip = opened.zip()->etag();
  CHECK(opened.zip({0, 1})->etag() == zip);
  CHECK(opened.zip({1, 0})->etag() == zip);
  CHECK(opened.zip({0})->etag() != zip);
  CHECK(opened.zip({0})->etag() != file);
  CHECK((*opened.retrieve().file(opened.key(), 1))->etag() != file);
  const Result<Retrieval> again =
      open_by_password(opened.world, opened.transfer.recipients.at(0).transfer_id, "xK9#vQ2mLp");
  REQUIRE(again.has_value());
  const RetrievalKey key{again->retrieval_id, *again->token};
  CHECK((*opened.retrieve().file(key, 0))->etag() == file);
  CHECK((*opened.retrieve().zip(key, {}))->etag() == zip);
}

TEST_CASE("a download's name is one that every system can store") {
  Opened opened;
  CHECK(opened.file()->name() == "a.bin");
  CHECK((*opened.retrieve().file(opened.key(), 1))->name() == "_CON.txt");
}

TEST_CASE("opening, looking and reading are noted as nothing; the last byte is") {
  Opened opened;
  CHECK(opened.retrieve().look(opened.key()).has_value());
  const auto file = opened.file();
  CHECK(read_all(*file).size() == opened.large.size());
  CHECK(read_all(*opened.zip()).size() > opened.large.size());
  CHECK_FALSE(opened.is_noted());
  file->delivered();
  CHECK(opened.is_noted());
}
