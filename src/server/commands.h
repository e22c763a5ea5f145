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

/// Reads what a mail server says of a mail that came back, on standard input; the server tells the
/// sender, now or when it runs again. 0: done, also where there was nothing to do, since a mail
/// server answers any other status with a mail to whoever claims to be the sender;
/// try_again_status: not now.
int bounce(const Config& config);

/// Ends QUICK for an address; the server tells of it, now or when it runs again.
int reset(const Config& config, const std::string& address);

/// What a mail server takes for "keep the mail and try again" (EX_TEMPFAIL of sysexits.h).
inline constexpr int try_again_status = 75;
/// Prints an error, for the subcommand that a mail server runs.
int try_again(const Error& error);

/// Prints an error as "couvertd: error: ..." and returns the exit status for it.
int complain(const Error& error);

}  // namespace couvert
