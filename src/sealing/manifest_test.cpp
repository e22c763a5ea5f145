#include <doctest/doctest.h>

#include "base/limits.h"
#include "sealing/manifest_file.h"
#include "sealing/record.h"
#include "sealing/test_random.h"

using namespace couvert;

namespace {

constexpr std::uint64_t mebibyte = 1024 * 1024;

// A manifest of two files, three parts; each test spoils one thing.
Manifest good_manifest() {
  Manifest manifest;
  manifest.from = "anna@example.org";
  manifest.created = 1'795'000'000;
  manifest.subject = "Grüße";
  manifest.text = "Line 1\nLine 2 \"quoted\" \\ \x7f \x01 €";
  manifest.files.push_back({0, "folder/a.pdf", "application/pdf", 9 * mebibyte, 0xdeadbeef, {}, 2});
  manifest.files.push_back({5, "empty", "", 0, 0, {}, 0});
  manifest.files.push_back({2, "b", "text/plain", 1, 7, Sha256Digest{}, 1});
  return manifest;
}

std::vector<PartEntry> good_parts() {
  return {{8 * mebibyte, {}}, {9 * mebibyte, {}}, {1, {}}};
}

Result<> written(const Manifest& manifest, const std::vector<PartEntry>& parts) {
  BufferSink sink;
  ListedParts listed(parts);
  return write_manifest(sink, manifest, listed);
}

Buffer plain_of(const Manifest& manifest, const std::vector<PartEntry>& parts) {
  BufferSink sink;
  ListedParts listed(parts);
  REQUIRE(write_manifest(sink, manifest, listed));
  return sink.bytes;
}

Result<ManifestReader> read_plain(const Buffer& plain) {
  return ManifestReader::read(std::make_unique<BytesPlain>(plain));
}

// Replaces `from` in the good manifest's JSON and tells whether it can still be read.
bool readable_with(std::string_view from, std::string_view to) {
  std::string json = encode_manifest_json(good_manifest()).value();
  const std::size_t at = json.find(from);
  REQUIRE(at != std::string::npos);
  json.replace(at, from.size(), to);
  const Result<Manifest> read = decode_manifest_json(json);
  if (!read) CHECK(read.error().code == ErrorCode::damaged);
  return read.has_value();
}

}  // namespace

TEST_CASE("a manifest's JSON is what JSON.stringify writes") {
  Manifest manifest = good_manifest();
  manifest.quick.emplace();
  manifest.quick->key[0] = std::byte{4};
  const std::string json = encode_manifest_json(manifest).value();
  CHECK(json.starts_with(
      "{\"from\":\"anna@example.org\",\"created\":1795000000,\"subject\":\"Grüße\","
      "\"text\":\"Line 1\\nLine 2 \\\"quoted\\\" \\\\ \x7f \\u0001 €\",\"quick\":{"
      "\"key\":\"BAAAA"));
  CHECK(
      json.ends_with("{\"no\":5,\"name\":\"empty\",\"type\":\"\",\"size\":0,\"crc32\":\"00000000\","
                     "\"parts\":0},{\"no\":2,\"name\":\"b\",\"type\":\"text/plain\",\"size\":1,"
                     "\"crc32\":\"00000007\",\"sha256\":\"" +
                     std::string(64, '0') + "\",\"parts\":1}]}"));
  const Result<Manifest> again = decode_manifest_json(json);
  REQUIRE(again);
  CHECK(again->files == manifest.files);
  CHECK(again->text == manifest.text);
  CHECK(again->quick->key == manifest.quick->key);
}

