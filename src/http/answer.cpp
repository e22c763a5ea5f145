#include "http/answer.h"

#include "http/bodies.h"
#include "http/conditions.h"
#include "http/cross_origin.h"
#include "http/disposition.h"
#include "http/on_workers.h"
#include "http/problem.h"
#include "http/response_head.h"
#include "http/tus_headers.h"

namespace couvert {
namespace {

// A body goes out in pieces, so that a client that does not read holds no copy of it.
constexpr std::size_t piece_bytes = 64 * 1024;
// How often an event stream looks up from waiting.
constexpr std::chrono::milliseconds event_step{500};

std::string quoted(std::string_view text) {
  return '"' + std::string(text) + '"';
}

// What of the download the request asks for.
RangeAnswer asked_range(const Request& request, const Download& download) {
  const std::string* range = find_field(request.fields, "range");
  if (range == nullptr || request.method != Method::get) return WholeRange{};
  const std::string* condition = find_field(request.fields, "if-range");
  if (condition != nullptr && !if_range_holds(*condition, download.etag())) return WholeRange{};
  return read_range(*range, download.size());
}

std::string content_range(const ByteRange& range, std::uint64_t size) {
  return "bytes " + std::to_string(range.first) + "-" +
         std::to_string(range.first + range.bytes - 1) + "/" + std::to_string(size);
}

}  // namespace

Answer::Answer(std::shared_ptr<Connection> connection, const ServeParts& server)
    : client(connection->peer()),
      network(client.network()),
      connection_(std::move(connection)),
      server_(server) {
  request_id_ = encode_hex(server_.parts.random.bytes<8>());
}

void Answer::begin(const RequestHead& head) {
  method = head.method_known ? name_of(head.method) : "other";
  head_only_ = head.method_known && head.method == Method::head;
  keep_alive = head.keep_alive;
  const std::string forwarded = joined(head.fields, "x-forwarded-for");
  client = client_of(connection_->peer(), forwarded, server_.proxies);
  network = client.network();
}

std::string Answer::head_of(const Response& response, std::optional<std::uint64_t> length) {
  if (server_.stopping) keep_alive = false;
  status_ = response.status;
  HeadDetails details;
  details.now = server_.parts.clock.now();
  details.keep_alive = keep_alive;
  details.https = server_.config.base_url.starts_with("https://");
  details.length = length;
  details.tus = tus;
  details.origin = origin;
  details.varies = !server_.config.origins.empty();
  details.request_id = request_id_;
  return write_head(response, details);
}

Task<> Answer::send_continue() {
  const Result<> put = connection_->put(as_bytes("HTTP/1.1 100 Continue\r\n\r\n"));
  if (!put) co_return put;
  co_return co_await connection_->flush();
}

Task<> Answer::send(Response response) {
  if (without_cookies) drop_set_cookies(response.fields);
  if (response.status >= 400) name_request(response, request_id_);
  // What is our fault, somebody has to look at. Other details may name a person.
  if (response.status >= 500) detail_ = response.detail;
  const std::string_view body =
      response.fixed_body.empty() ? std::string_view(response.body) : response.fixed_body;
  std::optional<std::uint64_t> length = body.size();
  if (response.status == 204 || response.status == 304) length.reset();
  std::string text = head_of(response, length);
  std::string_view rest = head_only_ ? std::string_view() : body;
  bytes_ = rest.size();
  text.append(rest.substr(0, piece_bytes));  // a small answer is one record
  rest.remove_prefix(std::min(rest.size(), piece_bytes));
  Result<> sent = connection_->put(as_bytes(text));
  if (response.secret) {
    wipe(text);
    for (auto& [name, value] : response.fields) wipe(value);
  }
  if (sent) sent = co_await connection_->flush();
  while (sent && !rest.empty()) {
    sent = connection_->put(as_bytes(rest.substr(0, piece_bytes)));
    rest.remove_prefix(std::min(rest.size(), piece_bytes));
    if (sent) sent = co_await connection_->flush();
  }
  if (response.secret) wipe(response.body);
  co_return sent;
}

Task<> Answer::send_file(FileBody file, std::shared_ptr<const Request> request) {
  const std::shared_ptr<Download> download = std::move(file.download);
  const std::uint64_t size = download->size();
  const RangeAnswer asked = asked_range(*request, *download);
  Response response;
  response.status = conditional_status(request->fields, download->etag());
  if (response.status == 412) response = problem(412);
  response.fields.emplace_back("Accept-Ranges", "bytes");
  response.fields.emplace_back("ETag", quoted(download->etag()));
  if (response.status != 200) co_return co_await send(std::move(response));
  if (std::holds_alternative<NoRange>(asked)) {
    response = problem(416);
    response.fields.emplace_back("Content-Range", "bytes */" + std::to_string(size));
    co_return co_await send(std::move(response));
  }
  ByteRange range;
  range.bytes = size;
  if (const auto* part = std::get_if<ByteRange>(&asked)) {
    range = *part;
    response.status = 206;
    response.fields.emplace_back("Content-Range", content_range(range, size));
  }
  response.content_type = file.content_type;
  response.fields.emplace_back("Content-Disposition", attachment(download->name()));
  const std::string head = head_of(response, range.bytes);
  Result<> sent = connection_->put(as_bytes(head));
  if (sent && head_only_) sent = co_await connection_->flush();
  if (!sent || head_only_) co_return sent;
  const Running::One running(server_.parts.metrics.downloads);
  sent = co_await send_download(connection_, server_.pool, download, range);
  if (sent) bytes_ = range.bytes;
  if (!sent) {
    log_failure("download broke off", sent.error());
    connection_->abort();
  }
  co_return sent;
}

Task<std::uint64_t> Answer::take_upload(UploadBody upload, std::uint64_t bytes) {
  const Running::One running(server_.parts.metrics.uploads);
  std::shared_ptr<Upload> target = std::move(upload.upload);
  const Result<std::uint64_t> offset =
      co_await receive_upload(connection_, server_.pool, std::move(target), bytes);
  Response response = std::move(upload.taken);
  if (offset) {
    bytes_ = bytes;
    response.fields.emplace_back("Upload-Offset", std::to_string(*offset));
  } else {
    // The rest of the body may still be on its way: answer, and end the connection behind it.
    response = problem(offset.error());
    keep_alive = false;
  }
  for (auto& field : upload.always) response.fields.push_back(std::move(field));
  const Result<> sent = co_await send(std::move(response));
  if (!sent) co_return pass(sent);
  co_return std::uint64_t{0};
}

Task<> Answer::send_events(EventBody events) {
  const std::shared_ptr<EventSource> source = std::move(events.source);
  Response response;
  response.content_type = "text/event-stream";
  response.fields.emplace_back("X-Accel-Buffering", "no");
  keep_alive = false;
  std::string text = head_of(response, std::nullopt) + events.first;
  const Clock& clock = server_.parts.clock;
  const Duration end = clock.running() + limits::event_stream_life;
  Duration said = clock.running();
  bool there = true;
  while (there) {
    if (text.empty() && clock.running() - said >= limits::event_quiet_max) text = ": there\n\n";
    if (!text.empty()) {
      said = clock.running();
      const Result<> put = connection_->put(as_bytes(text));
      if (!put) co_return put;
      bytes_ += text.size();
      text.clear();
      const Result<> sent = co_await connection_->flush();
      if (!sent) co_return sent;
    }
    const Result<bool> waited = co_await connection_->pause(event_step);
    there = waited && *waited && !server_.stopping && clock.running() < end;
    if (!there || !source->may_have_news()) continue;
    auto looking = Pending<std::string>::begin_in_turn(
        server_.turns, network, connection_->strand(), [source] { return source->news(); });
    Result<std::string> news = co_await looking.take();
    there = news.has_value();
    if (there) text = std::move(*news);
  }
  co_return Result<>();
}

void Answer::log_failure(std::string_view event, const Error& error) const {
  server_.parts.log.write(
      LogLevel::error, event,
      {{"request_id", request_id_}, {"code", name_of(error.code)}, {"detail", error.detail}});
}

void Answer::log(Duration took) const {
  server_.parts.metrics.requests.add(method, route, status_);
  if (!detail_.empty()) {
    server_.parts.log.write(LogLevel::error, "request failed",
                            {{"request_id", request_id_}, {"detail", detail_}});
  }
  server_.parts.log.write(LogLevel::info, "request",
                          {{"method", method},
                           {"route", route},
                           {"status", std::int64_t{status_}},
                           {"milliseconds", std::int64_t{took.count()}},
                           {"bytes", static_cast<std::int64_t>(bytes_)},
                           {"request_id", request_id_},
                           {"network", network}});
}

}  // namespace couvert
