#include "server/troubles.h"

#include <sys/stat.h>
#include <sys/statvfs.h>

#include <algorithm>

#include "base/limits.h"
#include "http/certificate.h"

namespace couvert {
namespace {

void look_at_disk(const std::string& folder, std::vector<Trouble>& troubles) {
  struct statvfs disk {};
  if (statvfs(folder.c_str(), &disk) != 0 || disk.f_blocks == 0) return;
  const auto percent = static_cast<int>(100 * disk.f_bavail / disk.f_blocks);
  if (percent < limits::disk_free_percent_min) {
    troubles.push_back({TroubleKind::disk, folder, percent, {}});
  }
}

bool is_one_disk(const std::string& one, const std::string& other) {
  struct stat first {};
  struct stat second {};
  return stat(one.c_str(), &first) == 0 && stat(other.c_str(), &second) == 0 &&
         first.st_dev == second.st_dev;
}

void look_at_certificate(const Parts& parts, const std::string& path,
                         std::vector<Trouble>& troubles) {
  const Result<Instant> end = certificate_end(path);
  if (!end) {
    parts.log.failure("certificate not looked at", end.error());
    return;
  }
  const Duration left = std::max(*end - parts.clock.now(), Duration(0));
  if (left >= limits::certificate_left_min) return;
  const auto days = static_cast<int>(std::chrono::ceil<std::chrono::days>(left).count());
  troubles.push_back({TroubleKind::certificate, path, days, *end});
}

}  // namespace

std::vector<Trouble> find_troubles(const Parts& parts, const Lookout& lookout) {
  std::vector<Trouble> troubles;
  look_at_disk(lookout.objects_folder, troubles);
  if (!is_one_disk(lookout.objects_folder, lookout.database_folder)) {
    look_at_disk(lookout.database_folder, troubles);
  }
  if (!lookout.certificate.empty()) look_at_certificate(parts, lookout.certificate, troubles);
  const Result<> looked = look_at_outbox(parts, lookout.mail_server, troubles);
  if (!looked) parts.log.failure("outbox not looked at", looked.error());
  return troubles;
}

}  // namespace couvert