TEST_CASE("a manifest's JSON has one spelling") {
  CHECK(readable_with("anna", "bert"));
  CHECK(!readable_with("{\"from\"", "{ \"from\""));
  CHECK(!readable_with("\"created\":1795000000", "\"created\":1.795e9"));
  CHECK(!readable_with("\"created\":1795000000,\"subject\":\"Grüße\"",
                       "\"subject\":\"Grüße\",\"created\":1795000000"));
  CHECK(!readable_with("Grüße", "Gr\\u00fc\\u00dfe"));
  CHECK(!readable_with("folder/a", "folder\\/a"));
  CHECK(!readable_with("\"subject\"", "\"more\":1,\"subject\""));
  CHECK(!readable_with("\"subject\"", "\"from\":\"a\",\"subject\""));
  CHECK(!readable_with("\"size\":9437184", "\"size\":\"9437184\""));
  CHECK(!readable_with("\"no\":5", "\"no\":0"));
  CHECK(!readable_with("\"no\":5", "\"no\":-1"));
  CHECK(!readable_with("\"no\":5", "\"no\":4294967296"));
  CHECK(!readable_with("deadbeef", "DEADBEEF"));
  CHECK(!readable_with("deadbeef", "deadbee"));
  CHECK(!readable_with("\"parts\":2", "\"parts\":1"));
  CHECK(!readable_with("\"parts\":0", "\"parts\":1"));
  CHECK(!readable_with("\"name\":\"empty\"", "\"name\":\"\""));
  CHECK(!readable_with("]}", "],\"quick\":null}"));
  CHECK(!readable_with("]}", "]} "));
  CHECK(!readable_with("00000000\"", "00000001\""));
}

TEST_CASE("a manifest at each limit is written, one past it is refused") {
  const auto writable = [](auto&& spoil) {
    Manifest manifest = good_manifest();
    spoil(manifest);
    const Result<> checked = check_manifest(manifest);
    if (!checked) CHECK(checked.error().code == ErrorCode::invalid);
    return checked.has_value();
  };
  using M = Manifest&;
  CHECK(writable([](M m) { m.from.assign(limits::address_bytes_max, 'a'); }));
  CHECK(!writable([](M m) { m.from.assign(limits::address_bytes_max + 1, 'a'); }));
  CHECK(!writable([](M m) { m.from.clear(); }));
  CHECK(writable([](M m) { m.subject.assign(limits::subject_bytes_max, 'a'); }));
  CHECK(!writable([](M m) { m.subject.assign(limits::subject_bytes_max + 1, 'a'); }));
  CHECK(writable([](M m) { m.text.assign(limits::message_bytes_max, 'a'); }));
  CHECK(!writable([](M m) { m.text.assign(limits::message_bytes_max + 1, 'a'); }));
  CHECK(!writable([](M m) { m.text = std::string("a\0b", 3); }));
  CHECK(!writable([](M m) { m.text = "\xff"; }));
  CHECK(writable([](M m) { m.files[0].name.assign(limits::file_name_bytes_max, 'a'); }));
  CHECK(!writable([](M m) { m.files[0].name.assign(limits::file_name_bytes_max + 1, 'a'); }));
  CHECK(!writable([](M m) { m.files[0].type.assign(limits::media_type_bytes_max + 1, 'a'); }));
  CHECK(!writable([](M m) { m.files[0].size = limits::file_bytes_max + 1; }));
  CHECK(!writable([](M m) { m.created = -1; }));
  CHECK(!writable([](M m) { m.files.resize(limits::files_max + 1); }));
}

TEST_CASE("a manifest over 4 MiB is too large") {
  Manifest manifest;
  manifest.from = "anna@example.org";
  for (std::uint32_t no = 0; no < 4200; ++no) {
    manifest.files.push_back({no, std::string(1000, 'a'), "", 0, 0, {}, 0});
  }
  CHECK(encode_manifest_json(manifest).error().code == ErrorCode::too_large);
  CHECK(written(manifest, {}).error().code == ErrorCode::too_large);
}

TEST_CASE("a part table that does not fit the files is refused") {
  const auto code = [](const std::vector<PartEntry>& parts) {
    return written(good_manifest(), parts).error().code;
  };
  CHECK(written(good_manifest(), good_parts()).has_value());
  CHECK(code({{8 * mebibyte, {}}, {9 * mebibyte, {}}}) == ErrorCode::invalid);
  CHECK(code({{8 * mebibyte + 1, {}}, {9 * mebibyte, {}}, {1, {}}}) == ErrorCode::invalid);
  CHECK(code({{8 * mebibyte, {}}, {8 * mebibyte, {}}, {1, {}}}) == ErrorCode::invalid);
  CHECK(code({{8 * mebibyte, {}}, {9 * mebibyte - 1, {}}, {1, {}}}) == ErrorCode::invalid);
  CHECK(code({{0, {}}, {9 * mebibyte, {}}, {1, {}}}) == ErrorCode::invalid);
}

