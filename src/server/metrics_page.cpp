#include "server/metrics_page.h"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>
#include <sys/statvfs.h>

#include "sealing/day_keys.h"
#include "server/process_figures.h"
#include "store/outbox_table.h"

namespace couvert {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using Labels = std::vector<ClientMetric::Label>;

// The metrics of one name.
class Family {
 public:
  Family(std::vector<MetricFamily>& page, MetricType type, std::string name, std::string help)
      : page_(page) {
    family_.name = std::move(name);
    family_.help = std::move(help);
    family_.type = type;
  }
  ~Family() { page_.push_back(std::move(family_)); }
  Family(const Family&) = delete;
  Family& operator=(const Family&) = delete;

  Family& add(auto value, Labels labels = {}) {
    ClientMetric metric;
    metric.label = std::move(labels);
    const auto number = static_cast<double>(value);
    if (family_.type == MetricType::Counter) metric.counter.value = number;
    if (family_.type == MetricType::Gauge) metric.gauge.value = number;
    family_.metric.push_back(std::move(metric));
    return *this;
  }

 private:
  std::vector<MetricFamily>& page_;
  MetricFamily family_;
};

// One page under way: counters only grow, gauges go up and down.
struct Page {
  std::vector<MetricFamily> families;

  Family counter(std::string name, std::string help) {
    return {families, MetricType::Counter, std::move(name), std::move(help)};
  }
  Family gauge(std::string name, std::string help) {
    return {families, MetricType::Gauge, std::move(name), std::move(help)};
  }
};

void write_requests(Page& page, const MetricsSources& from) {
  Family requests = page.counter("couvert_requests_total", "Answered requests.");
  for (const auto& [key, count] : from.metrics.requests.all()) {
    const auto& [method, route, status] = key;
    requests.add(count, {{"method", method}, {"route", route}, {"status", std::to_string(status)}});
  }
}

void write_http(Page& page, const MetricsSources& from) {
  const Metrics& counted = from.metrics;
  const HttpFigures now = from.server.figures();
  page.counter("couvert_received_bytes_total", "Bytes of requests, TLS taken off.")
      .add(counted.received_bytes.value());
  page.counter("couvert_sent_bytes_total", "Bytes handed to the network.")
      .add(counted.sent_bytes.value());
  page.gauge("couvert_uploads_running", "Uploads whose bytes are arriving.")
      .add(counted.uploads.value());
  page.gauge("couvert_downloads_running", "Downloads whose bytes are leaving.")
      .add(counted.downloads.value());
  page.gauge("couvert_connections", "Open connections.").add(now.connections);
  page.gauge("couvert_connections_max", "How many there may be.").add(now.connections_max);
  page.counter("couvert_connections_accepted_total", "Connections taken in.")
      .add(counted.connections_accepted.value());
  page.counter("couvert_connections_refused_total", "Connections closed at once.")
      .add(counted.connections_refused_full.value(), {{"reason", "server_full"}})
      .add(counted.connections_refused_network.value(), {{"reason", "network_full"}});
  page.counter("couvert_accept_errors_total", "Connections not taken: no descriptor or memory.")
      .add(counted.accept_errors.value());
  page.counter("couvert_handshakes_failed_total", "TLS handshakes that came to nothing.")
      .add(counted.handshakes_failed.value());
}

// The answers to the one route that takes passwords and link secrets say what came of them.
void write_passwords(Page& page, const MetricsSources& from) {
  std::uint64_t right = 0;
  std::uint64_t wrong = 0;
  std::uint64_t throttled = 0;
  for (const auto& [key, count] : from.metrics.requests.all()) {
    const auto& [method, route, status] = key;
    if (method != "POST" || route != "/api/v1/retrievals") continue;
    if (status == 201) right += count;
    if (status == 403) wrong += count;
    if (status == 429) throttled += count;
  }
  page.counter("couvert_password_attempts_total", "Passwords and link secrets that were tried.")
      .add(right, {{"result", "right"}})
      .add(wrong, {{"result", "wrong"}})
      .add(throttled, {{"result", "throttled"}})
      .add(from.server.figures().argon.refused, {{"result", "queue_full"}});
}

void write_queues(Page& page, const MetricsSources& from) {
  const HttpFigures now = from.server.figures();
  const Labels requests = {{"queue", "requests"}};
  const Labels argon = {{"queue", "argon2"}};
  const Labels pool = {{"queue", "pool"}};
  page.gauge("couvert_queue_waiting", "Work that waits for a thread.")
      .add(now.requests.waiting, requests)
      .add(now.argon.waiting, argon)
      .add(now.pool.waiting, pool);
  page.gauge("couvert_queue_running", "Work on a thread.")
      .add(now.requests.running, requests)
      .add(now.argon.running, argon)
      .add(now.pool.running, pool);
  page.counter("couvert_queue_refused_total", "Work refused because its queue was full.")
      .add(now.requests.refused, requests)
      .add(now.argon.refused, argon)
      .add(now.pool.refused, pool);
}

void write_mail(Page& page, const MetricsSources& from) {
  page.counter("couvert_mails_total", "Tries to hand a mail over, by what came of it.")
      .add(from.metrics.mails_handed_over.value(), {{"result", "handed_over"}})
      .add(from.metrics.mails_postponed.value(), {{"result", "postponed"}})
      .add(from.metrics.mails_refused.value(), {{"result", "refused"}})
      .add(from.metrics.mails_bounced.value(), {{"result", "bounced"}});
  std::optional<OutboxState> outbox;
  const Result<> read = from.parts.database.read([&](Transaction& tx) -> Result<> {
    const Result<OutboxState> state = outbox_state(tx);
    if (!state) return pass(state);
    outbox = *state;
    return Result<>();
  });
  if (!read || !outbox) return;
  const Instant oldest = outbox->oldest.value_or(from.parts.clock.now());
  const Duration age = std::max(from.parts.clock.now() - oldest, Duration(0));
  page.gauge("couvert_outbox_waiting", "Mails not yet handed over.").add(outbox->waiting);
  page.gauge("couvert_outbox_oldest_seconds", "How long the oldest of them has waited.")
      .add(static_cast<double>(age.count()) / 1000);
}

void write_rounds(Page& page, const MetricsSources& from) {
  const Metrics& counted = from.metrics;
  Family rounds = page.counter("couvert_rounds_total", "Background rounds.");
  for (const auto& [name, round] :
       {std::pair("outbox", &counted.outbox_round), std::pair("sweep", &counted.sweep_round),
        std::pair("objects", &counted.objects_round),
        std::pair("lookout", &counted.lookout_round)}) {
    rounds.add(round->done.value(), {{"round", name}, {"result", "done"}});
    rounds.add(round->failed.value(), {{"round", name}, {"result", "failed"}});
  }
}

void write_store(Page& page, const MetricsSources& from) {
  {
    Family free = page.gauge("couvert_disk_free_bytes", "Room on the disk of a store.");
    for (const auto& [store, folder] : {std::pair("database", &from.database_folder),
                                        std::pair("objects", &from.objects_folder)}) {
      struct statvfs disk {};
      if (statvfs(folder->c_str(), &disk) != 0) continue;
      free.add(std::uint64_t{disk.f_bavail} * disk.f_frsize, {{"store", store}});
    }
  }
  const Day today = day_of(from.parts.clock.now());
  page.gauge("couvert_day_keys_ahead", "Days from today on, each with its key.")
      .add(from.parts.day_keys.count_from(today));
}

void write_process(Page& page, const MetricsSources& from) {
  const ProcessFigures process = process_figures();
  page.gauge("couvert_build_info", "The version that runs.").add(1, {{"version", from.version}});
  page.counter("process_cpu_seconds_total", "Processor time.").add(process.cpu_seconds);
  page.gauge("process_resident_memory_bytes", "Memory.").add(process.resident_bytes);
  page.gauge("process_open_fds", "Open file descriptors.").add(process.open_files);
  page.gauge("process_max_fds", "How many there may be.").add(process.files_max);
  page.gauge("process_threads", "Threads.").add(process.threads);
  page.gauge("process_start_time_seconds", "Unix time of the start.").add(to_unix(from.started));
}

}  // namespace

std::string metrics_page(const MetricsSources& sources) {
  Page page;
  for (const auto& write : {write_requests, write_http, write_passwords, write_queues, write_mail,
                            write_rounds, write_store, write_process}) {
    write(page, sources);
  }
  return prometheus::TextSerializer().Serialize(page.families);
}

}  // namespace couvert
