#include "client/upload.h"

#include <doctest/doctest.h>

#include "client/attempts.h"
#include "client/scripted_transport.h"
#include "client/test_id.h"
#include "crypto/crc32.h"

using namespace couvert;

namespace {

const std::string all_bytes = "0123456789";

class TextSource final : public FileSource {
 public:
  const NewFile& file() const override { return file_; }
  NewFile& edit() { return file_; }
  Answer<std::size_t> read_at(std::uint64_t offset, MutableBytes room) override {
    const std::string_view rest = std::string_view(all_bytes).substr(offset);
    const std::size_t bytes = std::min({rest.size(), room.size(), std::size_t{3}});
    for (std::size_t i = 0; i < bytes; ++i) room[i] = static_cast<std::byte>(rest[i]);
    return bytes;
  }

 private:
  NewFile file_{.name = "a.txt", .type = "text/plain", .size = all_bytes.size()};
};

class NoWatch final : public UploadWatch {
 public:
  void reached(std::uint64_t offset) override { last = offset; }
  std::uint64_t last = 0;
};

// Reads what a PATCH sends, keeps it, and answers with the offset behind it.
ScriptedTransport::Step takes(std::string& kept, std::size_t bytes_max, bool answers) {
  return [&kept, bytes_max, answers](const HttpRequest& request) -> Answer<HttpAnswer> {
    std::array<std::byte, 16> room;
    std::string got;
    while (true) {
      const Answer<std::size_t> read = request.source->read(room);
      if (!read) return pass(read);
      if (*read == 0) break;
      got += as_text(Bytes(room).first(*read));
    }
    kept += got.substr(0, bytes_max);
    if (!answers) return tl::make_unexpected(broken_line());
    return answer(204, "", {{"upload-offset", std::to_string(kept.size())}})(request);
  };
}

// A server that makes the file and takes none of its bytes.
ScriptedTransport::Step created(int no) {
  return answer(201, "", {{"location", "/files/" + std::to_string(no)}, {"upload-offset", "0"}});
}

// A server that takes them with the request.
ScriptedTransport::Step created_with(int no, std::string& kept) {
  return [no, &kept](const HttpRequest& request) -> Answer<HttpAnswer> {
    REQUIRE(request.source != nullptr);
    const Answer<HttpAnswer> taken = takes(kept, 100, true)(request);
    if (!taken) return taken;
    return answer(201, "",
                  {{"location", "/files/" + std::to_string(no)},
                   {"upload-offset", std::to_string(kept.size())}})(request);
  };
}

struct UploadRun {
  ScriptedTransport transport;
  Client client{transport, ServerUrl{"https://example.org"}};
  DraftAccess draft{.draft_id = id, .secret = {}};
  CountedPatience patience;
  KnownFiles known;
  Uploader uploader{client, draft, patience, known};
  TextSource source;
  NoWatch watch;
  std::string kept;
};

}  // namespace

TEST_CASE("a file arrives whole, with the checksum of its bytes") {
  UploadRun run;
  run.transport.script = {created(3), takes(run.kept, 100, true)};
  const auto uploaded = run.uploader.upload(run.source, run.watch);
  REQUIRE(uploaded);
  CHECK(run.kept == all_bytes);
  CHECK(uploaded->no == 3);
  CHECK(uploaded->crc32 == crc32(0, as_bytes(all_bytes)));
  CHECK(run.watch.last == all_bytes.size());
}

TEST_CASE("a small file is one request") {
  UploadRun run;
  run.transport.script = {created_with(3, run.kept)};
  const auto uploaded = run.uploader.upload(run.source, run.watch);
  REQUIRE(uploaded);
  CHECK(run.transport.asked.size() == 1);
  CHECK(run.transport.asked[0].find("Content-Type: application/offset+octet-stream") !=
        std::string::npos);
  CHECK(run.kept == all_bytes);
  CHECK(uploaded->no == 3);
  CHECK(uploaded->crc32 == crc32(0, as_bytes(all_bytes)));
  CHECK(run.watch.last == all_bytes.size());
}

