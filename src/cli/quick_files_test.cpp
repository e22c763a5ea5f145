#include "cli/quick_files.h"

#include <doctest/doctest.h>

#include "cli/private_file.h"
#include "cli/quick_line.h"
#include "cli/temporary_folder.h"
#include "client/quick_joining.h"
#include "crypto/random.h"
#include "crypto/secret_bytes.h"

using namespace couvert;

namespace {

const ServerUrl quick_home{"https://transfer.example.org"};

KeptDevice kept_device(const std::string& address) {
  SystemRandom random;
  return {make_device(address, make_person(random), random).device, false};
}

// The files of QUICK in a folder of their own.
struct FilesRun {
  TemporaryFolder folder;
  State state = *State::open(folder.path("state"));
  QuickFiles files{state, quick_home};

  std::string only_file() const {
    for (const auto& entry : std::filesystem::directory_iterator(folder.path("state"))) {
      const std::string name = entry.path().filename().string();
      if (name.ends_with(".json")) return "state/" + name;
    }
    return "";
  }
};

}  // namespace

TEST_CASE("a device is kept for its address and server alone, and only its owner can read it") {
  FilesRun run;
  const KeptDevice device = kept_device("ann@example.org");
  REQUIRE(run.files.keep(device));
  CHECK(run.folder.mode(run.only_file()) == 0600);
  const auto found = run.files.find("Ann@Example.ORG");
  REQUIRE(found);
  REQUIRE(*found);
  CHECK((*found)->own.device == device.own.device);
  CHECK((*found)->own.public_key == device.own.public_key);
  CHECK(secret_to_hex((*found)->own.key) == secret_to_hex(device.own.key));
  CHECK_FALSE((*found)->recovery_kept);
  CHECK_FALSE(*run.files.find("bob@example.net"));
  const QuickFiles elsewhere(run.state, ServerUrl{"https://other.example.org"});
  CHECK(elsewhere.all()->empty());

  REQUIRE(run.files.keep(kept_device("bob@example.net")));
  CHECK(run.files.all()->size() == 2);
  REQUIRE(run.files.note_recovery_kept("ann@example.org"));
  CHECK((*run.files.find("ann@example.org"))->recovery_kept);
  CHECK_FALSE((*run.files.find("bob@example.net"))->recovery_kept);
  REQUIRE(run.files.forget("ann@example.org"));
  REQUIRE(run.files.forget("ann@example.org"));
  CHECK(run.files.all()->size() == 1);
}

TEST_CASE("of the books that several calls have seen, the newest is remembered") {
  FilesRun run;
  const KeptDevice device = kept_device("ann@example.org");
  REQUIRE(run.files.keep(device));
  const SeenBook second{2, sha256(as_bytes("two"))};
  const SeenBook third{3, sha256(as_bytes("three"))};
  const auto seen = [&] { return (*run.files.find("ann@example.org"))->own.seen.version; };
  REQUIRE(run.files.see(device.own, third));
  REQUIRE(run.files.see(device.own, second));
  CHECK(seen() == 3);
  const SeenBook other{3, sha256(as_bytes("another"))};
  CHECK(run.files.see(device.own, other).error().exit == Exit::conflict);
  // Another call has replaced the device meanwhile.
  const KeptDevice replaced = kept_device("ann@example.org");
  REQUIRE(run.files.keep(replaced));
  REQUIRE(run.files.see(device.own, {9, {}}));
  CHECK(seen() == 0);
}

TEST_CASE("a device's file that others could read, or this program did not write, is refused") {
  FilesRun run;
  REQUIRE(run.files.keep(kept_device("ann@example.org")));
  const std::string name = run.only_file();
  const std::string good = run.folder.read(name);
  std::string other_key = good;
  const std::size_t at = other_key.find("\"public_key\":\"") + 20;
  other_key[at] = other_key[at] == 'A' ? 'B' : 'A';
  for (const std::string& wrong : {std::string(), good.substr(1), good + "x", other_key,
                                   std::string(R"({"server":"https://transfer.example.org"})")}) {
    CAPTURE(wrong);
    run.folder.write(name, wrong);
    CHECK(run.files.all().error().exit == Exit::damaged);
  }
  run.folder.write(name, good);
  REQUIRE(run.files.all());
  std::filesystem::permissions(run.folder.path(name), std::filesystem::perms(0644));
  CHECK(run.files.all().error().exit == Exit::refused);
}

TEST_CASE("a new private file is made once, and never over another") {
  TemporaryFolder folder;
  const std::string path = folder.path("code");
  REQUIRE(write_new_private_file(path, WipedText("first\n")));
  CHECK(folder.mode("code") == 0600);
  CHECK(write_new_private_file(path, WipedText("second\n")).error().exit == Exit::conflict);
  CHECK(folder.read("code") == "first\n");
  CHECK_FALSE(write_new_private_file(folder.path("none/code"), WipedText("x")));
}

TEST_CASE("codes are read in groups of four") {
  CHECK(in_groups("", '-').empty());
  CHECK(in_groups("abcd", '-') == "abcd");
  CHECK(in_groups("abcdefghi", ' ') == "abcd efgh i");
}
