// What went wrong between a client and its server: an error code, and what a client can tell its
// user about it.
//
// Error (base/result.h) is for logs. A client must say more: which recipient is refused, when to
// come back, that the certificate is unknown. So everything in client/ returns an Answer.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

#include "base/result.h"

namespace couvert {

/// The reasons that the client itself finds; those of the server stand in spec/api.yaml.
namespace reasons {
inline constexpr std::string_view interrupted = "interrupted";  // the user wants to stop
inline constexpr std::string_view no_name = "no_name";          // the host's name is unknown
inline constexpr std::string_view no_connection = "no_connection";
inline constexpr std::string_view timeout = "timeout";
inline constexpr std::string_view broken_line = "broken_line";        // ended in the middle
inline constexpr std::string_view certificate = "certificate";        // not trusted
inline constexpr std::string_view no_tls = "no_tls";                  // no common way of encryption
inline constexpr std::string_view ca_file = "ca_file";                // the file is not usable
inline constexpr std::string_view redirect = "redirect";              // never followed
inline constexpr std::string_view foreign_answer = "foreign_answer";  // no Couvert answers so
inline constexpr std::string_view plain_http = "plain_http";          // only to this machine
inline constexpr std::string_view wrong_bytes = "wrong_bytes";        // length or checksum differ
inline constexpr std::string_view source = "source";                  // the file cannot be read
inline constexpr std::string_view target = "target";                  // the file cannot be written
// Of QUICK.
inline constexpr std::string_view device = "device";          // the server does not know this one
inline constexpr std::string_view person_key = "person_key";  // other keys than were seen
inline constexpr std::string_view own_keys = "own_keys";      // they do not open
inline constexpr std::string_view wrong_code_key = "wrong_code_key";  // under another code
inline constexpr std::string_view book_rolled_back =
    "book_rolled_back";  // an older one, or another
inline constexpr std::string_view book_damaged = "book_damaged";
inline constexpr std::string_view book_busy = "book_busy";                // others change it, too
inline constexpr std::string_view identity_changed = "identity_changed";  // of a contact
inline constexpr std::string_view not_connected = "not_connected";        // with this sender
inline constexpr std::string_view envelope = "envelope";                  // it does not open
}  // namespace reasons

/// Whether the same request may work a little later.
enum class Passing { no, yes };

struct Problem {
  ErrorCode code = ErrorCode::unavailable;
  std::string reason;   // one word: of the operation (spec/api.yaml) or of `reasons`; may be empty
  std::string address;  // the recipient that it is about; may be empty
  std::string detail;   // for people who look deeper; may be empty
  std::string request_id;
  std::optional<std::chrono::seconds> retry_after;
  Passing passing = Passing::no;
  int status = 0;  // of HTTP; 0 where no answer came
};

/// A value or a Problem. Dropping one does not compile.
template <class T = void>
class [[nodiscard]] Answer : public tl::expected<T, Problem> {
 public:
  using tl::expected<T, Problem>::expected;
};

/// Makes a problem: `return trouble(ErrorCode::damaged, reasons::wrong_bytes);`
inline tl::unexpected<Problem> trouble(ErrorCode code, std::string_view reason,
                                       std::string detail = {}) {
  Problem problem;
  problem.code = code;
  problem.reason = std::string(reason);
  problem.detail = std::move(detail);
  return tl::make_unexpected(std::move(problem));
}

/// Hands the problem of a failed answer on.
template <class T>
tl::unexpected<Problem> pass(const Answer<T>& failed) {
  return tl::make_unexpected(failed.error());
}

/// The code that a status has where the answer says nothing more (a proxy's page, for example).
ErrorCode code_of_status(int status);

/// Reads problem details (RFC 9457) as spec/api.yaml has them. A body that is none gives the
/// problem of the status alone: proxies answer as they like.
Problem read_problem(int status, std::string_view body);

/// The code of that name ("too_large"), or nullopt.
std::optional<ErrorCode> code_named(std::string_view name);

}  // namespace couvert
