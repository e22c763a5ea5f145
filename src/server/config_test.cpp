#include "server/config.h"

#include <doctest/doctest.h>

using namespace couvert;

static const std::string good = R"(base_url = "https://transfer.example.org"
listen = "0.0.0.0:443"

[tls]
certificate = "/etc/couvert/cert.pem"
key = "/etc/couvert/key.pem"

[store]
database = "sqlite:/var/lib/couvert/couvert.db"
objects = "file:/var/lib/couvert/objects"
day_keys = "file:/var/lib/couvert/day-keys"

[keys]
master = "/etc/couvert/master.key"

[mail]
smtp = "smtp://127.0.0.1:25"
from = "transfer@example.org"

[admin]
listen = "127.0.0.1:9090"
)";

static std::string without(const std::string& line) {
  std::string text = good;
  text.replace(text.find(line), line.size(), "");
  return text;
}

static std::string refusal(const std::string& text) {
  const Result<Config> config = parse_config(text, "couvert.toml");
  REQUIRE_FALSE(config.has_value());
  CHECK(config.error().code == ErrorCode::invalid);
  return config.error().detail;
}

TEST_CASE("the documented configuration is read") {
  const Result<Config> config = parse_config(good, "couvert.toml");
  REQUIRE(config.has_value());
  CHECK(config->service.base_url == "https://transfer.example.org");
  CHECK(config->http.listen == "0.0.0.0:443");
  CHECK(config->http.tls->key == "/etc/couvert/key.pem");
  CHECK_FALSE(config->http.tls->wide_aes);
  CHECK(config->admin_listen == "127.0.0.1:9090");
  CHECK(config->day_keys == "/var/lib/couvert/day-keys");
  CHECK(config->smtp.port == 25);
  CHECK(config->smtp.helo == "transfer.example.org");
  CHECK(config->service.allowance.days_max == 10);
}

TEST_CASE("the look is read, with nothing as it comes") {
  CHECK(parse_config(good, "couvert.toml")->service.colours == OwnColours());
  const std::string look =
      "[look]\nlogo = \"/etc/couvert/logo.svg\"\ncolour = \"#003399\"\naccent = \"#b3402a\"\n"
      "texts = \"/etc/couvert/texts\"\nterms_required = true\nabuse = \"abuse@Example.org\"\n";
  const Result<Config> config = parse_config(good + look, "couvert.toml");
  REQUIRE(config.has_value());
  CHECK(config->look.logo == "/etc/couvert/logo.svg");
  CHECK(config->service.colours.colour == Colour{{0x00, 0x33, 0x99}});
  CHECK(config->service.colours.accent == Colour{{0xb3, 0x40, 0x2a}});
  CHECK(config->look.terms_required);
  CHECK(config->service.abuse == "abuse@example.org");
  CHECK(refusal(good + "[look]\nabuse = \"the office\"\n").find("look.abuse") != std::string::npos);
  CHECK(refusal(good + "[look]\ncolour = \"blue\"\n").find("look.colour") != std::string::npos);
  CHECK(refusal(good + "[look]\naccent = \"#12\"\n").find("look.accent") != std::string::npos);
  CHECK(refusal(good + "[look]\ncolor = \"red\"\n").find("color") != std::string::npos);
}

TEST_CASE("uploads leave a gibibyte of the disk, or what is set") {
  CHECK(parse_config(good, "x")->service.free_bytes_min == 1 << 30);
  std::string set = good;
  set.insert(set.find("[keys]"), "free_bytes_min = 0\n");
  CHECK(parse_config(set, "x")->service.free_bytes_min == 0);
  set.replace(set.find("min = 0"), 7, "min = -1");
  CHECK(refusal(set).find("store.free_bytes_min: expected") != std::string::npos);
}

TEST_CASE("wide AES is for TLS where the file asks for it") {
  std::string wide = good;
  wide.insert(wide.find("\n[store]"), "wide_aes = true\n");
  CHECK(parse_config(wide, "couvert.toml")->http.tls->wide_aes);
  wide.replace(wide.find("wide_aes = true"), 15, "wide_aes = 1");
  CHECK(refusal(wide).starts_with("couvert.toml:7: tls.wide_aes: expected"));
}

TEST_CASE("a sender's unsent transfers may hold four of the largest, or what is set") {
  const auto unsent = [](const std::string& more) {
    return parse_config(good + "[limits]\n" + more, "couvert.toml")->service.unsent_bytes_max;
  };
  CHECK(unsent("") == std::uint64_t{1} << 42);
  CHECK(unsent("transfer_bytes_max = 100\n") == 400);
  CHECK(unsent("transfer_bytes_max = 100\nunsent_bytes_max = 150\n") == 150);
  CHECK_FALSE(
      parse_config(good + "[limits]\nunsent_bytes_max = 17592186044417\n", "x").has_value());
}

TEST_CASE("reports of mail servers go to the mails' sender, or where the file says") {
  CHECK(envelope_sender(parse_config(good, "x")->service) == "transfer@example.org");
  const std::string mail = "from = \"transfer@example.org\"\n";
  std::string apart = good;
  apart.replace(apart.find(mail), mail.size(), mail + "bounces = \"Bounces@example.org\"\n");
  CHECK(envelope_sender(parse_config(apart, "x")->service) == "bounces@example.org");
  apart.replace(apart.find("Bounces@"), 8, "");
  CHECK(refusal(apart) == "couvert.toml:19: mail.bounces: expected an address");
}

