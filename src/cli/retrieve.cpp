// couvert retrieve LINK-OR-ID: opens a transfer and writes what is in it.
#include "base/limits.h"
#include "cli/code_session.h"
#include "cli/out_folder.h"
#include "cli/password.h"
#include "cli/progress.h"
#include "client/download.h"
#include "client/retrieval_link.h"

namespace couvert {
namespace {

constexpr int password_tries_max = 3;  // where a person is asked

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

bool needs_code(const Answer<>& opened) {
  return !opened && opened.error().reason == "code_needed";
}

struct WrittenFile {
  std::string name;  // as it was sent
  std::string path;
  std::uint64_t size = 0;
  std::string sha256;  // checked; empty where the transfer has none
};

// One transfer on its way in.
class Retrieving {
 public:
  Retrieving(const World& world, RetrievalLink link, Client& client)
      : world_(world), link_(std::move(link)), client_(client) {}

  // Ends the retrieval at the server, whatever became of it here.
  ~Retrieving() {
    if (!access_) return;
    world_.interrupt.begin_tidying();
    static_cast<void>(client_.finish_retrieval(*access_));
  }
  Retrieving(const Retrieving&) = delete;
  Retrieving& operator=(const Retrieving&) = delete;

  /// Mails a code to the recipient's mailbox, for a later call.
  Outcome<> request_code();
  Outcome<> open();
  Outcome<> write();
  Outcome<> print();

 private:
  // Where a file goes, and how its bytes come.
  struct Piece {
    std::string name;
    std::string place;
    Expected expected;
    Fetch fetch;
  };

  Outcome<> open_by_password();
  Answer<> try_open(const OpenBySecret& by);
  Answer<> try_password(const OpenBySecret& by);
  Outcome<> confirm_code(const std::string& code);
  Outcome<> prove_mailbox();
  std::vector<Piece> plan(NamePlan& names);
  Outcome<> write_message(OutFolder& folder, const std::string& place);
  Outcome<> write_mail(OutFolder& folder, const std::string& place);
  Outcome<> write_pieces(OutFolder& folder, const std::vector<Piece>& pieces);
  bool has_message() const { return !retrieval_.subject.empty() || !retrieval_.text.empty(); }

