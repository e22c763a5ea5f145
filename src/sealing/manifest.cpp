#include "sealing/manifest.h"

#include <algorithm>
#include <charconv>
#include <set>

#include "base/limits.h"
#include "crypto/secret_bytes.h"

namespace couvert {
namespace {

constexpr std::int64_t created_max = 253'402'300'799;  // the last second of the year 9999

tl::unexpected<Error> invalid(std::string why) {
  return fail(ErrorCode::invalid, std::move(why));
}

bool is_text(std::string_view text, std::size_t bytes_max) {
  return text.size() <= bytes_max && text.find('\0') == std::string_view::npos && is_utf8(text);
}

Result<> check_file(const ManifestFile& file) {
  if (file.name.empty() || !is_text(file.name, limits::file_name_bytes_max)) {
    return invalid("a file's name");
  }
  if (!is_text(file.type, limits::media_type_bytes_max)) return invalid("a file's type");
  if (file.size > limits::file_bytes_max) return invalid("a file's size");
  const std::uint64_t parts_min = (file.size + limits::part_bytes_max - 1) / limits::part_bytes_max;
  if (file.parts < parts_min || file.parts > file.size) return invalid("a file's number of parts");
  if (file.size == 0 && file.crc32 != 0) return invalid("the checksum of no bytes is 0");
  return {};
}

// The characters that JSON.stringify writes as a backslash and a letter, and these letters.
constexpr std::string_view short_codes = "\b\t\n\f\r\"\\";
constexpr std::string_view short_names = "btnfr\"\\";

// Writes a text as JSON.stringify does.
void put_text(std::string& out, std::string_view text) {
  static constexpr char digits[] = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    const std::size_t found = short_codes.find(c);
    if (found != std::string_view::npos) {
      out += '\\';
      out += short_names[found];
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += "\\u00";
      out += digits[c >> 4];
      out += digits[c & 15];
    } else {
      out += c;
    }
  }
  out += '"';
}

std::string hex32(std::uint32_t value) {
  Buffer bytes;
  append_integer(bytes, value, 4);
  return encode_hex(bytes);
}

void put_quick(std::string& out, const ManifestQuick& quick) {
  std::string secret = secret_to_base64url(quick.secret);
  out += ",\"quick\":{\"key\":\"" + encode_base64url(quick.key) + "\",\"secret\":\"";
  out += secret;
  out += "\"}";
  wipe(secret);
}

void put_file(std::string& out, const ManifestFile& file) {
  out += "{\"no\":" + std::to_string(file.no) + ",\"name\":";
  put_text(out, file.name);
  out += ",\"type\":";
  put_text(out, file.type);
  out += ",\"size\":" + std::to_string(file.size) + ",\"crc32\":\"" + hex32(file.crc32) + '"';
  if (file.sha256) out += ",\"sha256\":\"" + encode_hex(*file.sha256) + '"';
  out += ",\"parts\":" + std::to_string(file.parts) + '}';
}

std::string write_json(const Manifest& manifest) {
  std::string out = "{\"from\":";
  put_text(out, manifest.from);
  out += ",\"created\":" + std::to_string(manifest.created) + ",\"subject\":";
  put_text(out, manifest.subject);
  out += ",\"text\":";
  put_text(out, manifest.text);
  if (manifest.quick) put_quick(out, *manifest.quick);
  out += ",\"files\":[";
  for (const ManifestFile& file : manifest.files) {
    if (&file != &manifest.files.front()) out += ',';
    put_file(out, file);
  }
  out += "]}";
  return out;
}

// Reads the one spelling that write_json() has, from left to right. What is spelled otherwise makes
// the reader bad for good; values after that mean nothing.
class SpellingReader {
 public:
  explicit SpellingReader(std::string_view text) : rest_(text) {}

  bool is_good() const { return good_; }
  bool is_over() const { return rest_.empty(); }

  /// Takes `literal` where it stands next.
  bool skip(std::string_view literal) {
    if (!rest_.starts_with(literal)) return false;
    rest_.remove_prefix(literal.size());
    return true;
  }
  void expect(std::string_view literal) { good_ &= skip(literal); }

  /// Behind `name`: a number from 0 to `max`.
  std::uint64_t number(std::string_view name, std::uint64_t max) {
    expect(name);
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
    const auto digits = static_cast<std::size_t>(end - rest_.data());
    good_ &= error == std::errc() && value <= max && (digits == 1 || !rest_.starts_with('0'));
    rest_.remove_prefix(digits);
    return value;
  }

  /// Behind `name`: a text in its quotation marks, of at most `bytes_max` bytes.
  std::string text(std::string_view name, std::size_t bytes_max) {
    expect(name);
    expect("\"");
    std::string out;
    while (good_) {
      const std::size_t plain = plain_bytes();
      good_ = plain < rest_.size() && out.size() + plain <= bytes_max;
      if (!good_) break;
      out.append(rest_.substr(0, plain));
      rest_.remove_prefix(plain);
      if (skip("\"")) break;
      out += escaped();
    }
    return out;
  }

  /// Behind `name`: that many bytes in lower-case hexadecimal.
  Buffer hex(std::string_view name, std::size_t bytes) {
    Result<Buffer> read = decode_hex(text(name, 2 * bytes));
    good_ &= read && read->size() == bytes;
    return good_ ? std::move(*read) : Buffer(bytes);
  }

