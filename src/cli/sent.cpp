// couvert sent, couvert received, couvert revoke: what was sent, what came, and taking it back.
#include <algorithm>
#include <charconv>
#include <map>

#include "base/id.h"
#include "cli/session_line.h"
#include "client/follow.h"

namespace couvert {
namespace {

Outcome<std::string> tracking_id_of(const std::string& typed) {
  const Result<TrackingId> id = TrackingId::parse(typed);
  if (id) return id->text();
  return complain(Exit::invalid, typed + " is no tracking ID", "couvert sent lists them");
}

// Foreign words, made printable: a mail server's answer must not move the columns.
std::string joined(const std::vector<std::string>& words, std::string_view between) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += between;
    text += printable(words[i]);
  }
  return text;
}

std::string line_of(const api::SentSummary& one) {
  std::string recipients = joined(one.recipients, " ");
  const auto named = static_cast<std::int64_t>(one.recipients.size());
  if (one.recipient_count > named) {
    recipients += " +" + std::to_string(one.recipient_count - named);
  }
  // Who has opened a link is known by a download alone.
  const bool by_link = one.open_by == "link";
  const std::int64_t count = by_link ? one.retrieved_count : one.opened_count;
  const std::string opened = std::to_string(count) + "/" + std::to_string(one.recipient_count);
  return joined({one.tracking_id, one.state, one.created, opened, recipients}, "\t");
}

std::string line_of(const api::SentRecipient& one, std::int64_t file_count) {
  const std::string state = one.revoked.empty() ? one.mail : "revoked";
  const std::string opened = one.opened.empty() ? "-" : one.opened;
  const std::string downloaded =
      std::to_string(one.downloaded_count) + "/" + std::to_string(file_count);
  const std::string viewed = std::to_string(one.viewed_count);
  return joined({one.address, state, opened, downloaded, viewed, one.mail_answer}, "\t");
}

void add(Json::Object& object, std::string_view name, const std::string& value) {
  if (!value.empty()) object.emplace_back(std::string(name), Json(value));
}

Json json_of(const api::SentSummary& one, const std::string& from) {
  Json::Array recipients;
  for (const std::string& recipient : one.recipients) recipients.push_back(Json(recipient));
  return Json(Json::Object{{"tracking_id", one.tracking_id},
                           {"from", from},
                           {"state", one.state},
                           {"created", one.created},
                           {"expires", one.expires},
                           {"open_by", one.open_by},
                           {"recipients", std::move(recipients)},
                           {"recipient_count", one.recipient_count},
                           {"failed_count", one.failed_count},
                           {"opened_count", one.opened_count},
                           {"retrieved_count", one.retrieved_count},
                           {"file_count", one.file_count},
                           {"bytes", one.bytes}});
}

Json json_of(const api::SentRecipient& one) {
  Json::Object object = {{"address", one.address},
                         {"kind", one.kind},
                         {"mail", one.mail},
                         {"viewed_count", one.viewed_count},
                         {"downloaded_count", one.downloaded_count}};
  add(object, "mail_settled", one.mail_settled);
  add(object, "mail_answer", one.mail_answer);
  add(object, "opened", one.opened);
  add(object, "retrieved", one.retrieved);
  add(object, "revoked", one.revoked);
  return Json(std::move(object));
}

Json json_of(const api::Sent& sent) {
  Json::Array recipients;
  for (const api::SentRecipient& one : sent.recipients) recipients.push_back(json_of(one));
  Json::Object object = {{"tracking_id", sent.tracking_id},
                         {"from", sent.from},
                         {"state", sent.state},
                         {"created", sent.created},
                         {"expires", sent.expires},
                         {"file_count", sent.file_count},
                         {"bytes", sent.bytes},
                         {"recipients", std::move(recipients)}};
  add(object, "revoked", sent.revoked);
  return Json(std::move(object));
}

