#include "cli/terminal.h"

#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/bytes.h"
#include "base/file_name.h"
#include "base/limits.h"

namespace couvert {
namespace {

constexpr std::size_t line_bytes_max = limits::password_bytes_max;

bool write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

void write_error_line(std::string line) {
  line += '\n';
  static_cast<void>(write_all(STDERR_FILENO, line));  // nobody is left to be told
}

// A terminal's echo, off while this lives.
class NoEcho {
 public:
  explicit NoEcho(int terminal) : terminal_(terminal) {
    if (tcgetattr(terminal, &before_) != 0) return;
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    changed_ = tcsetattr(terminal, TCSAFLUSH, &silent) == 0;
  }
  ~NoEcho() {
    if (changed_) tcsetattr(terminal_, TCSAFLUSH, &before_);
  }
  NoEcho(const NoEcho&) = delete;
  NoEcho& operator=(const NoEcho&) = delete;

  bool works() const { return changed_; }

 private:
  int terminal_;
  bool changed_ = false;
  termios before_{};
};

}  // namespace

std::string printable(std::string_view text) {
  const bool sound = is_utf8(text);
  std::string out;
  while (!text.empty()) {
    const bool broken = !sound && static_cast<unsigned char>(text[0]) >= 0x80;
    const std::size_t hidden = broken ? 1 : hidden_sign_at(text);
    out += hidden > 0 ? '?' : text[0];
    text.remove_prefix(std::max<std::size_t>(hidden, 1));
  }
  return out;
}

void Terminal::say(std::string_view line) {
  if (talk_ == Talk::normal) write_error_line(printable(line));
}

void Terminal::report(const Trouble& trouble) {
  draw("");
  write_error_line("couvert: error: " + printable(trouble.message));
  if (!trouble.hint.empty()) write_error_line("couvert: hint: " + printable(trouble.hint));
}

Outcome<> Terminal::print(std::string_view line) {
  if (write_all(STDOUT_FILENO, line) && write_all(STDOUT_FILENO, "\n")) return Outcome<>();
  return complain(errno == ENOSPC ? Exit::full : Exit::unavailable,
                  "standard output takes nothing more");
}

bool Terminal::draws() const {
  return talk_ == Talk::normal && isatty(STDERR_FILENO) == 1;
}

void Terminal::draw(std::string_view line) {
  if (draws()) static_cast<void>(write_all(STDERR_FILENO, "\r" + printable(line) + "\x1b[K"));
}

Outcome<WipedText> Terminal::read_line(int descriptor) {
  WipedText line;
  line.edit().reserve(line_bytes_max + 1);
  while (true) {
    if (!interrupt_.wait_readable(descriptor)) return complain(Exit::interrupted, "stopped");
    char c = 0;  // one by one: what follows the line belongs to the next question
    const ssize_t got = ::read(descriptor, &c, 1);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 || (got == 0 && line.empty())) return complain(Exit::usage, "nothing was entered");
    if (got == 0 || c == '\n') break;
    line.edit() += c;
    if (line.text().size() > line_bytes_max) return complain(Exit::usage, "the line is too long");
  }
  if (line.text().ends_with('\r')) line.edit().pop_back();
  return line;
}

bool Terminal::has_person() const {
  return isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1;
}

Outcome<WipedText> Terminal::ask(std::string_view question) {
  if (isatty(STDIN_FILENO) == 1) {
    static_cast<void>(write_all(STDERR_FILENO, printable(question) + ": "));
  }
  return read_line(STDIN_FILENO);
}

Outcome<WipedText> Terminal::ask_hidden(std::string_view question) {
  const int terminal = ::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
  if (terminal < 0) {
    return complain(Exit::usage, "there is no terminal to ask for the password",
                    "use --password-file");
  }
  Outcome<WipedText> line;
  {
    const NoEcho no_echo(terminal);
    if (no_echo.works()) {
      static_cast<void>(write_all(terminal, printable(question) + ": "));
      line = read_line(terminal);
      static_cast<void>(write_all(terminal, "\n"));
    } else {
      line = complain(Exit::usage, "the terminal cannot hide a password", "use --password-file");
    }
  }
  ::close(terminal);
  return line;
}

}  // namespace couvert
