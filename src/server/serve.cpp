#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <mutex>

#include "crypto/random.h"
#include "domain/password.h"
#include "http/api_routes.h"
#include "http/portal.h"
#include "http/self_signed.h"
#include "http/server.h"
#include "mail/catalogue.h"
#include "sealing/day_keys.h"
#include "sealing/master_key.h"
#include "server/commands.h"
#include "server/look.h"
#include "server/metrics_page.h"
#include "server/notify.h"
#include "server/outlook.h"
#include "server/process_figures.h"
#include "server/rounds.h"
#include "service/preview.h"
#include "store/pairing.h"

namespace couvert {
namespace {

// Debian's German and Dutch words (packages wngerman and wdutch); English comes with libzxcvbn.
const std::vector<std::string>& word_lists() {
  static const std::vector<std::string> paths = {"/usr/share/dict/ngerman",
                                                 "/usr/share/dict/dutch"};
  return paths;
}

// Beside an installed program, or in the tree that it was built in.
std::string find_portal(const std::string& configured) {
  if (!configured.empty()) return configured;
  std::error_code error;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", error);
  for (const char* place : {"../share/couvert/portal", "../../web/portal/dist"}) {
    const std::filesystem::path folder = program.parent_path() / place;
    if (std::filesystem::exists(folder / "index.html", error)) return folder.lexically_normal();
  }
  return "";
}

// Empty where there are no pages: the API is served without them.
Result<Handler> pages_of(const Config& config, const Look& look, Log& log) {
  const std::string folder = find_portal(config.portal);
  if (!folder.empty()) return portal(folder, look);
  log.info("no portal pages found: the API alone is served");
  return Handler();
}

Result<> read_smtp_password(Config& config) {
  if (config.smtp_password_file.empty()) return Result<>();
  std::ifstream file(config.smtp_password_file);
  if (!std::getline(file, config.smtp.password) || config.smtp.password.empty()) {
    return fail(ErrorCode::invalid, config.smtp_password_file + ": no password in its first line");
  }
  return check_smtp_server(config.smtp);
}

// SIGTERM and SIGINT end the program, SIGHUP reads the certificate again. They are blocked in all
// threads and waited for here, so no handler ever runs.
sigset_t block_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, signal);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  return signals;
}

void wait_for_end(const sigset_t& signals, HttpServer& server, Log& log) {
  while (true) {
    int signal = 0;
    if (sigwait(&signals, &signal) != 0) continue;
    if (signal != SIGHUP) return;
    const Result<> reloaded = server.reload_tls();
    if (!reloaded) log.failure("certificate not read", reloaded.error());
    if (reloaded) log.info("certificate read");
  }
}

// Whether a further SIGTERM or SIGINT has come: somebody does not want to wait.
bool is_asked_again(const sigset_t& signals) {
  const timespec no_time{};
  const int signal = sigtimedwait(&signals, nullptr, &no_time);
  return signal == SIGTERM || signal == SIGINT;
}

// A socket for each connection, and a file for each upload or download; some for all the rest.
Result<std::size_t> connections_for(std::uint64_t files) {
  constexpr std::uint64_t least = 16;
  if (files < limits::reserved_files + 2 * least) {
    return fail(ErrorCode::invalid, "no more than " + std::to_string(files) +
                                        " files may be open: raise the limit (ulimit -Hn)");
  }
  const std::uint64_t most = (files - limits::reserved_files) / 2;
  return static_cast<std::size_t>(std::min<std::uint64_t>(most, limits::connections_max));
}

// The folder that holds a store, by the URL that the configuration gave: "sqlite:/path/file".
std::string folder_of(const std::string& url) {
  const std::filesystem::path path = url.substr(url.find(':') + 1);
  return std::filesystem::is_directory(path) ? path.string() : path.parent_path().string();
}

// Health and figures for the operator. It has connections and threads of its own, and so answers
// when the public listener is full.
Result<std::unique_ptr<HttpServer>> start_admin(const Config& config, const HttpParts& parts,
                                                const HealthParts& health,
                                                const MetricsSources& sources) {
  if (config.admin_listen.empty()) return nullptr;
  HttpConfig admin;
  admin.base_url = "http://" + config.admin_listen;
  admin.listen = config.admin_listen;
  admin.proxies = {"127.0.0.0/8", "::1"};  // its connections all come from here: count none alone
  admin.io_threads = 1;
  admin.pool_threads = 2;
  admin.argon2_threads = 1;
  admin.connections_max = limits::admin_connections_max;
  return HttpServer::start(parts, admin,
                           admin_routes(health, [sources] { return metrics_page(sources); }));
}

Result<> is_ready(const Parts& parts) {
  const Result<DayKey> today = parts.day_keys.key(day_of(parts.clock.now()));
  if (!today) return fail(ErrorCode::unavailable, "no day key");
  return parts.database.read([](Transaction&) { return Result<>(); });
}

// The stores and keys that everything else stands on.
struct Foundation {
  std::unique_ptr<KeyFolder> key_folder;
  std::optional<Secret<32>> master_key;
  std::unique_ptr<DayKeys> day_keys;
  std::unique_ptr<Database> database;
  std::unique_ptr<GuardedClock> clock;
  std::unique_ptr<Objects> objects;
};

