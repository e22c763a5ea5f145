// A server for the tests of QUICK's client: it keeps a person's sealed keys and book, relays what
// the test put into it, and may fail or lie where a test wants it.
#pragma once

#include <algorithm>
#include <functional>

#include "client/quick_person.h"
#include "client/scripted_transport.h"

namespace couvert {

/// Answers as the operations of QUICK do. Tests only.
class QuickTestServer final : public HttpTransport {
 public:
  Answer<HttpAnswer> send(const HttpRequest& request) override {
    const std::string path = request.url.substr(std::string("https://example.org").size());
    asked.push_back(path);
    bodies.push_back(request.body);
    if (before) {
      if (auto other = before(request.method, path)) return std::move(*other);
    }
    const Json reply = act(request, path);
    if (after) {
      if (auto other = after(request.method, path)) return std::move(*other);
    }
    if (refusal != 0) return refuse();
    return reply.is_null() ? said(204, "") : said(200, reply.write());
  }

  static HttpAnswer said(int status, const std::string& body) {
    return *couvert::answer(status, body)(HttpRequest());
  }
  /// How often something was asked.
  std::size_t count(std::string_view path) const {
    return static_cast<std::size_t>(std::ranges::count(asked, path));
  }

  using Otherwise = std::function<std::optional<Answer<HttpAnswer>>(Method, const std::string&)>;
  Otherwise before;  // instead of acting
  Otherwise after;   // once it has acted
  std::vector<std::string> asked;
  std::vector<std::string> bodies;

  std::string address;
  P256PublicKey public_key{};
  Buffer sealed;
  api::VersionedBook book;
  Json::Array answers;
  Json::Array shown;  // of all contacts, whoever is asked for
  Json envelope;

 private:
  Json act(const HttpRequest& request, const std::string& path) {
    refusal = 0;
    if (path == "/api/v1/quick") {
      return Json(Json::Object{{"address", address},
                               {"public_key", encode_base64url(public_key)},
                               {"sealed", encode_base64url(sealed)},
                               {"book_version", static_cast<std::int64_t>(book.version)}});
    }
    if (path == "/api/v1/quick/book") return book_of(request);
    if (path == "/api/v1/quick/answers") return Json(Json::Object{{"answers", answers}});
    if (path == "/api/v1/quick/contacts") return Json(Json::Object{{"contacts", shown}});
    if (path == "/api/v1/quick/envelope") return envelope;
    return Json();
  }

  Json book_of(const HttpRequest& request) {
    if (request.method == Method::get) return to_json(book);
    const Json body = *parse_json(request.body, {.bytes_max = 1 << 20});
    const auto version = static_cast<std::uint64_t>(*body.find("version")->integer());
    if (version != book.version + 1) {
      refusal = 409;
      return Json();
    }
    book = {version, *decode_base64url(*body.find("sealed")->string())};
    return Json();
  }

  Answer<HttpAnswer> refuse() const {
    return said(refusal, R"({"status":409,"code":"conflict","reason":"book_version"})");
  }

  int refusal = 0;
};

/// Remembers what was seen last.
class CountedKeeper final : public SeenKeeper {
 public:
  Answer<> keep(const OwnDevice&, const SeenBook& seen) override {
    ++kept;
    last = seen;
    if (is_full) return trouble(ErrorCode::full, reasons::target, "full");
    return Answer<>();
  }

  int kept = 0;
  bool is_full = false;
  SeenBook last;
};

}  // namespace couvert
