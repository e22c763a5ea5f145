// Every vector of tests/vectors, read by the product: what is right opens, what is wrong is refused
// in the way that the vector names.
#include <doctest/doctest.h>

#include "crypto/argon2.h"
#include "crypto/hash.h"
#include "crypto/mac.h"
#include "crypto/secret_bytes.h"
#include "sealing/day_keys.h"
#include "sealing/file_reader.h"
#include "sealing/keyslot.h"
#include "sealing/record.h"
#include "sealing/sealed_text.h"
#include "sealing/test_random.h"
#include "sealing/test_vectors.h"

using namespace couvert;

namespace {

SealScope scope_of(const Vector& vector) {
  SealScope scope;
  scope.seal = counting_id<SealId>(0xa0);
  if (vector.has("mode")) scope.mode = parse_mode(vector.number("mode")).value();
  if (vector.has("seal"))
    scope.seal.bytes = array_of<decltype(SealId::bytes)>(vector.bytes("seal"));
  return scope;
}

SlotPlace slot_of(const Vector& vector) {
  SlotPlace place{scope_of(vector), {}};
  place.slot.bytes = array_of<decltype(SlotId::bytes)>(vector.bytes("slot"));
  return place;
}

Commitment commitment_of(const Vector& vector) {
  return array_of<Commitment>(vector.bytes("commitment"));
}

// Everything in a source, as a download takes it.
Result<Buffer> read_all(PlainSource& source) {
  Buffer out;
  while (out.size() < source.size()) {
    const Result<Bytes> piece = source.read(out.size(), 1 << 20);
    if (!piece) return pass(piece);
    append(out, *piece);
  }
  return out;
}

// A salt is what each example was sealed with.
TestRandom salt_of(const Buffer& message) {
  return TestRandom(Buffer(message.begin(), message.begin() + salt_bytes));
}

}  // namespace

TEST_CASE("vectors: messages") {
  for (const Vector& vector : vectors_of("message")) {
    CAPTURE(vector.name());
    const Secret<32> key = secret_of<32>(vector, "key");
    const Buffer context = vector.bytes("context");
    const Buffer message = vector.bytes("message");
    REQUIRE(encode_hex(sha256(message)) == vector.text("message_sha256"));
    const Result<Buffer> plain = open_bytes({key, context}, message, 1 << 20);
    CHECK(outcome(plain) == vector.expect());
    if (!plain || vector.expect() != "ok") continue;
    CHECK(*plain == vector.bytes("plain"));
    TestRandom random = salt_of(message);
    CHECK(seal_bytes({key, context}, *plain, random) == message);
  }
}

TEST_CASE("vectors: parts") {
  for (const Vector& vector : vectors_of("part")) {
    CAPTURE(vector.name());
    const Secret<32> key = secret_of<32>(vector, "key");
    const PartPlace place{scope_of(vector), static_cast<std::uint32_t>(vector.number("file")),
                          static_cast<std::uint32_t>(vector.number("part"))};
    const Buffer message = vector.bytes("message");
    BytesSource object(message);
    const SealedPart expected{vector.number("plain_bytes"), commitment_of(vector)};
    Result<MessageReader> reader = open_part(object, key, place, expected);
    Result<Buffer> plain = reader ? read_all(*reader) : Result<Buffer>(pass(reader));
    CHECK(outcome(plain) == vector.expect());
    if (plain && vector.expect() == "ok") CHECK(*plain == vector.bytes("plain"));
  }
}

namespace {

// The parts of a vector's file.
class VectorParts final : public PartSource {
 public:
  explicit VectorParts(const Vector& vector)
      : ends_(vector.all_numbers("end")),
        commitments_(vector.all_bytes("commitment")),
        objects_(vector.all_bytes("object")) {}

  std::uint32_t count() const { return static_cast<std::uint32_t>(ends_.size()); }
  Result<PartEntry> entry(std::uint32_t part) override {
    return PartEntry{ends_.at(part), array_of<Commitment>(commitments_.at(part))};
  }
  Result<std::unique_ptr<MessageSource>> open(std::uint32_t part) override {
    return std::unique_ptr<MessageSource>(std::make_unique<BytesSource>(objects_.at(part)));
  }

