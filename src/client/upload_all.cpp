#include "client/upload_all.h"

#include <algorithm>
#include <atomic>
#include <deque>
#include <exception>
#include <thread>

namespace couvert {
namespace {

using namespace std::chrono_literals;

constexpr Duration look_pause = 200ms;  // so late a pause ends once another upload has failed

// Which file comes next: in their order, but that small ones pass large ones that wait.
class Places {
 public:
  explicit Places(const FilesToUpload& files) {
    for (std::size_t place = 0; place < files.count(); ++place) {
      const bool is_large = files.bytes_of(place) > whole_at_once_bytes_max;
      (is_large ? large_ : small_).push_back(place);
    }
  }

  /// Nothing where no other is left for the one who asks. Order: done() after each.
  std::optional<std::size_t> next() {
    const std::lock_guard lock(mutex_);
    const bool takes_large =
        !large_.empty() && !is_large_taken_ && (small_.empty() || large_.front() < small_.front());
    std::deque<std::size_t>& from = takes_large ? large_ : small_;
    if (from.empty()) return std::nullopt;  // whoever has the large one takes those behind it
    is_large_taken_ |= takes_large;
    const std::size_t place = from.front();
    from.pop_front();
    if (takes_large) large_place_ = place;
    return place;
  }

  void done(std::size_t place) {
    const std::lock_guard lock(mutex_);
    if (is_large_taken_ && large_place_ == place) is_large_taken_ = false;
  }

 private:
  std::mutex mutex_;
  std::deque<std::size_t> small_;
  std::deque<std::size_t> large_;
  bool is_large_taken_ = false;
  std::size_t large_place_ = 0;
};

// Adds up what the uploads tell.
class Sum {
 public:
  explicit Sum(UploadWatch& whole) : whole_(whole) {}
  void moved(std::uint64_t from, std::uint64_t to) {
    const std::lock_guard lock(mutex_);
    bytes_ += to - from;  // modulo 2^64: one may go back
    whole_.reached(bytes_);
  }

 private:
  std::mutex mutex_;
  UploadWatch& whole_;
  std::uint64_t bytes_ = 0;
};

class Share final : public UploadWatch {
 public:
  explicit Share(Sum& sum) : sum_(sum) {}
  void reached(std::uint64_t offset) override {
    sum_.moved(std::exchange(offset_, offset), offset);
  }

 private:
  Sum& sum_;
  std::uint64_t offset_ = 0;
};

// Has enough, too, once one of the uploads has failed.
class TogetherPatience final : public Patience {
 public:
  explicit TogetherPatience(Patience& user) : user_(user) {}

  void end() { has_ended_ = true; }
  bool stopped() override { return has_ended_ || user_.stopped(); }
  void wait(Duration pause) override {
    for (; pause > Duration(0) && !stopped(); pause -= look_pause) {
      user_.wait(std::min(pause, look_pause));
    }
  }

 private:
  Patience& user_;
  std::atomic<bool> has_ended_ = false;
};

// The uploads of one transfer, side by side.
class Together {
 public:
  Together(const UploadAllParts& parts, FilesToUpload& files, UploadWatch& watch)
      : parts_(parts),
        files_(files),
        patience_(parts.patience),
        places_(files),
        sum_(watch),
        uploaded_(files.count()) {}

  Answer<std::vector<UploadedFile>> run() {
    const std::size_t count = std::min(files_.count(), uploads_at_once_max);
    std::vector<std::unique_ptr<HttpTransport>> lines;
    for (std::size_t i = 0; i < count; ++i) lines.push_back(parts_.make_transport(patience_));
    {
      std::vector<std::jthread> others;
      for (std::size_t i = 1; i < count; ++i) {
        others.emplace_back([this, &line = *lines[i]] { work(line); });
      }
      if (count > 0) work(*lines[0]);
    }
    if (thrown_) std::rethrow_exception(thrown_);
    if (problem_) return tl::make_unexpected(std::move(*problem_));
    return std::move(uploaded_);
  }

 private:
  void work(HttpTransport& line) noexcept {
    try {
      Client client(parts_.client.line().over(line));
      Uploader uploader(client, parts_.draft, patience_, parts_.known);
      while (!patience_.stopped()) {
        const std::optional<std::size_t> place = places_.next();
        if (!place) return;
        const Answer<> sent = send(uploader, *place);
        places_.done(*place);
        if (!sent) return fail_with(sent.error());
      }
      fail_with(trouble(ErrorCode::unavailable, reasons::interrupted).value());
    } catch (...) {
      const std::lock_guard lock(mutex_);
      thrown_ = std::current_exception();
      patience_.end();
    }
  }

  Answer<> send(Uploader& uploader, std::size_t place) {
    const Answer<std::unique_ptr<FileSource>> source = files_.open(place);
    if (!source) return pass(source);
    Share share(sum_);
    const Answer<UploadedFile> sent = uploader.upload(**source, share);
    if (!sent) return pass(sent);
    uploaded_[place] = *sent;
    return (*source)->check_unchanged();
  }

  // The others break off because of the first one: what they say then tells nothing.
  void fail_with(const Problem& problem) {
    const std::lock_guard lock(mutex_);
    if (!problem_) problem_ = problem;
    patience_.end();
  }

  const UploadAllParts& parts_;
  FilesToUpload& files_;
  TogetherPatience patience_;
  Places places_;
  Sum sum_;
  std::vector<UploadedFile> uploaded_;  // each by the one that has its place
  std::mutex mutex_;                    // of the next two
  std::optional<Problem> problem_;
  std::exception_ptr thrown_;
};

}  // namespace

Answer<std::vector<UploadedFile>> upload_all(const UploadAllParts& parts, FilesToUpload& files,
                                             UploadWatch& watch) {
  return Together(parts, files, watch).run();
}

}  // namespace couvert