TEST_CASE("a file over the bound is announced alone, an empty one as well") {
  for (const std::uint64_t size : {std::uint64_t{0}, whole_at_once_bytes_max + 1}) {
    CAPTURE(size);
    UploadRun run;
    run.source.edit().size = size;
    bool has_bytes = true;
    run.transport.script = {[&](const HttpRequest& request) {
      has_bytes = request.source != nullptr;
      return answer(201, "", {{"location", "/files/3"}})(request);
    }};
    const auto uploaded = run.uploader.upload(run.source, run.watch);
    CHECK(uploaded.has_value() == (size == 0));
    CHECK_FALSE(has_bytes);
  }
  UploadRun run;
  run.source.edit().size = whole_at_once_bytes_max;
  bool has_bytes = false;
  run.transport.script = {[&](const HttpRequest& request) -> Answer<HttpAnswer> {
    has_bytes = request.source != nullptr;
    return trouble(ErrorCode::full, "");
  }};
  CHECK_FALSE(run.uploader.upload(run.source, run.watch));
  CHECK(has_bytes);
}

TEST_CASE("a small file whose answer got lost is found again with all its bytes") {
  UploadRun run;
  const std::string draft =
      R"({"draft_id":")" + id + R"(","seal_id":")" + id +
      R"(","from":"a@example.org","expires":"2026-11-22T12:00:00Z","files":[)"
      R"({"no":8,"name":"a.txt","type":"text/plain","size":10,"offset":10}]})";
  run.transport.script = {takes(run.kept, 100, false), answer(200, draft)};
  const auto uploaded = run.uploader.upload(run.source, run.watch);
  REQUIRE(uploaded);
  CHECK(uploaded->no == 8);
  CHECK(uploaded->crc32 == crc32(0, as_bytes(all_bytes)));
  CHECK(run.kept == all_bytes);
  CHECK(run.transport.asked.size() == 2);
}

TEST_CASE("a small file is sent again from its beginning where the server knows of none") {
  UploadRun run;
  std::string lost;
  const std::string draft =
      R"({"draft_id":")" + id + R"(","seal_id":")" + id +
      R"(","from":"a@example.org","expires":"2026-11-22T12:00:00Z","files":[]})";
  run.transport.script = {takes(lost, 4, false), answer(200, draft), created_with(0, run.kept)};
  const auto uploaded = run.uploader.upload(run.source, run.watch);
  REQUIRE(uploaded);
  CHECK(run.kept == all_bytes);
  CHECK(uploaded->crc32 == crc32(0, as_bytes(all_bytes)));
}

TEST_CASE("a server that took more with the announcement than there is is not believed") {
  UploadRun run;
  run.transport.script = {answer(201, "", {{"location", "/files/3"}, {"upload-offset", "11"}})};
  const auto uploaded = run.uploader.upload(run.source, run.watch);
  REQUIRE_FALSE(uploaded);
  CHECK(uploaded.error().code == ErrorCode::damaged);
}

TEST_CASE("an upload goes on where the server left off when the line broke") {
  UploadRun run;
  run.transport.script = {created(0), takes(run.kept, 4, false), broken(),
                          answer(200, "", {{"upload-offset", "4"}}), takes(run.kept, 100, true)};
  const auto uploaded = run.uploader.upload(run.source, run.watch);
  REQUIRE(uploaded);
  CHECK(run.kept == all_bytes);
  CHECK(uploaded->crc32 == crc32(0, as_bytes(all_bytes)));
  CHECK(run.transport.asked.back().find("Upload-Offset: 4") != std::string::npos);
  CHECK(run.patience.waits == 2);
}

TEST_CASE("an upload follows a server that lost bytes it had acknowledged") {
  UploadRun run;
  run.transport.script = {created(0), takes(run.kept, 6, true), broken(),
                          [&run](const HttpRequest& request) {
                            run.kept.resize(2);
                            return answer(200, "", {{"upload-offset", "2"}})(request);
                          },
                          takes(run.kept, 100, true)};
  REQUIRE(run.uploader.upload(run.source, run.watch));
  CHECK(run.kept == all_bytes);
}

TEST_CASE("a line that stays broken ends an upload after a bounded number of attempts") {
  UploadRun run;
  run.transport.script = {created(0)};
  for (int i = 0; i < 50; ++i) run.transport.script.push_back(broken());
  const auto uploaded = run.uploader.upload(run.source, run.watch);
  REQUIRE_FALSE(uploaded);
  CHECK(uploaded.error().reason == reasons::broken_line);
  CHECK(run.patience.waits == Attempts::attempts_max - 1);
}

