// The tables of QUICK (spec/quick.md): people, their clients, their contact books, and what is left
// for one more client. Sealed by clients, or public; nothing here opens anything.
#pragma once

#include <optional>
#include <vector>

#include "base/clock.h"
#include "base/id.h"
#include "crypto/hash.h"
#include "domain/address.h"
#include "domain/language.h"
#include "store/database.h"

namespace couvert {

/// Who has activated QUICK.
struct QuickPersonRow {
  Address address;
  std::array<std::byte, 65> public_key{};
  Sha256Digest member_hash{};  // of the member token
  Instant since;
  Buffer recovery;                   // couvert/1 person under the recovery code's key
  Language language = Language::en;  // of the mails to them
};

/// The newest version of a person's contact book.
struct QuickBookRow {
  Address address;
  std::int64_t version = 0;
  Buffer sealed;  // couvert/1 book
};

/// A client of a person.
struct QuickClientRow {
  DeviceId device_id;
  Address address;
  Sha256Digest token_hash{};  // of the device token
  std::string name;           // for people
  Buffer sealed;              // couvert/1 person under its device key
  Instant since;
  Instant used;
};

/// A person's secret under a code's key, until one more client takes it.
struct QuickCodeRow {
  Address address;
  Buffer sealed;  // couvert/1 person
  Instant end;
};

/// Whom the operator has reset, until a round has told of it.
struct QuickResetRow {
  Address address;
  Language language = Language::en;
  Instant since;
};

/// Errors: `conflict` where the address has one.
Result<> insert_quick_person(Transaction& tx, const QuickPersonRow& person);
Result<std::optional<QuickPersonRow>> find_quick_person(Transaction& tx, const Address& address);
Result<> put_quick_recovery(Transaction& tx, const Address& address, Bytes sealed);
/// With clients, book and code. A person who is not there is no error.
Result<> delete_quick_person(Transaction& tx, const Address& address);

/// The same, and takes back answers that nobody has. Contacts keep seeing the pair: with another
/// key, or with none.
Result<> end_quick_person(Transaction& tx, const Address& address);
/// The people who are paired with this one.
Result<std::vector<QuickPersonRow>> quick_contacts_of(Transaction& tx, const Address& address);

Result<> insert_quick_book(Transaction& tx, const QuickBookRow& book);
Result<std::optional<QuickBookRow>> find_quick_book(Transaction& tx, const Address& address);
/// Puts a version in the place of the one right before it; false where that is not the newest.
Result<bool> replace_quick_book(Transaction& tx, const QuickBookRow& book);

Result<> insert_quick_client(Transaction& tx, const QuickClientRow& client);
Result<std::optional<QuickClientRow>> find_quick_client(Transaction& tx, const DeviceId& id);
/// The oldest first.
Result<std::vector<QuickClientRow>> quick_clients_of(Transaction& tx, const Address& address);
Result<> touch_quick_client(Transaction& tx, const DeviceId& id, Instant now);
/// Returns whether this person had it.
Result<bool> delete_quick_client(Transaction& tx, const Address& address, const DeviceId& id);

/// Leaves it in the place of an earlier one.
Result<> put_quick_code(Transaction& tx, const QuickCodeRow& code);
Result<std::optional<QuickCodeRow>> find_quick_code(Transaction& tx, const Address& address);
Result<> delete_quick_code(Transaction& tx, const Address& address);
/// Deletes those past their end.
Result<> sweep_quick_codes(Transaction& tx, Instant now);

/// In the place of an earlier one.
Result<> put_quick_reset(Transaction& tx, const QuickResetRow& reset);
/// The oldest first.
Result<std::vector<QuickResetRow>> quick_resets(Transaction& tx, std::size_t max);
/// Returns whether it was there.
Result<bool> delete_quick_reset(Transaction& tx, const Address& address);

}  // namespace couvert
