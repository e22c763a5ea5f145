#include "client/download.h"

#include <doctest/doctest.h>

#include "client/attempts.h"
#include "client/scripted_transport.h"
#include "crypto/crc32.h"
#include "crypto/hash.h"

using namespace couvert;

namespace {

const std::string content = "0123456789";

class TextTarget final : public FileTarget {
 public:
  Answer<> append(Bytes bytes) override {
    text += as_text(bytes);
    return Answer<>();
  }
  Answer<> restart() override {
    text.clear();
    return Answer<>();
  }
  std::string text;
};

using Headers = std::vector<std::pair<std::string, std::string>>;

// One answer to a fetch: its head and its bytes, and whether the line breaks after them.
struct Step {
  int status = 200;
  Headers headers;
  std::string bytes;
  bool breaks = false;
};

Headers whole_head() {
  return {{"content-length", "10"}, {"etag", "\"x\""}};
}
Headers range_head(const std::string& range) {
  return {{"content-length", "5"}, {"content-range", range}};
}

struct Run {
  std::deque<Step> steps;
  std::vector<Range> ranges;
  TextTarget target;
  CountedPatience patience;
  Expected expected{.size = content.size(), .crc32 = crc32(0, as_bytes(content))};

  Answer<std::uint64_t> go() {
    const Fetch fetch = [this](const Range& range, BodySink& sink) -> Answer<> {
      ranges.push_back(range);
      if (steps.empty()) return trouble(ErrorCode::unavailable, "the script has ended");
      const Step step = steps.front();
      steps.pop_front();
      const Answer<> begun = sink.begin({.status = step.status, .headers = step.headers});
      if (!begun) return begun;
      const Answer<> written = sink.write(as_bytes(step.bytes));
      if (!written) return written;
      if (step.breaks) return tl::make_unexpected(broken_line());
      return Answer<>();
    };
    return download(fetch, expected, target, patience);
  }
};

}  // namespace

TEST_CASE("a file arrives whole") {
  Run run;
  run.steps = {{.headers = whole_head(), .bytes = content}};
  CHECK(run.go().value() == 10);
  CHECK(run.target.text == content);
}

TEST_CASE("a file's SHA-256 is held against the transfer's, over a broken line and from anew") {
  const std::string right = encode_hex(sha256(as_bytes(content)));
  for (const std::string& expected : {right, std::string(64, '0')}) {
    Run run;
    run.expected.sha256 = expected;
    SUBCASE("in one go") {
      run.steps = {{.headers = whole_head(), .bytes = content}};
    }
    SUBCASE("in two pieces") {
      run.steps = {{.headers = whole_head(), .bytes = "01234", .breaks = true},
                   {.status = 206, .headers = range_head("bytes 5-9/10"), .bytes = "56789"}};
    }
    SUBCASE("from anew") {
      run.steps = {{.headers = whole_head(), .bytes = "01234", .breaks = true},
                   {.headers = whole_head(), .bytes = content}};
    }
    const auto got = run.go();
    CHECK(got.has_value() == (expected == right));
    if (!got) CHECK(got.error().code == ErrorCode::damaged);
  }
}

TEST_CASE("a download goes on behind the last byte when the line broke") {
  Run run;
  run.steps = {{.headers = whole_head(), .bytes = "01234", .breaks = true},
               {.status = 206, .headers = range_head("bytes 5-9/10"), .bytes = "56789"}};
  REQUIRE(run.go());
  CHECK(run.target.text == content);
  CHECK(run.ranges[1].offset == 5);
  CHECK(run.ranges[1].etag == "\"x\"");
}

TEST_CASE("a download begins anew where the server does not go on") {
  Run run;
  run.steps = {{.headers = whole_head(), .bytes = "01234", .breaks = true},
               {.headers = whole_head(), .bytes = content}};
  REQUIRE(run.go());
  CHECK(run.target.text == content);
}

TEST_CASE("without a strong mark of the bytes no range is asked for") {
  for (const char* etag : {"W/\"x\"", "x", "\"\"", "\"a b\""}) {
    CAPTURE(etag);
    Run run;
    run.steps = {
        {.headers = {{"content-length", "10"}, {"etag", etag}}, .bytes = "01234", .breaks = true},
        {.headers = whole_head(), .bytes = content}};
    REQUIRE(run.go());
    CHECK(run.ranges[1].offset == 0);
  }
}

TEST_CASE("an answer that ends early is not taken for the whole") {
  Run run;
  run.steps = {{.headers = whole_head(), .bytes = "01234"},
               {.status = 206, .headers = range_head("bytes 5-9/10"), .bytes = "56789"}};
  CHECK(run.go().value() == 10);
  CHECK(run.target.text == content);
}

TEST_CASE("bytes that are not those of the transfer are refused") {
  const std::vector<Step> wrong = {
      {.headers = whole_head(), .bytes = "0123456780"},
      {.headers = whole_head(), .bytes = "0123456789A"},
      {.headers = {{"content-length", "11"}}, .bytes = content},
      {.headers = {}, .bytes = content},
      {.headers = {{"content-length", "10"}, {"content-encoding", "gzip"}}, .bytes = content},
      {.status = 206, .headers = range_head("bytes 0-9/10"), .bytes = content},
  };
  for (const Step& step : wrong) {
    Run run;
    run.steps = {step};
    const auto done = run.go();
    REQUIRE_FALSE(done);
    CHECK(done.error().code == ErrorCode::damaged);
    CHECK(done.error().reason == reasons::wrong_bytes);
  }
}

TEST_CASE("a range other than the one that is missing is refused") {
  for (const char* range : {"bytes 4-9/10", "bytes 5-8/10", "bytes 5-9/11", "bytes 5-9/*",
                            "bytes=5-9/10", "bytes 5-9/10 ", "bytes +5-9/10", "", "bytes 5-9"}) {
    CAPTURE(range);
    Run run;
    run.steps = {{.headers = whole_head(), .bytes = "01234", .breaks = true},
                 {.status = 206, .headers = range_head(range), .bytes = "56789"}};
    const auto done = run.go();
    REQUIRE_FALSE(done);
    CHECK(done.error().code == ErrorCode::damaged);
  }
}

TEST_CASE("a ZIP is as long as its first answer said") {
  Run run;
  run.expected = {};
  run.steps = {{.headers = whole_head(), .bytes = "01234", .breaks = true},
               {.status = 206, .headers = range_head("bytes 5-9/10"), .bytes = "56789"}};
  CHECK(run.go().value() == 10);
}

TEST_CASE("a line that stays broken ends a download after a bounded number of attempts") {
  Run run;
  for (int i = 0; i < 50; ++i) run.steps.push_back({.headers = whole_head(), .breaks = true});
  const auto done = run.go();
  REQUIRE_FALSE(done);
  CHECK(done.error().reason == reasons::broken_line);
  CHECK(run.patience.waits == Attempts::attempts_max - 1);
}

TEST_CASE("pauses grow up to half a minute, or to what the server asks for") {
  CountedPatience patience;
  Attempts attempts(patience);
  std::vector<std::int64_t> pauses;
  Duration before{};
  while (attempts.again(broken_line())) {
    pauses.push_back((patience.waited - before).count() / 1000);
    before = patience.waited;
  }
  CHECK(pauses == std::vector<std::int64_t>{1, 2, 4, 8, 16, 30, 30, 30, 30});
  Attempts polite(patience);
  Problem busy = broken_line();
  busy.retry_after = std::chrono::seconds(7);
  before = patience.waited;
  CHECK(polite.again(busy));
  CHECK(patience.waited - before == std::chrono::seconds(7));
}
