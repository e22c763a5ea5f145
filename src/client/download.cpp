#include "client/download.h"

#include <charconv>

#include "base/limits.h"
#include "client/attempts.h"
#include "crypto/crc32.h"
#include "crypto/hash.h"

namespace couvert {
namespace {

constexpr std::uint64_t zip_bytes_max = std::uint64_t{1} << 46;
constexpr std::size_t etag_bytes_max = 128;

tl::unexpected<Problem> wrong_bytes(std::string detail) {
  return trouble(ErrorCode::damaged, reasons::wrong_bytes, std::move(detail));
}

// Takes digits off the front of `text`.
std::optional<std::uint64_t> take_number(std::string_view& text) {
  std::uint64_t value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || value > zip_bytes_max) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(stop - text.data()));
  return value;
}

bool take(std::string_view& text, std::string_view word) {
  if (!text.starts_with(word)) return false;
  text.remove_prefix(word.size());
  return true;
}

// Only a strong mark is good enough for a range, and it goes into a header again.
std::string strong_etag(const AnswerHead& head) {
  const std::string_view etag = head.header("etag").value_or("");
  const bool quoted = etag.size() > 2 && etag.front() == '"' && etag.back() == '"';
  if (!quoted || etag.size() > etag_bytes_max) return {};
  for (const char c : etag) {
    if (c <= ' ' || c >= 0x7f) return {};
  }
  return std::string(etag);
}

// Checks every answer against what came before and against what was announced.
class Assembly final : public BodySink {
 public:
  Assembly(const Expected& expected, FileTarget& target)
      : target_(target), expected_(expected), total_(expected.size) {
    if (!expected.sha256.empty()) sha_.emplace();
  }

  Range rest() const { return {.offset = etag_.empty() ? 0 : received_, .etag = etag_}; }
  std::uint64_t received() const { return received_; }

  Answer<> begin(const AnswerHead& head) override {
    if (head.header("content-encoding")) return wrong_bytes("the bytes are packed");
    if (head.status == 206) return go_on(head);
    std::string_view length = head.header("content-length").value_or("");
    const auto bytes = take_number(length);
    if (!bytes || !length.empty()) return wrong_bytes("no length");
    if (total_ && *bytes != *total_) return wrong_bytes("another length");
    total_ = *bytes;
    etag_ = strong_etag(head);
    if (received_ == 0) return Answer<>();
    received_ = 0;
    crc_ = 0;
    if (sha_) sha_.emplace();
    return target_.restart();
  }

  Answer<> write(Bytes bytes) override {
    if (bytes.size() > *total_ - received_) return wrong_bytes("more bytes than announced");
    const Answer<> written = target_.append(bytes);
    if (!written) return written;
    crc_ = crc32(crc_, bytes);
    if (sha_) sha_->update(bytes);
    received_ += bytes.size();
    return written;
  }

  bool whole() const { return total_ && received_ == *total_; }

  Answer<std::uint64_t> finish() const {
    const bool same = !expected_.crc32 || crc_ == *expected_.crc32;
    if (!same || (sha_ && encode_hex(sha_->digest()) != expected_.sha256)) {
      return wrong_bytes("another checksum");
    }
    return received_;
  }

 private:
  Answer<> go_on(const AnswerHead& head) {
    std::string_view range = head.header("content-range").value_or("");
    if (!take(range, "bytes ")) return wrong_bytes("no range");
    const auto first = take_number(range);
    if (!first || !take(range, "-")) return wrong_bytes("no range");
    const auto last = take_number(range);
    if (!last || !take(range, "/")) return wrong_bytes("no range");
    const auto total = take_number(range);
    const bool fits = total && range.empty() && received_ > 0 && *first == received_ &&
                      total == total_ && *last + 1 == *total;
    return fits ? Answer<>() : Answer<>(wrong_bytes("another range"));
  }

  FileTarget& target_;
  const Expected& expected_;
  std::optional<std::uint64_t> total_;
  std::string etag_;
  std::uint64_t received_ = 0;
  std::uint32_t crc_ = 0;
  std::optional<Sha256> sha_;  // only where the transfer names one: it takes a second for each GiB
};

Problem cut_short() {
  Problem problem;
  problem.reason = reasons::broken_line;
  problem.passing = Passing::yes;
  return problem;
}

}  // namespace

Answer<std::uint64_t> download(const Fetch& fetch, const Expected& expected, FileTarget& target,
                               Patience& patience) {
  Assembly assembly(expected, target);
  Attempts attempts(patience);
  std::uint64_t furthest = 0;
  while (true) {
    const Answer<> fetched = fetch(assembly.rest(), assembly);
    if (fetched && assembly.whole()) return assembly.finish();
    const Problem problem = fetched ? cut_short() : fetched.error();
    if (assembly.received() > furthest) {
      furthest = assembly.received();
      attempts.worked();
    }
    if (!attempts.again(problem)) return tl::make_unexpected(problem);
  }
}

}  // namespace couvert
