// Reads the vectors of tests/vectors for tests (tests/vectors/README.md has the notation).
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "crypto/secret_bytes.h"

namespace couvert {

/// One case. A field that is not there ends the test program.
class Vector {
 public:
  /// Reads tests/vectors/KIND/NAME.txt.
  Vector(const std::string& kind, const std::string& name);

  const std::string& name() const { return name_; }
  const std::string& expect() const { return text("expect"); }
  const std::string& text(const std::string& field) const;
  std::uint64_t number(const std::string& field) const;
  Buffer bytes(const std::string& field) const;
  bool has(const std::string& field) const { return fields_.contains(field); }
  std::vector<Buffer> all_bytes(const std::string& field) const;
  std::vector<std::uint64_t> all_numbers(const std::string& field) const;

 private:
  const std::vector<std::string>& values(const std::string& field) const;

  std::string name_;
  std::map<std::string, std::vector<std::string>> fields_;
};

/// As the specification writes it.
std::string hex_of_sha256(Bytes bytes);

/// All cases of a kind, in the order of their names.
std::vector<Vector> vectors_of(const std::string& kind);

/// The word that a vector has for it: ok, damaged, refused, invalid.
std::string word_for(ErrorCode code);
template <class T>
std::string outcome(const Result<T>& result) {
  return result ? "ok" : word_for(result.error().code);
}

/// A field of that many bytes; another length ends the test program.
template <std::size_t Size>
Secret<Size> secret_of(const Vector& vector, const std::string& field) {
  Buffer bytes = vector.bytes(field);
  INVARIANT(bytes.size() == Size);
  return take_secret<Size>(std::span<std::byte, Size>(bytes.data(), Size));
}
template <class T>
T array_of(const Buffer& bytes) {
  T out;
  INVARIANT(bytes.size() == out.size());
  std::copy(bytes.begin(), bytes.end(), out.begin());
  return out;
}

}  // namespace couvert