 private:
  // How many bytes stand before the next quotation mark, backslash or control character.
  std::size_t plain_bytes() const {
    const auto is_special = [](char c) {
      return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20;
    };
    const auto special = std::ranges::find_if(rest_, is_special);
    return static_cast<std::size_t>(special - rest_.begin());
  }

  // The character behind a backslash, or `\u` and four digits for one that has no short form.
  char escaped() {
    expect("\\");
    const std::size_t found = rest_.empty() ? short_names.npos : short_names.find(rest_[0]);
    if (found != short_names.npos) {
      rest_.remove_prefix(1);
      return short_codes[found];
    }
    expect("u00");
    const Result<Buffer> code = decode_hex(rest_.substr(0, 2));
    good_ &= code && code->size() == 1;
    if (!good_) return 0;
    rest_.remove_prefix(2);
    const char c = static_cast<char>(code->front());
    good_ = static_cast<unsigned char>(c) < 0x20 && short_codes.find(c) == short_codes.npos;
    return c;
  }

  std::string_view rest_;
  bool good_ = true;
};

ManifestFile read_file(SpellingReader& json) {
  ManifestFile file;
  file.no = static_cast<std::uint32_t>(json.number("{\"no\":", UINT32_MAX));
  file.name = json.text(",\"name\":", limits::file_name_bytes_max);
  file.type = json.text(",\"type\":", limits::media_type_bytes_max);
  file.size = json.number(",\"size\":", limits::file_bytes_max);
  file.crc32 = static_cast<std::uint32_t>(read_integer(json.hex(",\"crc32\":", 4)));
  if (json.skip(",\"sha256\":")) {
    const Buffer digest = json.hex("", sizeof(Sha256Digest));
    std::copy(digest.begin(), digest.end(), file.sha256.emplace().begin());
  }
  file.parts = static_cast<std::uint32_t>(json.number(",\"parts\":", UINT32_MAX));
  json.expect("}");
  return file;
}

Result<ManifestQuick> read_quick(SpellingReader& json) {
  const Result<Buffer> key = decode_base64url(json.text("{\"key\":", 87));
  std::string text = json.text(",\"secret\":", 43);
  Result<Secret<32>> secret = secret_from_base64url<32>(text);
  wipe(text);
  json.expect("}");
  ManifestQuick quick;
  // An uncompressed point (SEC 1, section 2.3.3); whether it lies on the curve is asked at its use.
  if (!key || key->size() != quick.key.size() || key->front() != std::byte{4} || !secret) {
    return invalid("quick");
  }
  std::copy(key->begin(), key->end(), quick.key.begin());
  quick.secret = std::move(*secret);
  return quick;
}

Result<Manifest> read_json(std::string_view text) {
  SpellingReader json(text);
  Manifest manifest;
  manifest.from = json.text("{\"from\":", limits::address_bytes_max);
  manifest.created = static_cast<std::int64_t>(json.number(",\"created\":", created_max));
  manifest.subject = json.text(",\"subject\":", limits::subject_bytes_max);
  manifest.text = json.text(",\"text\":", limits::message_bytes_max);
  if (json.skip(",\"quick\":")) {
    Result<ManifestQuick> quick = read_quick(json);
    if (!quick) return pass(quick);
    manifest.quick = std::move(*quick);
  }
  json.expect(",\"files\":[");
  bool more = !json.skip("]}");
  while (more && json.is_good() && manifest.files.size() < limits::files_max) {
    manifest.files.push_back(read_file(json));
    more = json.skip(",");
    if (!more) json.expect("]}");
  }
  if (more || !json.is_good() || !json.is_over()) return invalid("another spelling");
  return manifest;
}

}  // namespace

Result<> check_manifest(const Manifest& manifest) {
  if (manifest.from.empty() || !is_text(manifest.from, limits::address_bytes_max)) {
    return invalid("the sender's address");
  }
  if (manifest.created < 0 || manifest.created > created_max) return invalid("the time of making");
  if (!is_text(manifest.subject, limits::subject_bytes_max)) return invalid("the subject");
  if (!is_text(manifest.text, limits::message_bytes_max)) return invalid("the text");
  if (manifest.files.size() > limits::files_max) return invalid("the number of files");
  std::set<std::uint32_t> numbers;
  for (const ManifestFile& file : manifest.files) {
    if (!numbers.insert(file.no).second) return invalid("a file's number came twice");
    const Result<> checked = check_file(file);
    if (!checked) return checked;
  }
  return {};
}

Result<std::string> encode_manifest_json(const Manifest& manifest) {
  const Result<> checked = check_manifest(manifest);
  if (!checked) return pass(checked);
  std::string out = write_json(manifest);
  if (out.size() > limits::manifest_json_bytes_max) {
    wipe(out);
    return fail(ErrorCode::too_large, "a manifest is too long");
  }
  return out;
}

Result<Manifest> decode_manifest_json(std::string_view json) {
  if (json.size() > limits::manifest_json_bytes_max) {
    return fail(ErrorCode::damaged, "manifest: too long");
  }
  Result<Manifest> manifest = read_json(json);
  if (!manifest) return fail(ErrorCode::damaged, "manifest: " + manifest.error().detail);
  const Result<> checked = check_manifest(*manifest);
  if (!checked) return fail(ErrorCode::damaged, "manifest: " + checked.error().detail);
  return manifest;
}

}  // namespace couvert
