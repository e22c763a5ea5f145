// The Range field of a request (RFC 9110 section 14): one range of bytes, or none.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

namespace couvert {

struct ByteRange {
  std::uint64_t first = 0;
  std::uint64_t bytes = 0;
  bool resumed = false;  // "bytes=FIRST-": how an interrupted download goes on

  bool operator==(const ByteRange&) const = default;
};

/// The whole, because nothing else was asked for in a way that is understood (RFC 9110 14.2).
struct WholeRange {
  bool operator==(const WholeRange&) const = default;
};
/// Nothing of what was asked for is there: 416.
struct NoRange {
  bool operator==(const NoRange&) const = default;
};

using RangeAnswer = std::variant<WholeRange, ByteRange, NoRange>;

/// What of `size` bytes the field "bytes=FIRST-LAST", "bytes=FIRST-" or "bytes=-COUNT" asks for.
/// Several ranges, another unit and anything malformed mean the whole.
RangeAnswer read_range(std::string_view field, std::uint64_t size);

/// Whether the field If-Range lets the range hold: the very ETag, quoted. A date never does.
bool if_range_holds(std::string_view field, std::string_view etag);

}  // namespace couvert
