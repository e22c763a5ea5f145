#include "http/sent_routes.h"

#include "crypto/hash.h"
#include "http/api_input.h"
#include "http/conditions.h"
#include "http/sent_json.h"

namespace couvert {
namespace {

using Ask = const std::shared_ptr<const Request>&;

constexpr std::size_t etag_bytes = 16;

TrackingId tracking_id_of(const Request& request) {
  return id_argument<TrackingId>(request, 0);
}

int recipient_no_of(const Request& request) {
  return static_cast<int>(std::stoul(request.arguments.at(1)));  // checked by the router
}

// What a page asks for again and again: the body goes out only where it has changed. The tag is
// made from what the database holds in plain, never from content.
Response known_or(const Request& request, const Json& body) {
  Response response = json_response(200, body);
  const Sha256Digest digest = sha256(as_bytes(response.body));
  const std::string etag = encode_base64url(Bytes(digest).first(etag_bytes));
  response.fields.emplace_back("ETag", '"' + etag + '"');
  if (conditional_status(request.fields, etag) != 304) return response;
  response.status = 304;
  response.content_type.clear();
  response.body.clear();
  return response;
}

Outcome list(const ApiParts& api, Ask request) {
  const Result<PageWish> wish = read_page_wish(request->query);
  if (!wish) return wish.error();
  const auto proof = id_argument<VerificationId>(*request, 0);
  const Result<SentPage> page = api.sent.list(request->caller, proof, *wish);
  if (!page) return page.error();
  return known_or(*request, json_of(*page));
}

Outcome get_sent(const ApiParts& api, Ask request) {
  const Result<SentTransfer> sent = api.sent.find(request->caller, tracking_id_of(*request));
  if (!sent) return sent.error();
  return known_or(*request, json_of(*sent));
}

Outcome get_files(const ApiParts& api, Ask request) {
  const Result<SentFiles> files =
      api.sent.files(request->caller, tracking_id_of(*request), request->secret);
  if (!files) return files.error();
  Response response = json_response(200, json_of(*files));  // no ETag: names are content
  response.secret = true;
  return response;
}

Outcome get_fetched(const ApiParts& api, Ask request) {
  const Result<std::vector<Fetched>> fetched =
      api.sent.fetched(request->caller, tracking_id_of(*request), recipient_no_of(*request));
  if (!fetched) return fetched.error();
  return known_or(*request, json_of(*fetched));
}

Outcome done(const Result<>& changed) {
  if (!changed) return changed.error();
  return no_content();
}

Outcome revoke(const ApiParts& api, Ask request) {
  return done(api.change_sent.revoke(request->caller, tracking_id_of(*request)));
}

Outcome change_expiry(const ApiParts& api, Ask request) {
  const Result<Instant> expires = read_expiry(request->json);
  if (!expires) return expires.error();
  const TrackingId id = tracking_id_of(*request);
  return done(api.change_sent.change_end({request->caller, id, request->secret}, *expires));
}

Outcome revoke_recipient(const ApiParts& api, Ask request) {
  const TrackingId id = tracking_id_of(*request);
  const SentKey key{request->caller, id, request->secret};
  return done(api.change_sent.revoke_recipient(key, recipient_no_of(*request)));
}

Outcome replace_recipient(const ApiParts& api, Ask request) {
  const Result<RecipientChange> wanted = read_recipient_change(request->json, WithAddress::yes);
  if (!wanted) return wanted.error();
  const TrackingId id = tracking_id_of(*request);
  const SentKey key{request->caller, id, request->secret};
  return done(
      api.change_sent.replace(key, recipient_no_of(*request), wanted->address, wanted->link));
}

Outcome mail_again(const ApiParts& api, Ask request) {
  const Result<RecipientChange> wanted = read_recipient_change(request->json, WithAddress::no);
  if (!wanted) return wanted.error();
  const TrackingId id = tracking_id_of(*request);
  const SentKey key{request->caller, id, request->secret};
  return done(api.change_sent.send_again(key, recipient_no_of(*request), wanted->link));
}

}  // namespace

void add_sent_routes(std::vector<Route>& routes, const ApiParts& api) {
  const auto add = [&](Method method, std::string_view path, Access access,
                       Outcome (*handle)(const ApiParts&, Ask)) {
    routes.emplace_back(method, path, access,
                        [api, handle](Ask request) { return handle(api, request); });
  };
  const std::string sent = "/api/v1/sent/{tracking_id}";
  const std::string recipient = sent + "/recipients/{recipient_no}";
  const Access look(Who::session, Body::none);
  add(Method::get, "/api/v1/verifications/{verification_id}/sent", look, list);
  add(Method::get, sent, look, get_sent);
  add(Method::get, sent + "/files", Access(Who::maybe_sender, Body::none), get_files);
  add(Method::get, recipient, look, get_fetched);
  add(Method::post, sent + "/revoke", Access(Who::session, Body::none), revoke);
  add(Method::post, sent + "/expiry", Access(Who::session, Body::small_json), change_expiry);
  add(Method::post, recipient + "/revoke", Access(Who::session, Body::none), revoke_recipient);
  add(Method::post, recipient + "/replace", Access(Who::maybe_sender, Body::small_json),
      replace_recipient);
  add(Method::post, recipient + "/mail", Access(Who::maybe_sender, Body::small_json), mail_again);
}

}  // namespace couvert
