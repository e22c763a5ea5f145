#include "mail/mail_page.h"

#include <algorithm>

#include "mail/plain.h"

namespace couvert {
namespace {

constexpr std::string_view font =
    "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;";
constexpr std::string_view breaking = "word-break:break-word;overflow-wrap:anywhere;";

// Dark colours and small screens. Whoever ignores this (Thunderbird takes all @-rules out, and the
// light backgrounds too, where it is dark) sees the inline styles, which must do on both grounds.
constexpr std::string_view style_sheet =
    ":root{color-scheme:light dark;supported-color-schemes:light dark}"
    "@media(max-width:480px){.card{padding:24px 20px!important}.edge{padding:12px 8px!important}"
    ".wide{width:100%!important}.rows td{display:block!important;padding:0!important}"
    ".rows .soft{padding-top:6px!important}}"
    "@media(prefers-color-scheme:dark){"
    ".page{background:#11171c!important}.card{background:#1a2229!important;"
    "border-color:#313c45!important}.strong{color:#e9edf0!important}.soft{color:#adb9c2!important}"
    ".box{background:#141b21!important;border-color:#4a5660!important}"
    ".notice{background:#3a3115!important;border-color:#c9a227!important;color:#f7e9bd!important}"
    ".good{background:#15301f!important;border-color:#7fd0a0!important;color:#d3f0de!important}";

// A thin line around a box. Outlook's Word engine knows no transparency and takes the first colour.
constexpr std::string_view thin_line =
    "border:1px solid #dcd9cf;border-color:rgba(127,125,112,0.3);border-radius:";

std::string join(std::initializer_list<std::string_view> parts) {
  std::string out;
  for (const std::string_view part : parts) out += part;
  return out;
}

// What goes on of the style sheet: the dark colours of this organisation.
std::string dark_colours(const MailColours& colours) {
  return join({".main{background:", colours.dark_brand, "!important;border-color:",
               colours.dark_brand, "!important}.main a{color:", colours.dark_on_brand,
               "!important}.second{border-color:", colours.dark_brand,
               "!important}.second a,.link{color:", colours.dark_brand, "!important}}"});
}

// One row of the mail's single column.
std::string block(std::string_view padding, std::string_view content) {
  return join({"<tr><td style=\"padding:", padding, ";\">", content, "</td></tr>\n"});
}

// As content of an element. "E-mail" stays in one piece: its hyphen is no place to break a line.
std::string prose_html(std::string_view text) {
  constexpr std::string_view word = "e-mail";
  const auto is_alike = [](char a, char b) {
    return a == b || (a >= 'A' && a <= 'Z' && a + 32 == b);
  };
  const std::string html = escape_html_lines(text);
  std::string out;
  std::string_view rest = html;
  for (;;) {
    const auto found = std::ranges::search(rest, word, is_alike);
    const auto before = static_cast<std::size_t>(found.begin() - rest.begin());
    out += rest.substr(0, before);
    if (found.empty()) return out;
    out +=
        join({"<span style=\"white-space:nowrap\">", rest.substr(before, word.size()), "</span>"});
    rest.remove_prefix(before + word.size());
  }
}

std::string paragraph_html(std::string_view kind, std::string_view look, std::string_view inner) {
  return join({"<p class=\"", kind, "\" dir=\"auto\" style=\"margin:0;", font, breaking, look,
               "\">", inner, "</p>"});
}

// Outlook's Word engine knows no max-width: it alone reads this table of fixed width.
constexpr std::string_view outlook_begin =
    "<!--[if mso]><table role=\"presentation\" width=\"600\"><tr><td><![endif]-->\n";
constexpr std::string_view outlook_end = "\n<!--[if mso]></td></tr></table><![endif]-->";

constexpr std::string_view strong_look = "font-size:16px;line-height:24px;color:#18222b;";
// The organisation's name, with a mark of its colour before it.
constexpr std::string_view name_look =
    "font-size:14px;line-height:20px;font-weight:600;color:#18222b;padding-left:10px;"
    "border-left:4px solid ";
constexpr std::string_view soft_look = "font-size:14px;line-height:20px;color:#4c5863;";

}  // namespace

MailPage::MailPage(MailPageHead head, std::string_view heading)
    : head_(std::move(head)), heading_(heading) {
  add_text(wrapped(heading_));
}

void MailPage::add_text(std::string_view block_text) {
  if (!text_.empty()) text_ += '\n';
  text_ += block_text;
}

void MailPage::paragraph(std::string_view text) {
  add_text(wrapped(text));
  html_ += block("0 0 16px", paragraph_html("strong", strong_look, prose_html(text)));
}

void MailPage::remark(std::string_view text) {
  add_text(wrapped(text));
  html_ += block("0 0 16px", paragraph_html("soft", soft_look, prose_html(text)));
}

void MailPage::section(std::string_view title) {
  const std::string lines = wrapped(title);
  const std::size_t columns = std::min<std::size_t>(columns_of(title), 30);
  add_text(join({lines, std::string(columns, '-'), "\n"}));
  html_ +=
      block("12px 0 8px", join({"<h2 class=\"strong\" style=\"margin:0;", font,
                                "font-size:16px;line-height:24px;font-weight:600;color:#18222b;\">",
                                escape_html(title), "</h2>"}));
}

void MailPage::button(std::string_view label, std::string_view link, ButtonKind kind) {
  add_text(join({wrapped(join({label, ":"})), link, "\n"}));
  const bool main = kind == ButtonKind::main;
  const MailColours& colours = head_.colours;
  const std::string ground = main ? join({" bgcolor=\"", colours.brand, "\""}) : "";
  const std::string fill = main ? join({"background:", colours.brand, ";"}) : "";
  // The cell carries colour and corners: Outlook knows no padding on a link.
  html_ +=
      block("4px 0 16px",
            join({"<table role=\"presentation\" class=\"wide\" cellpadding=\"0\" cellspacing=\"0\" "
                  "border=\"0\"><tr><td class=\"",
                  main ? "main" : "second", "\" align=\"center\"", ground,
                  " style=\"border-radius:6px;mso-padding-alt:13px 28px;", fill,
                  "border:1px solid ", colours.line, ";\"><a href=\"", escape_html(link),
                  "\" style=\"display:block;padding:13px 28px;", font,
                  "font-size:16px;line-height:20px;font-weight:600;text-decoration:none;color:",
                  main ? colours.on_brand : colours.brand, ";\">", escape_html(label),
                  "</a></td></tr></table>"}));
}

void MailPage::code(std::string_view code) {
  add_text(join({"    ", code, "\n"}));
  html_ +=
      block("0 0 16px",
            join({"<div class=\"box strong\" style=\"background:#f4f2ec;", thin_line,
                  "6px;padding:18px 12px;text-align:center;font-family:Consolas,Menlo,"
                  "'DejaVu Sans Mono',monospace;font-size:28px;line-height:34px;font-weight:700;"
                  "letter-spacing:2px;color:#18222b;-webkit-user-select:all;user-select:all;\">",
                  escape_html(code), "</div>"}));
}

void MailPage::notice(std::string_view text) {
  add_box(
      "<div class=\"notice\" style=\"background:#fbf0da;border-left:4px solid "
      "#b57a00;color:#5c3900;",
      text);
}

void MailPage::good_news(std::string_view text) {
  add_box(
      "<div class=\"good\" style=\"background:#e5f2ea;border-left:4px solid #1b6840;color:#12472b;",
      text);
}

void MailPage::add_box(std::string_view opening, std::string_view text) {
  add_text(wrapped(text));
  html_ +=
      block("0 0 16px", join({opening, "border-radius:4px;padding:10px 14px;", font,
                              "font-size:16px;line-height:24px;\">", prose_html(text), "</div>"}));
}

void MailPage::list(const std::vector<std::string>& items, ListKind kind) {
  std::string lines;
  std::string html;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const std::string mark = kind == ListKind::numbered ? std::to_string(i + 1) + "." : "-";
    // A hanging indent: the mark takes the place of the first blanks.
    std::string item = wrapped(items[i], std::string(mark.size() + 1, ' '));
    lines += mark + (item.empty() ? "\n" : item.substr(mark.size()));
    html += join({"<li style=\"margin:0 0 4px;\">", prose_html(items[i]), "</li>"});
  }
  add_text(lines);
  const std::string_view tag = kind == ListKind::numbered ? "ol" : "ul";
  html_ +=
      block("0 0 16px", join({"<", tag, " class=\"strong\" style=\"margin:0;padding:0 0 0 24px;",
                              font, breaking, strong_look, "\">", html, "</", tag, ">"}));
}