// Page by page; every one ends with another tracking ID, so that this ends, too.
Answer<std::vector<api::SentSummary>> all_sent(const World& world, Client& client,
                                               const api::Verification& sender) {
  std::vector<api::SentSummary> all;
  std::string last;
  while (true) {
    Answer<api::SentPage> page = client.list_sent(sender.verification_id, last);
    if (!page) return pass(page);
    const bool more = page->more && !page->transfers.empty() && world.arguments.has("all");
    for (api::SentSummary& one : page->transfers) all.push_back(std::move(one));
    if (!more || all.back().tracking_id == last) return all;
    last = all.back().tracking_id;
  }
}

Outcome<> print_list(const World& world, Client& client) {
  const auto from = world.arguments.value("from");
  const Outcome<std::vector<api::Verification>> who = held_verifications(client, from);
  if (!who) return pass(who);
  Json::Array transfers;
  for (const api::Verification& sender : *who) {
    const Answer<std::vector<api::SentSummary>> found = all_sent(world, client, sender);
    if (!found) return complain(found);
    for (const api::SentSummary& one : *found) {
      if (world.arguments.has("json")) {
        transfers.push_back(json_of(one, sender.address));
        continue;
      }
      const Outcome<> printed = world.terminal.print(line_of(one));
      if (!printed) return printed;
    }
  }
  if (!world.arguments.has("json")) return Outcome<>();
  return world.terminal.print(Json(Json::Object{{"transfers", std::move(transfers)}}).write());
}

// Prints what has changed in the list, the oldest first; not again what would read the same.
//
// A stream tells of the latest limits::sent_page_max transfers. With --all, the others are looked
// at again and again, as often as the server itself would look: a twentieth of the time.
class FollowPrinter final : public ListListener {
 public:
  FollowPrinter(const World& world, Client& client, const api::Verification& sender)
      : world_(world), client_(client), sender_(sender) {}

  Answer<> changed(const std::vector<std::string>& tracking_ids) override {
    if (follows_all() && !looked_) return look_at_all();
    const Answer<api::SentPage> page = client_.list_sent(sender_.verification_id, "");
    if (!page) return pass(page);
    for (std::size_t i = page->transfers.size(); i > 0; --i) {
      const api::SentSummary& one = page->transfers[i - 1];
      if (std::ranges::find(tracking_ids, one.tracking_id) == tracking_ids.end()) continue;
      if (const Answer<> done = print(one); !done) return done;
    }
    return Answer<>();
  }
  Answer<> is_there() override {
    const bool is_due = !looked_ || world_.clock.running() - *looked_ >= pause_;
    return follows_all() && is_due ? look_at_all() : Answer<>();
  }
  /// What became of the printing.
  const Outcome<>& printed() const { return printed_; }

 private:
  static constexpr Duration pause_min = std::chrono::seconds(10);
  static constexpr int look_share = 20;

  bool follows_all() const { return world_.arguments.has("all"); }

  Answer<> look_at_all() {
    const Duration begun = world_.clock.running();
    const Answer<std::vector<api::SentSummary>> all = all_sent(world_, client_, sender_);
    if (!all) return pass(all);
    for (std::size_t i = all->size(); i > 0; --i) {
      if (const Answer<> done = print((*all)[i - 1]); !done) return done;
    }
    looked_ = world_.clock.running();
    pause_ = std::max<Duration>(pause_min, (*looked_ - begun) * look_share);
    return Answer<>();
  }

  Answer<> print(const api::SentSummary& one) {
    std::string line =
        world_.arguments.has("json") ? json_of(one, sender_.address).write() : line_of(one);
    std::string& last = lines_[one.tracking_id];
    if (line == last) return Answer<>();
    printed_ = world_.terminal.print(line);
    if (!printed_) return trouble(ErrorCode::unavailable, reasons::target);
    last = std::move(line);
    return Answer<>();
  }

