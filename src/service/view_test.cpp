// What a recipient looks at in the page, and the message as a file.
#include <doctest/doctest.h>

#include "service/change_sent.h"
#include "service/test_world.h"

using namespace couvert;

namespace {

const std::string picture = "\x89PNG\r\n\x1a\n" + std::string(20'000, 'x');
const std::string page = "<html><script>alert(1)</script></html>";

// An opened transfer from anna to bert: a picture, a page, an archive, and nothing.
struct Looked {
  TestWorld world;
  TestDraft draft{begin_draft(world)};
  StartedTransfer transfer;
  Retrieval retrieval;
  Retrieve retrieve{*world.parts};

  Looked() {
    world.allow("*@example.org", "*@example.com");
    const auto first = upload_file(world, draft, "bilder/a.png", picture);
    const auto second = upload_file(world, draft, "a.png", page);
    const auto third = upload_file(world, draft, "c.txt", std::string("PK\3\4\0", 5));
    const auto fourth = upload_file(world, draft, "briefe/a.png", "");
    Result<StartedTransfer> started =
        Start(*world.parts)
            .start(draft.key(),
                   good_request(
                       world,
                       {{first, picture.size()}, {second, page.size()}, {third, 5}, {fourth, 0}}));
    REQUIRE(started.has_value());
    transfer = std::move(*started);
    Result<Retrieval> opened =
        open_by_password(world, transfer.recipients.at(0).transfer_id, "xK9#vQ2mLp");
    REQUIRE(opened.has_value());
    retrieval = std::move(*opened);
  }

  RetrievalKey key() const { return {retrieval.retrieval_id, *retrieval.token}; }

  View view(std::uint32_t no) {
    Result<View> view = retrieve.view(key(), no);
    REQUIRE(view.has_value());
    return std::move(*view);
  }
  std::unique_ptr<Download> message(Attached attached) {
    Result<std::unique_ptr<Download>> message = retrieve.message(key(), attached);
    REQUIRE(message.has_value());
    return std::move(*message);
  }
  // What the sender sees of a file.
  std::optional<Fetched> fetched(std::uint32_t no) {
    const auto all = Sent(*world.parts).fetched(draft.caller, transfer.tracking_id, 0);
    REQUIRE(all.has_value());
    for (const Fetched& one : *all) {
      if (one.file_no == no) return one;
    }
    return std::nullopt;
  }
  bool is_retrieved() {
    const Result<SentTransfer> sent = Sent(*world.parts).find(draft.caller, transfer.tracking_id);
    REQUIRE(sent.has_value());
    return sent->recipients.at(0).recipient.retrieved.has_value();
  }
};

}  // namespace

TEST_CASE("a file is shown by what it holds, and that is no download") {
  Looked opened;
  View shown = opened.view(0);
  CHECK(shown.type == "image/png");
  CHECK(read_all(*shown.download) == picture);
  shown.download->delivered();
  CHECK_FALSE(opened.is_retrieved());
  CHECK(opened.view(1).type == "text/plain");
  for (const std::uint32_t no : {2u, 3u}) {
    const Result<View> none = opened.retrieve.view(opened.key(), no);
    REQUIRE_FALSE(none.has_value());
    CHECK(none.error().code == ErrorCode::refused);
    CHECK(none.error().detail == "no_view");
  }
  CHECK(opened.retrieve.view(opened.key(), 4).error().code == ErrorCode::denied);
}

TEST_CASE("the sender sees the first time that some of a file was looked at") {
  Looked opened;
  const View film = opened.view(0);
  CHECK_FALSE(opened.fetched(0));
  const Instant first = opened.world.clock.now();
  REQUIRE(film.download->read(10'000, 100).has_value());
  opened.world.clock.advance(std::chrono::minutes(1));
  REQUIRE(opened.view(0).download->read(0, 100).has_value());
  REQUIRE(opened.fetched(0));
  CHECK(opened.fetched(0)->viewed == first);
  CHECK_FALSE(opened.fetched(0)->downloaded);
  CHECK_FALSE(opened.fetched(1));
  CHECK_FALSE(opened.is_retrieved());
}

TEST_CASE("what is looked at ends with its transfer") {
  Looked opened;
  const View shown = opened.view(0);
  CHECK(shown.download->read(0, 100).has_value());
  REQUIRE(ChangeSent(*opened.world.parts)
              .revoke(opened.draft.caller, opened.transfer.tracking_id)
              .has_value());
  opened.world.clock.advance(std::chrono::seconds(1));
  CHECK(shown.download->read(100, 100).error().code == ErrorCode::denied);
  CHECK(opened.retrieve.view(opened.key(), 0).error().code == ErrorCode::denied);
}

TEST_CASE("the message is saved alone, which is no download of a file") {
  Looked opened;
  const auto message = opened.message(Attached::nothing);
  CHECK(message->name() == "R\u00f6ntgenbild \U0001f9b7.eml");
  const std::string file = read_all(*message);
  CHECK(file.size() == message->size());
  CHECK(file.find("To: bert@example.com\r\n") != std::string::npos);
  CHECK(file.find(encode_base64(as_bytes("Guten Tag,\r\nanbei das Bild."))) != std::string::npos);
  message->delivered();
  CHECK_FALSE(opened.is_retrieved());
  CHECK(opened.message(Attached::all_files)->etag() != message->etag());
}

TEST_CASE("the message is saved with all its files, and any range of it is the same") {
  Looked opened;
  const auto message = opened.message(Attached::all_files);
  const std::string file = read_all(*message);
  REQUIRE(file.size() == message->size());
  CHECK(file.find("filename=a.png\r\n") != std::string::npos);
  CHECK(file.find("filename=briefe_a.png\r\n") != std::string::npos);
  CHECK(file.find(encode_base64(as_bytes(page))) != std::string::npos);
  for (std::uint64_t offset = 0; offset < file.size(); offset += 77) {
    const Result<Bytes> piece = message->read(offset, 1000);
    REQUIRE(piece.has_value());
    REQUIRE_FALSE(piece->empty());
    CHECK(as_text(*piece) == std::string_view(file).substr(offset, piece->size()));
  }
  message->delivered();
  CHECK(opened.is_retrieved());
}
