#include "cli/kept_draft.h"

#include <doctest/doctest.h>

#include "cli/temporary_folder.h"
#include "crypto/random.h"
#include "crypto/secret_bytes.h"

using namespace couvert;

static const ServerUrl home_server{"https://transfer.example.org"};
static const std::string id = "abcdefghijklmnopqrstuvwxy4";

static std::optional<KeptDraft> open_draft(const TemporaryFolder& folder,
                                           const std::string& command) {
  auto opened = KeptDraft::open(folder.path("state"), home_server, command);
  REQUIRE(opened);
  return std::move(*opened);
}

static std::string only_file(const TemporaryFolder& folder) {
  const std::filesystem::directory_iterator first(folder.path("state"));
  return "state/" + first->path().filename().string();
}

TEST_CASE("a draft is there for the next call of the same command, and for no other") {
  TemporaryFolder folder;
  std::filesystem::create_directory(folder.path("state"));
  SystemRandom random;
  const DraftAccess draft{.draft_id = id, .secret = random.secret<32>()};
  {
    const auto first = open_draft(folder, "a.bin");
    CHECK_FALSE(first->load());
    REQUIRE(first->keep(draft));
    // While one call has it, no other does.
    CHECK_FALSE(open_draft(folder, "a.bin"));
  }
  CHECK(folder.mode(only_file(folder)) == 0600);
  CHECK_FALSE(open_draft(folder, "b.bin")->load());
  const auto again = open_draft(folder, "a.bin");
  const auto loaded = again->load();
  REQUIRE(loaded);
  CHECK(loaded->draft_id == id);
  CHECK(secret_to_hex(loaded->secret) == secret_to_hex(draft.secret));
  again->forget();
}

TEST_CASE("of a kept draft that is not whole, or not its owner's alone, nothing is used") {
  TemporaryFolder folder;
  std::filesystem::create_directory(folder.path("state"));
  SystemRandom random;
  REQUIRE(open_draft(folder, "a")->keep({.draft_id = id, .secret = random.secret<32>()}));
  const std::string name = only_file(folder);
  const std::string good = folder.read(name);
  REQUIRE(open_draft(folder, "a")->load());
  for (std::size_t length = 0; length < good.size(); ++length) {
    folder.write(name, good.substr(0, length));
    CHECK_FALSE(open_draft(folder, "a")->load());
  }
  folder.write(name, good + "x");
  CHECK_FALSE(open_draft(folder, "a")->load());
  folder.write(name,
               R"({"server":"https://other.example.org",)" + good.substr(good.find("\"draft")));
  CHECK_FALSE(open_draft(folder, "a")->load());
  std::filesystem::permissions(folder.path(name), std::filesystem::perms(0644));
  CHECK(KeptDraft::open(folder.path("state"), home_server, "a").error().exit == Exit::refused);
}
