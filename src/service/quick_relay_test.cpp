#include "service/quick_relay.h"

#include <doctest/doctest.h>

#include "service/quick_mails.h"
#include "service/test_quick.h"
#include "store/transfer_table.h"

using namespace couvert;

namespace {

// Anna invites Bert, who opens the transfer.
struct QuickInvited {
  TestWorld world;
  QuickRelay relay{*world.parts};
  QuickSide anna{world, "anna@example.org"};
  QuickSide bert{world, "bert@example.com"};
  Secret<32> secret = world.random.secret<32>();
  TransferId transfer_id;
  SlotId retrieval_id;
  Secret<32> token;

  explicit QuickInvited(bool with_invitation = true) {
    world.allow("*@example.org", "*@example.com");
    anna.activate(world);
    bert.activate(world);
    const TestDraft draft = begin_draft(world);
    StartRequest request = good_request(world, {});
    if (with_invitation) {
      request.invitation = ManifestQuick{anna.person.public_key, secret.clone()};
    }
    const auto started = Start(*world.parts).start(draft.key(), std::move(request));
    REQUIRE(started.has_value());
    transfer_id = started->recipients.at(0).transfer_id;
    Result<Retrieval> opened = open_by_password(world, transfer_id, "xK9#vQ2mLp");
    REQUIRE(opened.has_value());
    retrieval_id = opened->retrieval_id;
    token = std::move(*opened->token);
  }

  RetrievalKey key() const { return {retrieval_id, token}; }
  Result<QuickInvitation> invitation() { return Retrieve(*world.parts).invitation(key()); }

  // What Bert's client makes of the invitation.
  Buffer answer() {
    const Result<QuickInvitation> read = invitation();
    REQUIRE(read.has_value());
    return encode_answer(
        {bert.person.public_key, answer_tag(read->quick.secret, read->seal,
                                            {read->sender.text, read->quick.key}, bert.shown())});
  }
  std::vector<ShownKey> shown_to(const QuickSide& side, const Address& other) {
    return relay.shown(side.proof, {other, Address{"carl@example.com"}}).value();
  }
};

}  // namespace

TEST_CASE("QUICK: an invitation travels in the manifest, its answer connects both") {
  QuickInvited two;
  const auto invitation = two.invitation();
  REQUIRE(invitation.has_value());
  CHECK(invitation->sender == two.anna.address);
  CHECK(invitation->recipient == two.bert.address);
  CHECK(invitation->quick.key == two.anna.person.public_key);
  CHECK(two.shown_to(two.anna, two.bert.address).empty());

  const Buffer answer = two.answer();
  REQUIRE(two.relay.answer(two.bert.proof, two.key(), answer).has_value());
  CHECK(two.relay.answer(two.bert.proof, two.key(), answer).has_value());  // the same again
  const auto waiting = two.relay.waiting(two.anna.proof).value();
  REQUIRE(waiting.size() == 1);
  CHECK(waiting[0].recipient == two.bert.address);
  ContactBook book;
  invite(book, {two.bert.address.text, waiting[0].seal, two.secret.clone()});
  CHECK(take_answer(book, two.anna.shown(),
                    {waiting[0].seal, two.bert.address.text, *parse_answer(waiting[0].answer)})
            .has_value());
  REQUIRE(two.relay.taken(two.anna.proof, waiting[0].seal, two.bert.address).has_value());
  CHECK(two.relay.waiting(two.anna.proof)->empty());

  for (const auto& [side, other] : {std::pair(&two.anna, &two.bert), {&two.bert, &two.anna}}) {
    const auto shown = two.shown_to(*side, other->address);
    REQUIRE(shown.size() == 1);
    CHECK(shown[0].key == other->person.public_key);
  }
}

TEST_CASE("QUICK: an answer is taken of the recipient who opened the transfer, and once") {
  QuickInvited two;
  const Buffer answer = two.answer();
  CHECK(error_of(two.relay.answer(two.anna.proof, two.key(), answer)).detail == "recipient");
  const Secret<32> wrong = two.world.random.secret<32>();
  CHECK(error_of(two.relay.answer(two.bert.proof, {two.retrieval_id, wrong}, answer)).code ==
        ErrorCode::denied);
  DeviceProof revoked = two.bert.proof;
  revoked.device = DeviceId::make(two.world.random);
  CHECK(error_of(two.relay.answer(revoked, two.key(), answer)).code == ErrorCode::unproven);
  Buffer other = encode_answer({two.anna.person.public_key, {}});
  CHECK(error_of(two.relay.answer(two.bert.proof, two.key(), other)).detail == "key");
  CHECK(error_of(two.relay.answer(two.bert.proof, two.key(), Bytes(answer).first(96))).code ==
        ErrorCode::invalid);
  CHECK(two.relay.waiting(two.anna.proof)->empty());
  REQUIRE(two.relay.answer(two.bert.proof, two.key(), answer).has_value());
  other = answer;
  other.back() ^= std::byte{1};
  CHECK(error_of(two.relay.answer(two.bert.proof, two.key(), other)).detail == "answered");
  CHECK(error_of(two.relay.taken(two.bert.proof, two.invitation()->seal, two.bert.address)).code ==
        ErrorCode::denied);
}

TEST_CASE("QUICK: a transfer without an invitation takes no answer, nor one that has ended") {
  QuickInvited plain(false);
  CHECK(error_of(plain.invitation()).detail == "no_invitation");
  const Buffer any = encode_answer({plain.bert.person.public_key, {}});
  CHECK(error_of(plain.relay.answer(plain.bert.proof, plain.key(), any)).detail == "no_invitation");

  QuickInvited two;
  REQUIRE(two.relay.answer(two.bert.proof, two.key(), two.answer()).has_value());
  two.world.clock.advance(std::chrono::hours(24 * 5));
  CHECK(error_of(two.relay.answer(two.bert.proof, two.key(), any)).code == ErrorCode::denied);
  CHECK(two.relay.waiting(two.anna.proof)->empty());
}

TEST_CASE("QUICK: who starts anew is shown with the new key, and takes back waiting answers") {
  QuickInvited two;
  REQUIRE(two.relay.answer(two.bert.proof, two.key(), two.answer()).has_value());
  const P256PublicKey before = two.bert.person.public_key;
  two.bert.person = make_person(two.world.random);
  two.bert.proof.device = DeviceId::make(two.world.random);
  two.bert.activate(two.world);
  CHECK(two.relay.waiting(two.anna.proof)->empty());
  const auto shown = two.shown_to(two.anna, two.bert.address);
  REQUIRE(shown.size() == 1);
  CHECK(shown[0].key == two.bert.person.public_key);
  CHECK(shown[0].key != before);
  CHECK(two.relay.answer(two.bert.proof, two.key(), two.answer()).has_value());

  REQUIRE(two.world.database
              ->write([&](Transaction& tx) {
                return reset_quick(tx, two.bert.address, two.world.clock.now());
              })
              .has_value());
  const auto removed = two.shown_to(two.anna, two.bert.address);
  REQUIRE(removed.size() == 1);
  CHECK_FALSE(removed[0].key.has_value());
}

TEST_CASE("QUICK: either side ends the pair for both") {
  QuickInvited two;
  REQUIRE(two.relay.answer(two.bert.proof, two.key(), two.answer()).has_value());
  REQUIRE(two.relay.end(two.bert.proof, two.anna.address).has_value());
  CHECK(two.relay.end(two.bert.proof, two.anna.address).has_value());
  CHECK(two.shown_to(two.anna, two.bert.address).empty());
  CHECK(two.shown_to(two.bert, two.anna.address).empty());
}
