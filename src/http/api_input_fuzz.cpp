// Fuzzes what the bodies and queries of the API say. The input is a route's letter and JSON; the
// mutator changes values inside of the JSON, so that most inputs get past its grammar.
//
// parser: src/http/api_input.cpp src/http/quick_input.cpp src/http/program_input.cpp
#include <algorithm>
#include <random>

#include "http/api_input.h"
#include "http/program_input.h"
#include "http/quick_input.h"

namespace couvert {
namespace {

bool fits(const std::string& text, std::size_t bytes_max) {
  return text.size() <= bytes_max && text.find('\0') == std::string::npos;
}

void check_start(const Json& json) {
  StartInput input;
  if (!read_start_request(json, input)) return;
  const StartRequest& start = input.start;
  INVARIANT(!start.recipients.empty() && start.recipients.size() <= limits::recipients_max);
  INVARIANT(start.files.size() <= limits::files_max);
  for (const auto& [no, size] : start.files) INVARIANT(size <= limits::file_bytes_max);
  INVARIANT(fits(start.name, limits::name_bytes_max) && fits(start.phone, limits::phone_bytes_max));
  INVARIANT(fits(start.subject, limits::subject_bytes_max));
  INVARIANT(fits(start.text, limits::message_bytes_max));
  INVARIANT(fits(start.notification_text, limits::notification_bytes_max));
  INVARIANT(fits(input.password, limits::password_bytes_max));
  INVARIANT(input.password.empty() || start.open_by == OpenBy::password);
}

void check_activation(const Json& json) {
  Activation activation;
  if (!read_activation(json, activation)) return;
  INVARIANT(activation.recovery.size() == 201 && activation.client.sealed.size() == 201);
  INVARIANT(fits(activation.client.name, limits::client_name_bytes_max));
}

void check_contacts(const Json& json) {
  const auto addresses = read_contacts(json);
  if (!addresses) return;
  INVARIANT(addresses->size() <= limits::recipients_max);
  for (const Address& one : *addresses) INVARIANT(*parse_address(one.text) == one);
}

void check_program_request(const Json& json) {
  const Result<ProgramInput> input = read_program_request(json);
  if (!input) return;
  INVARIANT(fits(input->name, limits::client_name_bytes_max));
  INVARIANT(*parse_scopes(write_scopes(input->scopes)) == input->scopes);
}

void check_typed_code(std::string_view typed) {
  const Result<std::string> code = parse_user_code(typed);
  if (code) INVARIANT(*parse_user_code(show_user_code(*code)) == *code);
}

void check_quick(char route, const Json& json) {
  switch (route) {
    case 'A':
      check_activation(json);
      break;
    case 'B': {
      const auto book = read_versioned_book(json);
      INVARIANT(!book || (book->version >= 1 && book->version < std::int64_t{1} << 53));
    } break;
    case 'C':
      check_contacts(json);
      break;
    case 'E':
      static_cast<void>(read_contact(json));
      break;
    case 'L': {
      const auto left = read_left_keys(json);
      INVARIANT(!left || left->size() == 201);
    } break;
    case 'N':
      static_cast<void>(read_new_client(json));
      break;
    case 'Q': {
      const auto answer = read_quick_answer(json);
      INVARIANT(!answer || answer->size() == quick_answer_bytes);
    } break;
    case 'T':
      static_cast<void>(read_answer_name(json));
      break;
    case 'P':
      check_program_request(json);
      break;
    case 'K':
      static_cast<void>(read_device_code(json));
      break;
    case 'U':
      if (const auto code = read_user_code(json)) check_typed_code(*code);
      break;
    case 'W':
      static_cast<void>(read_allow(json));
      break;
    default:
      break;
  }
}

void check_opening(const Json& json) {
  OpeningInput input;
  if (!read_opening(json, input)) return;
  INVARIANT(input.password.empty() || input.link_secret.empty());
  INVARIANT((json.find("password") == nullptr) || fits(input.password, 1024));
}

void check_preview(const Json& json) {
  const Result<PreviewRequest> asked = read_preview_request(json);
  if (!asked) return;
  INVARIANT(*parse_address(asked->from.text) == asked->from);
  INVARIANT(asked->file_names.size() <= limits::files_max);
  INVARIANT(fits(asked->subject, limits::subject_bytes_max));
}

void check_policy(const Json& json) {
  const Result<PolicyRequest> asked = read_policy_request(json);
  if (!asked) return;
  INVARIANT(*parse_address(asked->from.text) == asked->from);
  INVARIANT(asked->recipients.size() <= limits::recipients_max);
}

void check_query(std::string_view query) {
  const auto attached = read_attached(query);
  if (attached && *attached == Attached::all_files) INVARIANT(query == "files=all");
  const auto numbers = read_file_numbers(query);
  if (!numbers || numbers->empty()) return;
  std::string again = "files=";
  for (const std::uint32_t number : *numbers) again += std::to_string(number) + ",";
  again.pop_back();
  INVARIANT(again == query);
}

void check(char route, const Json& json) {
  if (route >= 'A' && route <= 'Z') return check_quick(route, json);
  switch (route) {
    case 'c':
      static_cast<void>(read_code_request(json));
      break;
    case 'o':
      static_cast<void>(read_confirmation(json));
      break;
    case 'r':
      static_cast<void>(read_recipient_code_request(json));
      break;
    case 'f':
      static_cast<void>(read_recipient_confirmation(json));
      break;
    case 'p':
      check_policy(json);
      break;
    case 'w': {
      PasswordInput input;
      static_cast<void>(read_password(json, input));
    } break;
    case 'n':
      check_preview(json);
      break;
    case 'd':
      static_cast<void>(read_draft_request(json));
      break;
    case 's':
      check_start(json);
      break;
    case 't':
      static_cast<void>(read_transfer_id(json));
      break;
    case 'e':
      static_cast<void>(read_expiry(json));
      break;
    case 'a':
      static_cast<void>(read_recipient_change(json, WithAddress::yes));
      break;
    case 'm':
      static_cast<void>(read_recipient_change(json, WithAddress::no));
      break;
    default:
      check_opening(json);
      break;
  }
}

// Values at and beyond every bound, and of every kind.
Json strange_value(std::minstd_rand& random) {
  const auto strange = std::to_array<Json>({Json(),
                                            Json(true),
                                            Json(-1),
                                            Json(0),
                                            Json(std::int64_t{UINT32_MAX} + 1),
                                            Json(INT64_MAX),
                                            Json(INT64_MIN),
                                            Json(""),
                                            Json(std::string(1, '\0')),
                                            Json(std::string(201, 'n')),
                                            Json(std::string(1025, 'p')),
                                            Json(std::string(20'000, 't')),
                                            Json("anna@example.org"),
                                            Json("2026-11-22T12:00:00Z"),
                                            Json("link"),
                                            Json("password"),
                                            Json(Json::Array{}),
                                            Json(Json::Array(501)),
                                            Json(Json::Object{}),
                                            Json(Json::Object{{"no", Json(7)}})});
  return strange[random() % strange.size()];
}

// Changes one value somewhere below `json`.
void change(Json& json, std::minstd_rand& random) {
  if (json.object() != nullptr && !json.object()->empty() && random() % 8 != 0) {
    Json::Object& fields = *json.object();
    const std::size_t at = random() % fields.size();
    if (random() % 8 == 0) {
      fields.erase(fields.begin() + static_cast<std::ptrdiff_t>(at));
    } else {
      change(fields[at].second, random);
    }
  } else if (json.array() != nullptr && !json.array()->empty() && random() % 4 != 0) {
    Json::Array& items = *json.array();
    const Json item = items[random() % items.size()];
    if (random() % 2 == 0 && items.size() < 600) items.push_back(item);
    change(items[random() % items.size()], random);
  } else {
    json = strange_value(random);
  }
}

}  // namespace

void fuzz(std::string_view input) {
  if (input.empty()) return;
  const std::string_view body = input.substr(1);
  if (input[0] == 'q') return check_query(body);
  if (input[0] == 'b') {
    const Result<PageWish> wish = read_page_wish(body);
    INVARIANT(!wish || (wish->count >= 1 && wish->count <= limits::sent_page_max));
    return;
  }
  const JsonLimits bounds{limits::json_bytes_max, limits::json_depth_max, limits::json_values_max};
  const Result<Json> json = parse_json(body, bounds);
  if (json) check(input[0], *json);
}

std::size_t mutate(std::string_view input, unsigned seed, MutableBytes out) {
  std::minstd_rand random(seed);
  if (input.size() < 2 || input[0] == 'q' || input[0] == 'b' || random() % 4 == 0) return 0;
  Result<Json> json = parse_json(input.substr(1), JsonLimits{1 << 20, 8});
  if (!json) return 0;
  change(*json, random);
  const std::string changed = input[0] + json->write();
  if (changed.size() > out.size()) return 0;
  const Bytes bytes = as_bytes(changed);
  std::copy(bytes.begin(), bytes.end(), out.begin());
  return changed.size();
}

}  // namespace couvert

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max);

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t max, unsigned seed) {
  const std::string input(reinterpret_cast<const char*>(data), size);
  const couvert::MutableBytes out(reinterpret_cast<std::byte*>(data), max);
  const std::size_t changed = couvert::mutate(input, seed, out);
  return changed > 0 ? changed : LLVMFuzzerMutate(data, size, max);
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  couvert::fuzz({reinterpret_cast<const char*>(data), size});
  return 0;
}
