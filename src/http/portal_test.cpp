#include "http/portal.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include "http/response_head.h"

using namespace couvert;

namespace {

namespace fs = std::filesystem;

// A small portal in a folder of its own.
struct TestPortal {
  TestPortal() {
    std::string pattern = (fs::temp_directory_path() / "portal-XXXXXX").string();
    REQUIRE(mkdtemp(pattern.data()) != nullptr);
    folder = pattern;
    fs::create_directories(folder / "assets");
    std::ofstream(folder / "index.html")
        << "<!doctype html>"
        << R"(<link rel="stylesheet" href="/look/style.css"  />)"
        << R"(<link rel="stylesheet" href="/assets/app-1.css">)" << std::string(2000, 'x');
    fs::create_directories(folder / "pages");
    std::ofstream(folder / "pages" / "provide.de.html") << "ein Blatt";
    std::ofstream(folder / "pages" / "provide.nl.html") << "een blad";
    std::ofstream(folder / "assets" / "app-1.js") << "1";
    std::ofstream(folder / "assets" / "pdf.worker-1.js") << "2";
    std::ofstream(folder / "favicon.svg") << "<svg/>";
    Look look;
    look.files.push_back({"/look/logo.webp", "RIFF"});
    look.files.push_back({"/outlook/send.html", "a pane", "frame-ancestors https://mail.example"});
    look.files.push_back({"/outlook/icon.png", "PNG", "default-src 'none'"});
    auto made = portal(folder.string(), look);
    REQUIRE(made);
    handler = *made;
  }
  ~TestPortal() { fs::remove_all(folder); }

  Response get(const std::string& path, Fields fields = {}) const {
    auto request = std::make_shared<Request>();
    request->path = path;
    request->fields = std::move(fields);
    return std::move(std::get<Response>(handler(request).next));
  }

  fs::path folder;
  Handler handler;
};

}  // namespace

TEST_CASE("the portal's pages are its index, whatever the ID") {
  const TestPortal test;
  for (const char* path :
       {"/", "/provide", "/retrieve", "/received", "/sent", "/sent/abc", "/help", "/r/abc"}) {
    CAPTURE(path);
    const Response page = test.get(path);
    CHECK(page.status == 200);
    CHECK(page.content_type == "text/html; charset=utf-8");
    CHECK(page.caching == Caching::revalidate);
    CHECK(page.shown == Shown::portal);
  }
}

TEST_CASE("a page comes in the language that the visitor chose, or else the browser") {
  const TestPortal test;
  const auto body = [&test](const char* path, Fields fields) {
    return test.get(path, std::move(fields)).fixed_body;
  };
  CHECK(body("/provide", {{"accept-language", "de-AT,de;q=0.9,nl;q=0.5"}}) == "ein Blatt");
  CHECK(body("/provide", {{"accept-language", "fr, nl;q=0.8"}}) == "een blad");
  CHECK(body("/provide", {{"accept-language", "nl"}, {"cookie", "language=de"}}) == "ein Blatt");
  CHECK(body("/provide", {{"accept-language", "nl"}, {"cookie", "language=xx"}}) == "een blad");
  // Where the build has drawn nothing: the index.
  for (const Fields& fields : {Fields(), Fields{{"accept-language", ",,;q=,"}}}) {
    CHECK(body("/provide", fields).starts_with("<!doctype html>"));
  }
  CHECK(body("/sent", {{"accept-language", "de"}}).starts_with("<!doctype html>"));
  CHECK(test.get("/provide").fields.back().second == "Accept-Encoding, Accept-Language, Cookie");
  CHECK(test.get("/pages/provide.de.html").status == 404);
}

TEST_CASE("a page asks for the organisation's styles only where there are some") {
  TestPortal test;
  CHECK(test.get("/").fixed_body.find("style.css") == std::string::npos);
  CHECK(test.get("/").fixed_body.find("app-1.css") != std::string::npos);
  Look look;
  look.files = {{"/look/style.css", ":root { --brand: red; }"}};
  test.handler = *portal(test.folder.string(), look);
  CHECK(test.get("/").fixed_body.find("/look/style.css") != std::string::npos);
}

