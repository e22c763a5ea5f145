// Reads the vectors of tests/vectors for tests (tests/vectors/README.md has the notation).
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/bytes.h"

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

}  // namespace couvert
