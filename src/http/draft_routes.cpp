#include "http/draft_routes.h"

#include <algorithm>

#include "crypto/secret_bytes.h"
#include "http/api_input.h"
#include "http/api_json.h"
#include "http/problem.h"
#include "http/response_head.h"
#include "http/tus_headers.h"

namespace couvert {
namespace {

constexpr std::string_view draft_path = "/api/v1/drafts/{draft_id}";
constexpr std::string_view form_path = "/api/v1/drafts/{draft_id}/form";
constexpr std::string_view files_path = "/api/v1/drafts/{draft_id}/files";
constexpr std::string_view file_path = "/api/v1/drafts/{draft_id}/files/{file_no}";

using Handle = Outcome (*)(const ApiParts&, const Request&);

DraftKey key_of(const Request& request) {
  return {request.caller, id_argument<SlotId>(request, 0), *request.secret};
}

std::uint32_t file_no_of(const Request& request) {
  return static_cast<std::uint32_t>(std::stoul(request.arguments.at(1)));  // checked by the router
}

std::string path_of(const SlotId& draft_id) {
  return "/api/v1/drafts/" + draft_id.text();
}

Outcome create_draft(const ApiParts& api, const Request& request) {
  const Result<DraftInput> asked = read_draft_request(request.json);
  if (!asked) return asked.error();
  const DraftKey key{request.caller, asked->draft_id, *request.secret};
  const Result<Draft> draft = api.drafts.create(key, asked->from);
  if (!draft) return draft.error();
  Response response = json_response(201, json_of(*draft));
  response.fields.emplace_back("Location", path_of(asked->draft_id));
  return response;
}

Outcome get_draft(const ApiParts& api, const Request& request) {
  const Result<Draft> draft = api.drafts.find(key_of(request));
  if (!draft) return draft.error();
  return json_response(200, json_of(*draft));
}

Outcome delete_draft(const ApiParts& api, const Request& request) {
  const Result<> removed = api.drafts.remove(key_of(request));
  if (!removed) return removed.error();
  return no_content();
}

Outcome get_form(const ApiParts& api, const Request& request) {
  Result<std::optional<std::string>> form = api.drafts.form(key_of(request));
  if (!form) return form.error();
  Json::Object body;
  if (*form) body.emplace_back("form", Json(std::move(**form)));
  Response response = json_response(200, Json(std::move(body)));
  response.secret = true;  // the message, before anybody was to read it
  return response;
}

Outcome save_form(const ApiParts& api, const Request& request) {
  ObjectReader reader(request.json);
  std::string form = reader.string("form", limits::draft_form_bytes_max);
  const Result<> read = reader.finish();
  const Result<> saved = read ? api.drafts.save_form(key_of(request), form) : read;
  wipe(form);
  if (!saved) return saved.error();
  return no_content();
}

// tus 1.0.0, Expiration: on every answer about an upload that is known.
std::pair<std::string, std::string> upload_expires(Instant expires) {
  return {"Upload-Expires", http_date(expires)};
}

// What of the bytes to come the head says; `offset` is that of a file that begins.
Result<UploadPiece> read_piece(const Request& request, std::uint64_t offset) {
  UploadPiece piece{offset, request.content_length};
  const std::string* field = find_field(request.fields, "upload-checksum");
  if (field == nullptr) return piece;
  Result<Checksum> checksum = read_upload_checksum(*field);
  if (!checksum) return pass(checksum);
  piece.checksum = std::move(*checksum);
  return piece;
}

Result<NewFile> read_new_file(const Request& request) {
  for (const std::string_view name : {"upload-defer-length", "upload-concat"}) {
    if (find_field(request.fields, name) != nullptr) {
      return fail(ErrorCode::invalid, "tus_extension");
    }
  }
  const std::string* length = find_field(request.fields, "upload-length");
  if (length == nullptr) return fail(ErrorCode::invalid, "no Upload-Length");
  const Result<std::uint64_t> size = read_tus_number(*length);
  if (!size) return pass(size);
  const std::string* metadata = find_field(request.fields, "upload-metadata");
  const std::string given = metadata == nullptr ? "" : *metadata;
  Result<UploadMetadata> described = read_upload_metadata(given);
  if (!described) return pass(described);
  return NewFile{std::move(described->filename), std::move(described->filetype), *size, given};
}

Outcome create_file(const ApiParts& api, const Request& request) {
  const Result<NewFile> file = read_new_file(request);
  if (!file) return file.error();
  const Result<UploadPiece> first = read_piece(request, 0);
  if (!first) return first.error();
  Result<NewUpload> created = api.drafts.create_file(key_of(request), *file, *first);
  if (!created) return created.error();
  Response response;
  response.status = 201;
  const SlotId draft_id = id_argument<SlotId>(request, 0);
  const std::string place = path_of(draft_id) + "/files/" + std::to_string(created->no);
  response.fields = {{"Location", place}, upload_expires(created->expires)};
  if (created->upload) return UploadBody{std::move(created->upload), std::move(response), {}};
  response.fields.emplace_back("Upload-Offset", std::to_string(created->offset));
  return response;
}

Outcome get_file_offset(const ApiParts& api, const Request& request) {
  const Result<DraftFile> file = api.drafts.find_file(key_of(request), file_no_of(request));
  if (!file) return file.error();
  Response response;
  response.fields = {{"Upload-Offset", std::to_string(file->offset)},
                     {"Upload-Length", std::to_string(file->size)},
                     upload_expires(file->expires)};
  if (!file->metadata.empty()) response.fields.emplace_back("Upload-Metadata", file->metadata);
  return response;
}

Result<std::unique_ptr<Upload>> begin_append(const ApiParts& api, const Request& request) {
  const std::string* field = find_field(request.fields, "upload-offset");
  if (field == nullptr) return fail(ErrorCode::invalid, "no Upload-Offset");
  const Result<std::uint64_t> offset = read_tus_number(*field);
  if (!offset) return pass(offset);
  const Result<UploadPiece> piece = read_piece(request, *offset);
  if (!piece) return pass(piece);
  return api.drafts.upload(key_of(request), file_no_of(request), *piece);
}

Outcome append_to_file(const ApiParts& api, const Request& request) {
  const Result<DraftFile> file = api.drafts.find_file(key_of(request), file_no_of(request));
  if (!file) return file.error();
  Result<std::unique_ptr<Upload>> upload = begin_append(api, request);
  if (upload) {
    return UploadBody{std::move(*upload), no_content(), {upload_expires(file->expires)}};
  }
  Response response = problem(upload.error());
  response.fields.push_back(upload_expires(file->expires));
  return response;
}

Outcome delete_file(const ApiParts& api, const Request& request) {
  const Result<> removed = api.drafts.remove_file(key_of(request), file_no_of(request));
  if (!removed) return removed.error();
  return no_content();
}

Outcome get_upload_options(const ApiParts& api, const Request&) {
  const ServiceSettings& settings = api.parts.settings;
  // What a rule allows some senders beyond it is told by askPolicy.
  const std::uint64_t bytes_max = std::min(
      {settings.allowance.transfer_bytes_max, settings.unsent_bytes_max, limits::file_bytes_max});
  Response response = no_content();
  response.fields = {{"Tus-Version", std::string(tus_version)},
                     {"Tus-Extension", std::string(tus_extensions)},
                     {"Tus-Checksum-Algorithm", std::string(tus_checksum_algorithms)},
                     {"Tus-Max-Size", std::to_string(bytes_max)}};
  return response;
}

}  // namespace

void add_draft_routes(std::vector<Route>& routes, const ApiParts& api) {
  using Ask = const std::shared_ptr<const Request>&;
  const auto add = [&](Method method, std::string_view path, Access access, Handle handle) {
    routes.emplace_back(method, path, access,
                        [api, handle](Ask request) { return handle(api, *request); });
  };
  const auto add_tus = [&](Method method, std::string_view path, Access access, Handle handle) {
    access.tus = true;
    add(method, path, access, handle);
  };
  const Access plain(Who::sender, Body::none);
  const Access open(Who::anyone, Body::none, Pace::quick);
  add(Method::post, "/api/v1/drafts", Access(Who::sender, Body::small_json), create_draft);
  add(Method::get, draft_path, plain, get_draft);
  add(Method::remove, draft_path, plain, delete_draft);
  add(Method::get, form_path, plain, get_form);
  add(Method::post, form_path, Access(Who::sender, Body::json), save_form);
  add_tus(Method::options, files_path, open, get_upload_options);
  add_tus(Method::options, file_path, open, get_upload_options);
  add_tus(Method::post, files_path, Access(Who::sender, Body::maybe_stream), create_file);
  add_tus(Method::head, file_path, plain, get_file_offset);
  add_tus(Method::patch, file_path, Access(Who::sender, Body::stream), append_to_file);
  add_tus(Method::remove, file_path, plain, delete_file);
}

}  // namespace couvert
