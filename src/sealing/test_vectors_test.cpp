#include "sealing/test_vectors.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "crypto/hash.h"
#include "sealing/test_random.h"

namespace couvert {
namespace {

const std::string folder = COUVERT_SOURCE_DIR "/tests/vectors/";

Buffer read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  REQUIRE_MESSAGE(in.is_open(), path);
  std::stringstream all;
  all << in.rdbuf();
  const Bytes bytes = as_bytes(all.view());
  return Buffer(bytes.begin(), bytes.end());
}

// The numbers and names between a term's brackets.
std::vector<std::string> arguments_of(const std::string& term) {
  const std::size_t open = term.find('(');
  REQUIRE(term.ends_with(')'));
  std::stringstream inside(term.substr(open + 1, term.size() - open - 2));
  std::vector<std::string> out;
  for (std::string argument; std::getline(inside, argument, ',');) out.push_back(argument);
  return out;
}

Buffer term_bytes(const std::string& term) {
  if (term.find('(') == std::string::npos) return decode_hex(term).value();
  const std::vector<std::string> arguments = arguments_of(term);
  if (term.starts_with("pattern(")) return example_plain(std::stoul(arguments.at(0)));
  if (term.starts_with("repeat(")) {
    return Buffer(std::stoul(arguments.at(1)), decode_hex(arguments.at(0)).value().at(0));
  }
  REQUIRE(term.starts_with("data("));
  const Buffer data = read_file(folder + "data/" + arguments.at(0) + ".bin");
  const std::size_t from = std::stoul(arguments.at(1));
  const std::size_t to = std::stoul(arguments.at(2));
  REQUIRE((from < to && to <= data.size()));
  const Bytes slice = Bytes(data).subspan(from, to - from);
  return Buffer(slice.begin(), slice.end());
}

Buffer value_bytes(const std::string& value) {
  Buffer out;
  std::size_t at = 0;
  while (at < value.size()) {
    if (value[at] == '\'') {
      const std::size_t end = value.find('\'', at + 1);
      REQUIRE(end != std::string::npos);
      append(out, as_bytes(std::string_view(value).substr(at + 1, end - at - 1)));
      at = end + 2;
      continue;
    }
    const std::size_t end = std::min(value.find(' ', at), value.size());
    append(out, term_bytes(value.substr(at, end - at)));
    at = end + 1;
  }
  return out;
}

}  // namespace

Vector::Vector(const std::string& kind, const std::string& name) : name_(kind + "/" + name) {
  std::ifstream in(folder + name_ + ".txt");
  REQUIRE_MESSAGE(in.is_open(), name_);
  for (std::string line; std::getline(in, line);) {
    const std::size_t colon = line.find(':');
    REQUIRE(colon != std::string::npos);
    const std::string value = line.substr(std::min(colon + 2, line.size()));
    fields_[line.substr(0, colon)].push_back(value);
  }
}

const std::vector<std::string>& Vector::values(const std::string& field) const {
  REQUIRE_MESSAGE(fields_.contains(field), name_, ": ", field);
  return fields_.at(field);
}

const std::string& Vector::text(const std::string& field) const {
  return values(field).front();
}

std::uint64_t Vector::number(const std::string& field) const {
  return std::stoull(text(field));
}

Buffer Vector::bytes(const std::string& field) const {
  return value_bytes(text(field));
}

std::vector<Buffer> Vector::all_bytes(const std::string& field) const {
  std::vector<Buffer> out;
  for (const std::string& value : values(field)) out.push_back(value_bytes(value));
  return out;
}

std::vector<std::uint64_t> Vector::all_numbers(const std::string& field) const {
  std::vector<std::uint64_t> out;
  for (const std::string& value : values(field)) out.push_back(std::stoull(value));
  return out;
}

std::string word_for(ErrorCode code) {
  if (code == ErrorCode::damaged) return "damaged";
  if (code == ErrorCode::refused) return "refused";
  if (code == ErrorCode::invalid) return "invalid";
  return "another error";
}

std::string hex_of_sha256(Bytes bytes) {
  return encode_hex(sha256(bytes));
}

std::vector<Vector> vectors_of(const std::string& kind) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder + kind)) {
    names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  std::vector<Vector> out;
  out.reserve(names.size());
  for (const std::string& name : names) out.emplace_back(kind, name);
  REQUIRE(out.size() >= 3);
  return out;
}

}  // namespace couvert
