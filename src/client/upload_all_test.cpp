#include "client/upload_all.h"

#include <doctest/doctest.h>

#include <atomic>
#include <condition_variable>
#include <map>
#include <new>

#include "client/scripted_transport.h"
#include "client/test_id.h"
#include "crypto/crc32.h"

using namespace couvert;
using namespace std::chrono_literals;

namespace {

constexpr auto meeting_time_max = 5s;  // that one upload waits for another one

// Takes files from any number of lines, and lets a test hold them up.
struct ManyLinesServer {
  using Hold = std::function<void(std::unique_lock<std::mutex>&)>;

  // Waits until `there` holds; says whether it did.
  bool meet(std::unique_lock<std::mutex>& lock, const std::function<bool()>& there) {
    changed.notify_all();
    return changed.wait_for(lock, meeting_time_max, there);
  }

  std::mutex mutex;
  std::condition_variable changed;
  std::map<std::int64_t, std::string> files;
  int announced = 0;
  int full_after = 1'000;  // announcements
  int at_once = 0;
  int at_once_max = 0;
  int appending_max = 0;
  int appending = 0;
  Hold on_small;
  Hold on_large;
};

std::string all_of(BodySource& source) {
  std::string bytes;
  std::vector<std::byte> room(256 * 1024);
  while (true) {
    const Answer<std::size_t> got = source.read(room);
    REQUIRE(got);
    if (*got == 0) return bytes;
    bytes += as_text(Bytes(room).first(*got));
  }
}

class ServerLine final : public HttpTransport {
 public:
  ServerLine(ManyLinesServer& server, Patience& patience) : server_(server), patience_(patience) {}

  Answer<HttpAnswer> send(const HttpRequest& request) override {
    const std::string bytes = request.source == nullptr ? "" : all_of(*request.source);
    std::unique_lock lock(server_.mutex);
    server_.at_once_max = std::max(server_.at_once_max, ++server_.at_once);
    const bool appends = request.method == Method::patch;
    if (appends) server_.appending_max = std::max(server_.appending_max, ++server_.appending);
    const auto& hold = request.method == Method::patch ? server_.on_large : server_.on_small;
    if (hold && request.source != nullptr) hold(lock);
    --server_.at_once;
    if (appends) --server_.appending;
    if (patience_.stopped()) return trouble(ErrorCode::unavailable, reasons::interrupted);
    return appends ? append(request, bytes) : announce(request, bytes);
  }

 private:
  Answer<HttpAnswer> announce(const HttpRequest& request, const std::string& bytes) {
    if (server_.announced >= server_.full_after) {
      return answer(507, R"({"status":507,"code":"full"})")(request);
    }
    const int no = server_.announced++;
    server_.files[no] = bytes;
    server_.changed.notify_all();
    return answer(201, "",
                  {{"location", "/files/" + std::to_string(no)},
                   {"upload-offset", std::to_string(bytes.size())}})(request);
  }
  Answer<HttpAnswer> append(const HttpRequest& request, const std::string& bytes) {
    const auto no = std::stoll(request.url.substr(request.url.rfind('/') + 1));
    server_.files[no] += bytes;
    return answer(204, "", {{"upload-offset", std::to_string(server_.files[no].size())}})(request);
  }

  ManyLinesServer& server_;
  Patience& patience_;
};

// As many bytes as it says, all the same.
class EvenSource final : public FileSource {
 public:
  EvenSource(std::size_t place, std::uint64_t bytes)
      : file_{.name = std::to_string(place), .type = "", .size = bytes},
        letter_(static_cast<std::byte>('a' + place % 26)) {}
  const NewFile& file() const override { return file_; }
  Answer<std::size_t> read_at(std::uint64_t offset, MutableBytes room) override {
    const auto bytes = std::min<std::uint64_t>(room.size(), file_.size - offset);
    std::fill_n(room.begin(), bytes, letter_);
    return static_cast<std::size_t>(bytes);
  }
  std::string text() const {
    return std::string(file_.size, static_cast<char>(std::to_integer<int>(letter_)));
  }

 private:
  NewFile file_;
  std::byte letter_;
};

class EvenFiles final : public FilesToUpload {
 public:
  explicit EvenFiles(std::vector<std::uint64_t> bytes) : bytes_(std::move(bytes)) {}
  std::size_t count() const override { return bytes_.size(); }
  std::uint64_t bytes_of(std::size_t place) const override { return bytes_[place]; }
  Answer<std::unique_ptr<FileSource>> open(std::size_t place) override {
    if (place == lacks_memory_at) throw std::bad_alloc();
    if (place == is_gone_at) return trouble(ErrorCode::conflict, reasons::source, "gone");
    return std::make_unique<EvenSource>(place, bytes_[place]);
  }

  std::size_t lacks_memory_at = 1'000;
  std::size_t is_gone_at = 1'000;