TEST_CASE("a transfer stays in its sender's list for 90 days after its end, or as is set") {
  const auto listed = [](const std::string& more) {
    return parse_config(good + "[limits]\n" + more, "couvert.toml")->service.listed_life;
  };
  CHECK(listed("") == std::chrono::hours(24 * 90));
  CHECK(listed("listed_days = 3650\n") == limits::listed_life_max);
  CHECK(refusal(good + "[limits]\nlisted_days = 3651\n") ==
        "couvert.toml:23: limits.listed_days: expected a whole number from 1 to 3650");
}

TEST_CASE("a wrong configuration is refused with file, line, key and what is expected") {
  CHECK(refusal("colour = \"red\"\n" + good) == "couvert.toml:1: colour: no such key");
  CHECK(refusal(good + "[limits]\ndays_max = 4000\n") ==
        "couvert.toml:23: limits.days_max: expected a whole number from 1 to 399");
  CHECK(refusal(without("[keys]\nmaster = \"/etc/couvert/master.key\"\n")) ==
        "couvert.toml: [keys] is missing");
  CHECK(refusal(without("from = \"transfer@example.org\"\n"))
            .starts_with("couvert.toml:16: mail.from:"));
  CHECK(refusal("base_url = ").starts_with("couvert.toml:1: "));
  CHECK(refusal(without("[admin]\nlisten = \"127.0.0.1:9090\"\n") +
                "[admin]\nlisten = \"0.0.0.0:9090\"\n") ==
        "couvert.toml:21: admin.listen: expected a loopback address");
}

TEST_CASE("a letter beyond ASCII may stand in a text and in a comment, elsewhere it is refused") {
  for (const char* letter : {"ö", "\u0600", "\u1700", "\ufedf"}) {
    CAPTURE(letter);
    CHECK(refusal("gr" + std::string(letter) + "sse = 3\n" + good).starts_with("couvert.toml:1: "));
    CHECK(refusal(std::string(letter) + "\n" + good).starts_with("couvert.toml:1: "));
    CHECK(parse_config("# " + std::string(letter) + "\n" + good, "couvert.toml").has_value());
  }
}

TEST_CASE("pages of other origins are named one by one") {
  const std::string named = good + "[api]\norigins = [\"https://mail.example.org\"]\n";
  CHECK(parse_config(named, "x")->http.origins.at(0) == "https://mail.example.org");
  CHECK(parse_config(good, "x")->http.origins.empty());
  for (const std::string wrong : {"[\"*\"]", "[\"null\"]", "[\"https://a.example/\"]"}) {
    std::string text = good;
    text.append("[api]\norigins = ").append(wrong).append("\n");
    CHECK(refusal(text).starts_with("couvert.toml:23: api.origins: expected"));
  }
}

TEST_CASE("a base URL is a scheme and a host, nothing else") {
  for (const std::string wrong : {"transfer.example.org", "https://", "ftp://example.org",
                                  "https://example.org/", "https://user@example.org"}) {
    std::string text = good;
    text.replace(text.find("https://transfer.example.org"), 28, wrong);
    CHECK(refusal(text).find("base_url: expected") != std::string::npos);
  }
}

TEST_CASE("plain HTTP is refused but on loopback or behind a proxy") {
  std::string plain = without(
      "[tls]\ncertificate = \"/etc/couvert/cert.pem\"\nkey = "
      "\"/etc/couvert/key.pem\"\n");
  CHECK(refusal(plain).starts_with("couvert.toml:2: listen: expected a loopback address"));
  CHECK(parse_config("proxies = [\"10.0.0.0/8\"]\n" + plain, "couvert.toml").has_value());
  plain.replace(plain.find("0.0.0.0:443"), 11, "127.0.0.1:80");
  CHECK(parse_config(plain, "couvert.toml").has_value());
}

TEST_CASE("the add-in for Outlook is off until the configuration says otherwise") {
  const Result<Config> plain = parse_config(good, "couvert.toml");
  REQUIRE(plain);
  CHECK_FALSE(plain->outlook.enabled);
  const Result<Config> config = parse_config(good + R"(
[outlook]
enabled = true
frames = ["https://mail.example.org"]
marks = ["[intern]", "Vertraulich:"]
labels = ["8e2d1f5a-2f4b-4a3e-9d6c-0b7a51c4e9f2"]
alert_bytes = 1000000
)",
                                             "couvert.toml");
  REQUIRE(config);
  CHECK(config->outlook.enabled);
  CHECK(config->outlook.frames == std::vector<std::string>{"https://mail.example.org"});
  CHECK(config->outlook.marks == std::vector<std::string>{"[intern]", "Vertraulich:"});
  CHECK(config->outlook.labels.size() == 1);
  CHECK(config->outlook.alert_bytes == 1'000'000);
}

TEST_CASE("what would leave the quotes of the Outlook add-in's script is refused") {
  for (const char* line : {R"(marks = ["a\"b"])", "marks = ['a\\b']", R"(marks = ["a`b"])",
                           R"(marks = ["a'b"])", R"(marks = ["${a}"])", R"(marks = ["<!--"])",
                           R"(marks = [""])", R"(marks = ["a\u0001"])"}) {
    CAPTURE(line);
    CHECK(refusal(good + "\n[outlook]\n" + line + "\n").find("outlook.marks: expected") !=
          std::string::npos);
  }
  CHECK(refusal(good + "\n[outlook]\nlabels = [\"Secret\"]\n").find("labels") != std::string::npos);
  CHECK(refusal(good + "\n[outlook]\nframes = [\"https://*.example.org\"]\n").find("frames") !=
        std::string::npos);
  CHECK(refusal(good + "\n[outlook]\nalert_bytes = -1\n").find("alert_bytes") != std::string::npos);
}
