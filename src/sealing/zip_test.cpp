#include "sealing/zip.h"

#include <doctest/doctest.h>
#include <stdlib.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "base/limits.h"
#include "crypto/crc32.h"
#include "crypto/hash.h"
#include "sealing/test_random.h"
#include "sealing/zip_names.h"

using namespace couvert;
using namespace std::chrono_literals;

namespace {

constexpr Instant some_time =
    std::chrono::sys_days(std::chrono::year(2026) / 11 / 22) + 12h + 34min;
constexpr std::uint64_t gibibyte = std::uint64_t{1} << 30;

// A ZIP of files in memory.
struct ZipExample {
  std::vector<Buffer> files;
  std::unique_ptr<ZipLayout> layout;

  explicit ZipExample(const std::vector<std::size_t>& lengths,
                      std::vector<std::string> names = {}) {
    std::vector<ZipEntry> entries;
    for (std::size_t i = 0; i < lengths.size(); ++i) {
      files.push_back(example_plain(lengths[i]));
      if (names.size() == i) names.push_back("Ordner/Grüße " + std::to_string(i) + ".bin");
      entries.push_back({names[i], lengths[i], crc32(0, files[i])});
    }
    layout = std::make_unique<ZipLayout>(std::move(entries), some_time);
  }
  ZipOpener opener() {
    return [this](std::size_t entry) -> Result<std::unique_ptr<PlainSource>> {
      return std::unique_ptr<PlainSource>(std::make_unique<BytesPlain>(files[entry]));
    };
  }
  Buffer read(std::uint64_t from, std::size_t step) {
    ZipReader reader(*layout, opener());
    Buffer out;
    while (from + out.size() < reader.size()) {
      const Result<Bytes> piece = reader.read(from + out.size(), step);
      REQUIRE(piece);
      REQUIRE(!piece->empty());
      REQUIRE(piece->size() <= step);
      append(out, *piece);
    }
    return out;
  }
};

struct TestFile {
  std::string path;
  TestFile() {
    char name[] = "/tmp/couvert-zip-XXXXXX";
    const int file = mkstemp(name);
    REQUIRE(file >= 0);
    ::close(file);
    path = name;
  }
  ~TestFile() { std::filesystem::remove(path); }
  // The program's exit code, its output dropped.
  int run(const std::string& before, const std::string& after = "") const {
    return std::system((before + " " + path + " " + after + " >/dev/null 2>&1").c_str());
  }
};

std::vector<std::string> safe(std::vector<std::string> names) {
  return safe_zip_names(names);
}
std::string safe_one(const std::string& name) {
  return safe_zip_names(std::vector<std::string>{name}).front();
}

}  // namespace

