// What the tests of the store share: a folder that goes with the test, a database in it, examples
// of every row.
#pragma once

#include <doctest/doctest.h>

#include <filesystem>

#include "domain/transfer.h"
#include "store/database.h"
#include "store/file_table.h"
#include "store/keyslot_table.h"
#include "store/outbox_table.h"
#include "store/session_table.h"
#include "store/transfer_table.h"

namespace couvert {

/// An empty folder, deleted with what is in it.
class TestFolder {
 public:
  TestFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "couvert-XXXXXX").string();
    REQUIRE(mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
  }
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;
  ~TestFolder() { std::filesystem::remove_all(path_); }

  std::string path() const { return path_.string(); }
  std::string file(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

/// A database of its own. write() and read() check that the transaction went well.
class TestDatabase {
 public:
  TestDatabase() : url("sqlite:" + folder.file("couvert.db")) {
    auto opened = Database::open(url);
    REQUIRE(opened.has_value());
    database = std::move(*opened);
  }

  void write(const std::function<Result<>(Transaction&)>& work) const {
    const Result<> done = database->write(work);
    const std::string detail = done ? "" : done.error().detail;
    INFO(detail);
    REQUIRE(done.has_value());
  }

  /// What `work` returns, run in a transaction that may write.
  template <class Work>
  auto ask(Work work) const {
    decltype(work(std::declval<Transaction&>())) answer = fail(ErrorCode::invalid, "not run");
    const Result<> done = database->write([&](Transaction& tx) -> Result<> {
      answer = work(tx);
      if (!answer) return pass(answer);
      return {};
    });
    if (!done && answer) answer = tl::make_unexpected(done.error());
    return answer;
  }

  /// The same for what must succeed: its value.
  template <class Work>
  auto get(Work work) const {
    auto answer = ask(work);
    const std::string detail = answer ? "" : answer.error().detail;
    INFO(detail);
    REQUIRE(answer.has_value());
    return std::move(*answer);
  }

  TestFolder folder;
  std::string url;
  std::unique_ptr<Database> database;
};

/// An ID of 16 equal bytes.
template <class Id>
Id test_id(unsigned byte) {
  Id id;
  id.bytes.fill(static_cast<std::byte>(byte));
  return id;
}

inline Buffer test_bytes(std::size_t count, unsigned byte) {
  return Buffer(count, static_cast<std::byte>(byte));
}

inline Transfer test_transfer(unsigned number) {
  Transfer transfer;
  transfer.seal_id = test_id<SealId>(number);
  transfer.draft_id = test_id<SlotId>(number);
  transfer.tracking_id = test_id<TrackingId>(number);
  transfer.sender = Address{"anna@example.org"};
  transfer.created = from_unix(1'000'000);
  transfer.end = from_unix(2'000'000);
  transfer.language = Language::nl;
  transfer.request = "{\"name\":\"Ännä 'O\\u0000'\"}";
  transfer.notice = "bm90aWNl";
  return transfer;
}

inline Recipient test_recipient(unsigned number, int position) {
  Recipient recipient;
  recipient.seal_id = test_id<SealId>(number);
  recipient.position = position;
  recipient.address = Address{"bert@example.net"};
  recipient.transfer_id_hash = test_bytes(32, number * 16 + static_cast<unsigned>(position));
  recipient.slot_id = test_id<SlotId>(number);
  return recipient;
}

inline KeyslotRow test_keyslot(unsigned number, KeyslotUse use) {
  KeyslotRow keyslot;
  keyslot.seal_id = test_id<SealId>(number);
  keyslot.slot_id = test_id<SlotId>(number);
  keyslot.use = use;
  keyslot.stored = test_bytes(236, 7);
  keyslot.mac = test_bytes(32, number);
  keyslot.created = from_unix(1000);
  keyslot.used = from_unix(1000);
  keyslot.end = from_unix(2000);
  return keyslot;
}

inline FileRow test_file(unsigned number, std::uint32_t no) {
  FileRow file;
  file.seal_id = test_id<SealId>(number);
  file.no = no;
  file.bytes = std::uint64_t{1} << 42;
  file.record = test_bytes(200, no);
  return file;
}

inline PartRow test_part(unsigned number, std::uint32_t file_no, std::uint32_t part_no) {
  PartRow part;
  part.seal_id = test_id<SealId>(number);
  part.file_no = file_no;
  part.part_no = part_no;
  part.object = test_id<ObjectId>(number * 16 + file_no * 4 + part_no);
  part.bytes = 8 * 1024 * 1024;
  part.commitment.fill(std::byte{9});
  return part;
}

inline OutboxRow test_mail(unsigned number) {
  OutboxRow mail;
  mail.mail_id = test_id<MailId>(number);
  mail.address = Address{"bert@example.net"};
  mail.content = test_bytes(300, 5);
  mail.day = 20'000;
  mail.created = from_unix(1000 + number);
  mail.next_try = mail.created;
  mail.end = from_unix(9000);
  return mail;
}

}  // namespace couvert