 private:
  std::vector<std::uint64_t> bytes_;
};

struct SumWatch final : public UploadWatch {
  void reached(std::uint64_t bytes) override { last = bytes; }
  std::uint64_t last = 0;
};

struct UploadingAll {
  ManyLinesServer server;
  CountedPatience patience;
  ServerLine line{server, patience};
  Client client{line, ServerUrl{"https://example.org"}};
  DraftAccess draft{.draft_id = id, .secret = {}};
  KnownFiles known;
  SumWatch watch;
  std::function<std::unique_ptr<HttpTransport>(Patience&)> make_transport =
      [this](Patience& together) { return std::make_unique<ServerLine>(server, together); };

  Answer<std::vector<UploadedFile>> run(EvenFiles& files) {
    return upload_all({client, make_transport, draft, known, patience}, files, watch);
  }
};

constexpr std::uint64_t large = whole_at_once_bytes_max + 5;

}  // namespace

TEST_CASE("files go up four at a time, and are told in their order") {
  UploadingAll here;
  std::vector<std::uint64_t> sizes;
  for (std::uint64_t i = 0; i < 40; ++i) sizes.push_back(i % 7);
  EvenFiles files(sizes);
  bool have_met = true;
  // The first one waits for the second, so that numbers and order differ.
  here.server.on_small = [&](std::unique_lock<std::mutex>& lock) {
    if (here.server.at_once_max < 4) {
      have_met &= here.server.meet(lock, [&] { return here.server.at_once_max == 4; });
    }
  };
  const auto uploaded = here.run(files);
  REQUIRE(uploaded);
  CHECK(have_met);
  CHECK(here.server.at_once_max == 4);
  REQUIRE(uploaded->size() == sizes.size());
  std::uint64_t sum = 0;
  for (std::size_t place = 0; place < sizes.size(); ++place) {
    const std::string text = EvenSource(place, sizes[place]).text();
    CHECK(here.server.files.at((*uploaded)[place].no) == text);
    CHECK((*uploaded)[place].crc32 == crc32(0, as_bytes(text)));
    sum += sizes[place];
  }
  CHECK(here.watch.last == sum);
}

TEST_CASE("of large files one goes up at a time, and small ones pass it") {
  UploadingAll here;
  EvenFiles files({large, large, 3, 3, 3, 3, 3, large});
  bool have_passed = true;
  here.server.on_large = [&](std::unique_lock<std::mutex>& lock) {
    have_passed &= here.server.meet(lock, [&] { return here.server.announced >= 6; });
  };
  const auto uploaded = here.run(files);
  REQUIRE(uploaded);
  CHECK(have_passed);
  CHECK(here.server.appending_max == 1);
  for (const std::size_t place : {0, 1, 7}) {
    CHECK(here.server.files.at((*uploaded)[place].no) == EvenSource(place, large).text());
  }
}

TEST_CASE("the first trouble ends all uploads, and is the one that is told") {
  UploadingAll here;
  here.server.full_after = 6;
  EvenFiles files(std::vector<std::uint64_t>(40, 3));
  const auto uploaded = here.run(files);
  REQUIRE_FALSE(uploaded);
  CHECK(uploaded.error().code == ErrorCode::full);
  CHECK(here.server.announced == 6);
  UploadingAll other;
  EvenFiles gone(std::vector<std::uint64_t>(40, 3));
  gone.is_gone_at = 2;
  CHECK(other.run(gone).error().reason == reasons::source);
  CHECK(other.server.announced < 40);
}

TEST_CASE("memory that lacks in one of the threads lacks for the caller") {
  UploadingAll here;
  EvenFiles files(std::vector<std::uint64_t>(40, 3));
  files.lacks_memory_at = 5;
  CHECK_THROWS_AS(static_cast<void>(here.run(files)), std::bad_alloc);
}

TEST_CASE("who wants to stop sends nothing more; no files are none") {
  UploadingAll here;
  here.patience.is_stopped = true;
  EvenFiles files({3, 3});
  CHECK(here.run(files).error().reason == reasons::interrupted);
  CHECK(here.server.announced == 0);
  UploadingAll other;
  EvenFiles none({});
  CHECK(other.run(none)->empty());
}

TEST_CASE("files of an earlier call are gone on with, whichever line comes to them") {
  UploadingAll here;
  EvenFiles files({large, 3});
  here.server.announced = 10;
  here.server.files[7] = std::string(large - 4, 'a');
  here.known.go_on_with({{.no = 7, .name = "0", .size = large, .offset = large - 4}});
  const auto uploaded = here.run(files);
  REQUIRE(uploaded);
  CHECK((*uploaded)[0].no == 7);
  CHECK(here.server.files[7] == std::string(large, 'a'));
  CHECK(here.watch.last == large + 3);
}
