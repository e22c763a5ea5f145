// couvert retrieve LINK-OR-ID: opens a transfer and writes what is in it.
#include "base/limits.h"
#include "cli/invitation.h"
#include "cli/out_folder.h"
#include "cli/progress.h"
#include "client/download.h"

namespace couvert {
namespace {

// Shows how far the bytes are on their way into a file.
class WatchedTarget final : public FileTarget {
 public:
  WatchedTarget(OutFile& file, Progress& progress, std::uint64_t done)
      : file_(file), progress_(progress), done_(done) {}

  Answer<> append(Bytes bytes) override {
    received_ += bytes.size();
    progress_.reached(done_ + received_);
    return file_.append(bytes);
  }
  Answer<> restart() override {
    received_ = 0;
    return file_.restart();
  }

 private:
  OutFile& file_;
  Progress& progress_;
  std::uint64_t done_;
  std::uint64_t received_ = 0;
};

struct WrittenFile {
  std::string name;  // as it was sent
  std::string path;
  std::uint64_t size = 0;
  std::string sha256;  // checked; empty where the transfer has none
};

// What is in a transfer, on its way in.
class Retrieving {
 public:
  Retrieving(const World& world, Client& client, const Opening& opening)
      : world_(world), client_(client), opening_(opening) {}

  Outcome<> write();
  /// `connected`: with whom, where an invitation was answered.
  Outcome<> print(const std::string& connected);

 private:
  // Where a file goes, and how its bytes come.
  struct Piece {
    std::string name;
    std::string place;
    Expected expected;
    Fetch fetch;
  };

  std::vector<Piece> plan(NamePlan& names);
  Outcome<> write_message(OutFolder& folder, const std::string& place);
  Outcome<> write_mail(OutFolder& folder, const std::string& place);
  Outcome<> write_pieces(OutFolder& folder, const std::vector<Piece>& pieces);
  const api::Retrieval& content() const { return opening_.retrieval(); }
  bool has_message() const { return !content().subject.empty() || !content().text.empty(); }

