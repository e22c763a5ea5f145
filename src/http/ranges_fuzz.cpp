// Fuzzes what a download is asked with: a range and the ETags of conditions.
//
// parser: src/http/ranges.cpp src/http/conditions.cpp
#include "base/result.h"
#include "http/conditions.h"
#include "http/ranges.h"

using namespace couvert;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  const std::uint64_t bytes = std::uint64_t{data[0]} << (data[0] % 56);
  const std::string_view field(reinterpret_cast<const char*>(data) + 1, size - 1);
  const RangeAnswer answer = read_range(field, bytes);
  if (const auto* range = std::get_if<ByteRange>(&answer)) {
    INVARIANT(range->bytes > 0 && range->bytes <= bytes && range->first <= bytes - range->bytes);
  }
  INVARIANT(!if_range_holds(field, "etag") || field == "\"etag\"");
  const bool strong = names_etag(field, "etag", Comparison::strong);
  const bool weak = names_etag(field, "etag", Comparison::weak);
  INVARIANT(!strong || weak);
  INVARIANT(!weak || field == "*" || field.find("\"etag\"") != std::string_view::npos);
  const Fields fields = {{"if-match", std::string(field)}, {"if-none-match", std::string(field)}};
  INVARIANT(conditional_status(fields, "etag") == (strong ? 304 : 412));
  return 0;
}
