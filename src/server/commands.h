// The subcommands of couvertd. Each returns the exit status of the program and says on standard
// error what went wrong.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "server/config.h"

namespace couvert {

inline constexpr std::string_view program_version = "0.1.0";

/// Serves until SIGTERM or SIGINT; SIGHUP reads the certificate again.
int serve(Config config);
/// allow, deny and reply-only SENDER RECIPIENT [NAME=VALUE...]; list; remove ID; export [json|csv];
/// import FILE; explain SENDER RECIPIENT...
int policy(const Config& config, const std::vector<std::string>& words);
/// Compares database and objects, both ways. 0: they agree; 1: they do not, each line names one
/// disagreement; 3: it could not be found out.
int check(const Config& config);

/// Prints an error as "couvertd: error: ..." and returns the exit status for it.
int complain(const Error& error);

}  // namespace couvert
