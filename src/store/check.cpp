#include "store/check.h"

#include <map>
#include <optional>

#include "base/limits.h"
#include "store/file_table.h"
#include "store/pairing.h"
#include "store/row_checks.h"
#include "store/sql.h"

namespace couvert {

namespace {

constexpr std::uint64_t message_head_bytes = 56;  // salt and commitment
constexpr std::uint64_t tag_bytes = 16;
constexpr std::uint64_t manifest_bytes_unit = 1024;

// spec/sealing.md, "Sealing bytes": the last chunk is always shorter than a whole one.
std::uint64_t sealed_bytes(std::uint64_t plain) {
  return message_head_bytes + plain + tag_bytes * (plain / limits::chunk_bytes + 1);
}

// Whether a message of that length can hold a manifest.
bool is_manifest_length(std::uint64_t bytes) {
  if (bytes < sealed_bytes(0)) return false;
  const std::uint64_t full = (bytes - message_head_bytes) / (limits::chunk_bytes + tag_bytes);
  const std::uint64_t plain = bytes - message_head_bytes - tag_bytes * (full + 1);
  return plain > 0 && plain % manifest_bytes_unit == 0 && sealed_bytes(plain) == bytes;
}

class Findings {
 public:
  bool is_full() const { return lines_.size() >= disagreements_max; }
  void add(std::string line) {
    if (!is_full()) lines_.push_back(std::move(line));
  }
  std::vector<std::string> take() { return std::move(lines_); }

 private:
  std::vector<std::string> lines_;
};

// An object as the rows have it.
struct Expected {
  SealId seal_id;
  std::optional<std::uint64_t> plain_bytes;
  std::optional<std::array<std::byte, 32>> commitment;
  bool is_there = false;
};
using References = std::map<ObjectId, Expected>;

std::string line_of(std::string_view wrong, const ObjectId& object, const SealId& transfer) {
  return std::string(wrong) + ": object " + object.text() + ", transfer " + transfer.text();
}

Result<> check_rows(Transaction& tx, const RowCheck& check, Findings& findings) {
  return for_each_row(tx, {std::string(check.sql), {}, 2}, [&](const StoredRow& row) -> Result<> {
    std::string line = std::string(check.wrong) + ": transfer " + row[0].value_or("?");
    if (row[1]) line.append(", ").append(check.number).append(" ").append(*row[1]);
    findings.add(std::move(line));
    return {};
  });
}

Result<References> read_references(Transaction& tx, Findings& findings) {
  References references;
  const auto done = for_each_reference(tx, [&](const ObjectReference& row) -> Result<> {
    const bool is_new =
        references.try_emplace(row.object, Expected{row.seal_id, row.plain_bytes, row.commitment})
            .second;
    if (!is_new) findings.add(line_of("two rows name one object", row.object, row.seal_id));
    return {};
  });
  if (!done) return pass(done);
  return references;
}

Result<bool> is_known(Database& database, const ObjectId& id) {
  bool known = false;
  const auto done = database.read([&](Transaction& tx) -> Result<> {
    const auto found = is_object_known(tx, id);
    if (!found) return pass(found);
    known = *found;
    return {};
  });
  if (!done) return pass(done);
  return known;
}

// Whether the object begins as the one that the row names: salt, then its commitment. That finds
// objects that were exchanged, without any key. One that was erased meanwhile is no finding.
Result<bool> is_same(Objects& objects, const ObjectId& id, const Expected& expected) {
  if (!expected.commitment) return true;
  const auto object = objects.open(id);
  if (!object && object.error().code == ErrorCode::damaged) return true;
  if (!object) return pass(object);
  std::array<std::byte, 32> found{};
  const Result<> read = (*object)->read(message_head_bytes - found.size(), found);
  if (!read) return pass(read);
  return found == *expected.commitment;
}

// Looks at every object that there is.
Result<> check_objects(Objects& objects, References& references,
                       const std::function<Result<>(const ObjectEntry&)>& unknown,
                       Findings& findings) {
  return objects.list([&](const ObjectEntry& entry) -> Result<> {
    const auto found = references.find(entry.id);
    if (found == references.end()) return unknown(entry);
    Expected& expected = found->second;
    expected.is_there = true;
    const bool is_right = expected.plain_bytes ? sealed_bytes(*expected.plain_bytes) == entry.bytes
                                               : is_manifest_length(entry.bytes);
    if (!is_right) {
      findings.add(line_of("wrong length", entry.id, expected.seal_id));
      return {};
    }
    const Result<bool> same = is_same(objects, entry.id, expected);
    if (!same) return pass(same);
    if (!*same) findings.add(line_of("not the bytes of this part", entry.id, expected.seal_id));
    return {};
  });
}

// Whether a row still names the object of a transfer that should have it: erasing may have gone on
// since the rows were read.
Result<bool> is_missed(Transaction& tx, const ObjectId& object, const SealId& transfer) {
  const auto known = is_object_known(tx, object);
  if (!known || !*known) return known;
  const auto ended = select_integer(
      tx, "SELECT 1 FROM transfer WHERE seal_id = :seal_id AND state IN ('revoked', 'expired')",
      {{"seal_id", encode(transfer)}});
  if (!ended) return pass(ended);
  return !ended->has_value();
}

Result<> check_missing(Database& database, const References& references, Findings& findings) {
  return database.read([&](Transaction& tx) -> Result<> {
    for (const auto& [id, expected] : references) {
      if (expected.is_there) continue;
      if (findings.is_full()) break;
      const auto missed = is_missed(tx, id, expected.seal_id);
      if (!missed) return pass(missed);
      if (!*missed) continue;
      const bool is_part = expected.plain_bytes.has_value();
      findings.add(
          line_of(is_part ? "a part is missing" : "a manifest is missing", id, expected.seal_id));
    }
    return {};
  });
}

}  // namespace

Result<std::vector<std::string>> find_disagreements(Database& database, Objects& objects,
                                                    Instant now, Duration grace) {
  Findings findings;
  const Result<bool> paired = belong_together(database, objects);
  if (!paired) return pass(paired);
  if (!*paired) findings.add("the objects belong to another database");
  References references;
  const auto rows = database.read([&](Transaction& tx) -> Result<> {
    for (const RowCheck& check : all_row_checks()) {
      const Result<> checked = check_rows(tx, check, findings);
      if (!checked) return checked;
    }
    auto read = read_references(tx, findings);
    if (!read) return pass(read);
    references = std::move(*read);
    return {};
  });
  if (!rows) return pass(rows);

  const auto unknown = [&](const ObjectEntry& entry) -> Result<> {
    if (entry.changed >= now - grace) return {};
    const auto known = is_known(database, entry.id);
    if (!known) return pass(known);
    if (!*known) findings.add("no row names it: object " + entry.id.text());
    return {};
  };
  const Result<> listed = check_objects(objects, references, unknown, findings);
  if (!listed) return pass(listed);
  const Result<> missing = check_missing(database, references, findings);
  if (!missing) return pass(missing);
  return findings.take();
}

}  // namespace couvert