Result<> open_foundation(const Config& config, const Clock& machine_clock, Random& random,
                         Foundation& made) {
  // The database's lock comes first: a second server must touch nothing.
  Result<std::unique_ptr<Database>> database = Database::open(config.database);
  if (!database) return pass(database);
  made.database = std::move(*database);
  Result<std::unique_ptr<GuardedClock>> clock = GuardedClock::open(machine_clock, *made.database);
  if (!clock) return pass(clock);
  made.clock = std::move(*clock);
  Result<std::unique_ptr<Objects>> objects = open_objects(config.objects);
  if (!objects) return pass(objects);
  made.objects = std::move(*objects);
  const Result<> swept = made.objects->sweep_unfinished();
  if (!swept) return pass(swept);
  const Result<> paired = pair_stores(*made.database, *made.objects, random);
  if (!paired) return pass(paired);
  Result<std::unique_ptr<KeyFolder>> folder = open_key_folder(config.day_keys);
  if (!folder) return pass(folder);
  made.key_folder = std::move(*folder);
  Result<Secret<32>> master = open_master_key(config.master_key, *made.key_folder, random);
  if (!master) return pass(master);
  made.master_key.emplace(std::move(*master));
  Result<std::unique_ptr<DayKeys>> keys =
      DayKeys::load(*made.key_folder, *made.master_key, DayKeyRules());
  if (!keys) return pass(keys);
  made.day_keys = std::move(*keys);
  return made.day_keys->make_ahead(made.clock->now(), random);
}

// What the listeners need. Lifetime: all outlive serve_http().
struct Serving {
  const Config& config;
  const Look& look;
  const Parts& parts;
  Metrics& metrics;
  Rounds& rounds;
  const sigset_t& signals;
};

// Listens until a signal says that it is enough, then lets what runs come to its end.
Result<> serve_http(const Serving& from) {
  const Parts& parts = from.parts;
  const Config& config = from.config;
  Verify verify(parts);
  AskPolicy ask_policy(parts);
  ShowPreview show_preview(parts);
  Drafts drafts(parts);
  Start start(parts);
  Sent sent(parts);
  ChangeSent change_sent(parts);
  Retrieve retrieve(parts);
  Received received(parts);
  QuickPeople quick_people(parts);
  QuickRelay quick_relay(parts);
  Programs programs(parts);
  const std::string version(program_version);
  const HealthParts health{[&parts] { return is_ready(parts); }, parts.log};
  const ApiParts api{parts,    verify,      ask_policy, show_preview, drafts,       start,
                     sent,     change_sent, retrieve,   received,     quick_people, quick_relay,
                     programs, version,     health,     from.look};
  const HttpParts http{parts.clock, parts.random, parts.log, from.metrics};

  Result<Handler> pages = pages_of(config, from.look, parts.log);
  if (!pages) return pass(pages);
  const Result<std::unique_ptr<HttpServer>> server =
      HttpServer::start(http, config.http, api_routes(api), std::move(*pages));
  if (!server) return pass(server);
  const MetricsSources sources{
      parts,   from.metrics,     **server, folder_of(config.database), folder_of(config.objects),
      version, parts.clock.now()};
  const Result<std::unique_ptr<HttpServer>> admin = start_admin(config, http, health, sources);
  if (!admin) return pass(admin);
  parts.log.info("serving",
                 {{"base_url", config.service.base_url},
                  {"port", std::int64_t{(*server)->port()}},
                  {"connections_max", static_cast<std::int64_t>(config.http.connections_max)},
                  {"version", program_version}});
  notify_service_manager("READY=1");
  wait_for_end(from.signals, **server, parts.log);
  parts.log.info("stopping");
  notify_service_manager("STOPPING=1");
  from.rounds.stop();
  (*server)->stop([&from] { return is_asked_again(from.signals); });
  return Result<>();
}

}  // namespace

int complain(const Error& error) {
  std::fprintf(stderr, "couvertd: error: %s\n", error.detail.c_str());
  return error.code == ErrorCode::invalid ? 2 : 3;
}

int serve(Config config) {
  const sigset_t signals = block_signals();
  const Result<> password = read_smtp_password(config);
  if (!password) return complain(password.error());
  Result<Look> look = read_look(config.look, config.service.colours);
  if (!look) return complain(look.error());
  const Result<> outlook = add_outlook(config, *look);
  if (!outlook) return complain(outlook.error());
  const Result<std::size_t> connections = connections_for(raise_file_limit());
  if (!connections) return complain(connections.error());
  config.http.connections_max = *connections;

  const SystemClock machine_clock;
  SystemRandom random;
  JsonLog log;
  Foundation foundation;
  const Result<> founded = open_foundation(config, machine_clock, random, foundation);
  if (!founded) return complain(founded.error());
  GuardedClock& clock = *foundation.clock;

  if (config.http.tls && is_loopback_url(config.service.base_url)) {
    const Result<> made = make_self_signed(*config.http.tls, clock);
    if (!made) return complain(made.error());
  }

  const Catalogue catalogue;
  const PasswordJudge judge(word_lists());
  SmtpTransport transport(config.smtp);
  Bell mail_waits;
  const Parts parts{*foundation.database,
                    *foundation.objects,
                    *foundation.day_keys,
                    *foundation.master_key,
                    clock,
                    random,
                    log,
                    catalogue,
                    judge,
                    config.service,
                    [&mail_waits] { mail_waits.ring(); }};
  Metrics metrics;
  const Lookout lookout{folder_of(config.database), folder_of(config.objects),
                        config.http.tls ? config.http.tls->certificate : "", config.smtp.host};
  Rounds rounds(parts, transport, {mail_waits, clock, metrics, lookout});
  const Result<> served = serve_http({config, *look, parts, metrics, rounds, signals});
  return served ? 0 : complain(served.error());
}

}  // namespace couvert
