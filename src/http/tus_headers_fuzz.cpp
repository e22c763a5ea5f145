// parser: src/http/tus_headers.cpp
#include "base/bytes.h"
#include "http/tus_headers.h"

using namespace couvert;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view field(reinterpret_cast<const char*>(data), size);
  const Result<std::uint64_t> number = read_tus_number(field);
  INVARIANT(!number || std::to_string(*number) == field);
  const Result<UploadMetadata> metadata = read_upload_metadata(field);
  INVARIANT(!metadata || is_utf8(metadata->filename.value_or("")));
  const Result<Checksum> checksum = read_upload_checksum(field);
  INVARIANT(!checksum || checksum->digest.size() == digest_bytes(checksum->kind));
  return 0;
}
