#include "http/scopes.h"

#include <algorithm>
#include <array>

namespace couvert {
namespace {

constexpr auto scope_rows = std::to_array<ScopeRow>({
    {Method::get, "/api/v1/verifications", std::nullopt},
    {Method::post, "/api/v1/verifications", Scope::verify},
    {Method::post, "/api/v1/verifications/confirm", Scope::verify},
    {Method::remove, "/api/v1/verifications/{verification_id}", std::nullopt},
    {Method::post, "/api/v1/policy", Scope::send},
    {Method::post, "/api/v1/passwords/check", Scope::send},
    {Method::post, "/api/v1/notification", Scope::send},
    {Method::post, "/api/v1/notification/page", Scope::send},
    {Method::post, "/api/v1/drafts", Scope::send},
    {Method::get, "/api/v1/drafts/{draft_id}", Scope::send},
    {Method::remove, "/api/v1/drafts/{draft_id}", Scope::send},
    {Method::get, "/api/v1/drafts/{draft_id}/form", Scope::send},
    {Method::post, "/api/v1/drafts/{draft_id}/form", Scope::send},
    {Method::post, "/api/v1/drafts/{draft_id}/files", Scope::send},
    {Method::head, "/api/v1/drafts/{draft_id}/files/{file_no}", Scope::send},
    {Method::patch, "/api/v1/drafts/{draft_id}/files/{file_no}", Scope::send},
    {Method::remove, "/api/v1/drafts/{draft_id}/files/{file_no}", Scope::send},
    {Method::post, "/api/v1/drafts/{draft_id}/start", Scope::send},
    {Method::get, "/api/v1/verifications/{verification_id}/sent", Scope::sent},
    {Method::get, "/api/v1/sent/{tracking_id}", Scope::sent},
    {Method::get, "/api/v1/sent/{tracking_id}/files", Scope::sent},
    {Method::get, "/api/v1/sent/{tracking_id}/recipients/{recipient_no}", Scope::sent},
    {Method::post, "/api/v1/sent/{tracking_id}/revoke", Scope::sent},
    {Method::post, "/api/v1/sent/{tracking_id}/expiry", Scope::sent},
    {Method::post, "/api/v1/sent/{tracking_id}/recipients/{recipient_no}/revoke", Scope::sent},
    {Method::post, "/api/v1/sent/{tracking_id}/recipients/{recipient_no}/replace", Scope::sent},
    {Method::post, "/api/v1/sent/{tracking_id}/recipients/{recipient_no}/mail", Scope::sent},
    {Method::get, "/api/v1/verifications/{verification_id}/received", Scope::receive},
    {Method::get, "/api/v1/verifications/{verification_id}/sent/events", Scope::sent},
    {Method::get, "/api/v1/verifications/{verification_id}/received/events", Scope::receive},
    {Method::post, "/api/v1/transfers/code", Scope::verify},
    {Method::post, "/api/v1/transfers/code/confirm", Scope::verify},
    {Method::post, "/api/v1/retrievals", Scope::receive},
    {Method::get, "/api/v1/verifications/{verification_id}/quick", Scope::quick},
    {Method::post, "/api/v1/verifications/{verification_id}/quick", Scope::quick},
    {Method::post, "/api/v1/verifications/{verification_id}/quick/devices", Scope::quick},
    {Method::post, "/api/v1/verifications/{verification_id}/quick/code/take", Scope::quick},
    {Method::get, "/api/v1/verifications/{verification_id}/quick/recovery", Scope::quick},
    {Method::get, "/api/v1/verifications/{verification_id}/programs", Scope::account},
    {Method::remove, "/api/v1/verifications/{verification_id}/programs/{program_id}",
     Scope::account},
    {Method::post, "/api/v1/device/find", Scope::verify},
    {Method::post, "/api/v1/device/allow", Scope::verify},
    {Method::post, "/api/v1/device/decline", Scope::verify},
});

}  // namespace

bool acts_by_session(Who who) {
  switch (who) {
    case Who::client:
    case Who::session:
    case Who::sender:
    case Who::maybe_sender:
    case Who::new_device:
      return true;
    case Who::anyone:
    case Who::recipient:
    case Who::device:
    case Who::recipient_device:
      return false;
  }
  return true;
}

const ScopeRow* find_scope(Method method, std::string_view path) {
  const auto found = std::ranges::find_if(
      scope_rows, [&](const ScopeRow& row) { return row.method == method && row.path == path; });
  return found == scope_rows.end() ? nullptr : &*found;
}

void guard_by_scope(std::vector<Route>& routes, Programs& programs) {
  for (Route& route : routes) {
    if (!acts_by_session(route.access.who)) continue;
    const ScopeRow* row = find_scope(route.method, route.path);
    INVARIANT(row != nullptr);
    if (!row->scope) continue;
    // The question goes to the database.
    INVARIANT(route.access.pace == Pace::blocking);
    route.handler = [&programs, scope = row->scope, handler = std::move(route.handler)](
                        const std::shared_ptr<const Request>& request) -> Outcome {
      const Result<> may = programs.may(request->caller, scope);
      if (!may) return may.error();
      return handler(request);
    };
  }
}

}  // namespace couvert