 private:
  std::vector<std::uint64_t> ends_;
  std::vector<Buffer> commitments_;
  std::vector<Buffer> objects_;
};

}  // namespace

TEST_CASE("vectors: files of parts") {
  for (const Vector& vector : vectors_of("file")) {
    CAPTURE(vector.name());
    const Secret<32> key = secret_of<32>(vector, "key");
    VectorParts parts(vector);
    const FilePlace place{scope_of(vector), static_cast<std::uint32_t>(vector.number("file")),
                          vector.number("size"), parts.count()};
    FileReader reader(parts, key, place);
    const Result<Buffer> plain = read_all(reader);
    CHECK(outcome(plain) == vector.expect());
    if (plain && vector.expect() == "ok") CHECK(*plain == vector.bytes("plain"));
  }
}

TEST_CASE("vectors: manifests") {
  for (const Vector& vector : vectors_of("manifest")) {
    CAPTURE(vector.name());
    const Buffer plain = vector.bytes("plain");
    Result<ManifestReader> reader = ManifestReader::read(std::make_unique<BytesPlain>(plain));
    CHECK(outcome(reader) == vector.expect());
    if (!reader || vector.expect() != "ok") continue;
    const Manifest& manifest = reader->manifest();
    CHECK(encode_manifest_json(manifest).value() == as_text(vector.bytes("json")));
    std::vector<PartEntry> entries;
    for (std::size_t file = 0; file < manifest.files.size(); ++file) {
      for (std::uint32_t part = 0; part < manifest.files[file].parts; ++part) {
        entries.push_back(reader->part(file, part).value());
      }
    }
    BufferSink again;
    ListedParts listed(entries);
    REQUIRE(write_manifest(again, manifest, listed));
    CHECK(again.bytes == plain);
  }
}

TEST_CASE("vectors: sealed manifests") {
  for (const Vector& vector : vectors_of("sealed_manifest")) {
    CAPTURE(vector.name());
    const Secret<32> key = secret_of<32>(vector, "key");
    const Buffer message = vector.bytes("message");
    BytesSource object(message);
    const Result<ManifestReader> reader =
        ManifestReader::open(object, key, scope_of(vector), commitment_of(vector));
    CHECK(outcome(reader) == vector.expect());
  }
}

TEST_CASE("vectors: passwords") {
  for (const Vector& vector : vectors_of("password")) {
    CAPTURE(vector.name());
    Argon2Parameters argon2;
    argon2.memory_kib = static_cast<std::uint32_t>(vector.number("memory"));
    argon2.passes = static_cast<std::uint32_t>(vector.number("passes"));
    argon2.lanes = static_cast<std::uint8_t>(vector.number("lanes"));
    argon2.salt = array_of<decltype(argon2.salt)>(vector.bytes("salt"));
    const Result<Secret<32>> s = password_secret(as_text(vector.bytes("password")), argon2);
    CHECK(outcome(s) == vector.expect());
    if (s && vector.expect() == "ok") CHECK(secret_to_hex(*s) == encode_hex(vector.bytes("s")));
  }
}

TEST_CASE("vectors: keyslots") {
  for (const Vector& vector : vectors_of("keyslot")) {
    CAPTURE(vector.name());
    const Secret<32> s = secret_of<32>(vector, "s");
    const Buffer bytes = vector.bytes("keyslot");
    const Result<Keyslot> keyslot = parse_keyslot(bytes);
    if (keyslot) CHECK(encode_keyslot(*keyslot) == bytes);
    const Result<OpenedKeyslot> opened =
        keyslot ? open_keyslot(*keyslot, s, slot_of(vector)) : Result<OpenedKeyslot>(pass(keyslot));
    CHECK(outcome(opened) == vector.expect());
    if (!opened || vector.expect() != "ok") continue;
    CHECK(secret_to_hex(opened->transfer_key) == encode_hex(vector.bytes("transfer_key")));
    CHECK(opened->manifest == commitment_of(vector));
    TestRandom random = salt_of(Buffer(keyslot->message.begin(), keyslot->message.end()));
    const KeyslotForm form{keyslot->kind, keyslot->parameters};
    CHECK(seal_keyslot(form, s, slot_of(vector), *opened, random) == *keyslot);
  }
}

