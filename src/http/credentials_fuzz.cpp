// Fuzzes who a request says that it comes from: cookies, tokens, devices, origins. The input is a
// method, who may call, and header lines "name:value".
//
// parser: src/http/credentials.cpp src/http/cookies.cpp
#include <algorithm>

#include "http/cookies.h"
#include "http/credentials.h"
#include "http/cross_origin.h"
#include "http/request_key.h"

namespace couvert {
namespace {

constexpr std::string_view base_url = "https://transfer.example.org";

Fields read_lines(std::string_view text) {
  Fields fields;
  while (!text.empty() && fields.size() < limits::header_fields_max) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    const std::size_t colon = std::min(line.find(':'), line.size());
    if (colon < line.size()) fields.emplace_back(line.substr(0, colon), line.substr(colon + 1));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return fields;
}

// What a page of somebody else can make a browser send.
bool is_foreign(const Fields& fields) {
  const std::string* site = find_field(fields, "sec-fetch-site");
  const std::string* origin = find_field(fields, "origin");
  if (site != nullptr) return *site != "same-origin" && *site != "none";
  return origin != nullptr && *origin != base_url;
}

}  // namespace

void fuzz(std::string_view input) {
  if (input.size() < 2) return;
  constexpr auto methods =
      std::to_array({Method::get, Method::post, Method::patch, Method::remove, Method::put});
  constexpr auto callers =
      std::to_array({Who::anyone, Who::client, Who::session, Who::sender, Who::recipient,
                     Who::maybe_sender, Who::device, Who::new_device, Who::recipient_device});
  const Access access(callers[static_cast<unsigned char>(input[0]) % callers.size()], Body::none);
  Request request;
  request.method = methods[static_cast<unsigned char>(input[1]) % methods.size()];
  request.arguments = {"abcdefghijklmnopqrstuvwxy2"};
  request.fields = read_lines(input.substr(2));
  const bool has_device = access.who == Who::device || access.who == Who::new_device ||
                          access.who == Who::recipient_device;
  const bool by_token = find_field(request.fields, "authorization") != nullptr ||
                        find_field(request.fields, "couvert-retrieval") != nullptr;
  const Result<> named = read_request_key(request);
  INVARIANT(named || !named.error().detail.empty());
  INVARIANT(request.caller.request_key.empty() || request.caller.request_key.size() == 64);
  const OtherOrigin from = other_origin(request.fields, {"https://mail.example.org"});
  INVARIANT(from.named.empty() || (from.let_in && is_origin(from.named)));
  const Result<> read = read_credentials(access, base_url, request);
  if (!read) {
    INVARIANT(!read.error().detail.empty());
    return;
  }
  const bool changes = request.method != Method::get;
  INVARIANT(!changes || (by_token && access.who != Who::device) || !is_foreign(request.fields));
  INVARIANT(request.device.has_value() == has_device);
  INVARIANT(request.member_hash.has_value() == (access.who == Who::new_device));
  if (has_device) {
    const std::string* field = find_field(request.fields, "couvert-device");
    INVARIANT(field->starts_with(request.device->device.text() + ".") &&
              field->size() == 26 + 1 + 43);
  }
  const bool needs_session = access.who == Who::session || access.who == Who::sender ||
                             access.who == Who::maybe_sender || access.who == Who::new_device;
  INVARIANT(!needs_session || request.caller.session.size() == 32);
  INVARIANT(request.caller.session.empty() || request.caller.session.size() == 32);
  const bool needs_secret = access.who == Who::sender || access.who == Who::recipient ||
                            access.who == Who::recipient_device;
  const bool may_have_secret = needs_secret || access.who == Who::maybe_sender;
  INVARIANT(!needs_secret || request.secret.has_value());
  INVARIANT(may_have_secret || !request.secret.has_value());
  const auto cookie = find_cookie(request.fields, session_cookie);
  INVARIANT(!cookie || has_own_cookie(request.fields));
  const auto set = set_cookie(retrieval_cookie("x"), "value", std::chrono::seconds(1));
  INVARIANT(set.second.starts_with("__Host-r-x=value; Path=/; Secure; HttpOnly; "));
}

}  // namespace couvert

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  couvert::fuzz({reinterpret_cast<const char*>(data), size});
  return 0;
}