TEST_CASE("files come with their type and may be kept for ever below assets") {
  const TestPortal test;
  const Response script = test.get("/assets/app-1.js");
  CHECK(script.fixed_body == "1");
  CHECK(script.content_type == "text/javascript; charset=utf-8");
  CHECK(script.caching == Caching::forever);
  CHECK(test.get("/favicon.svg").content_type == "image/svg+xml");
}

TEST_CASE("files of the organisation's own are served beside the folder's") {
  const TestPortal test;
  CHECK(test.get("/look/logo.webp").content_type == "image/webp");
  CHECK(test.get("/look/logo.webp").fixed_body == "RIFF");
  CHECK(test.get("/look/style.css").content_type == "text/css; charset=utf-8");
  CHECK(test.get("/look/style.css").fixed_body.empty());
  CHECK(test.get("/look/logo.png").status == 404);
  for (const char* page : {"/imprint", "/privacy", "/terms"}) CHECK(test.get(page).status == 200);
}

TEST_CASE(
    "a worker, which reads what strangers have sent, has a policy that lets it ask for nothing") {
  const TestPortal test;
  CHECK(test.get("/assets/pdf.worker-1.js").shown == Shown::worker);
  CHECK(test.get("/assets/app-1.js").shown == Shown::portal);
  Response answer;
  answer.shown = Shown::worker;
  const std::string head = write_head(answer, {});
  CHECK(head.find("Content-Security-Policy: default-src 'none'; script-src 'self'; base-uri") !=
        std::string::npos);
  CHECK(head.find("connect-src") == std::string::npos);
}

TEST_CASE("what is not there is 404, and no path leads out of the folder") {
  const TestPortal test;
  for (const char* path : {"/x", "/index.html/", "/r/a/b", "/sent/a/b", "/../../../../etc/passwd",
                           "/%2e%2e/etc/passwd", "/index.html"}) {
    CAPTURE(path);
    const Response answer = test.get(path);
    CHECK(answer.status == 404);
    CHECK(answer.fixed_body.starts_with("<!doctype html>"));
  }
  CHECK(test.get("/assets/none.js").content_type == "application/problem+json");
}

TEST_CASE("the API's description is a page where the build has drawn it") {
  const TestPortal test;
  CHECK(test.get("/api/docs").status == 404);
  CHECK(test.get("/api/docs").content_type == "application/problem+json");
}

TEST_CASE("a file that the browser has is not sent again") {
  const TestPortal test;
  const Response first = test.get("/");
  const Response again = test.get("/", {{"if-none-match", first.fields.front().second}});
  CHECK(again.status == 304);
  CHECK(again.fixed_body.empty());
}

TEST_CASE("what shrinks goes out as gzip where it is taken") {
  const TestPortal test;
  const Response page = test.get("/", {{"accept-encoding", "gzip, br"}});
  CHECK(page.fixed_body.size() < 200);
  CHECK(page.fixed_body.starts_with("\x1f\x8b\x08"));
  const fs::path packed = test.folder / "page.gz";
  std::ofstream(packed, std::ios::binary) << page.fixed_body;
  CHECK(std::system(("gzip -t " + packed.string()).c_str()) == 0);
}

TEST_CASE("a folder without an index is no portal") {
  CHECK(portal("/nowhere", Look()).error().code == ErrorCode::unavailable);
}

TEST_CASE("a pane of a mail program has its own policy, and pages of others may frame it") {
  const TestPortal test;
  const Response pane = test.get("/outlook/send.html");
  CHECK(pane.status == 200);
  CHECK(pane.fixed_body == "a pane");
  const std::string head = write_head(pane, {});
  CHECK(head.find("Content-Security-Policy: frame-ancestors https://mail.example\r\n") !=
        std::string::npos);
  CHECK(head.find("X-Frame-Options") == std::string::npos);
  CHECK(head.find("Cross-Origin-Resource-Policy: cross-origin") != std::string::npos);
  const std::string icon = write_head(test.get("/outlook/icon.png"), {});
  CHECK(icon.find("Content-Security-Policy: default-src 'none'\r\n") != std::string::npos);
  const std::string page = write_head(test.get("/"), {});
  CHECK(page.find("X-Frame-Options: DENY") != std::string::npos);
  CHECK(page.find("Cross-Origin-Resource-Policy: same-origin") != std::string::npos);
}
