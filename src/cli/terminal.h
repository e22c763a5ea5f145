// Data to standard output, talk to standard error, questions to whoever sits there.
#pragma once

#include <string>
#include <string_view>

#include "cli/interrupt.h"
#include "cli/trouble.h"
#include "client/wiped_text.h"

namespace couvert {

/// `text` with every character that could move, colour or mirror a terminal's text replaced by
/// '?': control characters, bidirectional overrides, broken UTF-8.
std::string printable(std::string_view text);

/// Lifetime: `interrupt` must outlive it. Threads: one.
class Terminal {
 public:
  enum class Talk { normal, quiet };

  Terminal(Interrupt& interrupt, Talk talk) : interrupt_(interrupt), talk_(talk) {}

  /// A line on standard error, unless quiet; made printable.
  void say(std::string_view line);
  /// The error and its hint on standard error; made printable.
  void report(const Trouble& trouble);
  /// A line on standard output, as it is. Errors: `full`, `unavailable` where nobody takes it.
  Outcome<> print(std::string_view line);

  /// Whether progress may be drawn: standard error is a terminal and talk is not quiet.
  bool draws() const;
  /// Replaces the line that was drawn last; an empty one removes it.
  void draw(std::string_view line);

  /// Whether somebody sits here who can be asked: standard input and error are terminals.
  bool has_person() const;
  /// A line from standard input, asked for where a terminal is there. Errors: `usage` where there
  /// is none, or it is too long; `interrupted`.
  Outcome<WipedText> ask(std::string_view question);
  /// The same from the terminal itself and without echo. Errors: `usage` without a terminal.
  Outcome<WipedText> ask_hidden(std::string_view question);

 private:
  Outcome<WipedText> read_line(int descriptor);

  Interrupt& interrupt_;
  Talk talk_;
};

}  // namespace couvert
