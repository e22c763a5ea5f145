#include "server/look.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/bytes.h"
#include "base/limits.h"
#include "server/palette.h"

namespace couvert {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 3> text_names = {"imprint", "privacy", "terms"};

Result<std::string> read_bounded(const fs::path& path, std::size_t bytes_max) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  if (!in || !out) return fail(ErrorCode::unavailable, path.string() + ": cannot be read");
  if (out.view().size() > bytes_max) {
    return fail(ErrorCode::invalid,
                path.string() + ": more than " + std::to_string(bytes_max) + " bytes");
  }
  return out.str();
}

Result<> read_logo(const std::string& path, Look& look) {
  if (path.empty()) return Result<>();
  const std::string suffix = fs::path(path).extension();
  constexpr std::array<std::string_view, 3> known = {".svg", ".png", ".webp"};
  if (std::ranges::find(known, suffix) == known.end()) {
    return fail(ErrorCode::invalid, "[look]: logo: a file named .svg, .png or .webp");
  }
  Result<std::string> bytes = read_bounded(path, limits::logo_bytes_max);
  if (!bytes) return pass(bytes);
  look.logo = "/look/logo" + suffix;
  look.files.push_back({look.logo, std::move(*bytes)});
  return Result<>();
}

Result<> read_colours(const LookConfig& config, Look& look) {
  std::array<std::optional<Colour>, 2> colours;
  for (const auto& [name, text, at] :
       {std::tuple("colour", config.colour, 0U), std::tuple("accent", config.accent, 1U)}) {
    if (text.empty()) continue;
    const Result<Colour> colour = parse_colour(text);
    if (!colour)
      return fail(ErrorCode::invalid,
                  std::string("[look]: ") + name + ": " + colour.error().detail);
    colours.at(at) = *colour;
  }
  look.files.front().bytes = style_of(colours[0], colours[1]);
  return Result<>();
}

Result<> read_texts(const LookConfig& config, Look& look) {
  if (config.texts.empty()) return Result<>();
  for (const std::string_view name : text_names) {
    OwnText text{std::string(name), {}};
    for (const Language language : all_languages) {
      const std::string file = std::string(name) + "." + std::string(name_of(language)) + ".txt";
      const fs::path path = fs::path(config.texts) / file;
      std::error_code error;
      if (!fs::exists(path, error)) continue;
      Result<std::string> bytes = read_bounded(path, limits::own_text_bytes_max);
      if (!bytes) return pass(bytes);
      if (!is_utf8(*bytes)) return fail(ErrorCode::invalid, path.string() + ": is no UTF-8");
      text.languages.push_back(language);
      look.files.push_back({"/look/" + file, std::move(*bytes)});
    }
    if (!text.languages.empty()) look.texts.push_back(std::move(text));
  }
  if (look.texts.empty()) {
    return fail(ErrorCode::invalid, config.texts + ": no text such as imprint.de.txt");
  }
  return Result<>();
}

}  // namespace

Result<Look> read_look(const LookConfig& config) {
  Look look;
  Result<> read = read_logo(config.logo, look);
  if (read) read = read_colours(config, look);
  if (read) read = read_texts(config, look);
  if (!read) return pass(read);
  look.terms_required = config.terms_required;
  const auto is_terms = [](const OwnText& text) { return text.name == "terms"; };
  if (look.terms_required && std::ranges::none_of(look.texts, is_terms)) {
    return fail(ErrorCode::invalid,
                "[look]: terms_required: a text of terms, such as terms.de.txt");
  }
  return look;
}

}  // namespace couvert
