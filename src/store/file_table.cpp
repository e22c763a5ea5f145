#include "store/file_table.h"

#include "store/sql.h"

namespace couvert {

template <>
struct Table<FileRow> {
  static constexpr std::string_view name = "file";

  static void columns(auto&& row, auto visit) {
    visit("seal_id", row.seal_id);
    visit("no", row.no);
    visit("bytes", row.bytes);
    visit("offset", row.offset);
    visit("parts", row.parts);
    visit("record", row.record);
  }
};

template <>
struct Table<PartRow> {
  static constexpr std::string_view name = "part";

  static void columns(auto&& row, auto visit) {
    visit("seal_id", row.seal_id);
    visit("file_no", row.file_no);
    visit("part_no", row.part_no);
    visit("object", row.object);
    visit("bytes", row.bytes);
    visit("commitment", row.commitment);
  }
};

namespace {

constexpr std::string_view of_file = "WHERE seal_id = :seal_id AND no = :no";

Fields key_of(const SealId& id, std::uint32_t no) {
  return {{"seal_id", encode(id)}, {"no", encode(no)}};
}

tl::unexpected<Error> taken_over() {
  return fail(ErrorCode::conflict, "another writer has the file, or it is gone");
}

}  // namespace

Result<> insert_file(Transaction& tx, const FileRow& file) {
  return insert(tx, file);
}

Result<std::optional<FileRow>> find_file(Transaction& tx, const SealId& id, std::uint32_t no) {
  return select_one<FileRow>(tx, std::string(of_file), key_of(id, no));
}

Result<std::vector<FileRow>> files_of(Transaction& tx, const SealId& id) {
  return select<FileRow>(tx, "WHERE seal_id = :seal_id ORDER BY no", {{"seal_id", encode(id)}});
}

Result<> claim_file(Transaction& tx, const FileRow& file, const Buffer& record) {
  const auto claimed = execute(tx,
                               "UPDATE file SET record = :record "
                               "WHERE seal_id = :seal_id AND no = :no AND record = :held",
                               {{"record", encode(record)},
                                {"seal_id", encode(file.seal_id)},
                                {"no", encode(file.no)},
                                {"held", encode(file.record)}});
  if (!claimed) return pass(claimed);
  if (*claimed == 0) return taken_over();
  return Result<>();
}

Result<> advance_file(Transaction& tx, const FileRow& file, const PartRow& part,
                      const Buffer& held) {
  INVARIANT(part.seal_id == file.seal_id && part.file_no == file.no);
  INVARIANT(file.parts == part.part_no + 1 && file.offset >= part.bytes);
  const auto moved =
      execute(tx,
              "UPDATE file SET \"offset\" = :offset, parts = :parts, record = :record "
              "WHERE seal_id = :seal_id AND no = :no AND parts = :part_no AND "
              "\"offset\" = :before AND record = :held",
              {{"offset", encode(file.offset)},
               {"parts", encode(file.parts)},
               {"record", encode(file.record)},
               {"seal_id", encode(file.seal_id)},
               {"no", encode(file.no)},
               {"part_no", encode(part.part_no)},
               {"before", encode(file.offset - part.bytes)},
               {"held", encode(held)}});
  if (!moved) return pass(moved);
  if (*moved == 0) return taken_over();
  return insert(tx, part);
}

Result<> delete_file(Transaction& tx, const SealId& id, std::uint32_t no) {
  const Result<> parts =
      run(tx, "DELETE FROM part WHERE seal_id = :seal_id AND file_no = :no", key_of(id, no));
  if (!parts) return parts;
  return run(tx, "DELETE FROM file " + std::string(of_file), key_of(id, no));
}

Result<> clear_records(Transaction& tx, const SealId& id) {
  return run(tx, "UPDATE file SET record = '' WHERE seal_id = :seal_id", {{"seal_id", encode(id)}});
}

Result<FileTotals> file_totals(Transaction& tx, const SealId& id) {
  FileTotals totals;
  const Query query{"SELECT COUNT(*), COALESCE(SUM(bytes), 0) FROM file WHERE seal_id = :seal_id",
                    {{"seal_id", encode(id)}},
                    2};
  const Result<> read = for_each_row(tx, query, [&](const StoredRow& row) -> Result<> {
    if (decode(row[0], totals.count) && decode(row[1], totals.bytes)) return {};
    return fail(ErrorCode::damaged, "table file: a row is damaged");
  });
  if (!read) return pass(read);
  return totals;
}

Result<std::uint64_t> unsent_bytes(Transaction& tx, const Address& sender) {
  const auto sum = select_integer(tx,
                                  "SELECT SUM(file.bytes) FROM transfer "
                                  "JOIN file ON file.seal_id = transfer.seal_id "
                                  "WHERE transfer.sender = :sender AND transfer.state = 'draft'",
                                  {{"sender", encode(sender)}});
  if (!sum) return pass(sum);
  return static_cast<std::uint64_t>(sum->value_or(0));
}

Result<std::vector<PartRow>> parts_of_file(Transaction& tx, const SealId& id, std::uint32_t no) {
  return select<PartRow>(tx, "WHERE seal_id = :seal_id AND file_no = :no ORDER BY part_no",
                         key_of(id, no));
}

Result<std::optional<PartRow>> find_part(Transaction& tx, const PartKey& part) {
  return select_one<PartRow>(
      tx, "WHERE seal_id = :seal_id AND file_no = :file_no AND part_no = :part_no",
      {{"seal_id", encode(part.seal_id)},
       {"file_no", encode(part.file_no)},
       {"part_no", encode(part.part_no)}});
}

Result<std::vector<PartRow>> parts_of(Transaction& tx, const SealId& id, std::size_t limit) {
  return select<PartRow>(tx, "WHERE seal_id = :seal_id ORDER BY file_no, part_no LIMIT :limit",
                         {{"seal_id", encode(id)}, {"limit", encode(limit)}});
}

Result<> delete_part(Transaction& tx, const PartRow& part) {
  return run(tx,
             "DELETE FROM part "
             "WHERE seal_id = :seal_id AND file_no = :file_no AND part_no = :part_no",
             {{"seal_id", encode(part.seal_id)},
              {"file_no", encode(part.file_no)},
              {"part_no", encode(part.part_no)}});
}

Result<bool> is_object_known(Transaction& tx, const ObjectId& id) {
  const auto part =
      select_integer(tx, "SELECT 1 FROM part WHERE object = :object", {{"object", encode(id)}});
  if (!part) return pass(part);
  if (*part) return true;
  const auto manifest = select_integer(tx, "SELECT 1 FROM transfer WHERE manifest_object = :object",
                                       {{"object", encode(id)}});
  if (!manifest) return pass(manifest);
  return manifest->has_value();
}

namespace {

Result<ObjectReference> read_reference(const StoredRow& row) {
  ObjectReference reference;
  if (!decode(row[0], reference.object) || !decode(row[1], reference.seal_id) ||
      !decode(row[2], reference.plain_bytes) || !decode(row[3], reference.commitment)) {
    return fail(ErrorCode::damaged, "a row that names an object is damaged");
  }
  return reference;
}

}  // namespace

Result<> for_each_reference(Transaction& tx,
                            const std::function<Result<>(const ObjectReference&)>& visit) {
  const Query query{
      "SELECT object, seal_id, bytes, commitment FROM part UNION ALL "
      "SELECT manifest_object, seal_id, NULL, NULL FROM transfer WHERE manifest_object IS NOT NULL",
      {},
      4};
  return for_each_row(tx, query, [&](const StoredRow& row) -> Result<> {
    const auto reference = read_reference(row);
    if (!reference) return pass(reference);
    return visit(*reference);
  });
}

}  // namespace couvert
