// Use case: a person activates QUICK, lets further clients in, and shares a contact book among them
// (spec/quick.md, sections 3, 6 and 7). The server keeps what clients seal and opens none of it.
#pragma once

#include <string>
#include <vector>

#include "crypto/p256.h"
#include "service/verify.h"
#include "store/quick_table.h"

namespace couvert {

/// Which client calls: its ID, and the SHA-256 of the token that it sent.
struct DeviceProof {
  DeviceId device;
  Sha256Digest token_hash{};
};

/// A client that is to be let in.
struct NewClient {
  DeviceProof proof;
  std::string name;  // for people: "Firefox on Windows"
  Buffer sealed;     // the person's secret under its device key
};

struct Activation {
  Address address;
  P256PublicKey key{};
  Sha256Digest member_hash{};  // of the member token
  Buffer recovery;             // the person's secret under the recovery code's key
  Buffer book;                 // version 1
  NewClient client;
  Language language = Language::en;  // of the mails to this person
};

enum class IfActive { refuse, start_anew };

/// What a client is told of itself.
struct OwnQuick {
  Address address;
  P256PublicKey key{};
  Buffer sealed;
  std::int64_t book_version = 0;
};

/// What a client without keys needs to know of an address.
struct QuickStanding {
  bool active = false;
  bool code_waiting = false;  // whether take_code() would give something
};

struct VersionedBook {
  std::int64_t version = 0;
  Buffer sealed;
};

/// The client that a proof is of. Errors: `unproven`.
Result<QuickClientRow> client_of(Transaction& tx, const DeviceProof& proof);

/// Errors of all that take a Caller: `unproven` where the mailbox is not proven. Of all that take a
/// DeviceProof: `unproven` for a client that is not there, was revoked, or has another token.
/// Threads: any; all block on the database.
class QuickPeople {
 public:
  explicit QuickPeople(const Parts& parts) : parts_(parts) {}

  Result<QuickStanding> standing(const Caller& caller, const Address& address);

  /// Makes a person with a first client; the same again is no error. To start anew ends all other
  /// clients and codes, takes back answers that nobody has, and tells all contacts. Errors:
  /// `conflict` ("active") where there is a person; `invalid` for what is no key and for sealed
  /// bytes of another length.
  Result<> activate(const Caller& caller, const Activation& activation, IfActive if_active);

  /// Lets one more client in, which shows by the member token that it has the person's secret.
  /// Errors: `denied` without a person; `refused` ("member") for another token; `full` over
  /// limits::quick_clients_max; `conflict` for a device ID that is taken; `invalid`.
  Result<> add_client(const Caller& caller, const Address& address, const Sha256Digest& member_hash,
                      const NewClient& client);

  /// What another client left under a code's key; it is gone then. Errors: `denied` for nothing.
  Result<Buffer> take_code(const Caller& caller, const Address& address);
  /// The secret under the recovery code's key. Errors: `denied` without a person.
  Result<Buffer> recovery(const Caller& caller, const Address& address);

  /// Noted as a use of the client, to the hour.
  Result<OwnQuick> own(const DeviceProof& proof);
  Result<VersionedBook> book(const DeviceProof& proof);
  /// Errors: `conflict` ("book_version") where the newest version is not the one right before;
  /// `invalid`; `too_large`.
  Result<> put_book(const DeviceProof& proof, const VersionedBook& book);
  /// All clients of the person, the oldest first.
  Result<std::vector<QuickClientRow>> clients(const DeviceProof& proof);
  /// Ends a client, perhaps itself. Errors: `denied` where the person has no such client.
  Result<> revoke(const DeviceProof& proof, const DeviceId& device);
  /// Leaves the secret under a code's key, for limits::quick_code_life, in place of an earlier one.
  /// Errors: `invalid`.
  Result<> leave_code(const DeviceProof& proof, Bytes sealed);
  /// Errors: `invalid`.
  Result<> renew_recovery(const DeviceProof& proof, Bytes sealed);

 private:
  const Parts& parts_;
};

}  // namespace couvert