TEST_CASE("a manifest opens as it was sealed, by its own key, place and commitment only") {
  TestRandom random;
  const Secret<32> key = counting_secret<32>(0);
  const SealScope scope{Mode::server, counting_id<SealId>(0xa0)};
  std::vector<PartEntry> parts = good_parts();
  parts[1].commitment[3] = std::byte{9};
  BufferSink object;
  ListedParts listed(parts);
  const Result<Commitment> commitment =
      seal_manifest({object, key, scope}, good_manifest(), listed, random);
  REQUIRE(commitment);

  BytesSource source(object.bytes);
  Result<ManifestReader> reader = ManifestReader::open(source, key, scope, *commitment);
  REQUIRE(reader);
  CHECK(reader->manifest().files == good_manifest().files);
  CHECK(reader->part(0, 0).value() == parts[0]);
  CHECK(reader->part(0, 1).value() == parts[1]);
  CHECK(reader->part(2, 0).value() == parts[2]);

  const auto code = [&](const Secret<32>& k, const SealScope& s, const Commitment& c) {
    return ManifestReader::open(source, k, s, c).error().code;
  };
  CHECK(code(counting_secret<32>(1), scope, *commitment) == ErrorCode::damaged);
  CHECK(code(key, {Mode::client, scope.seal}, *commitment) == ErrorCode::damaged);
  CHECK(code(key, {Mode::server, {}}, *commitment) == ErrorCode::damaged);
  CHECK(code(key, scope, Commitment{}) == ErrorCode::damaged);
  object.bytes[60] ^= std::byte{1};
  CHECK(code(key, scope, *commitment) == ErrorCode::damaged);
}

TEST_CASE("a manifest's plaintext is read strictly to its last byte") {
  const Buffer plain = plain_of(good_manifest(), good_parts());
  CHECK(plain.size() % 1024 == 0);
  REQUIRE(read_plain(plain));
  const auto code = [](const Buffer& bytes) { return read_plain(bytes).error().code; };
  Buffer spoiled = plain;
  spoiled.back() = std::byte{1};
  CHECK(code(spoiled) == ErrorCode::damaged);
  spoiled = plain;
  spoiled.resize(plain.size() + 1024);
  CHECK(code(spoiled) == ErrorCode::damaged);
  spoiled = plain;
  spoiled[3] ^= std::byte{1};
  CHECK(code(spoiled) == ErrorCode::damaged);
  spoiled[0] = std::byte{0xff};
  CHECK(code(spoiled) == ErrorCode::damaged);
  for (const std::size_t size : {0UL, 1UL, 3UL, 4UL, 1023UL, plain.size() - 1}) {
    spoiled = plain;
    spoiled.resize(size);
    CHECK(code(spoiled) == ErrorCode::damaged);
  }
}

TEST_CASE("a file's record goes on after it was stored") {
  const Secret<32> key = counting_secret<32>(0);
  TestRandom random;
  const Buffer plain = example_plain(1000);
  for (const bool with_sha256 : {false, true}) {
    FileRecord record;
    record.name = "Grüße.txt";
    record.type = "text/plain";
    if (with_sha256) record.metadata = "filename R3LDvMOfZS50eHQ=,secret";
    record.announced_bytes = 1000;
    if (with_sha256) record.sha256.emplace();
    for (std::size_t at = 0; at < plain.size(); at += 100) {
      record.add(Bytes(plain).subspan(at, 100));
      const Buffer sealed = seal_record(key, {{}, 3}, record, random);
      CHECK(open_record(key, {{}, 4}, sealed).error().code == ErrorCode::damaged);
      record = open_record(key, {{}, 3}, sealed).value();
    }
    CHECK(record.name == "Grüße.txt");
    CHECK(record.metadata == (with_sha256 ? "filename R3LDvMOfZS50eHQ=,secret" : ""));
    CHECK(record.bytes == 1000);
    if (with_sha256) CHECK(record.sha256->digest() == sha256(plain));
  }
}

TEST_CASE("a record of every other length is damaged") {
  FileRecord record;
  record.name = "a";
  record.metadata = "b";
  record.sha256.emplace();
  record.add(example_plain(70));
  Buffer bytes = encode_record(record);
  CHECK(decode_record(bytes).has_value());
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    CHECK(decode_record(Bytes(bytes).first(length)).error().code == ErrorCode::damaged);
  }
  bytes.push_back(std::byte{0});
  CHECK(decode_record(bytes).error().code == ErrorCode::damaged);
}
