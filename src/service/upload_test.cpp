// Files of a draft on their way in: what is kept, what is refused, and who has a file.
#include "service/upload.h"

#include <doctest/doctest.h>

#include "service/test_world.h"

using namespace couvert;
using namespace std::chrono_literals;

namespace {

constexpr std::uint64_t mebi = 1024 * 1024;

// A draft with one file that waits for bytes.
struct Filling {
  TestWorld world;
  TestDraft draft = begin_draft(world);
  Drafts drafts{*world.parts};
  std::uint64_t size;
  std::uint32_t no;

  explicit Filling(std::uint64_t bytes)
      : size(bytes), no(drafts.create_file(draft.key(), {"a.bin", "", bytes})->no) {}

  Result<std::unique_ptr<Upload>> begin(const UploadPiece& piece) {
    return drafts.upload(draft.key(), no, piece);
  }
  std::unique_ptr<Upload> whole() { return std::move(begin({0, size}).value()); }
  std::uint64_t offset() { return drafts.find_file(draft.key(), no)->offset; }
};

std::string bytes_of(std::uint64_t count) {
  std::string out;
  for (std::uint64_t i = 0; i < count; ++i) out += static_cast<char>(i * 7 % 251);
  return out;
}

Checksum checksum_of(ChecksumKind kind, const std::string& bytes) {
  ChecksumCounter counter(kind);
  counter.update(as_bytes(bytes));
  return {kind, counter.digest()};
}

}  // namespace

TEST_CASE("an upload goes on where it is durable, and a torn part is kept from 1 MiB on") {
  Filling file(4 * limits::torn_part_bytes_min);
  const std::string piece(limits::torn_part_bytes_min - 1, 'x');
  {
    const auto upload = file.whole();
    REQUIRE(upload->write(as_bytes(piece)).has_value());
    upload->break_off();
  }
  CHECK(file.offset() == 0);
  {
    const auto upload = file.whole();
    REQUIRE(upload->write(as_bytes(piece + "x")).has_value());
    upload->break_off();
  }
  CHECK(file.offset() == limits::torn_part_bytes_min);
  CHECK(file.begin({0, file.size}).error().code == ErrorCode::conflict);
  CHECK(file.world.count_objects() == 1);
}

TEST_CASE("of two writers on one file the later has it, the earlier is told") {
  Filling file(6);
  const auto earlier = file.whole();
  const auto later = file.whole();
  REQUIRE(earlier->write(as_bytes("abcdef")).has_value());
  CHECK(earlier->finish().error().code == ErrorCode::conflict);
  REQUIRE(later->write(as_bytes("ABCDEF")).has_value());
  CHECK(later->finish() == 6);
  CHECK(file.world.count_objects() == 1);
}

TEST_CASE("a request whose line broke unseen takes nothing from the one that went on") {
  Filling file(limits::part_bytes_max + 2 * mebi);
  const std::string bytes = bytes_of(file.size);
  const auto dead = file.whole();
  REQUIRE(dead->write(as_bytes(bytes.substr(0, limits::part_bytes_max + mebi))).has_value());
  dead->settle();
  CHECK(file.offset() == limits::part_bytes_max);
  const auto later = std::move(file.begin({limits::part_bytes_max, 2 * mebi}).value());
  dead->break_off();  // its torn part is large enough to be kept, but no longer its to keep
  CHECK(file.offset() == limits::part_bytes_max);
  REQUIRE(later->write(as_bytes(bytes.substr(limits::part_bytes_max))).has_value());
  CHECK(later->finish() == file.size);
  CHECK(file.world.count_objects() == 2);
}

TEST_CASE("an upload takes not one byte more than was announced") {
  Filling file(3);
  const auto upload = file.whole();
  CHECK(upload->write(as_bytes("abcd")).error().code == ErrorCode::too_large);
  CHECK(upload->finish().error().code == ErrorCode::too_large);
  CHECK(file.begin({0, 4}).error().code == ErrorCode::too_large);
  CHECK(file.drafts.create_file(file.draft.key(), {"../a", "", 3}).error().code ==
        ErrorCode::invalid);
}

