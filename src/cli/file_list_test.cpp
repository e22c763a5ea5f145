#include "cli/file_list.h"

#include <doctest/doctest.h>

#include <array>

#include "cli/temporary_folder.h"

using namespace couvert;

static std::vector<std::string> names(const std::vector<FileToSend>& files) {
  std::vector<std::string> list;
  list.reserve(files.size());
  for (const FileToSend& file : files) list.push_back(file.name);
  return list;
}

TEST_CASE("a folder is taken whole, sorted, under its own name") {
  TemporaryFolder folder;
  folder.write("tree/b", "12");
  folder.write("tree/a/z", "");
  folder.write("tree/a/.hidden", "1");
  folder.write("one.pdf", "123");
  std::filesystem::create_directory(folder.path("tree/empty"));
  const auto files = list_files({folder.path("one.pdf"), folder.path("tree/")});
  REQUIRE(files);
  CHECK(names(*files) ==
        std::vector<std::string>{"one.pdf", "tree/a/.hidden", "tree/a/z", "tree/b"});
  CHECK((*files)[3].size == 2);
}

TEST_CASE("a link is followed only where it is named itself and leads to a file") {
  TemporaryFolder folder;
  folder.write("tree/a", "1");
  std::filesystem::create_symlink(folder.path("tree/a"), folder.path("link"));
  std::filesystem::create_directory_symlink(folder.path("tree"), folder.path("folder-link"));
  CHECK(names(*list_files({folder.path("link")})) == std::vector<std::string>{"link"});
  CHECK(list_files({folder.path("folder-link")}).error().exit == Exit::usage);
  std::filesystem::create_symlink("a", folder.path("tree/inside"));
  CHECK(list_files({folder.path("tree")}).error().exit == Exit::usage);
}

TEST_CASE("what no transfer takes is refused before anything is sent") {
  TemporaryFolder folder;
  const std::string one = folder.write("one", "1");
  CHECK(list_files({folder.path("none")}).error().exit == Exit::unavailable);
  CHECK(list_files({one, one}).error().exit == Exit::usage);
  CHECK(list_files({one, folder.write("other/one", "1")}).error().exit == Exit::usage);
  CHECK(list_files({"/dev/null"}).error().exit == Exit::usage);
  for (const char* name : {"new\nline", "back\\slash", "lat\xe4in", "\x7f"}) {
    CHECK(list_files({folder.write(name, "1")}).error().exit == Exit::usage);
  }
}

TEST_CASE("a file that changes while it is sent is noticed") {
  TemporaryFolder folder;
  const std::string path = folder.write("a", "0123456789");
  const auto files = list_files({path});
  REQUIRE(files);
  Answer<LocalFile> file = LocalFile::open((*files)[0]);
  REQUIRE(file);
  std::array<std::byte, 4> room;
  CHECK(file->read_at(8, room).value() == 2);
  CHECK(file->check_unchanged());
  folder.write("a", "01234567");
  const Answer<std::size_t> gone = file->read_at(8, room);
  REQUIRE_FALSE(gone);
  CHECK(gone.error().code == ErrorCode::conflict);
  CHECK_FALSE(file->check_unchanged());
  CHECK_FALSE(LocalFile::open((*files)[0]));
}

TEST_CASE("a name's ending tells the media type") {
  CHECK(media_type_of("a/b.PDF") == "application/pdf");
  CHECK(media_type_of("x.jpeg") == "image/jpeg");
  CHECK(media_type_of("x.unknown").empty());
  CHECK(media_type_of("pdf").empty());
}