void MailPage::rows(const std::vector<Row>& rows, RowsKind kind) {
  std::string lines;
  std::string html;
  for (const auto& [label, value, link] : rows) {
    lines += wrapped(join({label, ": ", value}));
    const std::string shown = link.empty() ? escape_html(value) : link_html(link, value);
    html +=
        join({"<tr><td class=\"soft\" valign=\"top\" style=\"padding:2px 16px 2px 0;"
              "white-space:nowrap;",
              font, "font-size:14px;line-height:22px;color:#4c5863;\">", escape_html(label),
              "</td><td class=\"strong\" dir=\"auto\" style=\"padding:2px 0;", font, breaking,
              "font-size:15px;line-height:22px;color:#18222b;\">", shown, "</td></tr>"});
  }
  add_text(lines);
  html_ += block(
      "0 0 16px",
      join({"<table role=\"presentation\"", kind == RowsKind::long_values ? " class=\"rows\"" : "",
            " cellpadding=\"0\" cellspacing=\"0\" border=\"0\">", html, "</table>"}));
}

void MailPage::quote(std::string_view text) {
  add_text(wrapped(text, "> "));
  html_ += block("0 0 16px",
                 join({"<div class=\"box strong\" dir=\"auto\" style=\"background:#f4f2ec;"
                       "border-left:4px solid #b9b4a6;border-radius:4px;padding:12px 16px;",
                       font, breaking, strong_look, "\">", escape_html_lines(text), "</div>"}));
}