  const World& world_;
  Client& client_;
  const api::Verification& sender_;
  std::map<std::string, std::string, std::less<>> lines_;  // as printed last, of all told of
  std::optional<Duration> looked_;                         // at all
  Duration pause_{};
  Outcome<> printed_;
};

Outcome<std::optional<Duration>> follow_time(const World& world) {
  constexpr int seconds_max = 7 * 24 * 3600;
  const auto text = world.arguments.value("for");
  if (!text) return std::optional<Duration>();
  int seconds = 0;
  const char* end = text->data() + text->size();
  const auto [stop, error] = std::from_chars(text->data(), end, seconds);
  if (stop != end || error != std::errc() || seconds < 1 || seconds > seconds_max) {
    return misused("--for takes seconds, 1 to " + std::to_string(seconds_max));
  }
  return std::optional<Duration>(std::chrono::seconds(seconds));
}

Outcome<> follow(const World& world, Client& stream) {
  const Outcome<std::optional<Duration>> time = follow_time(world);
  if (!time) return pass(time);
  const Outcome<api::Verification> sender = chosen_verification(world, stream);
  if (!sender) return pass(sender);
  Outcome<SessionLine> list = open_session_line(world);  // a stream has its line to itself
  if (!list) return pass(list);
  FollowPrinter printer(world, list->client(), *sender);
  const FollowParts parts{stream, world.interrupt, world.clock};
  const Answer<> followed = follow_sent(parts, sender->verification_id, *time, printer);
  if (!printer.printed()) return printer.printed();
  if (!followed && followed.error().code == ErrorCode::denied) {
    return complain(Exit::unproven, sender->address + " is verified here no longer",
                    "run couvert verify ADDRESS");
  }
  if (!followed) return complain(followed);
  return Outcome<>();
}

Outcome<> print_one(const World& world, Client& client, const std::string& tracking_id) {
  const Answer<api::Sent> sent = client.get_sent(tracking_id);
  if (!sent) return complain(sent);
  if (world.arguments.has("json")) return world.terminal.print(json_of(*sent).write());
  world.terminal.say("Sent by " + sent->from + " on " + sent->created + ": " + sent->state +
                     ", until " + sent->expires + ".");
  for (const api::SentRecipient& one : sent->recipients) {
    const Outcome<> printed = world.terminal.print(line_of(one, sent->file_count));
    if (!printed) return printed;
  }
  return Outcome<>();
}

std::string line_of(const api::ReceivedTransfer& one) {
  const std::string id = one.transfer_id.empty() ? "-" : one.transfer_id;
  const std::string opened = one.opened.empty() ? "-" : one.opened;
  return joined({id, one.created, one.expires, opened, one.from, one.name}, "\t");
}

Json json_of(const api::ReceivedTransfer& one, const std::string& to) {
  Json::Object object = {{"tracking_id", one.tracking_id},
                         {"to", to},
                         {"from", one.from},
                         {"name", one.name},
                         {"created", one.created},
                         {"expires", one.expires},
                         {"open_by", one.open_by},
                         {"file_count", one.file_count},
                         {"bytes", one.bytes}};
  add(object, "transfer_id", one.transfer_id);
  add(object, "opened", one.opened);
  add(object, "retrieved", one.retrieved);
  return Json(std::move(object));
}

// Page by page, as all_sent().
Outcome<std::vector<api::ReceivedTransfer>> all_received(const World& world, Client& client,
                                                         const api::Verification& recipient) {
  std::vector<api::ReceivedTransfer> all;
  std::string last;
  while (true) {
    Answer<api::ReceivedPage> page = client.list_received(recipient.verification_id, last);
    if (!page) return complain(page);
    const bool more = page->more && !page->transfers.empty() && world.arguments.has("all");
    for (api::ReceivedTransfer& one : page->transfers) all.push_back(std::move(one));
    if (!more || all.back().tracking_id == last) return all;
    last = all.back().tracking_id;
  }
}