TEST_CASE("a server that acknowledges nothing ends an upload, too") {
  UploadRun run;
  run.transport.script = {created(0)};
  for (int i = 0; i < 50; ++i) {
    run.transport.script.push_back(answer(200, "", {{"upload-offset", "0"}}));
  }
  CHECK_FALSE(run.uploader.upload(run.source, run.watch));
  CHECK(run.patience.waits == Attempts::attempts_max - 1);
}

TEST_CASE("a server that counts more bytes than the file has is not believed") {
  UploadRun run;
  run.transport.script = {created(0), answer(204, "", {{"upload-offset", "11"}})};
  const auto uploaded = run.uploader.upload(run.source, run.watch);
  REQUIRE_FALSE(uploaded);
  CHECK(uploaded.error().code == ErrorCode::damaged);
}

TEST_CASE("a full server ends an upload at once") {
  UploadRun run;
  run.transport.script = {created(0), answer(507, R"({"status":507,"code":"full"})")};
  const auto uploaded = run.uploader.upload(run.source, run.watch);
  REQUIRE_FALSE(uploaded);
  CHECK(uploaded.error().code == ErrorCode::full);
  CHECK(run.patience.waits == 0);
}

TEST_CASE("a file whose creation was not answered is found again instead of made twice") {
  UploadRun run;
  const std::string draft = R"({"draft_id":")" + id + R"(","seal_id":")" + id +
                            R"(","from":"a@example.org","expires":"2026-11-22T12:00:00Z","files":[)"
                            R"({"no":8,"name":"a.txt","type":"text/plain","size":10,"offset":0}]})";
  run.transport.script = {broken(), answer(200, draft), takes(run.kept, 100, true)};
  const auto uploaded = run.uploader.upload(run.source, run.watch);
  REQUIRE(uploaded);
  CHECK(uploaded->no == 8);
  CHECK(run.kept == all_bytes);
}

TEST_CASE("an upload goes on with what an earlier call has left, and sends only the rest") {
  UploadRun run;
  run.kept = all_bytes.substr(0, 4);
  run.known.go_on_with({{.no = 5, .name = "b.txt", .size = all_bytes.size(), .offset = 3},
                        {.no = 6, .name = "a.txt", .size = all_bytes.size(), .offset = 4},
                        {.no = 7, .name = "a.txt", .size = all_bytes.size(), .offset = 9}});
  run.transport.script = {takes(run.kept, 100, true)};
  const auto uploaded = run.uploader.upload(run.source, run.watch);
  REQUIRE(uploaded);
  CHECK(uploaded->no == 6);
  CHECK(run.kept == all_bytes);
  CHECK(uploaded->crc32 == crc32(0, as_bytes(all_bytes)));
  CHECK(run.transport.asked.front().find("Upload-Offset: 4") != std::string::npos);
}

TEST_CASE("files that nobody counts are taken out of the draft") {
  UploadRun run;
  const std::string draft = R"({"draft_id":")" + id + R"(","seal_id":")" + id +
                            R"(","from":"a@example.org","expires":"2026-11-22T12:00:00Z","files":[)"
                            R"({"no":3,"name":"a.txt","type":"text/plain","size":10,"offset":10},)"
                            R"({"no":4,"name":"a.txt","type":"text/plain","size":10,"offset":0}]})";
  run.transport.script = {created(3), takes(run.kept, 100, true), answer(200, draft),
                          answer(204, "")};
  REQUIRE(run.uploader.upload(run.source, run.watch));
  REQUIRE(run.uploader.remove_strays());
  CHECK(run.transport.asked.size() == 4);
  CHECK(run.transport.asked.back().find("/files/4\n") != std::string::npos);
}

TEST_CASE("who wants to stop waits for no further attempt") {
  UploadRun run;
  run.patience.is_stopped = true;
  run.transport.script = {broken(), broken()};
  CHECK_FALSE(run.uploader.upload(run.source, run.watch));
  CHECK(run.patience.waits == 0);
}
