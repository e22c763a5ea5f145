// Random use of the server, cut off by the power at random steps: what clients were told holds, on
// whatever the disk has kept.
//
// service/test_choice.h says how much of it is tried.
#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <set>

#include "service/change_sent.h"
#include "service/expire_round.h"
#include "service/outbox_round.h"
#include "service/test_choice.h"
#include "service/test_power.h"
#include "store/check.h"

using namespace couvert;
using namespace std::chrono_literals;

namespace {

// What a client knows of a file of its draft.
struct KnownFile {
  std::uint32_t no = 0;
  std::string bytes;         // all that it will send
  std::uint64_t offset = 0;  // acknowledged
};

enum class Stage { draft, starting, sealed, revoking, revoked, removing, gone };

// What a client knows of a transfer; a stage in -ing was asked for and not answered.
struct Known {
  Stage stage = Stage::draft;
  SlotId draft_id;
  Secret<32> secret;
  std::vector<KnownFile> files;
  SlotId slot_id;
  SlotId link_id;
  Secret<32> link_secret;
  std::string address;
  Instant expires;
  StartedTransfer told;
};

// A log line is written where something failed, and here nothing does.
constexpr Step kinds[] = {Step::disk, Step::clock, Step::randomness, Step::mail, Step::waking};

// Clients, a server, and what the clients were told.
class Run {
 public:
  explicit Run(unsigned seed) : choice_(seed), server_(seed) {
    server_.world.allow("*", "*");
    caller_ = server_.world.verified("anna@example.org");
  }

  void forget(Sync sync) { server_.disk.forget(sync); }

  // Everything that broke a promise; empty where all held.
  std::vector<std::string> live(int operations) {
    for (int i = 0; i < operations && broken_.empty(); ++i) {
      server_.disk.set_time(server_.world.clock.now());
      if (!server_.power.is_set() && below(2) == 0) set_power();
      attempt([this] { operate(); });
      const bool is_calm = !server_.power.is_set();
      if (server_.power.is_away() || (is_calm && below(5) == 0)) restart();
    }
    finish();
    return broken_;
  }

  int cuts() const { return cuts_; }
  const std::set<Step>& met() const { return server_.power.met(); }
  std::size_t started() const { return started_; }

 private:
  std::size_t below(std::size_t end) { return choice_() % end; }
  const Parts& parts() { return *server_.world.parts; }
  DraftKey key_of(const Known& one) { return {caller_, one.draft_id, one.secret}; }
  void expect(bool holds, const std::string& promise) {
    if (!holds) broken_.push_back(promise);
  }

  // Each kind of step has its turn, the rare ones, too.
  void set_power() {
    const std::size_t kind = below(2 * std::size(kinds));
    if (kind < std::size(kinds)) return server_.power.cut_after(below(3), kinds[kind]);
    server_.power.cut_after(below(80));
  }

  void attempt(const std::function<void()>& work) {
    try {
      work();
    } catch (const PowerCut&) {
      // live() sees that the power is away.
    }
  }

  Known* any(Stage stage) {
    std::vector<Known*> fitting;
    for (const auto& one : all_) {
      if (one->stage == stage) fitting.push_back(one.get());
    }
    return fitting.empty() ? nullptr : fitting[below(fitting.size())];
  }

  void operate() {
    switch (below(12)) {
      case 0:
        return begin();
      case 1:
      case 2:
        return add_file();
      case 3:
      case 4:
      case 5:
        return append();
      case 6:
      case 7:
        return start();
      case 8:
        return below(3) == 0 ? revoke() : remove();
      case 9:
        return deliver();
      default:
        return rounds();
    }
  }

  void begin() {
    auto one = std::make_unique<Known>();
    one->draft_id = SlotId::make(server_.random);
    one->secret = server_.random.secret<32>();
    one->slot_id = SlotId::make(server_.random);
    one->link_id = SlotId::make(server_.random);
    one->link_secret = server_.random.secret<32>();
    one->address = "bert" + std::to_string(all_.size()) + "@example.com";
    one->stage = Stage::gone;  // until it is answered
    all_.push_back(std::move(one));
    Known& made = *all_.back();
    const auto draft = Drafts(parts()).create(key_of(made), Address{"anna@example.org"});
    expect(draft.has_value(), "a draft can be made");
    made.stage = Stage::draft;
  }

  void add_file() {
    Known* one = any(Stage::draft);
    if (one == nullptr || one->files.size() >= 3) return;
    static constexpr std::size_t sizes[] = {0, 1, 100, 20'000, 300'000};
    const std::size_t size = below(12) == 0 ? 2'500'000 : sizes[below(std::size(sizes))];
    std::string bytes(size, '\0');
    for (char& byte : bytes) byte = static_cast<char>(choice_());
    const auto created = Drafts(parts()).create_file(key_of(*one), {"a.bin", "", bytes.size()});
    expect(created.has_value(), "a file can be begun");
    if (created) one->files.push_back({created->no, std::move(bytes), 0});
  }

