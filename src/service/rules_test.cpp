// What rules set holds for every transfer, whatever a client asks for.
#include <doctest/doctest.h>

#include "service/ask_policy.h"
#include "service/change_sent.h"
#include "service/test_world.h"
#include "store/rule_table.h"
#include "store/transfer_table.h"

using namespace couvert;
using namespace std::chrono_literals;

namespace {

struct Ruled {
  TestWorld world;
  TestDraft draft;

  explicit Ruled(const std::string& settings) : draft{begin_draft(world)} {
    add("*@example.com", settings);
  }

  void add(const std::string& recipient, const std::string& settings,
           const std::string& network = "") {
    const Rule rule{0,         RuleAction::allow, "*@example.org",
                    recipient, network,           *parse_settings(settings)};
    const auto added = world.database->write_value(
        [&](Transaction& tx) { return add_rule(tx, *check_rule(rule)); });
    REQUIRE(added.has_value());
  }

  Result<StartedTransfer> start(StartRequest request) {
    return Start(*world.parts).start(draft.key(), std::move(request));
  }

  std::string refusal(StartRequest request) {
    const Result<StartedTransfer> done = start(std::move(request));
    REQUIRE_FALSE(done.has_value());
    return done.error().detail;
  }

  StartRequest good() { return good_request(world, {}); }

  PolicyAnswer ask(const std::vector<std::string>& recipients) {
    Result<PolicyAnswer> answer =
        AskPolicy(*world.parts).ask(draft.caller, {{"anna@example.org"}, {}, recipients});
    REQUIRE(answer.has_value());
    return std::move(*answer);
  }
};

}  // namespace

TEST_CASE("a rule asks for a message") {
  Ruled ruled("message_required=yes");
  const std::uint32_t no = upload_file(ruled.world, ruled.draft, "a.txt", "abc");
  StartRequest silent = good_request(ruled.world, {{no, 3}});
  silent.text.clear();
  CHECK(ruled.refusal(std::move(silent)) == "message_required");
  CHECK(ruled.start(good_request(ruled.world, {{no, 3}})).has_value());
}

TEST_CASE("a rule asks for the sender's telephone number") {
  Ruled ruled("phone_required=yes");
  StartRequest without = ruled.good();
  without.phone = " ";
  CHECK(ruled.refusal(std::move(without)) == "phone_required");
  CHECK(ruled.start(ruled.good()).has_value());

  Ruled later("");
  later.add("carla@example.com", "phone_required=yes");
  StartRequest silent = later.good();
  silent.phone.clear();
  const Result<StartedTransfer> sent = later.start(std::move(silent));
  REQUIRE(sent.has_value());
  const std::optional<Secret<32>> none;
  ChangeSent change(*later.world.parts);
  const SentKey key{later.draft.caller, sent->tracking_id, none};
  CHECK(change.replace(key, 0, "carla@example.com", {}).error().detail == "phone_required");
}

TEST_CASE("sums are made where any rule could want them, and told where the recipients' rules do") {
  const std::string abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  Ruled ruled("");
  ruled.add("bea@example.com", "checksums=yes");
  const auto send = [&](std::vector<std::string> more) {
    ruled.draft = begin_draft(ruled.world);
    const std::uint32_t no = upload_file(ruled.world, ruled.draft, "a.txt", "abc");
    StartRequest request = good_request(ruled.world, {{no, 3}});
    for (const std::string& address : more) {
      request.recipients.push_back({address, RecipientKind::cc, {}, {}});
    }
    const Result<StartedTransfer> started = ruled.start(std::move(request));
    REQUIRE(started.has_value());
    return started->files.at(0).sha256;
  };
  CHECK(ruled.ask({"bea@example.com", "bert@example.com"}).allowance.checksums);
  CHECK(send({"bea@example.com"}) == abc);
  CHECK(send({}).empty());
  ruled.world.settings.allowance.checksums = true;
  CHECK(send({}) == abc);
}

TEST_CASE("a rule says which passwords there are") {
  Ruled ruled("own_passwords=no transfers_without_password=no");
  CHECK(ruled.refusal(ruled.good()) == "own_password");
  StartRequest link = ruled.good();
  link.open_by = OpenBy::link;
  link.password.reset();
  link.recipients[0].slot_id = SlotId::make(ruled.world.random);
  link.recipients[0].secret = ruled.world.random.secret<32>();
  CHECK(ruled.refusal(std::move(link)) == "link_not_allowed");
  StartRequest generated = ruled.good();
  generated.password_mode = PasswordMode::generated;
  CHECK(ruled.start(std::move(generated)).has_value());

  Ruled other("generated_passwords=no");
  StartRequest wrong = other.good();
  wrong.password_mode = PasswordMode::generated;
  CHECK(other.refusal(std::move(wrong)) == "generated_password");
}

