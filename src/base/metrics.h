// What the server counts, for /metrics on the admin listener.
//
// main owns one Metrics and hands it down; whoever does something counts it there. Numbers and
// fixed words only: never an ID, an address or a network.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <tuple>

namespace couvert {

/// A number that only grows. Threads: any.
class Counter {
 public:
  void add(std::uint64_t by = 1) { value_.fetch_add(by, std::memory_order_relaxed); }
  std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

/// How many of something are under way. Threads: any.
class Running {
 public:
  /// One of them, as long as it lives.
  class One {
   public:
    explicit One(Running& all) : all_(all) { all_.value_.fetch_add(1, std::memory_order_relaxed); }
    ~One() { all_.value_.fetch_sub(1, std::memory_order_relaxed); }
    One(const One&) = delete;
    One& operator=(const One&) = delete;

   private:
    Running& all_;
  };

  std::int64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::int64_t> value_{0};
};

/// Answered requests by method, template of the route, and status. Threads: any.
class RequestCounts {
 public:
  using Key = std::tuple<std::string, std::string, int>;

  void add(std::string_view method, std::string_view route, int status) {
    const std::lock_guard lock(mutex_);
    ++counts_[Key(method, route, status)];
  }
  std::map<Key, std::uint64_t> all() const {
    const std::lock_guard lock(mutex_);
    return counts_;
  }

 private:
  mutable std::mutex mutex_;
  std::map<Key, std::uint64_t> counts_;
};

/// A background round: how often it went well, and how often it broke off.
struct RoundCounts {
  Counter done;
  Counter failed;
};

struct Metrics {
  RequestCounts requests;
  Counter received_bytes;  // of requests, without what TLS adds
  Counter sent_bytes;      // to the network
  Running uploads;
  Running downloads;

  Counter connections_accepted;
  Counter connections_refused_full;     // too many in all
  Counter connections_refused_network;  // too many from there
  Counter accept_errors;                // no file descriptor or memory for one more
  Counter handshakes_failed;

  Counter mails_handed_over;
  Counter mails_postponed;
  Counter mails_refused;
  Counter mails_bounced;

  RoundCounts outbox_round;
  RoundCounts sweep_round;
  RoundCounts objects_round;
  RoundCounts lookout_round;
};

}  // namespace couvert
