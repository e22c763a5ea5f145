// Use case: the server relays between people of QUICK: answers to invitations, and whose key is
// whose (spec/quick.md, section 5). It checks what it can; that nothing was swapped on the way is
// for the clients to see.
#pragma once

#include <optional>
#include <vector>

#include "sealing/quick.h"
#include "service/quick_people.h"
#include "service/retrieve.h"

namespace couvert {

/// An answer that waits for the clients of a sender.
struct WaitingAnswer {
  SealId seal;
  Address recipient;
  Buffer answer;  // encode_answer()
};

/// A contact's key as the server has it now; none where the person was reset.
struct ShownKey {
  Address address;
  std::optional<P256PublicKey> key;
};

/// What a recipient's own device opens a transfer with, and what it is bound to.
struct FoundEnvelope {
  SealScope scope;
  SlotId slot;
  Address sender;
  Address recipient;
  QuickEnvelope envelope{};
};

/// Errors of all: `unproven`, as for QuickPeople. Threads: any; all block on the database.
class QuickRelay {
 public:
  explicit QuickRelay(const Parts& parts) : parts_(parts) {}

  /// Takes the answer of a recipient who has opened the transfer that invites; the same again is no
  /// error. From then on both see each other's key.
  /// Errors: `denied`, as Retrieve::invitation(); `conflict` ("no_invitation", or "answered" where
  /// another answer came before); `refused` for a client of another address ("recipient"), and for
  /// another key than the server shows for this person ("key"); `invalid` for what is no answer.
  Result<> answer(const DeviceProof& proof, const RetrievalKey& retrieval, Bytes answer);

  /// Answers to this person's invitations, of live transfers, the oldest first, at most
  /// limits::recipients_max.
  Result<std::vector<WaitingAnswer>> waiting(const DeviceProof& proof);
  /// Notes that an answer is in the person's book. Errors: `denied` where there is none.
  Result<> taken(const DeviceProof& proof, const SealId& seal, const Address& recipient);

  /// The keys of those among `addresses` with whom this person is paired; of others nothing is
  /// told.
  Result<std::vector<ShownKey>> shown(const DeviceProof& proof,
                                      const std::vector<Address>& addresses);
  /// The envelope of a live transfer to this person. It counts as nothing: neither seen nor opened.
  /// Errors: `denied`, as Retrieve::find(); `conflict` ("no_envelope") for a transfer to somebody
  /// else, and for one that opens another way.
  Result<FoundEnvelope> envelope(const DeviceProof& proof, const TransferId& id);

  /// Ends the pair for both. One that is not there is no error.
  Result<> end(const DeviceProof& proof, const Address& other);

 private:
  const Parts& parts_;
};

}  // namespace couvert
