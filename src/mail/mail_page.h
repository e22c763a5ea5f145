// One mail as it is built up, block by block, in plain text and HTML at the same time.
//
// Every block escapes what it is given: no text can become markup. Texts of people must have gone
// through plain.h before, so that they do not become links either. The HTML is a table of one
// column with inline styles, for the mail programs that know nothing else; a style sheet in the
// head only adds the dark colours and the small screen.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mail/mail_colours.h"

namespace couvert {

enum class ButtonKind { main, second };
enum class ListKind { numbered, plain };
/// Long values stand under their labels on a small screen.
enum class RowsKind { short_values, long_values };

/// A label and its value, which in HTML leads to `link` where there is one.
struct Row {
  std::string label;
  std::string value;
  std::string link{};
};

/// Who a page is from, and in which language.
struct MailPageHead {
  std::string language;      // "de", "nl" or "en"
  std::string organisation;  // stands above the heading
  MailColours colours{};
};

/// Order: the blocks as they are to be read, then text() and html().
class MailPage {
 public:
  MailPage(MailPageHead head, std::string_view heading);

  void paragraph(std::string_view text);
  /// In a smaller type, less strong.
  void remark(std::string_view text);
  /// A small heading inside the mail.
  void section(std::string_view title);
  /// A padded link; in plain text the label and the link on lines of their own.
  void button(std::string_view label, std::string_view link, ButtonKind kind);
  /// Large, in one piece, easy to select.
  void code(std::string_view code);
  /// A line that must not be missed.
  void notice(std::string_view text);
  /// The same where nothing is left to do: in green.
  void good_news(std::string_view text);
  void list(const std::vector<std::string>& items, ListKind kind);
  void rows(const std::vector<Row>& rows, RowsKind kind);
  /// What a person wrote, marked as such on every line.
  void quote(std::string_view text);
  /// In HTML alone: a link as it is, for whom the button does not work. Plain text has shown it.
  void link_to_copy(std::string_view hint, std::string_view link);

  /// The plain text with `last_line` under it.
  std::string text(std::string_view last_line) const;
  std::string html(std::string_view last_line) const;

 private:
  void add_text(std::string_view block);
  void add_box(std::string_view opening, std::string_view text);
  std::string link_html(std::string_view link, std::string_view shown) const;

  MailPageHead head_;
  std::string heading_;
  std::string text_;
  std::string html_;
};

}  // namespace couvert