Outcome<> print_received(const World& world, Client& client,
                         const std::vector<api::Verification>& who) {
  Json::Array transfers;
  for (const api::Verification& recipient : who) {
    const auto found = all_received(world, client, recipient);
    if (!found) return pass(found);
    for (const api::ReceivedTransfer& one : *found) {
      if (world.arguments.has("json")) {
        transfers.push_back(json_of(one, recipient.address));
        continue;
      }
      const Outcome<> printed = world.terminal.print(line_of(one));
      if (!printed) return printed;
    }
  }
  if (!world.arguments.has("json")) return Outcome<>();
  return world.terminal.print(Json(Json::Object{{"transfers", std::move(transfers)}}).write());
}

// From the one recipient who still has it under this address.
Outcome<> revoke_from(Client& client, const std::string& tracking_id, const std::string& address) {
  const Answer<api::Sent> sent = client.get_sent(tracking_id);
  if (!sent) return complain(sent);
  const auto one = std::ranges::find_if(sent->recipients, [&](const api::SentRecipient& other) {
    return other.address == address && other.revoked.empty();
  });
  if (one == sent->recipients.end()) {
    return complain(Exit::denied, address + " is no recipient of this transfer");
  }
  const Answer<> revoked = client.revoke_recipient(tracking_id, one->recipient_no);
  if (!revoked) return complain(revoked);
  return Outcome<>();
}

}  // namespace

Outcome<> sent(const World& world) {
  const std::vector<std::string>& operands = world.arguments.operands;
  if (operands.size() > 1) return complain(Exit::usage, "sent takes one tracking ID, or none");
  const bool follows = world.arguments.has("follow");
  if (follows && !operands.empty()) return misused("--follow is for the list of an address");
  if (!follows && world.arguments.has("for")) return misused("--for goes with --follow");
  const Outcome<std::string> id =
      operands.empty() ? Outcome<std::string>("") : tracking_id_of(operands[0]);
  if (!id) return pass(id);
  Outcome<SessionLine> line = open_session_line(world);
  if (!line) return pass(line);
  if (follows) return follow(world, line->client());
  return id->empty() ? print_list(world, line->client()) : print_one(world, line->client(), *id);
}

Outcome<> received(const World& world) {
  const std::vector<std::string>& operands = world.arguments.operands;
  if (operands.size() > 1) return complain(Exit::usage, "received takes one address, or none");
  Outcome<SessionLine> line = open_session_line(world);
  if (!line) return pass(line);
  const auto address = operands.empty() ? std::nullopt : std::optional<std::string>(operands[0]);
  const Outcome<std::vector<api::Verification>> who = held_verifications(line->client(), address);
  if (!who) return pass(who);
  return print_received(world, line->client(), *who);
}

Outcome<> revoke(const World& world) {
  const std::vector<std::string>& operands = world.arguments.operands;
  if (operands.size() != 1) {
    return complain(Exit::usage, "revoke takes one tracking ID", "couvert sent lists them");
  }
  const Outcome<std::string> id = tracking_id_of(operands[0]);
  if (!id) return pass(id);
  Outcome<SessionLine> line = open_session_line(world);
  if (!line) return pass(line);
  const auto recipient = world.arguments.value("recipient");
  if (recipient) {
    const Outcome<> revoked = revoke_from(line->client(), *id, *recipient);
    if (!revoked) return revoked;
  } else {
    const Answer<> revoked = line->client().revoke_transfer(*id);
    if (!revoked) return complain(revoked);
  }
  const std::string from = recipient ? " from " + *recipient : "";
  if (!world.arguments.has("json")) {
    world.terminal.say("Transfer " + *id + " is revoked" + from + ".");
    return Outcome<>();
  }
  Json::Object object = {{"tracking_id", *id}, {"state", "revoked"}};
  if (recipient) object.emplace_back("recipient", *recipient);
  return world.terminal.print(Json(std::move(object)).write());
}

}  // namespace couvert