TEST_CASE("a password is held against the rule's wishes before its Argon2 run") {
  Ruled ruled("password_length_min=12 password_special=no");
  const auto admit = [&](const char* password) {
    StartRequest request = ruled.good();
    return Start(*ruled.world.parts).admit_password(ruled.draft.key(), request, password);
  };
  CHECK(admit("xK9#vQ2mLp").error().detail == "password_weak");
  CHECK(admit("xK9vQ2mLp4Hd").has_value());
  CHECK(admit(std::string(129, 'x').c_str()).error().code == ErrorCode::invalid);
}

TEST_CASE("a rule's name and address reach every mail to recipients, later ones too") {
  Ruled ruled("from_name=\"Labor S\u00fcd\" reply_to=office@example.org");
  TestWorld& world = ruled.world;
  const Result<StartedTransfer> started = ruled.start(ruled.good());
  REQUIRE(started.has_value());
  world.transport.mails.clear();
  const auto mail_has_both = [&] {
    world.deliver();
    const std::string mail = std::exchange(world.transport.mails, {}).at(0).second;
    const std::string name = encode_base64(as_bytes("Labor S\u00fcd"));
    return mail.find("From: =?UTF-8?B?" + name + "?=\r\n <transfer@example.org>") != mail.npos &&
           mail.find("Reply-To: office@example.org\r\n") != mail.npos;
  };
  CHECK(mail_has_both());
  const SentKey key{ruled.draft.caller, started->tracking_id, {}};
  ChangeSent change(*world.parts);
  REQUIRE(change.send_again(key, 0, {}).has_value());
  CHECK(mail_has_both());
  REQUIRE(change.replace(key, 0, "carla@example.com", {}).has_value());
  world.deliver();
  CHECK(world.transport.mails.size() == 2);  // revoked, and the new one
  for (const auto& [envelope, mail] : world.transport.mails) {
    CHECK(envelope.from.text == "transfer@example.org");
    CHECK(mail.find("Reply-To: office@example.org\r\n") != mail.npos);
  }
}

TEST_CASE("a rule fixes the end") {
  Ruled ruled("days_default=5 days_max=20 days_editable=no");
  for (const int days : {1, 3, 7, 20}) {
    StartRequest request = ruled.good();
    request.expires = ruled.world.clock.now() + days * 24h;
    CHECK(ruled.refusal(std::move(request)) == "life");
  }
  StartRequest request = ruled.good();
  request.expires = ruled.world.clock.now() + 5 * 24h;
  CHECK(ruled.start(std::move(request)).has_value());
}

TEST_CASE("what a rule fixes holds whatever is asked for, and a repeated start stays the same") {
  Ruled ruled("show_file_names=never notify_download=always notify_delivery=on");
  const auto request = [&] {
    StartRequest asked = ruled.good();
    asked.show_file_names = true;
    return asked;
  };
  StartRequest first = request();
  StartRequest again = request();
  again.slot_id = first.slot_id;
  again.password = StretchedPassword{first.password->parameters, first.password->secret.clone()};
  again.expires = first.expires;
  const Result<StartedTransfer> started = ruled.start(std::move(first));
  REQUIRE(started.has_value());
  const auto stored = ruled.world.database->read_value(
      [&](Transaction& tx) { return find_draft(tx, ruled.draft.draft_id); });
  REQUIRE(stored.has_value());
  CHECK_FALSE((*stored)->show_file_names);
  CHECK((*stored)->notify_download);
  CHECK_FALSE((*stored)->notify_delivery);
  const Result<StartedTransfer> repeated = ruled.start(std::move(again));
  REQUIRE(repeated.has_value());
  CHECK(repeated->repeated);
}

