#include "client/follow.h"

#include <algorithm>

#include "base/limits.h"
#include "client/api_fields.h"
#include "client/api_line.h"
#include "client/attempts.h"

namespace couvert {
namespace {

using namespace std::chrono_literals;

constexpr Duration pause_between = 2s;  // after a stream that has ended well
constexpr std::size_t version_bytes_max = 64;

using Versions = std::map<std::string, std::string>;

Answer<> read_versions_of(const Json& json, Versions& versions) {
  ObjectReader reader(json);
  std::string id = api::id_of(reader, "tracking_id");
  std::string version = reader.string("version", version_bytes_max);
  if (const Answer<> done = api::finished(reader); !done) return done;
  versions[std::move(id)] = std::move(version);
  return Answer<>();
}

Answer<> read_snapshot(const Json& json, Versions& versions) {
  ObjectReader reader(json);
  const Json::Array& items = reader.array("transfers", limits::sent_page_max);
  if (const Answer<> done = api::finished(reader); !done) return done;
  for (const Json& item : items) {
    if (const Answer<> read = read_versions_of(item, versions); !read) return read;
  }
  return Answer<>();
}

// What the list held when it was told of last, over all streams.
class Known {
 public:
  explicit Known(ListListener& listener) : listener_(listener) {}

  /// Tells what of `news` is another version.
  Answer<> compare(const Versions& news) {
    std::vector<std::string> changed;
    for (const auto& [id, version] : news) {
      const auto before = versions_.find(id);
      if (before == versions_.end() || before->second != version) changed.push_back(id);
    }
    if (changed.empty()) return Answer<>();
    const Answer<> told = listener_.changed(changed);
    if (!told) return told;
    for (const auto& [id, version] : news) versions_[id] = version;
    return Answer<>();
  }
  /// A snapshot: what is not in it has gone.
  Answer<> begin(const Versions& all) {
    std::erase_if(versions_, [&](const auto& one) { return !all.contains(one.first); });
    return compare(all);
  }
  void forget(const std::string& id) { versions_.erase(id); }
  Answer<> is_there() { return listener_.is_there(); }

 private:
  ListListener& listener_;
  Versions versions_;
};

// Waits no longer than until the end.
class UntilTheEnd final : public Patience {
 public:
  UntilTheEnd(const FollowParts& parts, std::optional<Duration> time_max) : parts_(parts) {
    if (time_max) end_ = parts.clock.running() + *time_max;
  }

  bool stopped() override { return parts_.patience.stopped(); }
  void wait(Duration pause) override {
    parts_.patience.wait(std::min(pause, rest().value_or(pause)));
  }

  /// How long there is to go; nullopt where there is no end.
  std::optional<Duration> rest() const {
    if (!end_) return std::nullopt;
    return std::max(Duration(0), *end_ - parts_.clock.running());
  }
  bool is_over() const { return rest() == Duration(0); }

 private:
  const FollowParts& parts_;
  std::optional<Duration> end_;
};

// One stream. It begins with a snapshot, or is none.
class Stream final : public BodySink {
 public:
  Stream(Known& known, Attempts& attempts) : known_(known), attempts_(attempts) {}

  Answer<> begin(const AnswerHead& head) override {
    const std::string_view type = head.header("content-type").value_or("");
    if (type.starts_with("text/event-stream")) return Answer<>();
    return foreign_answer("no event stream");
  }

  bool has_begun() const { return has_begun_; }

  Answer<> write(Bytes bytes) override {
    const Answer<std::vector<ServerEvent>> events = reader_.take(as_text(bytes));
    if (!events) return pass(events);
    Versions news;  // told together: they cost one question
    for (const ServerEvent& event : *events) {
      if (const Answer<> taken = take(event, news); !taken) return taken;
    }
    if (const Answer<> told = known_.compare(news); !told) return told;
    return has_begun_ ? known_.is_there() : Answer<>();
  }

 private:
  Answer<> take(const ServerEvent& event, Versions& news) {
    const Result<Json> json =
        parse_json(event.data, {.bytes_max = event_bytes_max, .depth_max = 4});
    if (!json) return foreign_answer("an event is no JSON");
    if (event.name == "changed") return read_versions_of(*json, news);
    if (event.name == "gone") {
      ObjectReader reader(*json);
      const std::string id = api::id_of(reader, "tracking_id");
      if (const Answer<> done = api::finished(reader); !done) return done;
      news.erase(id);
      known_.forget(id);
      return Answer<>();
    }
    if (event.name != "snapshot") return Answer<>();  // of a newer server
    Versions all;
    if (const Answer<> read = read_snapshot(*json, all); !read) return read;
    has_begun_ = true;
    attempts_.worked();
    return known_.begin(all);
  }

  Known& known_;
  Attempts& attempts_;
  EventReader reader_;
  bool has_begun_ = false;
};

Problem ended_at_once() {
  Problem problem;
  problem.reason = reasons::broken_line;
  problem.passing = Passing::yes;
  return problem;
}

}  // namespace

Answer<> follow_sent(const FollowParts& parts, const std::string& verification_id,
                     std::optional<Duration> time_max, ListListener& listener) {
  UntilTheEnd patience(parts, time_max);
  Known known(listener);
  Attempts attempts(patience);
  while (!patience.is_over()) {
    Stream stream(known, attempts);
    Answer<> ended = parts.client.watch_sent(verification_id, patience.rest(), stream);
    if (patience.stopped()) return trouble(ErrorCode::unavailable, reasons::interrupted);
    if (patience.is_over()) break;
    if (ended && !stream.has_begun()) ended = tl::make_unexpected(ended_at_once());
    if (!ended && !attempts.again(ended.error())) {
      if (patience.is_over()) break;
      return ended;
    }
    if (ended) patience.wait(pause_between);  // an hour is over, or the server restarts
  }
  return Answer<>();
}

}  // namespace couvert