TEST_CASE("too few bytes are refused unless they end the file or are none") {
  Filling file(limits::upload_bytes_min + 1);
  const Error small = file.begin({0, limits::upload_bytes_min - 1}).error();
  CHECK(small.code == ErrorCode::invalid);
  CHECK(small.detail == "piece_too_small");
  CHECK(file.begin({0, 0})->get()->finish() == 0);
  {
    const auto upload = std::move(file.begin({0, limits::upload_bytes_min}).value());
    REQUIRE(upload->write(as_bytes(bytes_of(limits::upload_bytes_min))).has_value());
    REQUIRE(upload->finish() == limits::upload_bytes_min);
  }
  const auto last = std::move(file.begin({limits::upload_bytes_min, 1}).value());
  REQUIRE(last->write(as_bytes("x")).has_value());
  CHECK(last->finish() == file.size);
  CHECK(file.begin({file.size, 0})->get()->finish() == file.size);
}

TEST_CASE("bytes under a right checksum are kept, over the borders of parts") {
  for (const ChecksumKind kind : {ChecksumKind::sha1, ChecksumKind::sha256}) {
    Filling file(2 * limits::part_bytes_max + 5);
    const std::string bytes = bytes_of(file.size);
    const auto upload = std::move(file.begin({0, file.size, checksum_of(kind, bytes)}).value());
    REQUIRE(upload->write(as_bytes(bytes.substr(0, limits::part_bytes_max + 7))).has_value());
    upload->settle();
    CHECK(file.world.count_objects() == 1);
    CHECK(file.offset() == 0);
    REQUIRE(upload->write(as_bytes(bytes.substr(limits::part_bytes_max + 7))).has_value());
    CHECK(upload->finish() == file.size);
    CHECK(file.offset() == file.size);
    CHECK(file.world.count_objects() == 3);
  }
}

TEST_CASE("under a wrong checksum nothing is kept, and the file goes on as if they never came") {
  Filling file(2 * limits::part_bytes_max + 5);
  const std::string bytes = bytes_of(file.size);
  Checksum wrong = checksum_of(ChecksumKind::sha1, bytes);
  wrong.digest.back() ^= std::byte{1};
  {
    const auto upload = std::move(file.begin({0, file.size, wrong}).value());
    REQUIRE(upload->write(as_bytes(bytes)).has_value());
    upload->settle();
    CHECK(file.world.count_objects() == 2);
    const Error refused = upload->finish().error();
    CHECK(refused.code == ErrorCode::invalid);
    CHECK(refused.detail == "wrong_checksum");
    CHECK(upload->write(as_bytes("x")).error().detail == "wrong_checksum");
  }
  CHECK(file.offset() == 0);
  CHECK(file.world.count_objects() == 0);
  const auto again = file.whole();
  REQUIRE(again->write(as_bytes(bytes)).has_value());
  CHECK(again->finish() == file.size);
}

TEST_CASE("bytes under a checksum that break off are not kept, however many they are") {
  Filling file(2 * limits::part_bytes_max);
  const std::string bytes = bytes_of(file.size);
  const Checksum right = checksum_of(ChecksumKind::sha1, bytes);
  {
    const auto upload = std::move(file.begin({0, file.size, right}).value());
    REQUIRE(upload->write(as_bytes(bytes.substr(0, limits::part_bytes_max + mebi))).has_value());
    upload->settle();
    upload->break_off();
  }
  CHECK(file.offset() == 0);
  CHECK(file.world.count_objects() == 0);
}

TEST_CASE("a checksum has a bound of bytes and of time") {
  Filling file(limits::checked_bytes_max + 1);
  const Checksum any = checksum_of(ChecksumKind::sha1, "");
  CHECK(file.begin({0, limits::checked_bytes_max + 1, any}).error().code == ErrorCode::too_large);
  CHECK(file.begin({0, limits::checked_bytes_max, any}).has_value());
  CHECK(file.drafts.create_file(file.draft.key(), {"b", "", file.size}, {0, file.size, any})
            .error()
            .code == ErrorCode::too_large);

  Filling slow(mebi);
  const std::string bytes = bytes_of(mebi);
  const auto upload =
      std::move(slow.begin({0, mebi, checksum_of(ChecksumKind::sha256, bytes)}).value());
  REQUIRE(upload->write(as_bytes(bytes)).has_value());
  slow.world.clock.advance(limits::checked_time_max + 1s);
  CHECK(upload->finish().error().code == ErrorCode::conflict);
  CHECK(slow.world.count_objects() == 0);
}

