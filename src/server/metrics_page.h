// The page /metrics: what was counted, and what is looked up when it is asked for.
#pragma once

#include <string>

#include "base/metrics.h"
#include "http/server.h"
#include "service/parts.h"

namespace couvert {

/// Where the figures come from. Lifetime: what it refers to outlives the admin listener.
struct MetricsSources {
  const Parts& parts;
  const Metrics& metrics;
  const HttpServer& server;     // the public one
  std::string database_folder;  // whose disks are looked at
  std::string objects_folder;
  std::string version;
  Instant started;
};

/// The page, in Prometheus' text format. What cannot be found out is left out: the page is there
/// when the database is not.
std::string metrics_page(const MetricsSources& sources);

}  // namespace couvert
