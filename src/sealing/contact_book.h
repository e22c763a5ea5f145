// The contact book of QUICK: whose keys a person trusts, and whom it has invited (spec/quick.md).
//
// One sealed message a person, shared by all of the person's clients; the server keeps it and
// cannot read it. A key stands in it because a human exchange led to it: it is never replaced
// silently.
#pragma once

#include <string>
#include <vector>

#include "crypto/hash.h"
#include "sealing/quick.h"

namespace couvert {

/// Somebody whose key is pinned.
struct Contact {
  std::string address;
  P256PublicKey key{};

  bool operator==(const Contact&) const = default;
};

/// An invitation that is not answered yet.
struct Invitation {
  std::string to;
  SealId seal;        // of the transfer that invites
  Secret<32> secret;  // the same in this transfer's manifest
};

struct ContactBook {
  std::vector<Contact> contacts;        // in the order of pinning, each address once
  std::vector<Invitation> invitations;  // the oldest first, each recipient once a transfer
};

/// Whose book it is, and which version of it.
struct BookPlace {
  std::string_view address;
  std::uint64_t version = 1;  // of a first book
};

// Changes. All of them are decisions of the client's human, or follow from one.

/// Null for an address that is not pinned. Lifetime: until the book changes.
const Contact* find_contact(const ContactBook& book, std::string_view address);

/// Trusts a key from now on; the same key again changes nothing.
/// Errors: `invalid` for what is no key; `conflict` where another key is pinned: the identity has
/// changed, a human has to unpin() first; `full` over limits::contacts_max.
Result<> pin(ContactBook& book, const QuickPerson& person);

/// Trusts an address no longer, and takes no answer of it. An address that is not there is no
/// error.
void unpin(ContactBook& book, std::string_view address);

/// Keeps what the answer will be checked with. Over limits::invitations_max the oldest goes.
void invite(ContactBook& book, Invitation invitation);

/// Forgets a transfer's invitations: it has ended.
void forget_invitations(ContactBook& book, const SealId& seal);

/// An answer, as the server relays it.
struct RelayedAnswer {
  SealId seal;
  std::string_view recipient;
  const QuickAnswer& answer;
};

/// Checks an answer to an invitation of `self`, pins the key in it and drops the invitation.
/// Errors: `denied` without such an invitation (replayed, or not ours); `refused` where the tag is
/// not of this key and this invitation: who answers has not read it; those of pin().
Result<> take_answer(ContactBook& book, const QuickPerson& self, const RelayedAnswer& relayed);

/// How it stands with somebody. Computed, never stored.
enum class ContactState {
  none,
  invited,    // an invitation is not answered yet
  connected,  // the pinned key is the one that the server shows
  changed,    // the server shows another: the person started anew, or the server lies
  removed,    // the server shows none: the other side, or an operator, has ended it
};

/// `shown`: the key that the server gives out for this contact; null for none.
ContactState contact_state(const ContactBook& book, std::string_view address,
                           const P256PublicKey* shown);

// What a client remembers of the newest book, so that a server cannot show it an older one.

struct SeenBook {
  std::uint64_t version = 0;  // 0: none yet
  Sha256Digest digest{};      // of the sealed bytes
};

/// What to remember after `sealed` came as `version`. Errors: `conflict` for a version lower than
/// seen, and for other bytes of the same one: the book was rolled back.
Result<SeenBook> see_book(const SeenBook& seen, std::uint64_t version, Bytes sealed);

// Bytes.

/// The JSON of a book, in its one spelling. The caller wipes it.
/// Errors: `too_large` over limits::contact_book_bytes_max; `invalid` over the other limits, for an
/// address twice and a key in another form.
Result<std::string> encode_book_json(const ContactBook& book);
/// Errors: `damaged` for everything but what encode_book_json() writes.
Result<ContactBook> decode_book_json(std::string_view json);

/// Seals a version of the book. Errors: as encode_book_json().
Result<Buffer> seal_book(const Secret<32>& book_key, const BookPlace& place,
                         const ContactBook& book, Random& random);
/// Errors: `damaged`, also for another version.
Result<ContactBook> open_book(const Secret<32>& book_key, const BookPlace& place, Bytes sealed);

}  // namespace couvert
