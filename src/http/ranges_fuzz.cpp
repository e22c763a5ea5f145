// parser: src/http/ranges.cpp
#include "base/result.h"
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
  return 0;
}
