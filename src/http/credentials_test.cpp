// A device of QUICK says who it is: in one spelling, and from the portal's own pages only.
#include "http/credentials.h"

#include <doctest/doctest.h>

#include "crypto/hash.h"

using namespace couvert;

namespace {

constexpr std::string_view portal_url = "https://transfer.example.org";
const std::string device_id = "aaaqeayeaudaocajbifqydiob4";
const std::string token_text(43, 'A');
const Sha256Digest token_hash = sha256(Buffer(32));

struct Read {
  Request request;
  Result<> result;
};

// What is read of a request with these fields, for a retrieval or a session.
void read_as(Read& read, Who who, Method method, Fields fields) {
  read.request.method = method;
  read.request.arguments = {device_id};
  read.request.fields = std::move(fields);
  read.result = read_credentials(Access(who, Body::none), portal_url, read.request);
}

ErrorCode device_error(Who who, Fields fields) {
  Read read;
  read_as(read, who, Method::post, std::move(fields));
  REQUIRE_FALSE(read.result.has_value());
  return read.result.error().code;
}

const std::pair<std::string, std::string> device = {"couvert-device", device_id + "." + token_text};
const std::pair<std::string, std::string> bearer = {"authorization", "Bearer " + token_text};
const std::pair<std::string, std::string> member = {"couvert-member", token_text};
const std::pair<std::string, std::string> retrieval = {"couvert-retrieval", token_text};

}  // namespace

TEST_CASE("a device is known by its ID and the hash of its token") {
  for (const Method method : {Method::get, Method::put}) {
    Read read;
    read_as(read, Who::device, method, {device});
    REQUIRE(read.result.has_value());
    CHECK(read.request.device->device.text() == device_id);
    CHECK(read.request.device->token_hash == token_hash);
    CHECK_FALSE(read.request.member_hash.has_value());
  }
  Read both;
  read_as(both, Who::new_device, Method::post, {bearer, device, member});
  REQUIRE(both.result.has_value());
  CHECK(both.request.member_hash == token_hash);
  CHECK(both.request.caller.session.size() == 32);
  Read opened;
  read_as(opened, Who::recipient_device, Method::post, {retrieval, device});
  REQUIRE(opened.result.has_value());
  CHECK(opened.request.secret.has_value());
  CHECK(opened.request.device.has_value());
}

TEST_CASE("a device that is not named is unproven, a malformed one is refused") {
  CHECK(device_error(Who::device, {bearer}) == ErrorCode::unproven);
  CHECK(device_error(Who::new_device, {bearer, member}) == ErrorCode::unproven);
  CHECK(device_error(Who::new_device, {device, member}) == ErrorCode::unproven);
  CHECK(device_error(Who::new_device, {bearer, device}) == ErrorCode::invalid);
  CHECK(device_error(Who::new_device, {bearer, device, {"couvert-member", token_text + "A"}}) ==
        ErrorCode::invalid);
  CHECK(device_error(Who::recipient_device, {retrieval}) == ErrorCode::unproven);
  CHECK(device_error(Who::recipient_device, {device}) == ErrorCode::denied);
  std::string upper = device_id;
  for (char& c : upper) c = static_cast<char>(std::toupper(c));
  const auto named = [](std::string id, std::string_view token) {
    return std::move(id.append(".").append(token));
  };
  for (const std::string& wrong :
       {device_id, token_text, named(device_id, ""), named("", token_text),
        named(device_id, std::string(44, 'A')), named(device_id, std::string(42, 'A')),
        named(device_id, named(token_text, "")), named(upper, token_text),
        named(device_id.substr(1), token_text),
        named(device_id, std::string(42, 'A').append("B"))}) {
    CAPTURE(wrong);
    CHECK(device_error(Who::device, {{"couvert-device", wrong}}) == ErrorCode::invalid);
  }
}

TEST_CASE("a device's token does not let other sites' pages act") {
  for (const auto& field : {std::pair<std::string, std::string>("sec-fetch-site", "cross-site"),
                            {"origin", "https://example.com"},
                            {"cookie", "__Host-session=" + token_text}}) {
    CAPTURE(field.first);
    for (const Method method : {Method::post, Method::put, Method::remove}) {
      Read read;
      read_as(read, Who::device, method, {device, bearer, field});
      REQUIRE_FALSE(read.result.has_value());
      CHECK(read.result.error().code == ErrorCode::refused);
    }
  }
  Read own;
  read_as(own, Who::device, Method::put, {device, {"sec-fetch-site", "same-origin"}});
  CHECK(own.result.has_value());
}
