#include "sealing/stream.h"

#include <algorithm>

namespace couvert {

Result<> BufferSink::write(Bytes more) {
  append(bytes, more);
  return {};
}

Result<> BytesSource::read(std::uint64_t offset, MutableBytes out) {
  if (offset > bytes_.size() || out.size() > bytes_.size() - offset) {
    return fail(ErrorCode::damaged, "a read past the end");
  }
  const auto from = bytes_.begin() + static_cast<std::ptrdiff_t>(offset);
  std::copy_n(from, out.size(), out.begin());
  return {};
}

Result<Bytes> BytesPlain::read(std::uint64_t offset, std::size_t bytes_max) {
  if (offset >= bytes_.size()) return fail(ErrorCode::damaged, "a read past the end");
  const Bytes rest = bytes_.subspan(static_cast<std::size_t>(offset));
  return rest.first(std::min(rest.size(), bytes_max));
}

}  // namespace couvert
