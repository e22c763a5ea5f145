// couvert provide FILE…: sends files and a message.
#include <algorithm>
#include <filesystem>
#include <numeric>

#include "cli/commands.h"
#include "cli/file_list.h"
#include "cli/kept_draft.h"
#include "cli/password.h"
#include "cli/progress.h"
#include "cli/provide_quick.h"
#include "cli/provide_result.h"
#include "cli/ready_mails.h"
#include "client/attempts.h"
#include "client/retrieval_link.h"
#include "client/upload_all.h"
#include "crypto/secret_bytes.h"

namespace couvert {
namespace {

using namespace std::chrono_literals;
using Password = ProvideOptions::Password;

class ShownProgress final : public UploadWatch {
 public:
  explicit ShownProgress(Progress& progress) : progress_(progress) {}
  void reached(std::uint64_t bytes) override { progress_.reached(bytes); }

 private:
  Progress& progress_;
};

class LocalFiles final : public FilesToUpload {
 public:
  explicit LocalFiles(const std::vector<FileToSend>& files) : files_(files) {}
  std::size_t count() const override { return files_.size(); }
  std::uint64_t bytes_of(std::size_t place) const override { return files_[place].size; }
  Answer<std::unique_ptr<FileSource>> open(std::size_t place) override {
    Answer<LocalFile> file = LocalFile::open(files_[place]);
    if (!file) return pass(file);
    return std::make_unique<LocalFile>(std::move(*file));
  }

 private:
  const std::vector<FileToSend>& files_;
};

// One transfer on its way out.
class Providing {
 public:
  Providing(const World& world, ProvideOptions options, Client& client, const State& state)
      : world_(world),
        options_(std::move(options)),
        client_(client),
        state_(state),
        quick_(world, client, state) {}

  // A draft that was not started is thrown away, unless another call may go on with it; one that
  // may have been started is left to the server.
  ~Providing() {
    if (!draft_) return;
    const bool is_draft = started_ == Started::no;
    if (is_draft && kept_ && may_go_on_) return;
    if (kept_) kept_->forget();
    if (!is_draft) return;
    world_.interrupt.begin_tidying();
    static_cast<void>(client_.delete_draft(*draft_));
  }
  Providing(const Providing&) = delete;
  Providing& operator=(const Providing&) = delete;

  // What can be found wrong without the server.
  Outcome<> look() { return quick_.look(options_); }
  Outcome<> prepare();
  // What the server refuses without having seen a byte.
  Outcome<> ask_policy();
  Outcome<> prepare_mails();
  Outcome<> upload();
  Outcome<> start();
  Outcome<> print();

 private:
  enum class Started { no, perhaps, yes };

  std::uint64_t total_bytes() const;
  Outcome<> prepare_password();
  Outcome<> take_recipients(const api::PolicyAnswer& policy);
  Outcome<> check_limits(const api::PolicyAnswer& policy);
  Outcome<> check_password(const api::PolicyAnswer& policy);
  std::string command() const;
  Outcome<> begin_draft();
  Outcome<> go_on();
  Outcome<> make_draft();
  Outcome<> send_start();
  Outcome<> check_started();
  Outcome<> check_links();
  Outcome<> write_mails();
  Outcome<> print_result();

