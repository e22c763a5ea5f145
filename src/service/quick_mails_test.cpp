#include "service/quick_mails.h"

#include <doctest/doctest.h>

#include "base/limits.h"
#include "service/test_world.h"
#include "store/quick_pair_table.h"

using namespace couvert;
using namespace std::chrono_literals;

namespace {

const Address mailed_anna{"anna@example.org"};
const Address mailed_bert{"bert@example.com"};

QuickPersonRow person_named(const Address& address, Language language) {
  return {address, {}, {}, from_unix(1000), Buffer(201), language};
}

// Anna and Bert are a pair; Carl is a person without one.
struct PairedWorld {
  TestWorld world;

  PairedWorld() {
    write([](Transaction& tx) -> Result<> {
      for (const auto& [address, language] :
           {std::pair(mailed_anna, Language::de), std::pair(mailed_bert, Language::nl),
            std::pair(Address{"carl@example.com"}, Language::en)}) {
        const Result<> inserted = insert_quick_person(tx, person_named(address, language));
        if (!inserted) return inserted;
      }
      return put_quick_pair(tx, mailed_anna, mailed_bert, from_unix(1000));
    });
  }

  template <class Work>
  void write(Work work) {
    REQUIRE(world.database->write(work).has_value());
  }
  void reset(const Address& address) {
    write([&](Transaction& tx) { return reset_quick(tx, address, world.clock.now()); });
  }
  void start_anew(const Address& address) {
    write([&](Transaction& tx) {
      return tell_contacts(*world.parts, tx, address, QuickEvent::changed);
    });
  }
  // What went to whom.
  std::map<std::string, std::string> delivered() {
    world.deliver();
    std::map<std::string, std::string> mails;
    for (const auto& [envelope, text] : world.transport.mails) mails[envelope.to.text] = text;
    world.transport.mails.clear();
    return mails;
  }
};

}  // namespace

TEST_CASE("QUICK: a reset is told once, to the person and the contacts, each in their language") {
  PairedWorld two;
  two.reset(mailed_anna);
  CHECK(two.delivered().empty());  // the round tells
  CHECK(tell_resets(*two.world.parts).value() == 1);
  const auto mails = two.delivered();
  REQUIRE(mails.size() == 2);
  const std::string& to_contact = mails.at(mailed_bert.text);
  CHECK(mails.at(mailed_anna.text).find("Content-Language: de") != std::string::npos);
  CHECK(to_contact.find("Content-Language: nl") != std::string::npos);
  CHECK(to_contact.find("QUICK is voor anna@example.org") != std::string::npos);
  CHECK(tell_resets(*two.world.parts).value() == 0);
  CHECK(two.delivered().empty());
}

TEST_CASE("QUICK: a person who was reset is none any more, and is not told of contacts") {
  PairedWorld two;
  two.reset(mailed_bert);
  CHECK(tell_resets(*two.world.parts).value() == 1);
  CHECK(two.delivered().size() == 2);
  two.start_anew(mailed_anna);
  CHECK(two.delivered().empty());
  const Result<> again = two.world.database->write(
      [&](Transaction& tx) { return reset_quick(tx, mailed_bert, two.world.clock.now()); });
  CHECK(again.error().code == ErrorCode::denied);
}

TEST_CASE("QUICK: contacts are told of one person only so often a day") {
  PairedWorld two;
  for (int times = 0; times < limits::quick_warnings_per_day; ++times) {
    two.start_anew(mailed_anna);
    CHECK(two.delivered().count(mailed_bert.text) == 1);
  }
  two.start_anew(mailed_anna);
  CHECK(two.delivered().empty());
  two.world.clock.advance(24h);
  two.start_anew(mailed_anna);
  CHECK(two.delivered().size() == 1);
}