  const World& world_;
  RetrievalLink link_;
  Client& client_;
  std::optional<RetrievalAccess> access_;
  api::Retrieval retrieval_;
  std::string message_path_;  // empty without a message
  std::vector<WrittenFile> written_;
};

Outcome<> Retrieving::request_code() {
  const Outcome<std::string> language = chosen_language(world_);
  if (!language) return pass(language);
  const Outcome<State> state = open_state(world_);
  if (!state) return pass(state);
  const std::string id = link_.transfer_id.text();
  const Outcome<api::RequestedCode> requested = couvert::request_code(
      world_, client_, *state, [&] { return client_.request_recipient_code(id, *language); });
  if (!requested) return pass(requested);
  world_.terminal.say("A code was mailed to the mailbox that this transfer was sent to.");
  return Outcome<>();
}

// Uses the code of an earlier call.
Outcome<> Retrieving::confirm_code(const std::string& code) {
  const Outcome<State> state = open_state(world_);
  if (!state) return pass(state);
  const Outcome<> session = use_kept_session(client_, *state);
  if (!session) return session;
  const Answer<> confirmed = client_.confirm_recipient_code(link_.transfer_id.text(), code);
  if (!confirmed) return complain(confirmed);
  return Outcome<>();
}

Outcome<> Retrieving::prove_mailbox() {
  world_.terminal.say("Too many wrong passwords were tried, perhaps by somebody else.");
  const Outcome<> requested = request_code();
  if (!requested) return requested;
  return ask_for_code(world_.terminal, [&](const std::string& code) {
    return client_.confirm_recipient_code(link_.transfer_id.text(), code);
  });
}

Outcome<> Retrieving::open() {
  const Answer<std::string> open_by = client_.find_transfer(link_.transfer_id.text());
  if (!open_by) return complain(open_by);
  if (*open_by == "password") return open_by_password();
  if (*open_by != "link") {
    return complain(Exit::unavailable, "the transfer is opened in a way unknown to this program",
                    "use a newer couvert");
  }
  if (link_.secret.empty()) {
    return complain(Exit::invalid, "this transfer needs its whole link, with what stands behind #",
                    "copy the link from the mail again");
  }
  OpenBySecret by;
  by.link_secret = std::move(link_.secret);
  const Answer<> opened = try_open(by);
  if (!opened) return complain(opened);
  return Outcome<>();
}

Outcome<> Retrieving::open_by_password() {
  const auto file = world_.arguments.value("password-file");
  if (const auto code = world_.arguments.value("code")) {
    const Outcome<> confirmed = confirm_code(*code);
    if (!confirmed) return confirmed;
  }
  OpenBySecret by;
  for (int tries = 1;; ++tries) {
    Outcome<WipedText> password =
        file ? read_password(*file, world_.terminal) : world_.terminal.ask_hidden("Password");
    if (!password) return pass(password);
    by.password = std::move(*password);
    Answer<> opened = try_password(by);
    if (needs_code(opened) && !file) {
      const Outcome<> proven = prove_mailbox();
      if (!proven) return proven;
      opened = try_open(by);
    }
    if (opened) return Outcome<>();
    const bool wrong = opened.error().reason == "wrong_password";
    if (!wrong || file || tries >= password_tries_max) return complain(opened);
    world_.terminal.say("This password is wrong.");
  }
}

// An earlier call may have proven the mailbox already.
Answer<> Retrieving::try_password(const OpenBySecret& by) {
  Answer<> opened = try_open(by);
  if (!needs_code(opened) || client_.has_session()) return opened;
  const Outcome<State> state = open_state(world_);
  if (!state || !use_kept_session(client_, *state) || !client_.has_session()) return opened;
  return try_open(by);
}

Answer<> Retrieving::try_open(const OpenBySecret& by) {
  Answer<api::Retrieval> opened = client_.open_transfer(link_.transfer_id.text(), by);
  if (!opened) return pass(opened);
  access_.emplace(
      RetrievalAccess{.retrieval_id = opened->retrieval_id, .token = std::move(opened->token)});
  retrieval_ = std::move(*opened);
  return Answer<>();
}

std::vector<Retrieving::Piece> Retrieving::plan(NamePlan& names) {
  std::vector<Piece> pieces;
  if (world_.arguments.has("zip")) {
    if (retrieval_.files.empty()) return pieces;
    const std::string name = "transfer-" + retrieval_.tracking_id + ".zip";
    pieces.push_back({.name = name,
                      .place = names.place(name),
                      .expected = {},
                      .fetch = [this](const Range& range, BodySink& sink) {
                        return client_.get_zip(*access_, range, sink);
                      }});
    return pieces;
  }
  for (const api::File& file : retrieval_.files) {
    pieces.push_back({.name = file.name,
                      .place = names.place(file.name),
                      .expected = {.size = file.size, .crc32 = file.crc32, .sha256 = file.sha256},
                      .fetch = [this, no = file.no](const Range& range, BodySink& sink) {
                        return client_.get_file(*access_, no, range, sink);
                      }});
  }
  return pieces;
}

Outcome<> Retrieving::write_message(OutFolder& folder, const std::string& place) {
  std::string text = retrieval_.subject;
  if (!text.empty() && !retrieval_.text.empty()) text += "\n\n";
  text += retrieval_.text;
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
    return client_.get_message(*access_, range, sink);
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

Outcome<> Retrieving::print() {
  if (world_.arguments.has("json")) {
    Json::Array files;
    for (const WrittenFile& file : written_) {
      Json::Object fields{
          {"name", file.name}, {"path", file.path}, {"size", static_cast<std::int64_t>(file.size)}};
      if (!file.sha256.empty()) fields.emplace_back("sha256", file.sha256);
      files.push_back(Json(std::move(fields)));
    }
    const Json json(Json::Object{
        {"subject", retrieval_.subject}, {"text", retrieval_.text}, {"files", std::move(files)}});
    return world_.terminal.print(json.write());
  }
  world_.terminal.say("From " + retrieval_.name + " <" + retrieval_.from + ">");
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

// The server of the link, unless another one is named on the command line.
Outcome<ServerUrl> server_of(const World& world, const RetrievalLink& link) {
  if (link.server && !world.arguments.has("server")) return *link.server;
  return named_server(world);
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

  Retrieving retrieving(world, std::move(*link), *connection->client);
  if (only_code) return retrieving.request_code();
  for (const auto step : {&Retrieving::open, &Retrieving::write, &Retrieving::print}) {
    const Outcome<> done = (retrieving.*step)();
    if (!done) return done;
  }
  return Outcome<>();
}

}  // namespace couvert
