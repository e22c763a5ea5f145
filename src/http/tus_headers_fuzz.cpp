// parser: src/http/tus_headers.cpp
#include "base/bytes.h"
#include "http/tus_headers.h"

using namespace couvert;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view field(reinterpret_cast<const char*>(data), size);
  const Result<std::uint64_t> number = read_tus_number(field);
  INVARIANT(!number || std::to_string(*number) == field);
  const Result<UploadMetadata> metadata = read_upload_metadata(field);
  INVARIANT(!metadata || (!metadata->filename.empty() && is_utf8(metadata->filename)));
  return 0;
}
