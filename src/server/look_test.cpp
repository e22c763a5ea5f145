#include "server/look.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "base/limits.h"

using namespace couvert;

namespace {

namespace fs = std::filesystem;

struct TestFolder {
  TestFolder() {
    std::string pattern = (fs::temp_directory_path() / "look-XXXXXX").string();
    REQUIRE(mkdtemp(pattern.data()) != nullptr);
    path = pattern;
  }
  ~TestFolder() { fs::remove_all(path); }

  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(path / name, std::ios::binary) << text;
    return path / name;
  }

  fs::path path;
};

const PortalExtra* find(const Look& look, std::string_view path) {
  const auto found = std::ranges::find(look.files, path, &PortalExtra::path);
  return found == look.files.end() ? nullptr : &*found;
}

std::string denial(const LookConfig& config, ErrorCode code = ErrorCode::invalid) {
  const Result<Look> look = read_look(config);
  REQUIRE_FALSE(look.has_value());
  CHECK(look.error().code == code);
  return look.error().detail;
}

}  // namespace

TEST_CASE("without a look of its own the portal has an empty style sheet and no more") {
  const Result<Look> look = read_look({});
  REQUIRE(look.has_value());
  REQUIRE(look->files.size() == 1);
  CHECK(look->files[0].path == "/look/style.css");
  CHECK(look->files[0].bytes.empty());
  CHECK(look->logo.empty());
  CHECK(look->texts.empty());
}

TEST_CASE("logo, colours and texts are read") {
  const TestFolder folder;
  LookConfig config;
  config.logo = folder.write("ours.svg", "<svg/>");
  config.colour = "#003399";
  config.texts = folder.path;
  config.terms_required = true;
  folder.write("imprint.de.txt", "Zahnärztekammer");
  folder.write("terms.nl.txt", "Voorwaarden");
  folder.write("terms.en.txt", "Terms");
  folder.write("terms.fr.txt", "Conditions");
  const Result<Look> look = read_look(config);
  REQUIRE(look.has_value());
  CHECK(look->logo == "/look/logo.svg");
  CHECK(find(*look, "/look/logo.svg")->bytes == "<svg/>");
  CHECK(find(*look, "/look/style.css")->bytes.find("--brand:#003399;") != std::string::npos);
  REQUIRE(look->texts.size() == 2);
  CHECK(look->texts[0].name == "imprint");
  CHECK(look->texts[1].languages == std::vector{Language::nl, Language::en});
  CHECK(find(*look, "/look/terms.nl.txt")->bytes == "Voorwaarden");
  CHECK(find(*look, "/look/terms.fr.txt") == nullptr);
  CHECK(look->terms_required);
}

TEST_CASE("what is wrong with a look is said by its key or file") {
  const TestFolder folder;
  CHECK(denial({.logo = folder.write("logo.gif", "GIF")}).find("logo: ") != std::string::npos);
  CHECK(denial({.logo = folder.path / "none.png"}, ErrorCode::unavailable).find("none.png") !=
        std::string::npos);
  const std::string large(limits::logo_bytes_max + 1, 'x');
  CHECK(denial({.logo = folder.write("large.png", large)}).find("large.png") != std::string::npos);
  CHECK(denial({.colour = "blue"}).find("colour: ") != std::string::npos);
  CHECK(denial({.accent = "#12"}).find("accent: ") != std::string::npos);
  CHECK(denial({.texts = folder.path}).find("imprint.de.txt") != std::string::npos);
  CHECK(denial({.terms_required = true}).find("terms_required: ") != std::string::npos);
  folder.write("privacy.de.txt", "\xff\xfe");
  CHECK(denial({.texts = folder.path}).find("privacy.de.txt") != std::string::npos);
}
