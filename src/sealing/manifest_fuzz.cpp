// Fuzzes the plaintext of a manifest: what is read must be written again as the same bytes.
//
// parser: src/sealing/manifest.cpp src/sealing/manifest_file.cpp src/sealing/spelling.cpp
#include <algorithm>
#include <cstdlib>

#include "sealing/manifest_file.h"
#include "sealing/test_random.h"

namespace couvert {
namespace {

// A switch for tests of the fuzzer itself: a reader that does not look at the padding.
Buffer without_padding(Bytes plain) {
  Buffer out(plain.begin(), plain.end());
  for (std::size_t i = out.size(); i > 0 && i > out.size() - 8; --i) out[i - 1] = std::byte{0};
  return out;
}

std::vector<PartEntry> table_of(ManifestReader& reader) {
  std::vector<PartEntry> entries;
  const std::vector<ManifestFile>& files = reader.manifest().files;
  for (std::size_t file = 0; file < files.size(); ++file) {
    for (std::uint32_t part = 0; part < files[file].parts; ++part) {
      Result<PartEntry> entry = reader.part(file, part);
      INVARIANT(entry);
      entries.push_back(*entry);
    }
  }
  return entries;
}

// The same manifest through the sealed object; every wrong answer of a reader ends the program.
void check_sealed(const Manifest& manifest, const std::vector<PartEntry>& entries, Bytes plain) {
  const Secret<32> key = counting_secret<32>(0);
  TestRandom random;
  BufferSink object;
  ListedParts parts(entries);
  const Result<Commitment> commitment = seal_manifest({object, key, {}}, manifest, parts, random);
  INVARIANT(commitment);
  BytesSource source(object.bytes);
  INVARIANT(ManifestReader::open(source, key, {}, *commitment));
  INVARIANT(!ManifestReader::open(source, key, {}, Commitment{}));
  INVARIANT(!ManifestReader::open(source, key, {Mode::client, {}}, *commitment));
  if (plain.size() > 2048) return;  // once is enough for the rest: this is the slow half
  for (std::size_t lost = 1; lost < object.bytes.size(); lost += 211) {
    BytesSource cut(Bytes(object.bytes).first(object.bytes.size() - lost));
    INVARIANT(!ManifestReader::open(cut, key, {}, *commitment));
  }
}

void check(Bytes plain) {
  static const bool planted_bug = std::getenv("COUVERT_PLANTED_BUG") != nullptr;
  const Buffer seen = planted_bug ? without_padding(plain) : Buffer(plain.begin(), plain.end());
  Result<ManifestReader> reader = ManifestReader::read(std::make_unique<BytesPlain>(seen));
  if (!reader) {
    INVARIANT(reader.error().code == ErrorCode::damaged);
    return;
  }
  const std::vector<PartEntry> entries = table_of(*reader);
  BufferSink again;
  ListedParts parts(entries);
  INVARIANT(write_manifest(again, reader->manifest(), parts));
  INVARIANT(std::equal(again.bytes.begin(), again.bytes.end(), plain.begin(), plain.end()));
  check_sealed(reader->manifest(), entries, plain);
  if (entries.empty()) return;
  // A table that is too short, or does not fit, is never written.
  ListedParts fewer(std::span<const PartEntry>(entries).first(entries.size() - 1));
  INVARIANT(!write_manifest(again, reader->manifest(), fewer));
  std::vector<PartEntry> spoiled = entries;
  ++spoiled.back().end;
  ListedParts unfit(spoiled);
  INVARIANT(!write_manifest(again, reader->manifest(), unfit));
}

}  // namespace
}  // namespace couvert

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  couvert::check(couvert::Bytes(reinterpret_cast<const std::byte*>(data), size));
  return 0;
}