  const World& world_;
  ProvideOptions options_;
  Client& client_;
  const State& state_;
  std::vector<FileToSend> files_;
  std::vector<UploadedFile> uploaded_;
  std::optional<DraftAccess> draft_;
  api::Draft known_;  // as the server described it first: files of an earlier call
  std::optional<KeptDraft> kept_;
  bool may_go_on_ = false;  // what broke may hold the next time
  Started started_ = Started::no;
  QuickSending quick_;
  api::Start start_;
  api::Started answer_;
  std::optional<ReadyMails> mails_;
  std::vector<std::string> mail_paths_;  // of the answer's recipients, as far as they were written
};

std::uint64_t Providing::total_bytes() const {
  return std::accumulate(files_.begin(), files_.end(), std::uint64_t{0},
                         [](std::uint64_t sum, const FileToSend& file) { return sum + file.size; });
}

Outcome<> Providing::prepare() {
  Outcome<std::vector<FileToSend>> files = list_files(world_.arguments.operands);
  if (!files) return pass(files);
  files_ = std::move(*files);
  start_.name = options_.name;
  start_.phone = options_.phone;
  start_.reply_to = options_.reply_to;
  start_.subject = options_.subject;
  start_.language = options_.language;
  start_.notify_delivery = world_.arguments.has("notify-delivery");
  start_.notify_download = world_.arguments.has("notify-download");
  start_.show_file_names = world_.arguments.has("show-file-names");
  if (!options_.message_file.empty()) {
    Outcome<std::string> text = read_message(options_.message_file);
    if (!text) return pass(text);
    start_.text = std::move(*text);
  }
  return prepare_password();
}

Outcome<> Providing::prepare_password() {
  start_.open_by = options_.password == Password::none ? "link" : "password";
  start_.slot_id = SlotId::make(world_.random).text();
  if (options_.password != Password::given) return Outcome<>();
  Outcome<WipedText> password = read_password(options_.password_file, world_.terminal);
  if (!password) return pass(password);
  start_.password = std::move(*password);
  return Outcome<>();
}

Outcome<> Providing::ask_policy() {
  std::vector<std::string> addresses;
  addresses.reserve(options_.recipients.size());
  for (const auto& [kind, address] : options_.recipients) addresses.push_back(address);
  const auto policy = client_.ask_policy(options_.from, addresses, options_.reply_to);
  if (!policy) return complain(policy);
  const Outcome<> taken = take_recipients(*policy);
  if (!taken) return taken;
  const Outcome<> decided = quick_.decide(options_, *policy, start_.recipients);
  if (!decided) return decided;
  if (quick_.is_for_all()) start_.open_by = "quick";
  const Outcome<> limits = check_limits(*policy);
  return limits ? check_password(*policy) : limits;
}

Outcome<> Providing::take_recipients(const api::PolicyAnswer& policy) {
  for (std::size_t i = 0; i < policy.recipients.size(); ++i) {
    const api::PolicyAnswer::Recipient& recipient = policy.recipients[i];
    if (!recipient.allowed) {
      Problem problem;
      problem.code = ErrorCode::refused;
      problem.reason = recipient.reason;
      problem.address = recipient.address;
      return tl::make_unexpected(in_words(problem));
    }
    const bool known =
        std::any_of(start_.recipients.begin(), start_.recipients.end(),
                    [&recipient](const auto& taken) { return taken.address == recipient.address; });
    if (known) continue;
    api::StartRecipient taken{.address = recipient.address, .kind = options_.recipients[i].first};
    if (options_.password == Password::none) {
      taken.slot_id = SlotId::make(world_.random).text();
      taken.secret = WipedText(secret_to_base64url(world_.random.secret<32>()));
    }
    start_.recipients.push_back(std::move(taken));
  }
  return Outcome<>();
}

Outcome<> Providing::check_limits(const api::PolicyAnswer& policy) {
  const auto days_max = policy.days_max;
  if (options_.days && *options_.days > days_max) {
    return complain(Exit::refused,
                    "the transfer may live " + std::to_string(days_max) + " days at most",
                    "use a smaller number after --expires");
  }
  if (options_.days && !policy.days_editable && *options_.days != policy.days_default) {
    return complain(Exit::refused, "how long the transfer lives cannot be chosen",
                    "leave --expires away");
  }
  if (policy.message_required && start_.text.value_or("").empty()) {
    return complain(Exit::refused, "a transfer needs a message", "use --message-file");
  }
  if (!options_.mails_folder.empty() && !policy.client_mail) {
    return complain(Exit::refused, "the server sends these mails itself", "leave --mails-to away");
  }
  if (policy.phone_required && start_.phone.empty()) {
    return complain(Exit::refused, "a telephone number is needed", "use --phone");
  }
  const auto& ways = policy.open_by;
  if (!quick_.is_for_all() && std::find(ways.begin(), ways.end(), start_.open_by) == ways.end()) {
    const bool link = options_.password == Password::none;
    return complain(Exit::refused,
                    link ? "transfers without a password are not allowed"
                         : "transfers with a password are not allowed",
                    link ? "use --password-file or --generate-password" : "use --no-password");
  }
  if (total_bytes() > static_cast<std::uint64_t>(policy.transfer_bytes_max)) {
    const auto max = static_cast<std::uint64_t>(policy.transfer_bytes_max);
    return complain(Exit::too_large, "the files are larger together than " + size_in_words(max),
                    "send them in several transfers");
  }
  // By the server's clock: ours may be ahead of it, past what it allows.
  const Instant now = client_.server_time().value_or(world_.clock.now());
  const auto days =
      options_.days.value_or(static_cast<int>(std::min(policy.days_default, days_max)));
  start_.expires = to_rfc3339(now + days * 24h);
  return Outcome<>();
}

Outcome<> Providing::check_password(const api::PolicyAnswer& policy) {
  if (options_.password == Password::none) return Outcome<>();
  if (quick_.is_for_all()) {
    start_.password = WipedText();
    return Outcome<>();
  }
  const bool is_own = options_.password == Password::given;
  start_.password_mode = is_own ? "own" : "generated";
  const auto& modes = policy.password_modes;
  if (std::find(modes.begin(), modes.end(), start_.password_mode) == modes.end()) {
    return complain(
        Exit::refused,
        is_own ? "passwords of one's own are not allowed" : "generated passwords are not allowed",
        is_own ? "use --generate-password" : "use --password-file");
  }
  if (!is_own) {
    start_.password = make_password(world_.random, policy.password_rules.length_min);
    return Outcome<>();
  }
  const auto verdict = client_.check_password(start_.password, policy.password_rules);
  if (!verdict) return complain(verdict);
  if (verdict->acceptable) return Outcome<>();
  std::string rules;
  for (const std::string& rule : verdict->unmet) {
    rules += (rules.empty() ? "" : ", ") + rule;
  }
  return complain(Exit::refused, "the password is too weak (" + rules + ")",
                  "at least " + std::to_string(policy.password_rules.length_min) +
                      " characters, and what is named; or use --generate-password");
}

// Before anything is sent: nothing may be in the way of the mails.
Outcome<> Providing::prepare_mails() {
  if (options_.mails_folder.empty()) return Outcome<>();
  start_.notify = "none";
  std::vector<std::string> addresses;
  addresses.reserve(start_.recipients.size());
  for (const api::StartRecipient& one : start_.recipients) addresses.push_back(one.address);
  Outcome<ReadyMails> mails = ReadyMails::open(options_.mails_folder, addresses, world_.random);
  if (!mails) return pass(mails);
  mails_.emplace(std::move(*mails));
  return Outcome<>();
}

// The same for a call that is to go on with an earlier one: same sender, same files, unchanged.
std::string Providing::command() const {
  std::string text = options_.from;
  for (const FileToSend& file : files_) {
    std::error_code error;
    const auto changed = std::filesystem::last_write_time(file.path, error);
    text += "\n" + file.name + "\t" + std::to_string(file.size) + "\t" +
            std::to_string(changed.time_since_epoch().count());
  }
  return text;
}

Outcome<> Providing::begin_draft() {
  if (files_.empty()) return make_draft();
  Outcome<std::optional<KeptDraft>> kept =
      KeptDraft::open(state_.folder(), client_.server(), command());
  if (!kept) return pass(kept);
  kept_ = std::move(*kept);
  if (!kept_) return make_draft();
  const Outcome<> gone_on = go_on();
  if (!gone_on || draft_) return gone_on;
  const Outcome<> made = make_draft();
  if (made) return kept_->keep(*draft_);
  kept_->forget();
  return made;
}

// Takes up the draft that an earlier call has left. Where it has ended, there is a new one.
Outcome<> Providing::go_on() {
  std::optional<DraftAccess> earlier = kept_->load();
  if (!earlier) return Outcome<>();
  Attempts attempts(world_.interrupt);
  Answer<api::Draft> draft = client_.get_draft(*earlier);
  while (!draft && attempts.again(draft.error())) draft = client_.get_draft(*earlier);
  const bool is_over = !draft && (draft.error().code == ErrorCode::denied ||
                                  draft.error().code == ErrorCode::conflict);
  if (is_over) return Outcome<>();
  if (!draft) return complain(draft);
  known_ = std::move(*draft);
  draft_ = std::move(*earlier);
  return Outcome<>();
}

Outcome<> Providing::make_draft() {
  DraftAccess draft{.draft_id = SlotId::make(world_.random).text(),
                    .secret = world_.random.secret<32>()};
  Attempts attempts(world_.interrupt);
  Answer<api::Draft> made = client_.create_draft(draft, options_.from);
  while (!made && attempts.again(made.error())) made = client_.create_draft(draft, options_.from);
  if (!made) return complain(made);
  draft.draft_id = made->draft_id;
  draft_ = std::move(draft);
  known_ = std::move(*made);
  return Outcome<>();
}

Outcome<> Providing::upload() {
  const Outcome<> begun = begin_draft();
  if (!begun) return begun;
  const Outcome<TransportOptions> options = transport_options(world_);
  if (!options) return pass(options);
  const std::function<std::unique_ptr<HttpTransport>(Patience&)> make_transport =
      [&options](Patience& patience) {
        return std::make_unique<CurlTransport>(*options, patience);
      };
  KnownFiles known;
  known.go_on_with(std::move(known_.files));
  Progress progress(world_.terminal, world_.clock, total_bytes());
  ShownProgress watch(progress);
  LocalFiles files(files_);
  auto sent = upload_all({client_, make_transport, *draft_, known, world_.interrupt}, files, watch);
  if (!sent) {
    may_go_on_ = sent.error().passing == Passing::yes;
    Trouble trouble = in_words(sent.error());
    if (may_go_on_) trouble.hint = "run the same command again: it goes on where this one stopped";
    return tl::make_unexpected(std::move(trouble));
  }
  uploaded_ = std::move(*sent);
  for (std::size_t i = 0; i < files_.size(); ++i) {
    start_.files.emplace_back(uploaded_[i].no, files_[i].size);
  }
  const Answer<> tidy = Uploader(client_, *draft_, world_.interrupt, known).remove_strays();
  if (!tidy) return complain(tidy);
  return Outcome<>();
}

// Repeating it gives the same transfer, so a lost answer is asked for again.
Outcome<> Providing::send_start() {
  Attempts attempts(world_.interrupt);
  started_ = Started::perhaps;
  while (true) {
    Answer<api::Started> answer = client_.start_transfer(*draft_, start_);
    if (answer) {
      started_ = Started::yes;
      answer_ = std::move(*answer);
      return Outcome<>();
    }
    const Problem& problem = answer.error();
    if (attempts.again(problem)) continue;
    const bool answered = problem.status >= 400 && problem.status < 500;
    if (answered) {
      started_ = Started::no;
      quick_.take_back();
    }
    Trouble trouble = in_words(problem);
    if (!answered) {
      trouble.hint = "it is not known whether the transfer was started; look for its mails";
    }
    return tl::make_unexpected(std::move(trouble));
  }
}

Outcome<> Providing::start() {
  const Outcome<> sealed = quick_.seal(known_, start_);
  if (!sealed) return sealed;
  const Outcome<> sent = send_start();
  if (!sent) return sent;
  const Outcome<> whole = check_started();
  if (whole) return check_links();
  static_cast<void>(client_.revoke_transfer(answer_.tracking_id));
  return whole;
}

// The server must have sealed the very bytes that were read here.
Outcome<> Providing::check_started() {
  bool same = answer_.files.size() == files_.size() &&
              answer_.recipients.size() == start_.recipients.size();
  for (std::size_t i = 0; same && i < files_.size(); ++i) {
    const auto found =
        std::find_if(answer_.files.begin(), answer_.files.end(),
                     [&](const api::File& file) { return file.no == uploaded_[i].no; });
    same = found != answer_.files.end() && found->size == files_[i].size &&
           found->crc32 == uploaded_[i].crc32;
  }
  if (same) return Outcome<>();
  return complain(Exit::damaged, "the server has sealed other bytes than were sent",
                  "the transfer was revoked; tell the operator of the server");
}

Outcome<> Providing::check_links() {
  if (options_.password != Password::none) return Outcome<>();
  for (api::Started::Recipient& recipient : answer_.recipients) {
    const auto asked = std::find_if(
        start_.recipients.begin(), start_.recipients.end(),
        [&recipient](const auto& known) { return known.address == recipient.address; });
    if (asked == start_.recipients.end()) {
      return complain(Exit::damaged, "the server names a recipient that was not asked for");
    }
    const Answer<WipedText> fragment = link_fragment(asked->secret.text());
    if (!fragment) return complain(fragment);
    std::string& link = recipient.link.edit();
    const std::size_t hash = link.find('#');
    if (hash == link.npos) link += "#" + fragment->text();
    if (hash != link.npos && link.substr(hash + 1) != fragment->text()) {
      return complain(Exit::damaged, "the server gives a link that does not open the transfer");
    }
  }
  return Outcome<>();
}

Outcome<> Providing::write_mails() {
  const ReadyMailSender sender{known_.from, options_.name,
                               client_.server_time().value_or(world_.clock.now())};
  for (const api::Started::Recipient& recipient : answer_.recipients) {
    Outcome<std::string> path = mails_->write(recipient, sender);
    if (!path) return pass(path);
    mail_paths_.push_back(std::move(*path));
  }
  return mails_->finish();
}

// The transfer is there whatever becomes of its mails: its links are told in any case.
Outcome<> Providing::print() {
  if (!mails_) return print_result();
  const Outcome<> written = write_mails();
  const Outcome<> printed = print_result();
  if (!written) return written;
  if (!printed) return printed;
  world_.terminal.say("The server has mailed nobody. Send the mails in " + options_.mails_folder +
                      " from your own mailbox.");
  return Outcome<>();
}

Outcome<> Providing::print_result() {
  const bool generated = options_.password == Password::generated && !quick_.is_for_all();
  return print_provided(world_, {.started = answer_,
                                 .open_by = start_.open_by,
                                 .password = generated ? start_.password.text() : "",
                                 .quick = quick_,
                                 .mail_paths = mail_paths_});
}

}  // namespace

Outcome<> provide(const World& world) {
  Outcome<ProvideOptions> options = read_provide_options(world);
  if (!options) return pass(options);
  const Outcome<ServerUrl> server = named_server(world);
  if (!server) return pass(server);
  const Outcome<State> state = open_state(world);
  if (!state) return pass(state);
  Outcome<WipedText> session = state->session(*server);
  if (!session) return pass(session);
  if (session->empty()) {
    return complain(Exit::unproven, "your address is not verified here",
                    "run couvert --server " + server->text + " verify " + options->from);
  }
  const Outcome<Connection> connection = connect(world, *server);
  if (!connection) return pass(connection);
  connection->client->use_session(std::move(*session));

  Providing providing(world, std::move(*options), *connection->client, *state);
  for (const auto step :
       {&Providing::look, &Providing::prepare, &Providing::ask_policy, &Providing::prepare_mails,
        &Providing::upload, &Providing::start, &Providing::print}) {
    const Outcome<> done = (providing.*step)();
    if (!done) return done;
  }
  return Outcome<>();
}

}  // namespace couvert
