#include "http/serve.h"

#include "base/limits.h"
#include "crypto/secret_bytes.h"
#include "http/answer.h"
#include "http/credentials.h"
#include "http/cross_origin.h"
#include "http/form_body.h"
#include "http/on_workers.h"
#include "http/portal.h"
#include "http/problem.h"
#include "http/request_head.h"
#include "http/request_key.h"
#include "http/tus_headers.h"

namespace couvert {
namespace {

// What is decided before the handler runs.
struct Prepared {
  std::shared_ptr<Request> request;
  const Handler* handler = nullptr;
  Access access{Who::anyone, Body::none, Pace::quick};
  std::optional<Response> refusal;
};

// Up to this much of a body that nobody wanted is read over; behind more the connection ends.
constexpr std::uint64_t skipped_bytes_max = 64 * 1024;

bool is_json(const Access& access) {
  return access.body == Body::json || access.body == Body::small_json ||
         access.body == Body::json_form;
}

bool has_type(const Fields& fields, std::string_view wanted) {
  const std::string* type = find_field(fields, "content-type");
  if (type == nullptr) return false;
  std::string_view essence = std::string_view(*type).substr(0, type->find(';'));
  while (essence.ends_with(' ')) essence.remove_suffix(1);
  return essence == wanted;
}

// The status of a request whose body does not fit its route, or 0.
int body_refusal(const Access& access, const RequestHead& head) {
  switch (access.body) {
    case Body::none:
      return head.content_length == 0 ? 0 : 400;
    case Body::small_json:
    case Body::json:
    case Body::json_form: {
      const bool small = access.body == Body::small_json;
      const auto bytes_max = small ? limits::small_json_bytes_max : limits::json_bytes_max;
      if (!head.has_content_length) return 411;
      if (head.content_length > bytes_max) return 413;
      const bool form = access.body == Body::json_form;
      const auto type = form ? "application/x-www-form-urlencoded" : "application/json";
      return has_type(head.fields, type) ? 0 : 415;
    }
    case Body::maybe_stream:
      if (head.content_length == 0) return 0;
      [[fallthrough]];
    case Body::stream:
      if (!head.has_content_length) return 411;
      return has_type(head.fields, "application/offset+octet-stream") ? 0 : 415;
  }
  return 400;
}

// RFC 9110 section 9.3.7: what the server can, whatever the path.
Response whole_server() {
  Response response;
  response.status = 204;
  response.fields.emplace_back("Allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
  return response;
}

Response not_found(const std::string& allowed) {
  if (allowed.empty()) return problem(404);
  Response response = problem(405);
  response.fields.emplace_back("Allow", allowed);
  return response;
}

// tus lets a client that can send neither PATCH nor DELETE name its method in a field. Returns
// whether that holds: what must change nothing cannot become a request that does.
bool override_method(RequestHead& head) {
  const std::string* name = find_field(head.fields, "x-http-method-override");
  if (name == nullptr || !head.method_known) return true;
  const std::optional<Method> method = method_of(*name);
  if (method && !changes_something(head.method) && changes_something(*method)) return false;
  head.method_known = method.has_value();
  head.method = method.value_or(head.method);
  return true;
}

// A request of another version of tus is refused before anything else is looked at.
std::optional<Response> version_refusal(const RequestHead& head) {
  const std::string* version = find_field(head.fields, "tus-resumable");
  const bool ours = version != nullptr && *version == tus_version;
  if (ours || head.method == Method::options) return std::nullopt;
  Response response = problem(412);
  response.fields.emplace_back("Tus-Version", std::string(tus_version));
  return response;
}

// One request and its answer.
class Exchange {
 public:
  Exchange(std::shared_ptr<Connection> connection, const ServeParts& server)
      : server_(server),
        answer_(std::move(connection), server),
        began_(server.parts.clock.running()) {}

  // Reads a request, answers it. Returns whether another one may follow.
  Task<bool> run();

 private:
  Connection& connection() { return answer_.connection(); }
  Task<> read_head();
  void prepare();
  bool take_origin(const std::string& methods);
  void read_caller();
  void admit_large_body();
  Task<bool> answer_request();
  Task<Buffer> read_json_body();
  Task<Outcome> handle(Buffer body);
  Task<> respond(Outcome outcome);
  Task<bool> skip_body();

  const ServeParts& server_;
  Answer answer_;
  const Duration began_;
  RequestHead head_;
  Prepared prepared_;
  std::uint64_t body_left_ = 0;
  std::optional<HeadRefusal> refusal_;
  std::optional<Shares::Share> large_body_;
};

Task<> Exchange::read_head() {
  const Duration end = server_.parts.clock.running() + limits::header_time_max;
  bool passed_over = false;
  while (true) {
    // One empty line before a request, such as some clients write behind a body (RFC 9112
    // section 2.2).
    if (!passed_over && connection().received().starts_with("\r\n")) {
      connection().consume(2);
      passed_over = true;
    }
    const auto length = head_length(connection().received());
    if (!length) {
      refusal_ = length.error();
      co_return fail(ErrorCode::invalid, "a refused head");
    }
    if (*length > 0) {
      auto head = parse_head(connection().received().substr(0, *length));
      connection().consume(*length);
      if (!head) refusal_ = head.error();
      if (!head) co_return fail(ErrorCode::invalid, "a refused head");
      head_ = std::move(*head);
      co_return Result<>();
    }
    const Result<> more = co_await connection().receive_more(end);
    if (!more) co_return pass(more);
  }
}

void Exchange::prepare() {
  RequestHead& head = head_;
  Prepared& prepared = prepared_;
  prepared.request = std::make_shared<Request>();
  Request& request = *prepared.request;
  if (head.path == "*") {
    prepared.refusal = whole_server();
    return;
  }
  Router::Match match = server_.router.find(head.method, head.path);
  if (!take_origin(match.allowed)) return;
  answer_.tus = match.tus || find_field(head.fields, "tus-resumable") != nullptr;
  if (match.tus && !override_method(head)) {
    prepared.refusal = problem(400);
    return;
  }
  if (match.tus && head.method_known) {
    answer_.method = name_of(head.method);
    match = server_.router.find(head.method, head.path);
  }
  if (head.method == Method::head && match.route == nullptr) {
    match = server_.router.find(Method::get, head.path);
    if (match.route != nullptr && match.route->access.pace != Pace::quick) match.route = nullptr;
  }
  const bool reads = head.method == Method::get || head.method == Method::head;
  if (head.method_known && match.route != nullptr) {
    prepared.handler = &match.route->handler;
    prepared.access = match.route->access;
    answer_.route = match.route->path;
  } else if (head.method_known && match.allowed.empty() && server_.fallback && reads &&
             (!head.path.starts_with("/api/") || head.path == docs_path)) {
    prepared.handler = &server_.fallback;
    answer_.route = "(portal)";
  } else {
    prepared.refusal = not_found(match.allowed);
    return;
  }
  if (prepared.access.tus) prepared.refusal = version_refusal(head);
  const int body_status = body_refusal(prepared.access, head);
  if (!prepared.refusal && body_status != 0) prepared.refusal = problem(body_status);

  request.method = head.method;
  request.path = std::move(head.path);
  request.query = std::move(head.query);
  request.arguments = std::move(match.arguments);
  request.fields = std::move(head.fields);
  request.content_length = head.content_length;
  if (!prepared.refusal) read_caller();
}

void Exchange::read_caller() {
  Request& request = *prepared_.request;
  request.caller.network = answer_.network;
  request.caller.address = answer_.client;
  request.without_cookies = answer_.without_cookies;
  Result<> caller = read_credentials(prepared_.access, server_.config.base_url, request);
  if (caller) caller = read_request_key(request);
  if (!caller) prepared_.refusal = problem(caller.error());
}

// Notes where the request comes from. Returns whether there is more to do than to tell a page what
// it may send.
bool Exchange::take_origin(const std::string& methods) {
  OtherOrigin from = other_origin(head_.fields, server_.config.origins);
  answer_.origin = std::move(from.named);
  answer_.without_cookies = from.let_in;
  if (from.let_in) drop_cookies(head_.fields);
  if (answer_.origin.empty() || methods.empty() || !is_preflight(head_)) return true;
  answer_.route = "(preflight)";
  prepared_.refusal = preflight(methods);
  return false;
}

// What a client may keep in memory without having proven anything is bounded in number, too.
void Exchange::admit_large_body() {
  if (!is_json(prepared_.access) || head_.content_length <= limits::small_json_bytes_max) return;
  auto share = server_.large_bodies.take(answer_.network);
  if (share) {
    large_body_.emplace(std::move(*share));
  } else {
    prepared_.refusal = problem(503);
  }
}

Task<Buffer> Exchange::read_json_body() {
  const std::uint64_t length = head_.content_length;
  Buffer body;
  if (length == 0) co_return body;
  // Grows with what comes, so that an announced length alone takes no memory.
  while (body.size() < length) {
    const std::size_t before = body.size();
    const std::size_t step = std::max<std::size_t>(before, 16 * 1024);
    Buffer grown(std::min<std::size_t>(before + step, length));
    std::copy(body.begin(), body.end(), grown.begin());
    wipe(body);
    body.swap(grown);
    const MutableBytes room = MutableBytes(body).subspan(before);
    const Result<std::size_t> filled = co_await connection().read_body(room);
    if (!filled || *filled < room.size()) {
      wipe(body);
      co_return fail(ErrorCode::unavailable, "the line broke during a body");
    }
  }
  body_left_ = 0;
  co_return body;
}

// The JSON of a body, which is wiped.
Result<Json> read_json(Buffer& body, bool is_form) {
  const JsonLimits bounds{limits::json_bytes_max, limits::json_depth_max, limits::json_values_max};
  if (!is_form) {
    Result<Json> json = parse_json(as_text(body), bounds);
    wipe(body);
    return json;
  }
  Result<std::string> text = read_form_json(as_text(body));
  wipe(body);
  if (!text) return pass(text);
  Result<Json> json = parse_json(*text, bounds);
  wipe(*text);
  return json;
}

// Parses the body and runs the handler, then whatever it says is to be done next.
Task<Outcome> Exchange::handle(Buffer body) {
  const auto shared_body = std::make_shared<Buffer>(std::move(body));
  auto work = [request = prepared_.request, handler = prepared_.handler, shared_body,
               json_comes = is_json(prepared_.access),
               is_form = prepared_.access.body == Body::json_form]() -> Result<Outcome> {
    if (json_comes) {
      Result<Json> json = read_json(*shared_body, is_form);
      if (!json) return Outcome(json.error());
      request->json = std::move(*json);
    }
    return (*handler)(request);
  };
  if (prepared_.access.pace == Pace::quick) co_return work();

  auto first = Pending<Outcome>::begin_in_turn(server_.turns, answer_.network,
                                               connection().strand(), std::move(work));
  Result<Outcome> outcome = co_await first.take();
  Workers::Place place;
  while (outcome && std::holds_alternative<Later>(outcome->next)) {
    Later later = std::move(std::get<Later>(outcome->next));
    if (later.where == Where::admission) {
      place = server_.argon.reserve(answer_.network);
      if (!place) co_return fail(ErrorCode::unavailable, "too many passwords wait");
    }
    const bool humble = later.where == Where::argon;
    Workers& workers = humble ? server_.argon : server_.pool;
    auto again = Pending<Outcome>::begin(
        workers, connection().strand(),
        [step = std::move(later.work)]() -> Result<Outcome> { return step(); },
        humble ? std::move(place) : nullptr);
    outcome = co_await again.take();
  }
  co_return outcome;
}

Task<> Exchange::respond(Outcome outcome) {
  if (auto* file = std::get_if<FileBody>(&outcome.next)) {
    std::shared_ptr<const Request> request = prepared_.request;
    co_return co_await answer_.send_file(std::move(*file), std::move(request));
  }
  if (auto* events = std::get_if<EventBody>(&outcome.next)) {
    EventBody body = std::move(*events);
    co_return co_await answer_.send_events(std::move(body));
  }
  if (auto* upload = std::get_if<UploadBody>(&outcome.next)) {
    if (head_.expects_continue) {
      const Result<> told = co_await answer_.send_continue();
      if (!told) co_return told;
    }
    UploadBody target = std::move(*upload);
    const std::uint64_t bytes = body_left_;
    const Result<std::uint64_t> taken = co_await answer_.take_upload(std::move(target), bytes);
    if (!taken) co_return pass(taken);
    body_left_ = *taken;
    co_return Result<>();
  }
  INVARIANT(std::holds_alternative<Response>(outcome.next));
  Response response = std::move(std::get<Response>(outcome.next));
  if (body_left_ > skipped_bytes_max || (body_left_ > 0 && head_.expects_continue)) {
    answer_.keep_alive = false;
  }
  co_return co_await answer_.send(std::move(response));
}

Task<bool> Exchange::skip_body() {
  Buffer scrap(16 * 1024);
  while (body_left_ > 0) {
    const auto most = static_cast<std::size_t>(std::min<std::uint64_t>(body_left_, scrap.size()));
    const MutableBytes room = MutableBytes(scrap).first(most);
    const Result<std::size_t> filled = co_await connection().read_body(room);
    if (!filled || *filled < most) co_return false;
    body_left_ -= *filled;
  }
  co_return true;
}

Task<bool> Exchange::answer_request() {
  body_left_ = head_.content_length;
  answer_.begin(head_);
  prepare();
  std::optional<Outcome> outcome;
  if (!prepared_.refusal) admit_large_body();
  if (prepared_.refusal) {
    outcome.emplace(std::move(*prepared_.refusal));
  } else {
    Buffer body;
    if (is_json(prepared_.access)) {
      if (head_.expects_continue) {
        const Result<> told = co_await answer_.send_continue();
        if (!told) co_return pass(told);
      }
      Result<Buffer> read = co_await read_json_body();
      if (!read) co_return pass(read);
      body = std::move(*read);
    }
    Result<Outcome> handled = co_await handle(std::move(body));
    outcome.emplace(handled ? std::move(*handled) : Outcome(handled.error()));
  }
  const Result<> sent = co_await respond(std::move(*outcome));
  if (!sent) co_return pass(sent);
  if (!answer_.keep_alive) co_return false;
  co_return co_await skip_body();
}

Task<bool> Exchange::run() {
  const Result<> head = co_await read_head();
  if (!head && !refusal_) co_return false;  // the client went away: nobody to answer
  Result<bool> more = false;
  bool threw = false;
  try {
    if (head) {
      more = co_await answer_request();
    } else {
      answer_.keep_alive = false;
      Response response = problem(refusal_->status);
      const Result<> sent = co_await answer_.send(std::move(response));
      if (!sent) more = pass(sent);
    }
  } catch (const std::exception& error) {
    // The request is the boundary: memory ran out, or a library threw.
    answer_.log_failure("request failed", Error(ErrorCode::unavailable, error.what()));
    threw = true;
  }
  if (threw) {
    answer_.keep_alive = false;
    Response response = problem(500);
    Result<> sent = fail(ErrorCode::unavailable, "half an answer");
    if (answer_.untouched()) sent = co_await answer_.send(std::move(response));
    if (!sent) connection().abort();
    more = false;
  }
  answer_.log(server_.parts.clock.running() - began_);
  co_return more;
}

// Takes the connection out of the count when its coroutine ends, however it ends.
struct Counted {
  Connections& connections;
  std::shared_ptr<Connection> connection;
  ~Counted() { connections.remove(connection.get()); }
};

}  // namespace

Task<> serve(std::shared_ptr<Connection> connection, ServeParts& server) {
  const Counted counted{server.connections, connection};
  if (server.tls != nullptr) {
    const Result<> secured = co_await connection->handshake(*server.tls);
    if (!secured) {
      server.parts.metrics.handshakes_failed.add();
      co_return secured;
    }
  }
  while (true) {
    const Result<> ready = co_await connection->wait_for_request();
    if (!ready) break;
    Exchange exchange(connection, server);
    const Result<bool> more = co_await exchange.run();
    if (!more) co_return pass(more);  // the line is broken
    if (!*more || server.stopping) break;
  }
  co_return co_await connection->close_gently();
}

}  // namespace couvert