TEST_CASE("vectors: coats") {
  for (const Vector& vector : vectors_of("coat")) {
    CAPTURE(vector.name());
    const Secret<32> day_key = secret_of<32>(vector, "day_key");
    const Buffer stored = vector.bytes("stored");
    const Result<Keyslot> keyslot = open_coat(stored, day_key, slot_of(vector));
    CHECK(outcome(keyslot) == vector.expect());
    if (!keyslot || vector.expect() != "ok") continue;
    CHECK(encode_keyslot(*keyslot) == vector.bytes("keyslot"));
    TestRandom random = salt_of(stored);
    CHECK(seal_coat(*keyslot, day_key, slot_of(vector), random) == stored);
  }
}

namespace {

// A folder that holds one day key.
class OneKey final : public KeyFolder {
 public:
  explicit OneKey(Buffer key) : key_(std::move(key)) {}
  Result<std::vector<std::string>> list() override { return std::vector<std::string>{name_}; }
  Result<Buffer> read(const std::string&) override { return key_; }
  Result<> create(std::span<const KeyFile>) override { return {}; }
  Result<> replace(const KeyFile&) override { return {}; }
  Result<> remove(const std::string&) override { return {}; }

  void set_day(Day day) { name_ = day == 20779 ? "2026-11-22.key" : "2026-11-23.key"; }

 private:
  std::string name_;
  Buffer key_;
};

Result<Buffer> open_labelled(const Vector& vector, const Secret<32>& key) {
  const Buffer message = vector.bytes("message");
  const SealId seal = scope_of(vector).seal;
  if (vector.text("label") == "notice") return open_notice(key, seal, message);
  if (vector.text("label") == "mail") {
    return open_mail(key, {array_of<decltype(MailId::bytes)>(vector.bytes("mail"))}, message);
  }
  if (vector.text("label") == "record") {
    const auto file = static_cast<std::uint32_t>(vector.number("file"));
    const Result<FileRecord> record = open_record(key, {scope_of(vector), file}, message);
    if (!record) return pass(record);
    return encode_record(*record);
  }
  if (vector.text("label") == "form") return open_form(key, scope_of(vector), message);
  OneKey folder(message);
  const Day day = static_cast<Day>(vector.number("day"));
  folder.set_day(day);
  const Result<std::unique_ptr<DayKeys>> keys = DayKeys::load(folder, key, {});
  if (!keys) return pass(keys);
  return decode_hex(secret_to_hex(*(*keys)->key(day).value()));
}

}  // namespace

TEST_CASE("vectors: small labelled messages") {
  for (const Vector& vector : vectors_of("label")) {
    CAPTURE(vector.name());
    const Result<Buffer> plain = open_labelled(vector, secret_of<32>(vector, "key"));
    CHECK(outcome(plain) == vector.expect());
    if (plain && vector.expect() == "ok") CHECK(*plain == vector.bytes("plain"));
  }
}

TEST_CASE("vectors: links") {
  for (const Vector& vector : vectors_of("link")) {
    CAPTURE(vector.name());
    const Result<LinkSecret> link = parse_link_fragment(vector.text("text"));
    CHECK(outcome(link) == vector.expect());
    if (!link || vector.expect() != "ok") continue;
    CHECK(static_cast<std::uint64_t>(link->mode) == vector.number("mode"));
    CHECK(secret_to_hex(link->s) == encode_hex(vector.bytes("s")));
    CHECK(link_fragment(link->mode, link->s) == vector.text("text"));
  }
}

TEST_CASE("vectors: MACs") {
  for (const Vector& vector : vectors_of("mac")) {
    CAPTURE(vector.name());
    const auto made = mac_bytes(vector.bytes("key"), vector.text("label"), vector.bytes("x"));
    CHECK(encode_hex(made) == encode_hex(vector.bytes("mac")));
  }
}
