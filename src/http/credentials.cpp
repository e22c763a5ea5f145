#include "http/credentials.h"

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

bool acts_by_token(const Access& access, const Fields& fields) {
  const std::string_view name =
      access.who == Who::recipient ? "couvert-retrieval" : "authorization";
  return find_field(fields, name) != nullptr;
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
  if (changes_something(request.method) && !acts_by_token(access, request.fields) &&
      !origin_allowed(request.fields, base_url)) {
    return fail(ErrorCode::refused, "another origin");
  }
  if (access.who == Who::recipient) return read_retrieval_token(request);
  if (access.who == Who::anyone) return {};
  const Result<> session = read_session(request);
  if (!session) return session;
  if (access.who == Who::client) return {};
  if (request.caller.session.empty()) return fail(ErrorCode::unproven, "no session");
  return access.who == Who::session ? Result<>() : read_draft_secret(access, request);
}

}  // namespace couvert
