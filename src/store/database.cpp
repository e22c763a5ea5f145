#include "store/database.h"

#include <soci/soci.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <vector>

#include "store/file_lock.h"
#include "store/migrations.h"
#include "store/soci_transaction.h"

namespace couvert {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t readers_max = 8;
constexpr std::chrono::seconds wait_max = 10s;

using Session = std::unique_ptr<soci::session>;

// One connection of its own, opened when it is needed and again after it broke.
Result<> run_on(Session& session, const std::string& path, SessionUse use,
                const std::function<Result<>(Transaction&)>& work) {
  if (!session) {
    auto opened = open_sqlite(path, use);
    if (!opened) return pass(opened);
    session = std::move(*opened);
  }
  const Result<> done = run_transaction(*session, use, work);
  if (is_in_transaction(*session)) session.reset();
  return done;
}

// Connections that read: a bounded number, handed out one by one.
class Readers {
 public:
  Result<Session> take() {
    std::unique_lock lock(mutex_);
    if (!freed_.wait_for(lock, wait_max, [&] { return taken_ < readers_max; })) {
      return fail(ErrorCode::unavailable, "every connection to the database is in use");
    }
    ++taken_;
    if (idle_.empty()) return Session();
    Session session = std::move(idle_.back());
    idle_.pop_back();
    return session;
  }

  void give_back(Session session) {
    const std::lock_guard lock(mutex_);
    --taken_;
    if (session) idle_.push_back(std::move(session));
    freed_.notify_one();
  }

 private:
  std::mutex mutex_;
  std::condition_variable freed_;
  std::vector<Session> idle_;
  std::size_t taken_ = 0;
};

// Gives the connection back even where the work throws.
struct Lease {
  Lease(Readers& all, Session taken) : readers(all), session(std::move(taken)) {}
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;
  ~Lease() { readers.give_back(std::move(session)); }

  Readers& readers;
  Session session;
};

Result<> bring_up_to_date(soci::session& session, const std::string& lock_path) {
  const auto version = schema_version(session);
  if (!version) return pass(version);
  if (*version == std::ssize(all_migrations())) return {};
  const auto lock = FileLock::take(lock_path);
  if (lock) return migrate(session, all_migrations());
  if (lock.error().code != ErrorCode::conflict) return pass(lock);
  return fail(ErrorCode::conflict, "a server of another version is running on this database");
}

}  // namespace

struct Database::State {
  std::string path;
  FileLock lock;
  std::timed_mutex writing;
  std::atomic<std::uint64_t> commits = 0;
  Session writer;
  Readers readers;
};

Database::Database(std::unique_ptr<State> state) : state_(std::move(state)) {}
Database::~Database() = default;

Result<std::unique_ptr<Database>> Database::open(const std::string& url) {
  auto path = sqlite_path(url);
  if (!path) return pass(path);
  auto lock = FileLock::take(*path + ".lock");
  if (!lock) return pass(lock);
  const Result<> made = make_sqlite_file(*path);
  if (!made) return pass(made);
  auto writer = open_sqlite(*path, SessionUse::write);
  if (!writer) return pass(writer);
  const Result<> migrated = migrate(**writer, all_migrations());
  if (!migrated) return pass(migrated);

  auto state = std::make_unique<State>();
  state->path = *path;
  state->lock = std::move(*lock);
  state->writer = std::move(*writer);
  return std::unique_ptr<Database>(new Database(std::move(state)));
}

Result<std::unique_ptr<Database>> Database::open_beside(const std::string& url) {
  auto path = sqlite_path(url);
  if (!path) return pass(path);
  const Result<> made = make_sqlite_file(*path);
  if (!made) return pass(made);
  auto writer = open_sqlite(*path, SessionUse::write);
  if (!writer) return pass(writer);
  const Result<> current = bring_up_to_date(**writer, *path + ".lock");
  if (!current) return pass(current);

  auto state = std::make_unique<State>();
  state->path = *path;
  state->writer = std::move(*writer);
  return std::unique_ptr<Database>(new Database(std::move(state)));
}

Result<> Database::write(const std::function<Result<>(Transaction&)>& work) {
  const std::unique_lock lock(state_->writing, wait_max);
  if (!lock) return fail(ErrorCode::unavailable, "another writer did not finish in time");
  Result<> done = run_on(state_->writer, state_->path, SessionUse::write, work);
  if (done) ++state_->commits;
  return done;
}

std::uint64_t Database::commits() const {
  return state_->commits;
}

Result<bool> Database::forget_deleted() {
  const std::unique_lock lock(state_->writing, wait_max);
  if (!lock) return fail(ErrorCode::unavailable, "another writer did not finish in time");
  if (!state_->writer) return false;  // it broke; the next write opens it anew
  return empty_log(*state_->writer);
}

Result<> Database::read(const std::function<Result<>(Transaction&)>& work) {
  auto taken = state_->readers.take();
  if (!taken) return pass(taken);
  Lease lease(state_->readers, std::move(*taken));
  return run_on(lease.session, state_->path, SessionUse::read, work);
}

}  // namespace couvert