void MailPage::link_to_copy(std::string_view hint, std::string_view link) {
  html_ += block("0 0 16px", paragraph_html("soft", soft_look, escape_html_lines(hint)));
  html_ += block("0 0 16px", paragraph_html("soft", soft_look, link_html(link, link)));
}

std::string MailPage::link_html(std::string_view link, std::string_view shown) const {
  return join({"<a class=\"link\" href=\"", escape_html(link), "\" style=\"color:",
               head_.colours.brand, ";word-break:break-all;\">", escape_html(shown), "</a>"});
}

std::string MailPage::text(std::string_view last_line) const {
  return text_ + "\n-- \n" + wrapped(last_line);
}

std::string MailPage::html(std::string_view last_line) const {
  const std::string heading = escape_html(heading_);
  return join(
      {"<!DOCTYPE html>\n<html lang=\"",
       head_.language,
       "\">\n<head>\n<meta charset=\"utf-8\">\n",
       "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n",
       "<meta name=\"color-scheme\" content=\"light dark\">\n",
       "<meta name=\"supported-color-schemes\" content=\"light dark\">\n",
       "<meta name=\"format-detection\" content=\"telephone=no,date=no,address=no,email=no,url=no",
       "\">\n<title>",
       heading,
       "</title>\n<style>",
       style_sheet,
       dark_colours(head_.colours),
       "</style>\n</head>\n",
       "<body class=\"page\" style=\"margin:0;padding:0;background:#f5f4ef;\">\n",
       "<table role=\"presentation\" class=\"page\" width=\"100%\" cellpadding=\"0\" ",
       "cellspacing=\"0\" border=\"0\" style=\"background:#f5f4ef;\"><tr>",
       "<td class=\"edge\" align=\"center\" style=\"padding:24px 16px;\">\n",
       outlook_begin,
       "<table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" ",
       "border=\"0\" style=\"max-width:600px;\"><tr><td class=\"card\" align=\"left\" ",
       "style=\"background:#ffffff;",
       thin_line,
       "8px;padding:32px;\">\n",
       "<table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" ",
       "border=\"0\">\n",
       block("0 0 16px", paragraph_html("strong", join({name_look, head_.colours.mark, ";"}),
                                        escape_html(head_.organisation))),
       block("0 0 20px", join({"<h1 class=\"strong\" dir=\"auto\" style=\"margin:0;", font,
                               breaking, "font-size:22px;line-height:30px;font-weight:600;",
                               "color:#18222b;\">", heading, "</h1>"})),
       html_,
       "</table>\n</td></tr><tr><td style=\"padding:16px 8px;\">",
       paragraph_html("soft", "font-size:12px;line-height:18px;color:#4c5863;text-align:center;",
                      escape_html(last_line)),
       "</td></tr></table>",
       outlook_end,
       "\n</td></tr></table>\n</body>\n</html>\n"});
}

}  // namespace couvert
