#include "http/credentials.h"

#include <algorithm>

#include "base/limits.h"
#include "crypto/hash.h"
#include "crypto/secret_bytes.h"
#include "http/cookies.h"

namespace couvert {
namespace {

constexpr std::string_view bearer = "Bearer ";

// "https://host:8443/x" -> "https://host:8443"
std::string_view origin_of(std::string_view base_url) {
  const std::size_t host = base_url.find("://");
  if (host == std::string_view::npos) return base_url;
  return base_url.substr(0, base_url.find('/', host + 3));
}

// A session's token: programs send it as bearer, browsers as cookie. None is no error.
Result<> read_session(Request& request) {
  const std::string* authorization = find_field(request.fields, "authorization");
  const auto cookie = find_cookie(request.fields, session_cookie);
  std::string_view token;
  if (authorization != nullptr) {
    if (!authorization->starts_with(bearer)) return fail(ErrorCode::invalid, "another scheme");
    token = std::string_view(*authorization).substr(bearer.size());
  } else if (cookie) {
    token = *cookie;
  } else {
    return {};
  }
  const Result<Secret<32>> secret = secret_from_base64url<32>(token);
  if (!secret) {
    // A cookie that is none of ours is as good as none; a program should hear of its mistake.
    return authorization == nullptr ? Result<>() : Result<>(pass(secret));
  }
  const Sha256Digest hash = hash_secret(*secret);
  request.caller.session.assign(hash.begin(), hash.end());
  return {};
}

Result<> read_draft_secret(const Access& access, Request& request) {
  const std::string* field = find_field(request.fields, "couvert-secret");
  if (field == nullptr && access.who == Who::maybe_sender) return {};
  if (field == nullptr) return fail(ErrorCode::invalid, "no Couvert-Secret");
  Result<Secret<32>> secret = secret_from_base64url<32>(*field);
  if (!secret) return pass(secret);
  request.secret = std::move(*secret);
  return {};
}

Result<> read_retrieval_token(Request& request) {
  INVARIANT(!request.arguments.empty());
  const std::string* field = find_field(request.fields, "couvert-retrieval");
  const auto cookie = find_cookie(request.fields, retrieval_cookie(request.arguments.front()));
  if (field == nullptr && !cookie) return fail(ErrorCode::denied, "no token");
  Result<Secret<32>> secret = secret_from_base64url<32>(field != nullptr ? *field : *cookie);
  if (!secret) return fail(ErrorCode::denied, "a malformed token");
  request.secret = std::move(*secret);
  return {};
}

// "DEVICE_ID.TOKEN", the ID in its one spelling.
Result<> read_device(Request& request) {
  const std::string* field = find_field(request.fields, "couvert-device");
  if (field == nullptr) return fail(ErrorCode::unproven, "no Couvert-Device");
  const std::string_view text = *field;
  const std::size_t dot = text.find('.');
  if (dot == std::string_view::npos) return fail(ErrorCode::invalid, "a malformed device");
  const Result<DeviceId> id = DeviceId::parse(text.substr(0, dot));
  if (!id || id->text() != text.substr(0, dot)) return fail(ErrorCode::invalid, "no device ID");
  const Result<Secret<32>> token = secret_from_base64url<32>(text.substr(dot + 1));
  if (!token) return pass(token);
  request.device = DeviceProof{*id, hash_secret(*token)};
  return {};
}

Result<> read_member(Request& request) {
  const std::string* field = find_field(request.fields, "couvert-member");
  if (field == nullptr) return fail(ErrorCode::invalid, "no Couvert-Member");
  const Result<Secret<32>> token = secret_from_base64url<32>(*field);
  if (!token) return pass(token);
  request.member_hash = hash_secret(*token);
  return {};
}

Result<> read_new_device(Request& request) {
  const Result<> device = read_device(request);
  if (!device) return device;
  return read_member(request);
}

bool is_recipient(Who who) {
  return who == Who::recipient || who == Who::recipient_device;
}

// A device's token alone says nothing: the portal's own pages send it, too.
bool acts_by_token(const Access& access, const Fields& fields) {
  if (access.who == Who::device) return false;
  const std::string_view name = is_recipient(access.who) ? "couvert-retrieval" : "authorization";
  return find_field(fields, name) != nullptr;
}

Result<> read_recipient_device(Request& request) {
  const Result<> token = read_retrieval_token(request);
  return token ? read_device(request) : token;
}

Result<> read_client(const Access& access, Request& request) {
  const Result<> session = read_session(request);
  if (!session || access.who == Who::client) return session;
  if (request.caller.session.empty()) return fail(ErrorCode::unproven, "no session");
  if (access.who == Who::session) return {};
  if (access.who == Who::new_device) return read_new_device(request);
  return read_draft_secret(access, request);
}

}  // namespace

bool origin_allowed(const Fields& fields, std::string_view base_url) {
  const std::string* site = find_field(fields, "sec-fetch-site");
  if (site != nullptr) return *site == "same-origin" || *site == "none";
  const std::string* origin = find_field(fields, "origin");
  if (origin != nullptr) return *origin == origin_of(base_url);
  return !has_own_cookie(fields);
}

Result<> read_credentials(const Access& access, std::string_view base_url, Request& request) {
  const bool has_cookies = !request.without_cookies;
  if (changes_something(request.method) && has_cookies && !acts_by_token(access, request.fields) &&
      !origin_allowed(request.fields, base_url)) {
    return fail(ErrorCode::refused, "another origin");
  }
  switch (access.who) {
    case Who::anyone:
      return {};
    case Who::client:
    case Who::session:
    case Who::sender:
    case Who::maybe_sender:
    case Who::new_device:
      return read_client(access, request);
    case Who::recipient:
      return read_retrieval_token(request);
    case Who::device:
      return read_device(request);
    case Who::recipient_device:
      return read_recipient_device(request);
  }
  return fail(ErrorCode::invalid, "a route of nobody");
}

}  // namespace couvert
