#include "client/quick_api.h"

#include <doctest/doctest.h>

#include "base/limits.h"
#include "client/quick_joining.h"
#include "client/test_id.h"
#include "crypto/random.h"
#include "crypto/secret_bytes.h"
#include "sealing/message.h"

using namespace couvert;

namespace {

Json quick_json(const std::string& text) {
  Result<Json> json = parse_json(text, {.bytes_max = 4 << 20});
  REQUIRE(json);
  return *json;
}

std::string bytes_text(std::size_t count) {
  return encode_base64url(Buffer(count, std::byte{7}));
}

const std::string sealed_text = bytes_text(201);

// A point of the curve, in its JSON.
const std::string& key_text() {
  static const std::string text = [] {
    SystemRandom random;
    return encode_base64url(make_person(random).public_key);
  }();
  return text;
}

std::string envelope_text(const std::string& mode, const std::string& envelope) {
  return R"({"seal_id":")" + id + R"(","slot_id":")" + id + R"(","mode":)" + mode +
         R"(,"from":"a@example.org","to":"b@example.net","envelope":")" + envelope + R"("})";
}

std::string invitation_text(const std::string& key, const std::string& secret) {
  return R"({"seal_id":")" + id + R"(","from":"a@example.org","to":"b@example.net",)" +
         R"("public_key":")" + key + R"(","secret":")" + secret + R"("})";
}

}  // namespace

TEST_CASE("what a device is told of itself is read, a key only where it is a point") {
  const auto text = [](const std::string& key, const std::string& sealed) {
    return quick_json(R"({"address":"a@example.org","public_key":")" + key + R"(","sealed":")" +
                      sealed + R"(","book_version":7})");
  };
  const auto own = api::read_own_quick(text(key_text(), sealed_text));
  REQUIRE(own);
  CHECK(own->address == "a@example.org");
  CHECK(own->book_version == 7);
  CHECK(own->sealed.size() == 201);
  CHECK_FALSE(api::read_own_quick(text(bytes_text(65), sealed_text)));
  CHECK_FALSE(api::read_own_quick(text(key_text(), bytes_text(200))));
  CHECK_FALSE(api::read_own_quick(text(key_text(), bytes_text(202))));
  CHECK_FALSE(api::read_own_quick(text(key_text(), sealed_text + "=")));
}

TEST_CASE("a book has a version that JSON numbers can hold, and a length that a book can have") {
  const auto text = [](const std::string& version, std::size_t bytes) {
    return quick_json(R"({"version":)" + version + R"(,"sealed":")" + bytes_text(bytes) + "\"}");
  };
  const std::size_t max = sealed_size(limits::contact_book_bytes_max);
  CHECK(api::read_versioned_book(text("1", 72)));
  CHECK(api::read_versioned_book(text("9007199254740991", max)));
  CHECK_FALSE(api::read_versioned_book(text("9007199254740992", 72)));
  CHECK_FALSE(api::read_versioned_book(text("0", 72)));
  CHECK_FALSE(api::read_versioned_book(text("1", 71)));
  CHECK_FALSE(api::read_versioned_book(text("1", max + 1)));
}

TEST_CASE("envelopes and answers have one length each") {
  const auto envelope =
      api::read_transfer_envelope(quick_json(envelope_text("1", bytes_text(113))));
  REQUIRE(envelope);
  CHECK(envelope->to == "b@example.net");
  CHECK(api::read_transfer_envelope(quick_json(envelope_text("2", bytes_text(113))))->mode == 2);
  for (const std::size_t wrong : {0, 112, 114}) {
    CHECK_FALSE(api::read_transfer_envelope(quick_json(envelope_text("1", bytes_text(wrong)))));
  }
  CHECK_FALSE(api::read_transfer_envelope(quick_json(envelope_text("3", bytes_text(113)))));
  const auto answers = [](std::size_t bytes) {
    return quick_json(R"({"answers":[{"seal_id":")" + id + R"(","recipient":"b@example.net",)" +
                      R"("answer":")" + bytes_text(bytes) + R"("}]})");
  };
  CHECK(api::read_waiting_answers(answers(97))->size() == 1);
  CHECK_FALSE(api::read_waiting_answers(answers(96)));
  CHECK_FALSE(api::read_waiting_answers(answers(98)));
}

TEST_CASE("an invitation is whole, or none") {
  const std::string secret = bytes_text(32);
  const auto read = api::read_open_invitation(quick_json(invitation_text(key_text(), secret)));
  REQUIRE(read);
  CHECK(secret_to_base64url(read->secret) == secret);
  for (const auto& [key, given] :
       {std::pair(bytes_text(65), secret), std::pair(key_text(), bytes_text(31)),
        std::pair(key_text(), bytes_text(33)), std::pair(std::string(), secret)}) {
    CHECK_FALSE(api::read_open_invitation(quick_json(invitation_text(key, given))));
  }
}

TEST_CASE("a contact may be shown without a key, a device never without a name's field") {
  const auto shown = api::read_shown_keys(quick_json(
      R"({"contacts":[{"address":"a@example.org"},{"address":"b@example.net","public_key":")" +
      key_text() + R"("}]})"));
  REQUIRE(shown);
  CHECK_FALSE(shown->at(0).key);
  CHECK(shown->at(1).key);
  CHECK_FALSE(api::read_shown_keys(
      quick_json(R"({"contacts":[{"address":"a@example.org","public_key":null}]})")));
  const std::string times = R"("since":"2026-11-22T12:00:00Z","used":"2026-11-22T12:00:00Z")";
  const auto list = [&](const std::string& name) {
    return quick_json(R"({"devices":[{"device_id":")" + id + "\"," + name + times + "}]}");
  };
  CHECK(api::read_quick_devices(list(R"("name":"Firefox",)"))->front().name == "Firefox");
  CHECK_FALSE(api::read_quick_devices(list("")));
}

TEST_CASE("of a person without keys it is told whether it is active, and whether keys wait") {
  const auto status = api::read_quick_status(quick_json(R"({"active":true,"code_waiting":false})"));
  REQUIRE(status);
  CHECK(status->active);
  CHECK_FALSE(status->code_waiting);
  CHECK_FALSE(api::read_quick_status(quick_json(R"({"active":1,"code_waiting":false})")));
}

TEST_CASE(
    "a new person's keys open under the device's key and the recovery code, its book is empty") {
  SystemRandom random;
  const std::string ann = "ann@example.org";
  const NewDevice made = make_device(ann, make_person(random), random);
  const Beginning beginning{
      .recovery = random.secret<16>(), .name = "here", .language = "de", .start_anew = true};
  const auto activation = activation_of(made, beginning, random);
  REQUIRE(activation);
  CHECK(activation->public_key == made.person.public_key);
  CHECK(open_person(made.device.key, ann, activation->device.sealed));
  CHECK(open_left_keys(beginning.recovery, ann, activation->recovery));
  const auto book = open_book(made.person.book_key, {ann, 1}, activation->book);
  REQUIRE(book);
  CHECK(book->contacts.empty());
  const Json json = to_json(*activation);
  CHECK(*json.find("start_anew")->boolean());
  CHECK(*json.find("language")->string() == "de");
  CHECK(*json.find("device")->find("name")->string() == "here");
}
