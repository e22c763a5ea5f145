#include "server/csv.h"

#include <algorithm>

namespace couvert {
namespace {

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

// Reads one field from `text` on, and takes it off. Returns it, or nothing where a quote is left
// open or something follows the closing one.
Result<std::string> take_quoted(std::string_view& text, char comma, int& line) {
  std::string field;
  text.remove_prefix(1);
  while (!text.empty()) {
    const char c = text.front();
    text.remove_prefix(1);
    if (c == '\n') ++line;
    if (c != '"') {
      field += c;
    } else if (text.starts_with('"')) {
      field += c;
      text.remove_prefix(1);
    } else {
      const bool ends =
          text.empty() || text.front() == comma || text.front() == '\n' || text.starts_with("\r\n");
      if (ends) return field;
      break;
    }
  }
  return fail(ErrorCode::invalid, "line " + std::to_string(line) + ": a quote has no end");
}

std::string take_plain(std::string_view& text, char comma) {
  const std::string_view ends = comma == ',' ? ",\r\n" : ";\r\n";
  const std::string_view field = text.substr(0, text.find_first_of(ends));
  text.remove_prefix(field.size());
  return std::string(field);
}

}  // namespace

Result<std::vector<CsvRecord>> parse_csv(std::string_view text) {
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  const char comma = text.find(';') < text.find(',') ? ';' : ',';
  std::vector<CsvRecord> records;
  int line = 1;
  CsvRecord record{line, {}};
  while (true) {
    if (text.starts_with('"')) {
      Result<std::string> field = take_quoted(text, comma, line);
      if (!field) return pass(field);
      record.fields.push_back(std::move(*field));
    } else {
      record.fields.push_back(take_plain(text, comma));
    }
    if (text.starts_with(comma)) {
      text.remove_prefix(1);
      continue;
    }
    const bool is_empty = record.fields.size() == 1 && record.fields[0].empty();
    if (!is_empty) records.push_back(std::move(record));
    if (text.starts_with('\r')) text.remove_prefix(1);
    if (text.starts_with('\n')) text.remove_prefix(1);
    if (text.empty()) return records;
    record = {++line, {}};
  }
}

std::string write_csv(const std::vector<std::string>& fields) {
  std::string line;
  for (const std::string& field : fields) {
    if (!line.empty() || &field != &fields.front()) line += ',';
    if (field.find_first_of("\",;\r\n") == std::string::npos) {
      line += field;
      continue;
    }
    line += '"';
    for (const char c : field) line.append(c == '"' ? 2 : 1, c);
    line += '"';
  }
  return line + "\r\n";
}

}  // namespace couvert
