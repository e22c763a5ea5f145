#include "http/received_routes.h"

#include "http/api_input.h"

namespace couvert {
namespace {

using Ask = const std::shared_ptr<const Request>&;

Json json_of(const ReceivedTransfer& one) {
  Json::Object object = {{"tracking_id", Json(one.tracking_id.text())},
                         {"from", Json(one.from.text)},
                         {"name", Json(one.name)},
                         {"created", Json(to_rfc3339(one.created))},
                         {"expires", Json(to_rfc3339(one.expires))},
                         {"open_by", Json(name_of(one.open_by))},
                         {"file_count", Json(one.files.count)},
                         {"bytes", Json(one.files.bytes)}};
  if (one.transfer_id) object.emplace_back("transfer_id", Json(one.transfer_id->text()));
  if (one.opened) object.emplace_back("opened", Json(to_rfc3339(*one.opened)));
  if (one.retrieved) object.emplace_back("retrieved", Json(to_rfc3339(*one.retrieved)));
  return Json(std::move(object));
}

Outcome list_received(const ApiParts& api, Ask request) {
  const Result<PageWish> wish = read_page_wish(request->query);
  if (!wish) return wish.error();
  const auto proof = id_argument<VerificationId>(*request, 0);
  const Result<ReceivedPage> page = api.received.list(request->caller, proof, *wish);
  if (!page) return page.error();
  Json::Array transfers;
  for (const ReceivedTransfer& one : page->transfers) transfers.push_back(json_of(one));
  // No ETag: transfer IDs are no plain rows.
  Response response = json_response(200, Json(Json::Object{{"to", Json(page->to.text)},
                                                           {"transfers", std::move(transfers)},
                                                           {"more", Json(page->more)}}));
  response.secret = true;
  return response;
}

}  // namespace

void add_received_routes(std::vector<Route>& routes, const ApiParts& api) {
  routes.emplace_back(Method::get, "/api/v1/verifications/{verification_id}/received",
                      Access(Who::session, Body::none),
                      [api](Ask request) { return list_received(api, request); });
}

}  // namespace couvert
