// A whole server without network for the tests of the use cases: a real database, real objects,
// real keys, in a folder of its own; only clock, randomness and mail server are the test's.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "crypto/random.h"
#include "crypto/secret_bytes.h"
#include "domain/password.h"
#include "mail/catalogue.h"
#include "mail/transport.h"
#include "sealing/day_keys.h"
#include "service/guarded_clock.h"
#include "service/retrieve.h"
#include "service/start.h"

namespace couvert {

/// A clock that stands where the test puts it.
class TestClock final : public Clock {
 public:
  Instant now() const override { return now_; }
  Duration running() const override { return running_; }
  /// Time passes.
  void advance(Duration by) {
    now_ += by;
    running_ += by;
  }
  /// Somebody sets the clock.
  void jump(Duration by) { now_ += by; }

 private:
  Instant now_ = from_unix(1'790'000'000);
  Duration running_{};
};

/// A mail server that keeps what it is given, or answers with the test's error.
class TestTransport final : public MailTransport {
 public:
  Result<> send(const Envelope& envelope, Bytes message, Duration time_max) override;

  std::vector<std::pair<Envelope, std::string>> mails;
  std::optional<Error> answer;
};

class TestWorld {
 public:
  TestWorld();
  ~TestWorld();

  /// Runs outbox rounds until nothing is due; the mails are in `transport`.
  void deliver();
  /// The latest code that was mailed to an address. Order: after deliver().
  std::string mailed_code(const std::string& address) const;
  /// A caller whose session has proven `address`.
  Caller verified(const std::string& address);
  void allow(const std::string& sender, const std::string& recipient);
  /// How many objects are stored.
  std::size_t count_objects();

  std::filesystem::path folder;
  TestClock clock;  // the machine's; the server sees it through `guarded`
  SystemRandom random;
  NoLog log;
  Catalogue catalogue;
  PasswordJudge judge;
  ServiceSettings settings;
  std::unique_ptr<KeyFolder> key_folder;
  Secret<32> master_key;
  std::unique_ptr<DayKeys> day_keys;
  std::unique_ptr<Database> database;
  std::unique_ptr<GuardedClock> guarded;
  std::unique_ptr<Objects> objects;
  TestTransport transport;
  std::optional<Parts> parts;
};

/// A draft of anna@example.org under way.
struct TestDraft {
  Caller caller;
  SlotId draft_id;
  Secret<32> secret;

  DraftKey key() const { return {caller, draft_id, secret}; }
};

TestDraft begin_draft(TestWorld& world);
/// Uploads a file whole and returns its number.
std::uint32_t upload_file(TestWorld& world, const TestDraft& draft, const std::string& name,
                          const std::string& bytes);
/// A request that is allowed, for bert@example.com, with the password "xK9#vQ2mLp".
StartRequest good_request(TestWorld& world,
                          const std::vector<std::pair<std::uint32_t, std::uint64_t>>& files);
/// Opens by that password.
Result<Retrieval> open_by_password(TestWorld& world, const TransferId& id,
                                   const std::string& password);
/// All bytes of a download.
std::string read_all(Download& download);

}  // namespace couvert
