// JSON in one spelling: what JSON.stringify writes for given fields in a given order.
//
// Formats of ours take no other, so that each value has one form in bytes, and reading stays cheap.
#pragma once

#include <string>
#include <string_view>

#include "base/bytes.h"

namespace couvert {

/// Whether `text` is UTF-8 without NUL, of at most `bytes_max` bytes.
bool is_text(std::string_view text, std::size_t bytes_max);

/// Appends a text in quotation marks, as JSON.stringify writes it.
void put_text(std::string& out, std::string_view text);

/// Reads from left to right. What is spelled otherwise makes the reader bad for good; values after
/// that mean nothing.
///
/// Lifetime: refers to the text.
/// Threads:  one at a time.
class SpellingReader {
 public:
  explicit SpellingReader(std::string_view text) : rest_(text) {}

  bool is_good() const { return good_; }
  bool is_over() const { return rest_.empty(); }

  /// Takes `literal` where it stands next.
  bool skip(std::string_view literal);
  void expect(std::string_view literal) { good_ &= skip(literal); }

  /// Behind `name`: a number from 0 to `max`.
  std::uint64_t number(std::string_view name, std::uint64_t max);
  /// Behind `name`: a text in its quotation marks, of at most `bytes_max` bytes.
  std::string text(std::string_view name, std::size_t bytes_max);
  /// Behind `name`: that many bytes in lower-case hexadecimal.
  Buffer hex(std::string_view name, std::size_t bytes);
  /// Behind `name`: bytes in base64url, as many as `out` has.
  void base64url(std::string_view name, MutableBytes out);

 private:
  std::size_t plain_bytes() const;
  char escaped();

  std::string_view rest_;
  bool good_ = true;
};

}  // namespace couvert
