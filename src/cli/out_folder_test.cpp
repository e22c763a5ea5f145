#include "cli/out_folder.h"

#include <doctest/doctest.h>

#include "cli/temporary_folder.h"
#include "crypto/random.h"

using namespace couvert;

TEST_CASE("a file has its name only when it is whole") {
  TemporaryFolder folder;
  SystemRandom random;
  auto out = OutFolder::open(folder.path("new/out/"), random);
  REQUIRE(out);
  CHECK(out->was() == FolderWas::empty);
  CHECK(folder.mode("new/out") == 0700);
  {
    auto file = out->begin("sub/deep/a.txt");
    REQUIRE(file);
    REQUIRE((*file)->append(as_bytes("wrong")));
    REQUIRE((*file)->restart());
    REQUIRE((*file)->append(as_bytes("right")));
    CHECK_FALSE(std::filesystem::exists(folder.path("new/out/sub/deep/a.txt")));
    CHECK(folder.entries("new/out/sub/deep") == 1);
    REQUIRE((*file)->finish());
  }
  REQUIRE(out->finish());
  CHECK(folder.read("new/out/sub/deep/a.txt") == "right");
  CHECK(folder.mode("new/out/sub/deep/a.txt") == 0600);
  CHECK(folder.entries("new/out/sub/deep") == 1);
}

TEST_CASE("of a file that did not arrive nothing stays") {
  TemporaryFolder folder;
  SystemRandom random;
  auto out = OutFolder::open(folder.path("out"), random);
  REQUIRE((*out->begin("a"))->append(as_bytes("half")));
  CHECK(folder.entries("out") == 0);
}

TEST_CASE("nothing is overwritten, not even what appears meanwhile") {
  TemporaryFolder folder;
  SystemRandom random;
  folder.write("out/there", "old");
  auto out = OutFolder::open(folder.path("out"), random);
  CHECK(out->was() == FolderWas::in_use);
  CHECK(out->check_new({"new"}));
  CHECK(out->check_new({"new", "there"}).error().exit == Exit::conflict);
  const auto taken = out->begin("there");
  REQUIRE_FALSE(taken);
  CHECK(taken.error().code == ErrorCode::conflict);
  auto file = out->begin("new");
  REQUIRE(file);
  folder.write("out/new", "faster");
  CHECK((*file)->finish().error().code == ErrorCode::conflict);
  file->reset();
  CHECK(folder.read("out/new") == "faster");
  CHECK(folder.entries("out") == 2);
}

TEST_CASE("a link inside the folder leads nowhere") {
  TemporaryFolder folder;
  SystemRandom random;
  folder.write("elsewhere/x", "");
  std::filesystem::create_directory(folder.path("out"));
  std::filesystem::create_directory_symlink(folder.path("elsewhere"), folder.path("out/sub"));
  std::filesystem::create_symlink(folder.path("elsewhere/new"), folder.path("out/dangling"));
  auto out = OutFolder::open(folder.path("out"), random);
  CHECK_FALSE(out->begin("sub/y"));
  CHECK(out->check_new({"dangling"}).error().exit == Exit::conflict);
  CHECK_FALSE(out->begin("dangling"));
  CHECK(folder.entries("elsewhere") == 1);
}

TEST_CASE("a file cannot take the place of the folder") {
  TemporaryFolder folder;
  SystemRandom random;
  CHECK(OutFolder::open(folder.write("file", ""), random).error().exit == Exit::usage);
}

TEST_CASE("large files are written in pieces and come out the same") {
  TemporaryFolder folder;
  SystemRandom random;
  auto out = OutFolder::open(folder.path("out"), random);
  auto file = out->begin("big");
  std::string all;
  for (int i = 0; i < 100; ++i) {
    const std::string piece(static_cast<std::size_t>(i) * 331, static_cast<char>('a' + i % 26));
    all += piece;
    REQUIRE((*file)->append(as_bytes(piece)));
  }
  REQUIRE((*file)->finish());
  CHECK(folder.read("out/big") == all);
}
