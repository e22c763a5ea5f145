#include "cli/arguments.h"

#include <doctest/doctest.h>

using namespace couvert;

static Outcome<Arguments> sorted(const std::vector<std::string>& words) {
  return parse_arguments(words);
}

TEST_CASE("options stand before or after the command, with a space or an equals sign") {
  for (const auto& words :
       {std::vector<std::string>{"--server", "https://a", "verify", "ann@example.org", "--json"},
        {"--json", "--server=https://a", "verify", "ann@example.org"},
        {"verify", "ann@example.org", "--json", "--server=https://a"}}) {
    const auto arguments = sorted(words);
    REQUIRE(arguments);
    CHECK(arguments->command == "verify");
    CHECK(arguments->operands == std::vector<std::string>{"ann@example.org"});
    CHECK(arguments->value("server") == "https://a");
    CHECK(arguments->has("json"));
  }
}

TEST_CASE("a list of recipients reaches up to the next option, and commas part it, too") {
  const auto arguments = sorted({"provide", "a.pdf", "--to", "a@x", "b@x,c@x,", "--cc=d@x", "--to",
                                 "e@x", "--", "--odd.pdf", "--to"});
  REQUIRE(arguments);
  CHECK(arguments->list("to") == std::vector<std::string>{"a@x", "b@x", "c@x", "e@x"});
  CHECK(arguments->list("cc") == std::vector<std::string>{"d@x"});
  CHECK(arguments->list("bcc").empty());
  CHECK(arguments->operands == std::vector<std::string>{"a.pdf", "--odd.pdf", "--to"});
}

TEST_CASE("received takes an address, or none") {
  const auto received = sorted({"received", "ann@example.org", "--all"});
  REQUIRE(received);
  CHECK(received->has("all"));
  CHECK(received->operands == std::vector<std::string>{"ann@example.org"});
  CHECK_FALSE(sorted({"received", "--from", "ann@example.org"}));
}

TEST_CASE("sent and revoke take a tracking ID, and options of their own") {
  const auto sent = sorted({"sent", "--all", "--from", "ann@example.org", "--json"});
  REQUIRE(sent);
  CHECK(sent->has("all"));
  CHECK(sent->operands.empty());
  const auto revoke = sorted({"revoke", "ID", "--recipient=bob@example.org"});
  REQUIRE(revoke);
  CHECK(revoke->value("recipient") == "bob@example.org");
  CHECK_FALSE(sorted({"revoke", "ID", "--all"}));
}

TEST_CASE("connect, devices and contacts take words and options of their own") {
  const auto connect = sorted({"connect", "ann@example.org", "--recovery-file", "code", "--yes"});
  REQUIRE(connect);
  CHECK(connect->value("recovery-file") == "code");
  CHECK(connect->has("yes"));
  const auto devices = sorted({"devices", "revoke", "ID", "--from=ann@example.org"});
  REQUIRE(devices);
  CHECK(devices->operands == std::vector<std::string>{"revoke", "ID"});
  CHECK(sorted({"contacts", "anew", "bob@example.net", "--yes"}));
  CHECK_FALSE(sorted({"contacts", "--recover"}));
  CHECK_FALSE(sorted({"devices", "--show-code"}));
  CHECK_FALSE(sorted({"provide", "a", "--accept-quick"}));
}

TEST_CASE("login, programs and a followed list have options of their own") {
  const auto login = sorted({"login", "--scope", "send", "sent,account", "--name=Backup"});
  REQUIRE(login);
  CHECK(login->list("scope") == std::vector<std::string>{"send", "sent", "account"});
  CHECK(login->operands.empty());
  const auto programs = sorted({"programs", "end", "ID", "--from", "ann@example.org"});
  REQUIRE(programs);
  CHECK(programs->operands == std::vector<std::string>{"end", "ID"});
  CHECK(sorted({"sent", "--follow", "--all", "--for", "60", "--json"}));
  CHECK(sorted({"provide", "a", "--mails-to", "out"})->value("mails-to") == "out");
  CHECK_FALSE(sorted({"received", "--follow"}));
  CHECK_FALSE(sorted({"verify", "a@x", "--scope", "send"}));
  CHECK(sorted({"logout", "--json"}));
  CHECK_FALSE(sorted({"logout", "--scope", "send"}));
  CHECK_FALSE(sorted({"programs", "--yes"}));
}

TEST_CASE("a value may begin with a hyphen, and be empty") {
  const auto arguments = sorted({"provide", "-", "--subject", "--x", "--name="});
  REQUIRE(arguments);
  CHECK(arguments->value("subject") == "--x");
  CHECK(arguments->value("name") == "");
  CHECK(arguments->operands == std::vector<std::string>{"-"});
}

TEST_CASE("an unknown option is refused, with the nearest one as hint") {
  const auto near = sorted({"provide", "--genrate-password"});
  REQUIRE_FALSE(near);
  CHECK(near.error().exit == Exit::usage);
  CHECK(near.error().message == "unknown option --genrate-password");
  CHECK(near.error().hint == "did you mean --generate-password?");
  const auto far = sorted({"provide", "--frobnicate"});
  REQUIRE_FALSE(far);
  CHECK(far.error().hint == "couvert COMMAND --help lists the options");
}

TEST_CASE("what cannot be meant is refused") {
  for (const auto& words : {std::vector<std::string>{},
                            {"--json"},
                            {"send"},
                            {"verify", "-x"},
                            {"verify", "a@x", "--zip"},
                            {"verify", "a@x", "--json=yes"},
                            {"verify", "a@x", "--code"},
                            {"verify", "a@x", "--code", "1", "--code", "2"},
                            {"verify", "a@x", "--json", "--json"},
                            {"provide", "--to"},
                            {"provide", "--to", "--cc", "a@x"}}) {
    const auto arguments = sorted(words);
    REQUIRE_FALSE(arguments);
    CHECK(arguments.error().exit == Exit::usage);
  }
}

TEST_CASE("help needs no whole command line") {
  CHECK(sorted({"--help"})->has("help"));
  CHECK(sorted({"provide", "--help"})->command == "provide");
  CHECK(sorted({"--version"})->has("version"));
}
