#include "http/event_routes.h"

#include "http/api_json.h"
#include "http/shares.h"
#include "service/changes.h"

namespace couvert {
namespace {

using Ask = const std::shared_ptr<const Request>&;

// How many streams there may be.
struct StreamShares {
  Shares sessions{limits::event_streams_max, limits::event_streams_per_session_max};
  Shares networks{limits::event_streams_max, limits::event_streams_per_network_max};
};

// A client's place among the streams, as long as it lives.
struct StreamPlace {
  std::shared_ptr<StreamShares> all;
  Shares::Share session;
  Shares::Share network;
};

std::string event(std::string_view name, const Json& data) {
  return "event: " + std::string(name) + "\ndata: " + data.write() + "\n\n";
}

Json json_of(const ListVersions::value_type& one) {
  return Json(Json::Object{{"tracking_id", Json(one.first.text())}, {"version", Json(one.second)}});
}

class ListEvents final : public EventSource {
 public:
  ListEvents(StreamPlace place, ListWatch watch)
      : place_(std::move(place)), watch_(std::move(watch)) {}

  Result<std::string> begin() {
    Result<ListVersions> found = watch_.look();
    if (!found) return pass(found);
    known_ = std::move(*found);
    Json::Array transfers;
    for (const auto& one : known_) transfers.push_back(json_of(one));
    return "retry: 5000\n\n" +
           event("snapshot", Json(Json::Object{{"transfers", Json(std::move(transfers))}}));
  }

  bool may_have_news() override { return watch_.is_due(); }

  Result<std::string> news() override {
    Result<ListVersions> found = watch_.look();
    if (!found) return pass(found);
    std::string text;
    for (const auto& one : *found) {
      const auto before = known_.find(one.first);
      if (before != known_.end() && before->second == one.second) continue;
      text += event("changed", json_of(one));
    }
    for (const auto& [id, version] : known_) {
      if (found->contains(id)) continue;
      text += event("gone", Json(Json::Object{{"tracking_id", Json(id.text())}}));
    }
    known_ = std::move(*found);
    return text;
  }

 private:
  const StreamPlace place_;
  ListWatch watch_;
  ListVersions known_;
};

Outcome watch(const Parts& parts, const std::shared_ptr<StreamShares>& shares, Ask request,
              WatchedList list) {
  const Caller& caller = request->caller;
  const auto too_many = [] { return Outcome(Error(ErrorCode::throttled, "60")); };
  auto session = shares->sessions.take(encode_base64url(caller.session));
  if (!session) return too_many();
  auto network = shares->networks.take(caller.network);
  if (!network) return too_many();
  StreamPlace place{shares, std::move(*session), std::move(*network)};
  const auto proof = id_argument<VerificationId>(*request, 0);
  const auto events =
      std::make_shared<ListEvents>(std::move(place), ListWatch(parts, caller, proof, list));
  Result<std::string> first = events->begin();
  if (!first) return first.error();
  return EventBody{events, std::move(*first)};
}

}  // namespace

void add_event_routes(std::vector<Route>& routes, const ApiParts& api) {
  const auto shares = std::make_shared<StreamShares>();
  const std::string verification = "/api/v1/verifications/{verification_id}";
  for (const auto& [below, list] : {std::pair("/sent/events", WatchedList::sent),
                                    std::pair("/received/events", WatchedList::received)}) {
    routes.emplace_back(Method::get, verification + below, Access(Who::session, Body::none),
                        [&parts = api.parts, shares, list](Ask request) {
                          return watch(parts, shares, request, list);
                        });
  }
}

}  // namespace couvert
