#include "server/outlook.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

using namespace couvert;

namespace {

namespace fs = std::filesystem;

struct OutlookFolder {
  OutlookFolder() {
    std::string pattern = (fs::temp_directory_path() / "outlook-XXXXXX").string();
    REQUIRE(mkdtemp(pattern.data()) != nullptr);
    folder = pattern;
    std::ofstream(folder / "manifest.xml")
        << "<Id>00000000-0000-4000-8000-000000000000</Id>https://couvert.invalid/outlook/a "
        << "https://couvert.invalid/outlook/b couvert.invalid";
    std::ofstream(folder / "send.html") << "<script src=\"/outlook/send.js\"></script>";
    std::ofstream(folder / "launch.js") << "JSON.parse(\"%COUVERT_ALERT%\")";
    config.service.base_url = "https://transfer.example.org";
    config.outlook.enabled = true;
    config.outlook.pages = folder;
    config.outlook.marks = {"[intern]", "Vertraulich"};
    config.outlook.alert_bytes = 5;
  }
  ~OutlookFolder() { fs::remove_all(folder); }

  fs::path folder;
  Config config;
};

const PortalExtra& file_at(const Look& look, std::string_view path) {
  const auto found = std::ranges::find(look.files, path, &PortalExtra::path);
  REQUIRE(found != look.files.end());
  return *found;
}

}  // namespace

TEST_CASE("the manifest of the Outlook add-in names its own server and ID") {
  const OutlookFolder test;
  Look look;
  REQUIRE(add_outlook(test.config, look));
  const std::string id = outlook_id(test.config.service.base_url);
  CHECK(file_at(look, "/outlook/manifest.xml").bytes ==
        "<Id>" + id +
            "</Id>https://transfer.example.org/outlook/a "
            "https://transfer.example.org/outlook/b transfer.example.org");
  CHECK(id.size() == 36);
  CHECK(id[14] == '8');
  CHECK(id != outlook_id("https://other.example.org"));
  CHECK(file_at(look, "/outlook/launch.js").bytes ==
        R"(JSON.parse("{\"bytes\":5,\"marks\":[\"[intern]\",\"Vertraulich\"],\"labels\":[]}"))");
}

TEST_CASE("a pane of the Outlook add-in is framed by webmail alone") {
  OutlookFolder test;
  test.config.outlook.frames = {"https://mail.example.org"};
  Look look;
  REQUIRE(add_outlook(test.config, look));
  const std::string& policy = file_at(look, "/outlook/send.html").policy;
  CHECK(policy.find("script-src 'self' https://appsforoffice.microsoft.com;") != std::string::npos);
  CHECK(policy.find("https://outlook.office.com ") != std::string::npos);
  CHECK(policy.ends_with(" https://mail.example.org"));
  CHECK(file_at(look, "/outlook/manifest.xml").policy.find("frame-ancestors 'none'") !=
        std::string::npos);
}

TEST_CASE("without a word in the configuration there is no Outlook add-in") {
  OutlookFolder test;
  test.config.outlook.enabled = false;
  Look look;
  const std::size_t before = look.files.size();
  REQUIRE(add_outlook(test.config, look));
  CHECK(look.files.size() == before);
}

TEST_CASE("an Outlook add-in whose pages are not there keeps the server from starting") {
  OutlookFolder test;
  test.config.outlook.pages = test.folder / "none";
  Look look;
  CHECK(add_outlook(test.config, look).error().code == ErrorCode::unavailable);
}