TEST_CASE("unzip, 7z, bsdtar and Python read a ZIP of ours to its last byte") {
  ZipExample example({0, 1, 100, 70'000, 0, 16'384, 300'000});
  const Buffer zip = example.read(0, 1 << 20);
  CHECK(zip.size() == example.layout->size());
  const TestFile file;
  std::ofstream(file.path, std::ios::binary) << as_text(zip);
  CHECK(file.run("unzip -tqq") == 0);
  CHECK(file.run("7z t") == 0);
  CHECK(file.run("bsdtar -xOf") == 0);
  CHECK(file.run("/usr/bin/python3 -m zipfile -t") == 0);
  CHECK(file.run("/usr/bin/python3 -m zipfile -l", "| grep 'Ordner/Grüße 3.bin'") == 0);
  // The tools do look: a flipped byte of content is found.
  Buffer spoiled = zip;
  spoiled[500] ^= std::byte{1};
  std::ofstream(file.path, std::ios::binary) << as_text(spoiled);
  CHECK(file.run("unzip -tqq") != 0);
}

TEST_CASE("10,000 files in folders open by unzip, 7z, bsdtar and Python") {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < limits::files_max; ++i) {
    names.push_back("Ordner " + std::to_string(i / 100) + "/Größe " + std::to_string(i % 90));
  }
  ZipExample example(std::vector<std::size_t>(names.size(), 3), safe(names));
  const Buffer zip = example.read(0, 1 << 20);
  const TestFile file;
  std::ofstream(file.path, std::ios::binary) << as_text(zip);
  CHECK(file.run("unzip -tqq") == 0);
  CHECK(file.run("7z t") == 0);
  CHECK(file.run("bsdtar -xOf") == 0);
  CHECK(file.run("/usr/bin/python3 -c 'import sys,zipfile; z=zipfile.ZipFile(sys.argv[1]);"
                 "assert z.testzip() is None and len(set(z.namelist()))==10000'") == 0);
  // Any place in it is found without reading what stands before.
  const Buffer end = example.read(zip.size() - 500'000, 1 << 20);
  CHECK(std::equal(end.begin(), end.end(), zip.end() - 500'000, zip.end()));
}

TEST_CASE("a ZIP's bytes stay the same, or its layout has another version") {
  ZipExample example({3, 0, 100'000}, safe({"a/b.txt", "Grüße.txt", "CON\u202E"}));
  const Buffer zip = example.read(0, 1 << 20);
  CHECK(zip_layout_version == "zip2");
  CHECK(encode_hex(sha256(zip)) ==
        "e9960b29bb062a69d6f12eda3fe95a9b5b6b93cb2afd74f8c6d41615cc95a069");
}

TEST_CASE("an empty ZIP is a ZIP") {
  ZipExample example({});
  CHECK(example.layout->size() == 22);
  CHECK(example.read(0, 100).size() == 22);
}

TEST_CASE("any range of a ZIP is the same as in the whole") {
  ZipExample example({10, 0, 40'000, 3});
  const Buffer zip = example.read(0, 1 << 20);
  for (std::uint64_t from = 0; from < zip.size(); from += from < 300 ? 1 : 997) {
    const Buffer part = example.read(from, from % 7 == 0 ? 1000 : 100'000);
    REQUIRE(std::equal(part.begin(), part.end(), zip.begin() + from, zip.end()));
  }
}

TEST_CASE("a file that is not as long as its entry is damaged") {
  ZipExample example({10, 20});
  example.files[1].pop_back();
  ZipReader reader(*example.layout, example.opener());
  CHECK(reader.read(0, 1000).error().code == ErrorCode::damaged);
}

TEST_CASE("files and ZIPs over 4 GiB and more than 65535 files take ZIP64") {
  std::vector<ZipEntry> entries = {{"a", 5 * gibibyte, 1}, {"b", 3, 2}, {"c", 0xFFFF'FFFF, 3}};
  for (int i = 0; i < 66'000; ++i) entries.push_back({"d" + std::to_string(i), 0, 0});
  const ZipLayout layout(entries, some_time);
  // Only what is not a file's is written; the rest stays a hole.
  const TestFile file;
  std::FILE* out = std::fopen(file.path.c_str(), "wb");
  REQUIRE(out != nullptr);
  for (std::uint64_t at = 0; at < layout.size();) {
    const ZipLayout::Piece piece = layout.at(at);
    if (!piece.own.empty()) {
      std::fseek(out, static_cast<long>(at), SEEK_SET);
      std::fwrite(piece.own.data(), 1, piece.own.size(), out);
    }
    at += piece.bytes;
  }
  std::fclose(out);
  CHECK(std::filesystem::file_size(file.path) == layout.size());
  CHECK(file.run("unzip -Z -1", "| grep -x d65999") == 0);
  CHECK(file.run("7z l", "d65999") == 0);
  CHECK(file.run("bsdtar -tf") == 0);
  CHECK(file.run("/usr/bin/python3 -c 'import sys,zipfile; z=zipfile.ZipFile(sys.argv[1]);"
                 "i=z.infolist(); assert len(i)==66003 and i[0].file_size==5<<30 and "
                 "i[2].file_size==0xffffffff and i[2].header_offset>5<<30; z.open(i[2]).read(9);"
                 "z.open(i[0]).read(9)'") == 0);
}

TEST_CASE("names in a ZIP are safe on every system") {
  CHECK(safe_one("folder/a.pdf") == "folder/a.pdf");
  CHECK(safe_one("Grüße/日本語 🎉.txt") == "Grüße/日本語 🎉.txt");
  CHECK(safe_one("/etc/passwd") == "etc/passwd");
  CHECK(safe_one("../../x") == "_/_/x");
  CHECK(safe_one("a/./b//c") == "a/b/c");
  CHECK(safe_one("C:\\x\\y.txt") == "C__x_y.txt");
  CHECK(safe_one("a\nb\x7f"
                 "c\u0085d") == "a_b_c_d");
  CHECK(safe_one("evil\u202Efdp.exe") == "evil_fdp.exe");
  CHECK(safe_one("a\u061Cb\u200Fc\u2066d") == "a_b_c_d");
  CHECK(safe_one("__MACOSX/._a") == "___MACOSX/._a");
  CHECK(safe_one("a<b>c\"d|e?f*g") == "a_b_c_d_e_f_g");
  CHECK(safe_one("end. . ") == "end");
  CHECK(safe_one("dir./x ") == "dir/x");
  CHECK(safe_one("...") == "_");
  CHECK(safe_one("") == "_");
  CHECK(safe_one("/") == "_");
  CHECK(safe_one(".profile") == ".profile");
  CHECK(safe_one("CON") == "_CON");
  CHECK(safe_one("aux.txt") == "_aux.txt");
  CHECK(safe_one("Com1 .txt/lpt\u00b2") == "_Com1 .txt/_lpt\u00b2");
  CHECK(safe_one("com10") == "com10");
  CHECK(safe_one("console") == "console");
  const std::string lengthy = safe_one(std::string(500, 'a') + "ü.pdf");
  CHECK(lengthy == std::string(236, 'a') + ".pdf");
  std::string umlauts;
  for (int i = 0; i < 200; ++i) umlauts += "ü";
  CHECK(is_utf8(safe_one(umlauts + "x.pdf")));
  CHECK(is_utf8(safe_one("x" + umlauts)));
}

TEST_CASE("a single file's name is safe, too") {
  CHECK(safe_file_name("folder/a.pdf") == "a.pdf");
  CHECK(safe_file_name("a/CON.txt") == "_CON.txt");
  CHECK(safe_file_name("x\u202Egpj.exe ") == "x_gpj.exe");
  CHECK(safe_file_name("folder/") == "_");
}

TEST_CASE("no two names in a ZIP meet on any system") {
  using Names = std::vector<std::string>;
  CHECK(safe({"a.txt", "A.TXT", "a.txt"}) == Names{"a.txt", "A (2).TXT", "a (3).txt"});
  CHECK(safe({"a (2)", "a", "a"}) == Names{"a (2)", "a", "a (3)"});
  CHECK(safe({"\u00fc", "u\u0308"}) == Names{"\u00fc", "u\u0308 (2)"});
  CHECK(safe({"x", "x/y"}) == Names{"x (2)", "x/y"});
  CHECK(safe({"A/1", "a/1", "a/2"}) == Names{"A/1", "a/1 (2)", "a/2"});
  CHECK(safe({"a:", "a?"}) == Names{"a_", "a_ (2)"});
  CHECK(safe({"X", "y", "x/1", "y/2", "x/3"}) == Names{"X (2)", "y (2)", "x/1", "y/2", "x/3"});
  CHECK(safe({"\uff21", "a"}) == Names{"\uff21", "a (2)"});
  CHECK(safe(Names(3000, "same.txt")).back() == "same (3000).txt");
}
