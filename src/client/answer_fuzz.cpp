// Fuzzes what a client reads from a server: every kind of answer, problem details, links, dates.
// What is taken keeps its bounds, and no text of it could break a header.
//
// parser: src/client/api.cpp src/client/api_fields.cpp src/client/quick_api.cpp
// src/client/problem.cpp src/client/retrieval_link.cpp
#include <cstdlib>

#include "base/limits.h"
#include "client/api.h"
#include "client/api_line.h"
#include "client/http_date.h"
#include "client/quick_api.h"
#include "client/retrieval_link.h"

namespace couvert {
namespace {

void check_token(const WipedText& token) {
  // A switch for tests of the fuzzer itself: a rule that sound answers break.
  if (std::getenv("COUVERT_PLANTED_BUG") != nullptr) INVARIANT(token.empty());
  for (const char c : token.text()) INVARIANT(c > ' ' && c < 0x7f);
}

void read_all(const Json& json) {
  if (const auto code = api::read_requested_code(json)) check_token(code->token);
  if (const auto retrieval = api::read_retrieval(json)) {
    check_token(retrieval->token);
    for (const api::File& file : retrieval->files) INVARIANT(file.size <= limits::file_bytes_max);
  }
  if (const auto draft = api::read_draft(json)) {
    for (const api::DraftFile& file : draft->files) INVARIANT(file.no >= 0);
  }
  static_cast<void>(api::read_verification(json));
  static_cast<void>(api::read_policy_answer(json));
  static_cast<void>(api::read_password_verdict(json));
  static_cast<void>(api::read_started(json));
  static_cast<void>(api::read_verifications(json));
  static_cast<void>(api::read_sent_page(json));
  static_cast<void>(api::read_received_page(json));
  static_cast<void>(api::read_sent(json));
  static_cast<void>(api::read_open_by(json));
}

// What is taken of QUICK's answers has its lengths, and every key is one.
void read_quick(const Json& json) {
  if (const auto own = api::read_own_quick(json)) {
    INVARIANT(own->sealed.size() == 201 && is_p256_point(own->public_key));
  }
  if (const auto left = api::read_left_keys(json)) INVARIANT(left->size() == 201);
  if (const auto book = api::read_versioned_book(json)) {
    INVARIANT(book->version > 0 && book->sealed.size() >= 72);
  }
  if (const auto shown = api::read_shown_keys(json)) {
    for (const api::ShownKey& one : *shown) INVARIANT(!one.key || is_p256_point(*one.key));
  }
  if (const auto invitation = api::read_open_invitation(json)) {
    INVARIANT(is_p256_point(invitation->key) && !invitation->to.empty());
  }
  if (const auto envelope = api::read_transfer_envelope(json)) INVARIANT(envelope->mode <= 2);
  if (const auto answers = api::read_waiting_answers(json)) {
    for (const api::WaitingAnswer& one : *answers) static_cast<void>(parse_answer(one.answer));
  }
  static_cast<void>(api::read_quick_status(json));
  static_cast<void>(api::read_quick_devices(json));
}

// Whatever a person typed comes back as JSON that is read again as the same.
void write_start(const std::string& text) {
  api::Start start;
  start.name = text;
  start.phone = text;
  start.reply_to = text;
  start.subject = text;
  start.text = text;
  start.recipients.push_back(
      {.address = text, .kind = "to", .slot_id = text, .secret = {}, .envelope = {}});
  start.recipients.back().secret = WipedText(text);
  start.recipients.back().envelope = text;
  start.invitation.emplace(api::StartInvitation{.public_key = text, .secret = WipedText(text)});
  start.files = {{1, 2}};
  start.password = WipedText(text);
  Json json = api::to_json(start);
  const Result<Json> again = parse_json(json.write(), {.bytes_max = 1 << 24, .depth_max = 8});
  INVARIANT(again && *again == json);
  wipe_texts(json);
  INVARIANT(json.find("name")->string()->empty());
}

}  // namespace

void fuzz(std::string_view input) {
  const int status = 300 + static_cast<int>(input.size() % 300);
  INVARIANT(read_problem(status, input).status == status);
  static_cast<void>(parse_http_date(input));
  static_cast<void>(link_fragment(input));
  if (const auto link = parse_retrieval_link(input)) {
    INVARIANT(link->secret.empty() || link->secret.text().size() == 44);
    INVARIANT(!link->server || !link->server->text.ends_with('/'));
  }
  const Result<Json> json = parse_json(input, {.bytes_max = 1 << 20, .depth_max = 8});
  if (json) {
    read_all(*json);
    read_quick(*json);
  }
  if (is_utf8(input)) write_start(std::string(input));
}

}  // namespace couvert

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  couvert::fuzz({reinterpret_cast<const char*>(data), size});
  return 0;
}