  void append() {
    Known* one = any(Stage::draft);
    if (one == nullptr || one->files.empty()) return;
    KnownFile& file = one->files[below(one->files.size())];
    const std::size_t rest = file.bytes.size() - file.offset;
    if (rest == 0) return;
    // All the rest is announced, whatever comes of it: small pieces would be refused.
    auto upload = Drafts(parts()).upload(key_of(*one), file.no, {file.offset, rest});
    expect(upload.has_value(), "an upload goes on where it was acknowledged");
    if (!upload) return;
    const std::size_t size = below(3) == 0 ? 1 + below(rest) : rest;
    const auto piece = std::string_view(file.bytes).substr(file.offset, size);
    expect((*upload)->write(as_bytes(piece)).has_value(), "bytes are taken");
    if (below(4) == 0) {
      (*upload)->break_off();
      file.offset = (*upload)->offset();
      return;
    }
    const Result<std::uint64_t> offset = (*upload)->finish();
    expect(offset == file.offset + size, "an upload is acknowledged whole");
    if (offset) file.offset = *offset;
  }

  StartRequest request_of(const Known& one) {
    StartRequest request;
    request.name = "Anna";
    request.recipients.push_back({one.address, RecipientKind::to, one.link_id, std::nullopt});
    request.recipients[0].secret = one.link_secret.clone();
    request.text = "Text";
    for (const KnownFile& file : one.files) request.files.emplace_back(file.no, file.bytes.size());
    request.expires = one.expires;
    request.open_by = OpenBy::link;
    request.slot_id = one.slot_id;
    return request;
  }

  static bool is_whole(const Known& one) {
    return std::all_of(one.files.begin(), one.files.end(),
                       [](const KnownFile& file) { return file.offset == file.bytes.size(); });
  }

  void ask_start(Known& one) {
    one.stage = Stage::starting;
    Result<StartedTransfer> started = Start(parts()).start(key_of(one), request_of(one));
    expect(started.has_value(), "a whole draft starts, also when it is asked again");
    if (!started) return;
    one.told = std::move(*started);
    one.stage = Stage::sealed;
    ++started_;
  }

  void start() {
    Known* one = any(Stage::draft);
    if (one == nullptr || !is_whole(*one)) return;
    one->expires = std::chrono::floor<std::chrono::seconds>(server_.world.clock.now()) + 9 * 24h;
    ask_start(*one);
  }

  void ask_revoke(Known& one) {
    one.stage = Stage::revoking;
    const Result<> revoked = ChangeSent(parts()).revoke(caller_, one.told.tracking_id);
    expect(revoked.has_value(), "a transfer can be revoked");
    if (revoked) one.stage = Stage::revoked;
  }

  void revoke() {
    if (Known* one = any(Stage::sealed)) ask_revoke(*one);
  }

  void ask_remove(Known& one) {
    one.stage = Stage::removing;
    const Result<> removed = Drafts(parts()).remove(key_of(one));
    const bool is_gone = removed || removed.error().code == ErrorCode::denied;
    expect(is_gone, "a draft can be removed");
    one.stage = Stage::gone;
  }

  void remove() {
    if (Known* one = any(Stage::draft)) ask_remove(*one);
  }

  void deliver() {
    server_.transport.is_away = below(3) == 0;
    const auto taken = deliver_due(parts(), server_.transport);
    expect(taken.has_value(), "mails are handed over");
  }

  void rounds() {
    server_.world.clock.advance(std::chrono::minutes(below(20)));
    (void)server_.world.guarded->look(server_.log);
    sweep(parts());
    sweep_objects(parts(), orphans_);
  }

  void restart() {
    ++cuts_;
    orphans_ = OrphanSweep();
    server_.cut(below(2) == 0 ? LooseNames::lost : LooseNames::kept);
    expect(take_back_mails(parts()).has_value(), "leases are taken back");
    const auto found = find_disagreements(*server_.world.database, *server_.world.objects,
                                          server_.world.clock.now());
    expect(found.has_value(), "the stores can be compared");
    for (const std::string& line : *found) broken_.push_back("check: " + line);
    for (const auto& one : all_) check(*one);
  }

  // Asks again what was not answered, and looks whether the rest is as it was told.
  void check(Known& one) {
    if (one.stage == Stage::draft) check_draft(one);
    if (one.stage == Stage::starting) ask_start(one);
    if (one.stage == Stage::revoking) ask_revoke(one);
    if (one.stage == Stage::removing) ask_remove(one);
    if (one.stage == Stage::sealed) check_sealed(one);
    if (one.stage == Stage::revoked) {
      const auto found = Retrieve(parts()).find(one.told.recipients[0].transfer_id);
      expect(!found && found.error().code == ErrorCode::denied, "revoked stays revoked");
    }
  }

