// The person of this device, with its keys open: contacts, envelopes, the contact book
// (spec/quick.md, sections 4 to 6).
//
// Here is what a client must refuse: a book that was rolled back, keys that are others than were
// seen, an answer by who has not read the invitation, another identity of a contact. What changes
// the book counts when the server has acknowledged it; two devices may do so at once.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "client/patience.h"
#include "client/quick_client.h"
#include "sealing/contact_book.h"

namespace couvert {

/// What a client keeps, durable, of a person on this device.
struct OwnDevice {
  std::string address;  // as the server writes it
  DeviceId device;
  Secret<32> key;
  P256PublicKey public_key{};
  SeenBook seen;
};

DeviceAccess access_of(const OwnDevice& device);

/// Where a client keeps it. Threads: one.
class SeenKeeper {
 public:
  virtual ~SeenKeeper() = default;
  /// Makes durable which book was seen last. Errors: those of its disk.
  virtual Answer<> keep(const OwnDevice& device, const SeenBook& seen) = 0;
};

/// Lifetime: everything outlives who gets it.
struct QuickParts {
  QuickClient& client;
  SeenKeeper& keeper;
  Random& random;
  Patience& patience;
};

/// What an answer to an invitation came to.
struct AnswerNews {
  enum class Kind {
    connected,
    not_the_reader,    // its tag does not fit: nothing is pinned
    identity_changed,  // another key is pinned for this address
    book_full,
  };
  std::string address;
  Kind kind = Kind::connected;
};

struct Standing {
  std::string address;
  ContactState state = ContactState::none;
};

/// S of a transfer for one recipient.
struct SealedSecret {
  SlotId slot;
  Secret<32> secret;
  QuickEnvelope envelope{};
};

/// Errors of all: those of QuickClient, after attempts (attempts.h) where a line broke; of the
/// keeper. Where the book is read or changed: `damaged` with reasons::book_rolled_back or
/// book_damaged; `conflict` with book_busy where five tries met a newer book each time.
/// Memory: the book, twice while it is changed. Threads: one.
class OpenPerson {
 public:
  /// Opens the keys that the server keeps for this device.
  /// Errors: `unproven` with reasons::device; `damaged` with own_keys where they do not open, with
  /// person_key where they are others than this device has seen.
  static Answer<OpenPerson> open(const QuickParts& parts, OwnDevice device);
  /// Of keys that are open already.
  OpenPerson(const QuickParts& parts, OwnDevice device, PersonSecret person);

  const std::string& address() const { return device_.address; }
  const OwnDevice& device() const { return device_; }
  const DeviceAccess& access() const { return access_; }
  const ContactBook& book() const { return book_; }
  /// This person's own; those of contacts are made of the book.
  std::string check_code() const;

  /// Reads the newest book.
  Answer<> read_book();
  /// Takes what waits of answers to this person's invitations, and reads the newest book.
  Answer<std::vector<AnswerNews>> take_answers();

  /// How it stands with each of them. Order: after the book was read, like all below.
  Answer<std::vector<Standing>> standings(const std::vector<std::string>& addresses);
  /// Seals a fresh S for a contact. Errors: `refused` with reasons::not_connected.
  Answer<SealedSecret> seal_for(const SealId& seal, const std::string& contact);
  /// Draws the secret of a transfer that invites, and remembers whom. Who was removed is unpinned;
  /// who has been connected meanwhile is left out.
  Answer<Secret<32>> invite(const SealId& seal, const std::vector<Standing>& whom);
  /// Takes back what invite() remembered: the transfer was not sent.
  Answer<> forget_invitations(const SealId& seal);
  /// S of a transfer to this person. Errors: `refused` with reasons::not_connected where the sender
  /// is no contact, with identity_changed where the server shows another key of it; `damaged` with
  /// envelope; `unavailable` with link_mode for a newer kind.
  Answer<Secret<32>> open_envelope(const api::TransferEnvelope& envelope);
  /// Pins who invites and answers. Errors: `refused` with reasons::identity_changed where another
  /// key is pinned: nothing has changed then.
  Answer<> accept(const RetrievalAccess& retrieval, const api::OpenInvitation& invitation);
  /// Trusts a contact no longer, with all invitations to it. A human wants it.
  Answer<> unpin(const std::string& contact);
  /// The same, and the server shows both keys no longer.
  Answer<> end(const std::string& contact);

  /// Leaves the keys for one more device, under the code that it shows.
  Answer<> leave_for(const Secret<16>& code);
  /// Makes `code` the recovery code.
  Answer<> renew_recovery(const Secret<16>& code);

 private:
  using Change = std::function<Answer<>(ContactBook& book)>;

  template <class Call>
  auto again(const Call& call);
  QuickPerson self() const { return {device_.address, person_.public_key}; }
  Answer<ContactBook> opened_book(const api::VersionedBook& book) const;
  Answer<> see(api::VersionedBook book, ContactBook opened);
  Answer<> change_book(const Change& change);
  Answer<bool> put_book(ContactBook next);
  Answer<std::vector<api::ShownKey>> shown_keys(const std::vector<std::string>& contacts);
  Buffer sealed_under(const Secret<16>& code);

  QuickParts parts_;
  OwnDevice device_;
  DeviceAccess access_;
  PersonSecret person_;
  api::VersionedBook newest_;  // as the server has it
  ContactBook book_;           // what is in it
};

}  // namespace couvert
