#include "cli/password.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "base/limits.h"
#include "cli/descriptor.h"

namespace couvert {
namespace {

// Without i, l, o, I, O, 0 and 1.
constexpr std::string_view lower = "abcdefghjkmnpqrstuvwxyz";
constexpr std::string_view upper = "ABCDEFGHJKLMNPQRSTUVWXYZ";
constexpr std::string_view digits = "23456789";
constexpr std::size_t characters = lower.size() + upper.size() + digits.size();

char character(std::size_t index) {
  if (index < lower.size()) return lower[index];
  index -= lower.size();
  return index < upper.size() ? upper[index] : digits[index - upper.size()];
}

bool holds_one_of(const std::string& text, std::string_view set) {
  return text.find_first_of(set) != std::string::npos;
}

// Every character is equally likely: bytes past the last whole round are thrown away.
char draw_character(Random& random) {
  constexpr std::size_t usable = 256 / characters * characters;
  while (true) {
    const auto byte = static_cast<std::size_t>(random.bytes<1>()[0]);
    if (byte < usable) return character(byte % characters);
  }
}

// Nothing behind the first line is read further than one buffer.
Outcome<WipedText> first_line(int file, const std::string& path) {
  WipedText line;
  line.edit().resize(limits::password_bytes_max + 2);
  std::size_t filled = 0;
  while (filled < line.text().size()) {
    const ssize_t got = read(file, line.edit().data() + filled, line.text().size() - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      return complain(Exit::unavailable, "cannot read " + path + ": " + std::strerror(errno));
    }
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
  }
  const std::size_t end = line.text().substr(0, filled).find('\n');
  wipe(std::as_writable_bytes(std::span(line.edit()).subspan(std::min(end, filled))));
  line.edit().resize(std::min(end, filled));
  if (line.text().ends_with('\r')) line.edit().pop_back();
  return line;
}

}  // namespace

WipedText make_password(Random& random, std::int64_t length_min) {
  const std::int64_t groups = std::max<std::int64_t>(4, (length_min + 5) / 5);
  while (true) {
    WipedText password;
    password.edit().reserve(static_cast<std::size_t>(5 * groups));
    for (int i = 0; i < 4 * groups; ++i) {
      if (i > 0 && i % 4 == 0) password.edit() += '-';
      password.edit() += draw_character(random);
    }
    const std::string& text = password.text();
    if (holds_one_of(text, lower) && holds_one_of(text, upper) && holds_one_of(text, digits)) {
      return password;
    }
  }
}

Outcome<WipedText> read_password(const std::string& path, Terminal& terminal) {
  Outcome<WipedText> line;
  if (path == "-") {
    const bool person = isatty(STDIN_FILENO) == 1;
    line = person ? terminal.ask_hidden("Password") : terminal.ask("Password");
  } else {
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file) {
      return complain(Exit::unavailable, "cannot read " + path + ": " + std::strerror(errno));
    }
    line = first_line(file.get(), path);
  }
  if (!line) return line;
  if (line->empty()) return complain(Exit::usage, "the password is empty");
  if (line->text().size() > limits::password_bytes_max || !is_utf8(line->text()) ||
      line->text().find('\0') != std::string::npos) {
    return complain(Exit::usage, "the password is too long, or no text");
  }
  return line;
}

}  // namespace couvert