  const World& world_;
  Client& client_;
  const Opening& opening_;
  std::string message_path_;  // empty without a message
  std::vector<WrittenFile> written_;
};

std::vector<Retrieving::Piece> Retrieving::plan(NamePlan& names) {
  std::vector<Piece> pieces;
  if (world_.arguments.has("zip")) {
    if (content().files.empty()) return pieces;
    const std::string name = "transfer-" + content().tracking_id + ".zip";
    pieces.push_back({.name = name,
                      .place = names.place(name),
                      .expected = {},
                      .fetch = [this](const Range& range, BodySink& sink) {
                        return client_.get_zip(opening_.access(), range, sink);
                      }});
    return pieces;
  }
  for (const api::File& file : content().files) {
    pieces.push_back({.name = file.name,
                      .place = names.place(file.name),
                      .expected = {.size = file.size, .crc32 = file.crc32, .sha256 = file.sha256},
                      .fetch = [this, no = file.no](const Range& range, BodySink& sink) {
                        return client_.get_file(opening_.access(), no, range, sink);
                      }});
  }
  return pieces;
}

Outcome<> Retrieving::write_message(OutFolder& folder, const std::string& place) {
  std::string text = content().subject;
  if (!text.empty() && !content().text.empty()) text += "\n\n";
  text += content().text;
  if (!text.ends_with('\n')) text += '\n';
  Answer<std::unique_ptr<OutFile>> file = folder.begin(place);
  if (!file) return complain(file);
  Answer<> done = (*file)->append(as_bytes(text));
  if (done) done = (*file)->finish();
  if (!done) return complain(done);
  message_path_ = folder.path() + "/" + place;
  return Outcome<>();
}

Outcome<> Retrieving::write_mail(OutFolder& folder, const std::string& place) {
  Answer<std::unique_ptr<OutFile>> file = folder.begin(place);
  if (!file) return complain(file);
  Progress progress(world_.terminal, world_.clock, std::nullopt);
  WatchedTarget target(**file, progress, 0);
  const Fetch fetch = [this](const Range& range, BodySink& sink) {
    return client_.get_message(opening_.access(), range, sink);
  };
  const auto size = download(fetch, {}, target, world_.interrupt);
  if (!size) return complain(size);
  const Answer<> kept = (*file)->finish();
  if (!kept) return complain(kept);
  message_path_ = folder.path() + "/" + place;
  return Outcome<>();
}

Outcome<> Retrieving::write_pieces(OutFolder& folder, const std::vector<Piece>& pieces) {
  std::optional<std::uint64_t> total = 0;
  for (const Piece& piece : pieces) {
    if (!piece.expected.size) total.reset();
    if (total) *total += *piece.expected.size;
  }
  Progress progress(world_.terminal, world_.clock, total);
  std::uint64_t done = 0;
  for (const Piece& piece : pieces) {
    Answer<std::unique_ptr<OutFile>> file = folder.begin(piece.place);
    if (!file) return complain(file);
    WatchedTarget target(**file, progress, done);
    const auto size = download(piece.fetch, piece.expected, target, world_.interrupt);
    if (!size) return complain(size);
    const Answer<> kept = (*file)->finish();
    if (!kept) return complain(kept);
    done += *size;
    written_.push_back({.name = piece.name,
                        .path = folder.path() + "/" + piece.place,
                        .size = *size,
                        .sha256 = piece.expected.sha256});
  }
  return Outcome<>();
}

Outcome<> Retrieving::write() {
  Outcome<OutFolder> folder = OutFolder::open(*world_.arguments.value("out"), world_.random);
  if (!folder) return pass(folder);
  NamePlan names(folder->was());
  std::string message;
  const bool as_mail = world_.arguments.has("eml");
  if (has_message()) message = names.place(as_mail ? "message.eml" : "message.txt");
  const std::vector<Piece> pieces = plan(names);
  const Outcome<> is_new = folder->check_new(names.top());
  if (!is_new) return is_new;
  if (!message.empty()) {
    const Outcome<> kept = as_mail ? write_mail(*folder, message) : write_message(*folder, message);
    if (!kept) return kept;
  }
  const Outcome<> kept = write_pieces(*folder, pieces);
  if (!kept) return kept;
  const Answer<> safe = folder->finish();
  if (!safe) return complain(safe);
  return Outcome<>();
}

Outcome<> Retrieving::print(const std::string& connected) {
  if (world_.arguments.has("json")) {
    Json::Array files;
    for (const WrittenFile& file : written_) {
      Json::Object fields{
          {"name", file.name}, {"path", file.path}, {"size", static_cast<std::int64_t>(file.size)}};
      if (!file.sha256.empty()) fields.emplace_back("sha256", file.sha256);
      files.push_back(Json(std::move(fields)));
    }
    Json::Object fields{
        {"subject", content().subject}, {"text", content().text}, {"files", std::move(files)}};
    if (!connected.empty()) fields.emplace_back("connected", connected);
    return world_.terminal.print(Json(std::move(fields)).write());
  }
  world_.terminal.say("From " + content().name + " <" + content().from + ">");
  if (!message_path_.empty()) {
    const Outcome<> printed = world_.terminal.print(message_path_);
    if (!printed) return printed;
  }
  for (const WrittenFile& file : written_) {
    if (!file.sha256.empty()) world_.terminal.say("SHA-256 is right: " + file.sha256);
    const Outcome<> printed = world_.terminal.print(file.path);
    if (!printed) return printed;
  }
  return Outcome<>();
}

}  // namespace

Outcome<> retrieve(const World& world) {
  if (world.arguments.operands.size() != 1) {
    return complain(Exit::usage, "retrieve takes one link or transfer ID",
                    "put it into quotes: '#' and spaces mean something to shells");
  }
  const bool only_code = world.arguments.has("request-code");
  if (only_code && world.arguments.has("code")) {
    return complain(Exit::usage, "--code and --request-code exclude each other");
  }
  if (!only_code && world.arguments.value("out").value_or("").empty()) {
    return complain(Exit::usage, "--out DIR is missing");
  }
  Answer<RetrievalLink> link = parse_retrieval_link(world.arguments.operands[0]);
  if (!link) return complain(link);
  const Outcome<ServerUrl> server = server_of(world, *link);
  if (!server) return pass(server);
  const Outcome<Connection> connection = connect(world, *server);
  if (!connection) return pass(connection);

  Opening opening(world, std::move(*link), *connection->client);
  if (only_code) return opening.request_code();
  const Outcome<> opened = opening.open();
  if (!opened) return opened;
  Retrieving retrieving(world, *connection->client, opening);
  const Outcome<> written = retrieving.write();
  if (!written) return written;
  // The files are safe by now: whatever becomes of the invitation, they are told.
  const Outcome<std::string> connected = consider_invitation(world, *connection->client, opening);
  const Outcome<> printed = retrieving.print(connected ? *connected : "");
  if (!connected) return pass(connected);
  return printed;
}

}  // namespace couvert