TEST_CASE("the strictest rule of all recipients holds for the transfer") {
  Ruled ruled("transfer_bytes_max=100 days_max=20");
  ruled.add("bea@example.com", "transfer_bytes_max=10 days_max=3");
  const PolicyAnswer one = ruled.ask({"bert@example.com"});
  CHECK(one.allowance.transfer_bytes_max == 100);
  const PolicyAnswer both = ruled.ask({"bert@example.com", "bea@example.com", "no@example.net"});
  CHECK(both.allowance.transfer_bytes_max == 10);
  CHECK(both.allowance.days_max == 3);
  CHECK_FALSE(both.recipients[2].verdict.allowed);

  const std::uint32_t no = upload_file(ruled.world, ruled.draft, "a.txt", std::string(11, 'a'));
  StartRequest request = good_request(ruled.world, {{no, 11}});
  request.expires = ruled.world.clock.now() + 2 * 24h;
  request.recipients.push_back({"bea@example.com", RecipientKind::cc, {}, {}});
  const Result<StartedTransfer> refused = ruled.start(std::move(request));
  CHECK(refused.error().code == ErrorCode::too_large);
  CHECK(refused.error().detail == "size");
}

TEST_CASE("an upload is bounded by what the most generous rule could allow") {
  Ruled ruled("transfer_bytes_max=200");
  ruled.world.settings.allowance.transfer_bytes_max = 100;
  Drafts drafts(*ruled.world.parts);
  CHECK(drafts.create_file(ruled.draft.key(), {"a", "", 201}).error().detail == "size");
  CHECK(drafts.create_file(ruled.draft.key(), {"a", "", 200}).has_value());
}

TEST_CASE("a rule for a network holds for who calls from there") {
  Ruled ruled("");
  const auto cleared =
      ruled.world.database->write([](Transaction& tx) { return replace_rules(tx, {}); });
  REQUIRE(cleared.has_value());
  ruled.add("*@example.com", "", "10.0.0.0/8");
  ruled.draft.caller.address = *parse_ip("192.0.2.1");
  CHECK(ruled.refusal(ruled.good()) == "no_rule bert@example.com");
  CHECK_FALSE(ruled.ask({"bert@example.com"}).recipients[0].verdict.allowed);
  ruled.draft.caller.address = *parse_ip("10.1.2.3");
  CHECK(ruled.ask({"bert@example.com"}).recipients[0].verdict.allowed);
  CHECK(ruled.start(ruled.good()).has_value());
}

TEST_CASE("a newcomer's mail keeps to the newcomer's rule, and so do all that come after it") {
  Ruled ruled("");
  ruled.add("carla@example.com", "show_file_names=never notify_download=always");
  TestWorld& world = ruled.world;
  const std::uint32_t no = upload_file(world, ruled.draft, "secret-name.txt", "abc");
  StartRequest request = good_request(world, {{no, 3}});
  request.recipients.push_back({"bea@example.com", RecipientKind::cc, {}, {}});
  request.show_file_names = true;
  const Result<StartedTransfer> sent = ruled.start(std::move(request));
  REQUIRE(sent.has_value());
  const auto names = [&] {
    world.deliver();
    int named = 0;
    for (const auto& [envelope, mail] : std::exchange(world.transport.mails, {})) {
      named += mail.find("secret-name") != mail.npos ? 1 : 0;
    }
    return named;
  };
  CHECK(names() == 2);
  const std::optional<Secret<32>> none;
  const SentKey key{ruled.draft.caller, sent->tracking_id, none};
  ChangeSent change(*world.parts);
  REQUIRE(change.replace(key, 0, "berta@example.com", {}).has_value());
  CHECK(names() == 1);
  REQUIRE(change.replace(key, 2, "carla@example.com", {}).has_value());
  CHECK(names() == 0);
  REQUIRE(change.send_again(key, 1, {}).has_value());
  CHECK(names() == 0);
  const auto stored = world.database->read_value(
      [&](Transaction& tx) { return find_draft(tx, ruled.draft.draft_id); });
  CHECK((*stored)->notify_download);
}

TEST_CASE("words that the rules for a newcomer do not let a sender choose go to no newcomer") {
  Ruled ruled("");
  ruled.add("carla@example.com", "notification_editable=no");
  StartRequest request = ruled.good();
  request.notification_text = "My own words";
  const Result<StartedTransfer> sent = ruled.start(std::move(request));
  REQUIRE(sent.has_value());
  const std::optional<Secret<32>> none;
  const SentKey key{ruled.draft.caller, sent->tracking_id, none};
  ChangeSent change(*ruled.world.parts);
  const Result<> refused = change.replace(key, 0, "carla@example.com", {});
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == ErrorCode::refused);
  CHECK(refused.error().detail == "notification_fixed");
  CHECK(change.replace(key, 0, "berta@example.com", {}).has_value());
}