TEST_CASE("a file that begins with bytes is there with them, or not at all") {
  TestWorld world;
  const TestDraft draft = begin_draft(world);
  Drafts drafts(*world.parts);
  const std::string bytes = bytes_of(mebi);
  const auto begin = [&](const Checksum& checksum) {
    return std::move(
        drafts.create_file(draft.key(), {"a.bin", "", mebi}, {0, mebi, checksum}).value());
  };
  {
    const NewUpload created = begin(checksum_of(ChecksumKind::sha1, "other"));
    REQUIRE(created.upload->write(as_bytes(bytes)).has_value());
    CHECK(created.upload->finish().error().detail == "wrong_checksum");
  }
  CHECK(drafts.find(draft.key())->files.empty());
  const NewUpload created = begin(checksum_of(ChecksumKind::sha1, bytes));
  REQUIRE(created.upload->write(as_bytes(bytes)).has_value());
  CHECK(created.upload->finish() == mebi);
  CHECK(drafts.find_file(draft.key(), created.no)->offset == mebi);

  const Result<NewUpload> few = drafts.create_file(draft.key(), {"b", "", mebi}, {0, 5});
  REQUIRE(few.has_value());
  CHECK(few->upload == nullptr);
  REQUIRE(drafts.remove_file(draft.key(), few->no).has_value());
  const Result<NewUpload> more = drafts.create_file(draft.key(), {"c", "", mebi}, {0, mebi + 1});
  CHECK(more.error().code == ErrorCode::too_large);
  CHECK(drafts.find(draft.key())->files.size() == 1);
}

TEST_CASE("a file that began with bytes stays with a later writer that has found it") {
  Filling found(mebi);
  const NewUpload begun = std::move(
      found.drafts.create_file(found.draft.key(), {"b.bin", "", mebi}, {0, mebi}).value());
  const std::string bytes = bytes_of(mebi);
  const auto later = std::move(found.drafts.upload(found.draft.key(), begun.no, {0, mebi}).value());
  REQUIRE(begun.upload->write(as_bytes(bytes)).has_value());
  CHECK(begun.upload->finish().error().code == ErrorCode::conflict);
  REQUIRE(later->write(as_bytes(bytes)).has_value());
  CHECK(later->finish() == mebi);
}

TEST_CASE("a file without a name gets one, and keeps what its client said of it") {
  TestWorld world;
  const TestDraft draft = begin_draft(world);
  Drafts drafts(*world.parts);
  const std::uint32_t first = drafts.create_file(draft.key(), {std::nullopt, "", 1})->no;
  const std::uint32_t second = drafts.create_file(draft.key(), {std::nullopt, "", 1, "secret"})->no;
  CHECK(drafts.find_file(draft.key(), first)->name == "file-1");
  CHECK(drafts.find_file(draft.key(), first)->metadata.empty());
  CHECK(drafts.find_file(draft.key(), second)->name == "file-2");
  CHECK(drafts.find_file(draft.key(), second)->metadata == "secret");
  CHECK(drafts.find_file(draft.key(), second)->expires == world.clock.now() + limits::draft_life);
  CHECK(drafts.create_file(draft.key(), {"", "", 1}).error().code == ErrorCode::invalid);
}

TEST_CASE("what is announced stays within a transfer's bound and the sender's quota") {
  TestWorld world;
  world.settings.allowance.transfer_bytes_max = 100;
  world.settings.unsent_bytes_max = 150;
  Drafts drafts(*world.parts);
  const TestDraft one = begin_draft(world);
  CHECK(drafts.create_file(one.key(), {"a", "", 101}).error().code == ErrorCode::too_large);
  const std::uint32_t no = drafts.create_file(one.key(), {"a", "", 60})->no;
  const Error over = drafts.create_file(one.key(), {"b", "", 41}).error();
  CHECK(over.code == ErrorCode::too_large);
  CHECK(over.detail == "size");
  REQUIRE(drafts.create_file(one.key(), {"b", "", 40}).has_value());

  const TestDraft other = begin_draft(world);
  const Error quota = drafts.create_file(other.key(), {"c", "", 51}).error();
  CHECK(quota.code == ErrorCode::full);
  CHECK(quota.detail == "quota");
  REQUIRE(drafts.create_file(other.key(), {"c", "", 50}).has_value());
  REQUIRE(drafts.remove_file(one.key(), no).has_value());
  CHECK(drafts.create_file(other.key(), {"d", "", 50}).has_value());
}