  void check_draft(Known& one) {
    Drafts drafts(parts());
    const Result<Draft> draft = drafts.find(key_of(one));
    expect(draft.has_value(), "a draft stays");
    if (!draft) return;
    std::set<std::uint32_t> known;
    for (KnownFile& file : one.files) {
      known.insert(file.no);
      const auto found = std::find_if(draft->files.begin(), draft->files.end(),
                                      [&](const DraftFile& seen) { return seen.no == file.no; });
      const bool is_there = found != draft->files.end() && found->size == file.bytes.size();
      expect(is_there && found->offset >= file.offset, "acknowledged bytes stay");
      if (is_there) file.offset = found->offset;
    }
    for (const DraftFile& file : draft->files) {
      // Begun, and the answer was lost.
      if (known.contains(file.no)) continue;
      expect(drafts.remove_file(key_of(one), file.no).has_value(), "a file can be taken out");
    }
  }

  void check_sealed(Known& one) {
    const StartedRecipient& bert = one.told.recipients[0];
    Retrieve retrieve(parts());
    const std::string fragment = bert.link.substr(bert.link.find('#') + 1);
    const Result<Retrieval> opened = retrieve.open_link(bert.transfer_id, fragment);
    expect(opened.has_value(), "a started transfer opens");
    if (!opened) return;
    const RetrievalKey session{opened->retrieval_id, *opened->token};
    expect(opened->content.files.size() == one.files.size(), "with all its files");
    for (const KnownFile& file : one.files) {
      if (file.bytes.size() > 20'000 && !is_over_ && below(4) > 0) continue;  // for speed
      const auto download = retrieve.file(session, file.no);
      std::string got;
      while (download && got.size() < (*download)->size()) {
        const Result<Bytes> piece = (*download)->read(got.size(), 256 * 1024);
        if (!piece) break;
        got += as_text(*piece);
      }
      expect(got == file.bytes, "bit for bit");
    }
    expect(retrieve.finish(session).has_value(), "a retrieval can be finished");
  }

  // Without further cuts: every mail goes out, and in the end nothing is left.
  void finish() {
    is_over_ = true;
    restart();
    server_.transport.is_away = false;
    for (int i = 0; i < 60; ++i) {
      server_.world.clock.advance(10min);
      (void)deliver_due(parts(), server_.transport);
    }
    check_mails();
    for (const Duration time : {26 * 3600'000ms, 3600'000ms, 10 * 24 * 3600'000ms}) {
      server_.world.clock.advance(time);
      sweep(parts());
      sweep_objects(parts(), orphans_);
    }
    for (int i = 0; i < 3; ++i) sweep(parts());
    expect(server_.world.count_objects() == 0, "what has ended is erased, what is forgotten too");
  }

  void check_mails() {
    for (const auto& one : all_) {
      if (one->stage != Stage::sealed) continue;
      std::set<std::string> ids;
      int mails = 0;
      for (const auto& [to, text] : server_.transport.mails) {
        if (to != one->address) continue;
        ++mails;
        ids.insert(text.substr(text.find("Message-I"), 45));
      }
      expect(mails >= 1, "every recipient gets a mail");
      expect(mails <= 1 + cuts_, "no more than one for each cut besides");
      expect(ids.size() <= 1, "always the same one");
    }
  }

  std::mt19937 choice_;
  PoweredWorld server_;
  Caller caller_;
  std::vector<std::unique_ptr<Known>> all_;
  OrphanSweep orphans_;
  std::vector<std::string> broken_;
  bool is_over_ = false;
  int cuts_ = 0;
  std::size_t started_ = 0;
};

}  // namespace

TEST_CASE("whatever step the power goes at, what clients were told holds") {
  const Choice choice("runs");
  std::set<Step> met;
  const auto all_met = [&] {
    return std::all_of(std::begin(kinds), std::end(kinds),
                       [&](Step kind) { return met.contains(kind); });
  };
  unsigned runs = 0;
  int cuts = 0;
  std::size_t started = 0;
  while (runs < choice.rounds() * 2 || (!all_met() && runs < 10)) {
    const unsigned seed = choice.seed() + runs++;
    CAPTURE(seed);
    Run run(seed);
    const std::vector<std::string> broken = run.live(150);
    for (const std::string& promise : broken) CHECK_MESSAGE(false, promise);
    cuts += run.cuts();
    started += run.started();
    met.insert(run.met().begin(), run.met().end());
  }
  MESSAGE(runs << " runs, " << cuts << " cuts, " << started << " transfers started");
  CHECK(all_met());
  CHECK(started > 0);
}

TEST_CASE("a server that leaves out any one sync is found out") {
  for (const Sync sync : {Sync::bytes, Sync::object_name}) {
    CAPTURE(static_cast<int>(sync));
    bool found = false;
    for (unsigned seed = 1; seed < 5 && !found; ++seed) {
      Run run(seed);
      run.forget(sync);
      found = !run.live(120).empty();
    }
    CHECK(found);
  }
}
