// A server whose power may go at any step: a disk that forgets what was not synced, and clock,
// randomness, disk, log and mail server that end what is under way at a step the test names.
#pragma once

#include <random>
#include <set>

#include "service/test_world.h"
#include "store/file_objects.h"
#include "store/test_disk.h"

namespace couvert {

/// Thrown where the power goes.
struct PowerCut {};

/// What a server does at the steps at which it may go.
enum class Step { disk, clock, randomness, log, mail, waking };

/// Counts the steps that are left. Once the power is away nothing is thrown again, so that what is
/// under way unwinds.
class Power {
 public:
  /// The power goes after so many steps, of all or of one kind.
  void cut_after(std::size_t steps, std::optional<Step> kind = std::nullopt) {
    left_ = steps;
    kind_ = kind;
  }
  void restore() {
    left_.reset();
    away_ = false;
  }
  bool is_away() const { return away_; }
  bool is_set() const { return left_.has_value(); }
  const std::set<Step>& met() const { return met_; }

  void use(Step step) {
    if (!is_next(step)) return;
    throw PowerCut();
  }

  /// The same where nothing may be thrown: what destructors do.
  void use_quietly(Step step) { (void)is_next(step); }

 private:
  bool is_next(Step step) {
    if (away_ || !left_ || (kind_ && step != *kind_)) return false;
    if (*left_ > 0) {
      --*left_;
      return false;
    }
    away_ = true;
    met_.insert(step);
    return true;
  }

  std::optional<std::size_t> left_;
  std::optional<Step> kind_;
  bool away_ = false;
  std::set<Step> met_;
};

/// A disk that stops with the power.
class PoweredDisk final : public Disk {
 public:
  PoweredDisk(TestDisk& disk, Power& power) : disk_(disk), power_(power) {}

  Result<> make_folder(const std::string& path) override {
    return step([&] { return disk_.make_folder(path); });
  }
  Result<std::unique_ptr<DiskFile>> create(const std::string& path) override {
    return opened([&] { return disk_.create(path); });
  }
  Result<std::unique_ptr<DiskFile>> open(const std::string& path) override {
    return opened([&] { return disk_.open(path); });
  }
  Result<> rename(const std::string& from, const std::string& to) override {
    return step([&] { return disk_.rename(from, to); });
  }
  Result<> sync_folder(const std::string& path) override {
    return step([&] { return disk_.sync_folder(path); });
  }
  Result<> remove(const std::string& path) override {
    power_.use_quietly(Step::disk);
    if (power_.is_away()) return fail(ErrorCode::unavailable, "the power is away");
    return disk_.remove(path);
  }
  Result<> list(const std::string& path,
                const std::function<Result<>(const DiskEntry&)>& visit) override {
    return step([&] { return disk_.list(path, visit); });
  }
  Result<std::uint64_t> free_bytes(const std::string& folder) override {
    return disk_.free_bytes(folder);
  }

 private:
  class File final : public DiskFile {
   public:
    File(PoweredDisk& disk, std::unique_ptr<DiskFile> file) : disk_(disk), file_(std::move(file)) {}
    Result<> write(Bytes bytes) override {
      return disk_.step([&] { return file_->write(bytes); });
    }
    Result<> sync() override {
      return disk_.step([&] { return file_->sync(); });
    }
    Result<std::uint64_t> size() override { return file_->size(); }
    Result<> read(std::uint64_t offset, MutableBytes out) override {
      return disk_.step([&] { return file_->read(offset, out); });
    }

   private:
    PoweredDisk& disk_;
    std::unique_ptr<DiskFile> file_;
  };

  Result<> step(const std::function<Result<>()>& work) {
    power_.use(Step::disk);
    if (power_.is_away()) return fail(ErrorCode::unavailable, "the power is away");
    return work();
  }
  Result<std::unique_ptr<DiskFile>> opened(
      const std::function<Result<std::unique_ptr<DiskFile>>()>& work) {
    power_.use(Step::disk);
    if (power_.is_away()) return fail(ErrorCode::unavailable, "the power is away");
    Result<std::unique_ptr<DiskFile>> file = work();
    if (!file) return file;
    return std::make_unique<File>(*this, std::move(*file));
  }

  TestDisk& disk_;
  Power& power_;
};

class PoweredClock final : public Clock {
 public:
  PoweredClock(const Clock& clock, Power& power) : clock_(clock), power_(power) {}
  Instant now() const override {
    power_.use(Step::clock);
    return clock_.now();
  }
  Duration running() const override { return clock_.running(); }

 private:
  const Clock& clock_;
  Power& power_;
};

/// Bytes from a seed, so that a run can be repeated.
class PoweredRandom final : public Random {
 public:
  PoweredRandom(unsigned seed, Power& power) : random_(seed), power_(power) {}
  void fill(MutableBytes out) override {
    power_.use(Step::randomness);
    for (std::byte& byte : out) byte = static_cast<std::byte>(random_());
  }

 private:
  std::mt19937 random_;
  Power& power_;
};

class PoweredLog final : public Log {
 public:
  explicit PoweredLog(Power& power) : power_(power) {}
  void write(LogLevel, std::string_view, std::initializer_list<LogField>) override {
    power_.use(Step::log);
  }

 private:
  Power& power_;
};

/// Takes mails; the power may go before it does and after.
class PoweredTransport final : public MailTransport {
 public:
  explicit PoweredTransport(Power& power) : power_(power) {}
  Result<> send(const Envelope& envelope, Bytes message, Duration) override {
    power_.use(Step::mail);
    if (is_away) return fail(ErrorCode::unavailable, "away");
    mails.emplace_back(envelope.to.text, as_text(message));
    power_.use(Step::mail);
    return Result<>();
  }

  std::vector<std::pair<std::string, std::string>> mails;
  bool is_away = false;

 private:
  Power& power_;
};

/// A TestWorld on such parts. Its own clock goes on as the machine's.
class PoweredWorld {
 public:
  explicit PoweredWorld(unsigned seed) : random(seed, power) { boot(); }

  /// Starts the server on what there is.
  void boot() {
    stop();
    power.restore();
    world.database = std::move(*Database::open(url()));
    world.guarded = std::move(*GuardedClock::open(clock, *world.database));
    world.objects = std::move(*make_file_objects(powered_disk, "/objects"));
    REQUIRE(world.objects->sweep_unfinished().has_value());
    world.parts.emplace(Parts{*world.database, *world.objects, *world.day_keys, world.master_key,
                              *world.guarded, random, log, world.catalogue, world.judge,
                              world.settings, [this] { power.use(Step::waking); }});
  }

  /// The power is away: what was not synced is lost.
  void cut(LooseNames names) {
    stop();
    disk.cut_power(names);
    boot();
  }

  TestWorld world;
  Power power;
  TestDisk disk;
  PoweredClock clock{world.clock, power};
  PoweredRandom random;
  PoweredLog log{power};
  PoweredTransport transport{power};

 private:
  std::string url() const { return "sqlite:" + (world.folder / "couvert.db").string(); }
  void stop() {
    world.parts.reset();
    world.objects.reset();
    world.guarded.reset();
    world.database.reset();
  }

  std::shared_ptr<Disk> powered_disk = std::make_shared<PoweredDisk>(disk, power);
};

}  // namespace couvert
