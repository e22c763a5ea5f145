#include "http/draft_routes.h"

#include "http/api_input.h"
#include "http/problem.h"
#include "http/tus_headers.h"

namespace couvert {
namespace {

constexpr std::string_view draft_path = "/api/v1/drafts/{draft_id}";
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

Outcome create_file(const ApiParts& api, const Request& request) {
  const std::string* length = find_field(request.fields, "upload-length");
  const std::string* metadata = find_field(request.fields, "upload-metadata");
  if (length == nullptr || metadata == nullptr) {
    return Error(ErrorCode::invalid, "no Upload-Length or Upload-Metadata");
  }
  const Result<std::uint64_t> size = read_tus_number(*length);
  if (!size) return size.error();
  if (*size > limits::file_bytes_max) return Error(ErrorCode::too_large, "a file too large");
  const Result<UploadMetadata> described = read_upload_metadata(*metadata);
  if (!described) return described.error();
  const NewFile file{described->filename, described->filetype, *size};
  const Result<std::uint32_t> no = api.drafts.create_file(key_of(request), file);
  if (!no) return no.error();
  Response response;
  response.status = 201;
  const SlotId draft_id = id_argument<SlotId>(request, 0);
  response.fields.emplace_back("Location", path_of(draft_id) + "/files/" + std::to_string(*no));
  return response;
}

Outcome get_file_offset(const ApiParts& api, const Request& request) {
  const Result<DraftFile> file = api.drafts.find_file(key_of(request), file_no_of(request));
  if (!file) return file.error();
  Response response;
  response.fields = {{"Upload-Offset", std::to_string(file->offset)},
                     {"Upload-Length", std::to_string(file->size)}};
  return response;
}

// A PATCH that the file has no room for, or that would make parts too small to be worth it.
Result<> check_piece(const DraftFile& file, std::uint64_t offset, std::uint64_t bytes) {
  if (offset != file.offset) return fail(ErrorCode::conflict, "another offset");
  if (bytes > file.size - offset) return fail(ErrorCode::too_large, "past the announced size");
  if (bytes < limits::upload_bytes_min && offset + bytes != file.size) {
    return fail(ErrorCode::invalid, "too few bytes that do not end the file");
  }
  return {};
}

Outcome append_to_file(const ApiParts& api, const Request& request) {
  const std::string* field = find_field(request.fields, "upload-offset");
  if (field == nullptr) return Error(ErrorCode::invalid, "no Upload-Offset");
  const Result<std::uint64_t> offset = read_tus_number(*field);
  if (!offset) return offset.error();
  const DraftKey key = key_of(request);
  const std::uint32_t no = file_no_of(request);
  const Result<DraftFile> file = api.drafts.find_file(key, no);
  if (!file) return file.error();
  const Result<> fits = check_piece(*file, *offset, request.content_length);
  if (!fits) return fits.error();
  Result<std::unique_ptr<Upload>> upload = api.drafts.upload(key, no, *offset);
  if (!upload) return upload.error();
  return UploadBody{std::move(*upload)};
}

Outcome delete_file(const ApiParts& api, const Request& request) {
  const Result<> removed = api.drafts.remove_file(key_of(request), file_no_of(request));
  if (!removed) return removed.error();
  return no_content();
}

Outcome get_upload_options(const ApiParts& api, const Request&) {
  Response response = no_content();
  response.fields = {
      {"Tus-Version", std::string(tus_version)},
      {"Tus-Extension", std::string(tus_extensions)},
      {"Tus-Max-Size", std::to_string(api.parts.settings.allowance.transfer_bytes_max)}};
  return response;
}

// tus 1.0.0: a request of another version is refused before anything else is looked at, and every
// answer names ours.
Outcome speak_tus(const ApiParts& api, const Request& request, Handle handle) {
  const std::string* version = find_field(request.fields, "tus-resumable");
  const bool ours =
      request.method == Method::options || (version != nullptr && *version == tus_version);
  Outcome outcome = ours ? handle(api, request) : Outcome(problem(412));
  if (auto* response = std::get_if<Response>(&outcome.next)) {
    response->fields.emplace_back("Tus-Resumable", std::string(tus_version));
    if (!ours) response->fields.emplace_back("Tus-Version", std::string(tus_version));
  }
  return outcome;
}

}  // namespace

void add_draft_routes(std::vector<Route>& routes, const ApiParts& api) {
  using Ask = const std::shared_ptr<const Request>&;
  const auto add = [&](Method method, std::string_view path, Access access, Handle handle) {
    routes.emplace_back(method, path, access,
                        [api, handle](Ask request) { return handle(api, *request); });
  };
  const auto add_tus = [&](Method method, std::string_view path, Access access, Handle handle) {
    routes.emplace_back(method, path, access,
                        [api, handle](Ask request) { return speak_tus(api, *request, handle); });
  };
  const Access plain(Who::sender, Body::none);
  add(Method::post, "/api/v1/drafts", Access(Who::sender, Body::small_json), create_draft);
  add(Method::get, draft_path, plain, get_draft);
  add(Method::remove, draft_path, plain, delete_draft);
  add_tus(Method::options, files_path, Access(Who::anyone, Body::none, Pace::quick),
          get_upload_options);
  add_tus(Method::post, files_path, plain, create_file);
  add_tus(Method::head, file_path, plain, get_file_offset);
  add_tus(Method::patch, file_path, Access(Who::sender, Body::stream), append_to_file);
  add_tus(Method::remove, file_path, plain, delete_file);
}

}  // namespace couvert
