// couvertd with a patch: the real server, holding all that a server holds, whose operator wants to
// read what goes by QUICK. Its linker puts the functions below in the place of the server's own
// (--wrap), which each of them calls. What it does is the first word of the file $COUVERT_LIES:
//
//     nothing  it is honest
//     swaps    it shows its own key for everybody who is connected
//     guesses  it plays both sides while an invitation passes, without the invitation's secret
//     knows    the same with the secret, which it has recorded when it sealed the manifest
//
// What it reads it tells in the file $COUVERT_LIES.read: a line "SENDER RECIPIENT" each.
#include <cstdlib>
#include <fstream>
#include <map>
#include <mutex>
#include <string>

#include "crypto/random.h"
#include "sealing/manifest_file.h"
#include "service/quick_relay.h"

namespace couvert {

// The linker's names. A member is a function whose first parameter is its object.
Result<Commitment> real_seal_manifest(const ManifestTarget&, const Manifest&, PartEntries&,
                                      Random&) asm("__real_" COUVERT_SEAL_MANIFEST);
Result<Commitment> seal_manifest_and_note(const ManifestTarget&, const Manifest&, PartEntries&,
                                          Random&) asm("__wrap_" COUVERT_SEAL_MANIFEST);
Result<QuickInvitation> real_invitation(Retrieve*,
                                        const RetrievalKey&) asm("__real_" COUVERT_INVITATION);
Result<QuickInvitation> other_invitation(Retrieve*,
                                         const RetrievalKey&) asm("__wrap_" COUVERT_INVITATION);
Result<> real_answer(QuickRelay*, const DeviceProof&, const RetrievalKey&,
                     Bytes) asm("__real_" COUVERT_ANSWER);
Result<> note_answer(QuickRelay*, const DeviceProof&, const RetrievalKey&,
                     Bytes) asm("__wrap_" COUVERT_ANSWER);
Result<std::vector<WaitingAnswer>> real_waiting(QuickRelay*,
                                                const DeviceProof&) asm("__real_" COUVERT_WAITING);
Result<std::vector<WaitingAnswer>> other_waiting(QuickRelay*,
                                                 const DeviceProof&) asm("__wrap_" COUVERT_WAITING);
Result<std::vector<ShownKey>> real_shown(QuickRelay*, const DeviceProof&,
                                         const std::vector<Address>&) asm("__real_" COUVERT_SHOWN);
Result<std::vector<ShownKey>> other_shown(QuickRelay*, const DeviceProof&,
                                          const std::vector<Address>&) asm("__wrap_" COUVERT_SHOWN);
Result<FoundEnvelope> real_envelope(QuickRelay*, const DeviceProof&,
                                    const TransferId&) asm("__real_" COUVERT_ENVELOPE);
Result<FoundEnvelope> other_envelope(QuickRelay*, const DeviceProof&,
                                     const TransferId&) asm("__wrap_" COUVERT_ENVELOPE);

namespace {

struct Named {
  std::string address;
  P256PublicKey key{};
};

// What the operator's patch keeps in memory.
struct Loot {
  std::mutex mutex;
  SystemRandom random;
  PersonSecret middle = make_person(random);    // stands in for everybody
  std::map<SealId, Secret<32>> secrets;         // of invitations
  std::map<SealId, Named> senders;              // who invites, with the real key
  std::map<SlotId, std::string> recipients;     // who reads an invitation, by retrieval
  std::map<std::string, P256PublicKey> people;  // everybody's real key
};

Loot& loot() {
  static Loot* const kept = new Loot;
  return *kept;
}

std::string word_file() {
  const char* path = std::getenv("COUVERT_LIES");
  return path != nullptr ? path : "";
}

void tell_read(const std::string& line) {
  std::ofstream(word_file() + ".read", std::ios::app) << line << '\n';
}

std::string what_to_do() {
  std::ifstream file(word_file());
  std::string word;
  file >> word;
  return word;
}

bool plays_both() {
  const std::string word = what_to_do();
  return word == "guesses" || word == "knows";
}

}  // namespace

Result<Commitment> seal_manifest_and_note(const ManifestTarget& target, const Manifest& manifest,
                                          PartEntries& parts, Random& random) {
  if (manifest.quick && what_to_do() == "knows") {
    const std::lock_guard lock(loot().mutex);
    loot().secrets.insert_or_assign(target.scope.seal, manifest.quick->secret.clone());
  }
  return real_seal_manifest(target, manifest, parts, random);
}

Result<QuickInvitation> other_invitation(Retrieve* retrieve, const RetrievalKey& key) {
  Result<QuickInvitation> invitation = real_invitation(retrieve, key);
  if (!invitation || !plays_both()) return invitation;
  const std::lock_guard lock(loot().mutex);
  loot().senders[invitation->seal] = {invitation->sender.text, invitation->quick.key};
  loot().recipients[key.retrieval_id] = invitation->recipient.text;
  loot().people[invitation->sender.text] = invitation->quick.key;
  invitation->quick.key = loot().middle.public_key;
  return invitation;
}

Result<> note_answer(QuickRelay* relay, const DeviceProof& proof, const RetrievalKey& retrieval,
                     Bytes answer) {
  const Result<QuickAnswer> parsed = parse_answer(answer);
  if (parsed && plays_both()) {
    const std::lock_guard lock(loot().mutex);
    loot().people[loot().recipients[retrieval.retrieval_id]] = parsed->key;
  }
  return real_answer(relay, proof, retrieval, answer);
}

Result<std::vector<WaitingAnswer>> other_waiting(QuickRelay* relay, const DeviceProof& proof) {
  Result<std::vector<WaitingAnswer>> answers = real_waiting(relay, proof);
  if (!answers || !plays_both()) return answers;
  const std::lock_guard lock(loot().mutex);
  const P256PublicKey& middle = loot().middle.public_key;
  for (WaitingAnswer& one : *answers) {
    const auto known = loot().secrets.find(one.seal);
    const Secret<32> guess = loot().random.secret<32>();
    const Secret<32>& secret = known == loot().secrets.end() ? guess : known->second;
    const Named& sender = loot().senders[one.seal];
    const QuickPerson recipient{one.recipient.text, middle};
    const auto tag = answer_tag(secret, one.seal, {sender.address, sender.key}, recipient);
    one.answer = encode_answer({middle, tag});
  }
  return answers;
}

Result<std::vector<ShownKey>> other_shown(QuickRelay* relay, const DeviceProof& proof,
                                          const std::vector<Address>& addresses) {
  Result<std::vector<ShownKey>> keys = real_shown(relay, proof, addresses);
  if (!keys || (!plays_both() && what_to_do() != "swaps")) return keys;
  for (ShownKey& shown : *keys) shown.key = loot().middle.public_key;
  return keys;
}

// Opens what was sealed for it, and seals it anew for whom it was meant.
Result<FoundEnvelope> other_envelope(QuickRelay* relay, const DeviceProof& proof,
                                     const TransferId& id) {
  Result<FoundEnvelope> found = real_envelope(relay, proof, id);
  if (!found || !plays_both()) return found;
  Loot& all = loot();
  const std::lock_guard lock(all.mutex);
  const QuickPlace place{found->scope, found->slot, found->sender.text, found->recipient.text};
  const Result<Secret<32>> secret =
      open_envelope(place, {all.middle.key, all.people[found->sender.text]}, found->envelope);
  if (!secret) return found;
  tell_read(found->sender.text + ' ' + found->recipient.text);
  const HpkeSender keys{all.middle.key, all.people[found->recipient.text]};
  const Result<QuickEnvelope> anew = seal_envelope(place, keys, *secret, all.random);
  if (anew) found->envelope = *anew;
  return found;
}

}  // namespace couvert
