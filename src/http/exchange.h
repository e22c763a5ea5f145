// One request and its answer as values, and what a route is. Free of Asio: a route's handler is a
// plain blocking function that runs on a pool, and only says what is to be done next.
//
// A handler comes to an Outcome: an answer, more work that belongs on other threads, the bytes of a
// Download to send, or an Upload to fill from the request's body. serve.h does these.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/json.h"
#include "base/secret.h"
#include "service/draft.h"
#include "service/quick_people.h"
#include "service/retrieve.h"

namespace couvert {

enum class Method { get, head, post, put, patch, remove, options };

/// As in the request line: "GET".
std::string_view name_of(Method method);
/// Nothing for a method that no route has.
std::optional<Method> method_of(std::string_view name);
/// GET, HEAD and OPTIONS change nothing, ever.
bool changes_something(Method method);

/// Header fields in their order; names in lower case, values without blanks at their ends.
using Fields = std::vector<std::pair<std::string, std::string>>;

/// The value of the first field of that name, or null.
const std::string* find_field(const Fields& fields, std::string_view name);

/// The values of all fields of that name in their order, with ", " between (RFC 9110 section 5.3).
std::string joined(const Fields& fields, std::string_view name);

/// Who may call a route. Each route says so.
enum class Who {
  anyone,        // nothing is asked for
  client,        // a session where there is one; the use case decides what it may do without
  session,       // a session's cookie or bearer token
  sender,        // a session and the draft's secret
  maybe_sender,  // a session, and the secret where the client has it; it shows and does more then
  recipient,     // a retrieval's cookie or token, for the retrieval ID that is the first argument
  device,        // a device of QUICK, by its token
  new_device,    // a session, and the tokens of a device that is to be let in and of its person
  recipient_device,  // a retrieval as for `recipient`, and a device
};

/// What a route takes as body, checked before its handler runs.
enum class Body {
  none,
  small_json,    // application/json of at most limits::small_json_bytes_max bytes
  json,          // the same of at most limits::json_bytes_max bytes
  json_form,     // such JSON as the field of an HTML form (form_body.h)
  stream,        // application/offset+octet-stream; the handler answers with an UploadBody
  maybe_stream,  // the same, or none
};

/// A request after its head was checked, its caller read, and its JSON parsed.
struct Request {
  ~Request();  // wipes the fields and the texts of the JSON: some are secrets

  Method method = Method::get;
  std::string path;
  std::vector<std::string> arguments;  // for the {names} of the path template, in their order
  std::string query;                   // as it came, without '?'
  Fields fields;
  std::uint64_t content_length = 0;
  Json json;
  Caller caller;
  bool without_cookies = false;      // of another origin that is let in: it acts by no cookie
  std::optional<Secret<32>> secret;  // of the draft, or of the retrieval
  std::optional<DeviceProof> device;
  std::optional<Sha256Digest> member_hash;  // of the token of a person of QUICK
};

/// What a browser may do with an answer, as its Content-Security-Policy says.
enum class Shown {
  closed,  // nothing, should it ever be shown
  portal,  // the portal's own pages
  worker,  // the portal's workers, which read foreign files: their own code, nothing to ask for
  mail,    // a mail's HTML, in a frame of the portal alone: its own styles, nothing else
  framed,  // in frames and beside pages of others: the answer brings its own policy
};

/// What caches may do with an answer.
enum class Caching { none, revalidate, forever };

struct Response {
  int status = 200;
  std::string content_type;  // empty where there is no body
  std::string body;
  std::string_view fixed_body;  // instead of `body`: bytes that outlive the server
  Fields fields;                // further ones, as they are written
  Caching caching = Caching::none;
  Shown shown = Shown::closed;
  bool secret = false;  // the body is wiped when it has gone out
  std::string detail;   // of the error behind it, for the log alone
};

/// Bytes of a file or ZIP to send: whole, a range, or the head alone, as the request asks.
struct FileBody {
  std::unique_ptr<Download> download;
  std::string content_type;
};

/// Where the request's body goes.
struct UploadBody {
  std::unique_ptr<Upload> upload;
  Response taken;  // the answer to a body that was taken, to which its new offset is added
  Fields always;   // fields of that answer and of every other
};

/// What goes out bit by bit, as text/event-stream (WHATWG HTML, server-sent events).
///
/// Threads: one at a time.
class EventSource {
 public:
  virtual ~EventSource() = default;
  /// Whether there may be news. From memory.
  virtual bool may_have_news() = 0;
  /// The events since it was asked last, whole; empty where there are none. May block.
  /// Errors: then the stream ends.
  virtual Result<std::string> news() = 0;
};

struct EventBody {
  std::shared_ptr<EventSource> source;
  std::string first;  // the events that it begins with
};

struct Outcome;

/// Which threads work runs on: those for database and disk, or the humble ones for Argon2. Their
/// queue is short: `admission` is work on the pool that begins only once a place in it is kept for
/// what follows. Without one the answer is `unavailable`, and the work was not begun.
enum class Where { pool, admission, argon };

/// More work, to be done elsewhere.
struct Later {
  Where where = Where::pool;
  std::function<Outcome()> work;
};

struct Outcome {
  Outcome(Response r) : next(std::move(r)) {}
  Outcome(Later l) : next(std::move(l)) {}
  Outcome(FileBody f) : next(std::move(f)) {}
  Outcome(UploadBody u) : next(std::move(u)) {}
  Outcome(EventBody e) : next(std::move(e)) {}
  /// The problem that this error stands for (problem.h).
  Outcome(const Error& error);

  std::variant<Response, Later, FileBody, UploadBody, EventBody> next;
};

/// Threads: any, one at a time for a request. The request outlives everything that comes of it.
using Handler = std::function<Outcome(const std::shared_ptr<const Request>& request)>;

/// Which threads a route's handler begins on: quick ones answer from memory on the io threads.
enum class Pace { quick, blocking };

/// Who may call a route, and with what. Nothing of it has a default but the pace.
struct Access {
  Access(Who w, Body b, Pace p = Pace::blocking) : who(w), body(b), pace(p) {}

  Who who;
  Body body;
  Pace pace;
  bool tus = false;  // its requests and answers carry the version of tus (tus_headers.h)
};

/// One row of the route table; there is none without its Access.
struct Route {
  Route(Method m, std::string_view p, Access a, Handler h)
      : method(m), path(p), access(a), handler(std::move(h)) {}

  Method method;
  std::string path;  // as in spec/api.yaml: "/api/v1/drafts/{draft_id}"
  Access access;
  Handler handler;
};

}  // namespace couvert
