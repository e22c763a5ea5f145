// The manifest as the sealed object that a transfer has: JSON, part table, padding.
//
//     manifest   = length[4] || JSON || part table || zero bytes up to a multiple of 1024
//     part table = for each file, for each of its parts: end[8] || commitment[32]
//
// The part table is written and read piece by piece: a file of 4 TiB has 20 MB of it.
// tests/vectors/manifest has examples, wrong ones too.
#pragma once

#include <memory>
#include <span>

#include "sealing/context.h"
#include "sealing/manifest.h"
#include "sealing/message.h"

namespace couvert {

/// A line of the part table. A file's first part begins at 0, each other one where the part before
/// it ends.
struct PartEntry {
  std::uint64_t end = 0;  // plaintext offset in the file
  Commitment commitment{};

  bool operator==(const PartEntry&) const = default;
};

/// The part table for a writer, from wherever it lies. Threads: one at a time.
class PartEntries {
 public:
  virtual ~PartEntries() = default;
  /// The next line: all parts of the manifest's first file, of its second and so on. Is asked
  /// exactly as often as there are parts.
  virtual Result<PartEntry> next() = 0;
};

/// A part table in memory. Lifetime: that of the entries.
class ListedParts final : public PartEntries {
 public:
  explicit ListedParts(std::span<const PartEntry> entries) : entries_(entries) {}
  Result<PartEntry> next() override;

 private:
  std::span<const PartEntry> entries_;
};

/// Where a manifest goes to and what it is sealed under. Lifetime: refers to sink and key.
struct ManifestTarget {
  ByteSink& sink;
  const Secret<32>& transfer_key;
  SealScope scope;
};

/// Seals a manifest. Its commitment goes into the keyslots.
/// Errors: `invalid` and `too_large` as encode_manifest_json(), `invalid` also for a part table
/// that does not fit the files; those of the sink. After an error the object is thrown away.
Result<Commitment> seal_manifest(const ManifestTarget& target, const Manifest& manifest,
                                 PartEntries& parts, Random& random);

/// The same unsealed: the plaintext goes into `plain`. For tests and for who seals otherwise.
Result<> write_manifest(ByteSink& plain, const Manifest& manifest, PartEntries& parts);

/// Reads a manifest: everything but the part table is in memory, and the table has been checked.
///
/// Memory:   what the manifest holds, 82 KiB more for the part table.
/// Lifetime: the object must outlive the reader. Threads: one at a time.
class ManifestReader {
 public:
  /// Opens a sealed manifest, the last chunk first. `expected` is the commitment from the keyslot.
  /// Errors: `damaged` for every other object and everything that the format forbids; those of
  /// the source.
  static Result<ManifestReader> open(MessageSource& object, const Secret<32>& transfer_key,
                                     const SealScope& scope, const Commitment& expected);
  /// The same from plaintext.
  static Result<ManifestReader> read(std::unique_ptr<PlainSource> plain);

  const Manifest& manifest() const { return manifest_; }

  /// Part `part` of `manifest().files[file]`; both must be there. Errors: those of the source.
  Result<PartEntry> part(std::size_t file, std::uint32_t part);

 private:
  ManifestReader(std::unique_ptr<PlainSource> plain, Manifest manifest, std::uint64_t table);
  Result<> check_table();
  Result<> check_padding(std::uint64_t from);

  std::unique_ptr<PlainSource> plain_;
  Manifest manifest_;
  std::vector<std::uint64_t> tables_;  // where each file's lines begin
};

}  // namespace couvert
