// What an operator has to see to, found where this process can look.
#pragma once

#include <string>
#include <vector>

#include "service/tell_operator.h"

namespace couvert {

/// Where to look.
struct Lookout {
  std::string database_folder;
  std::string objects_folder;
  std::string certificate;  // a PEM file; empty: TLS is a proxy's
  std::string mail_server;  // its host
};

/// Disks of which less than limits::disk_free_percent_min are free, a certificate that ends within
/// limits::certificate_left_min, mails that wait. What cannot be looked at goes to the log.
std::vector<Trouble> find_troubles(const Parts& parts, const Lookout& lookout);

}  // namespace couvert
