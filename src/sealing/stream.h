// Where sealed bytes go to and come from: a file, an object store, memory.
#pragma once

#include <cstdint>

#include "base/bytes.h"

namespace couvert {

/// Takes bytes in their order. Threads: one at a time.
class ByteSink {
 public:
  virtual ~ByteSink() = default;
  /// Takes all of `bytes`, or fails: `full` without space, `unavailable` otherwise.
  virtual Result<> write(Bytes bytes) = 0;
};

/// Sealed bytes that do not change and can be read anywhere. Threads: one at a time.
class MessageSource {
 public:
  virtual ~MessageSource() = default;
  /// All bytes there are.
  virtual std::uint64_t size() const = 0;
  /// Fills the whole of `out` from `offset` on; both lie within size().
  /// Errors: those of the disk or the store; `damaged` where the bytes are gone.
  virtual Result<> read(std::uint64_t offset, MutableBytes out) = 0;
};

/// Plaintext that can be read anywhere, piece by piece. Threads: one at a time.
class PlainSource {
 public:
  virtual ~PlainSource() = default;
  virtual std::uint64_t size() const = 0;
  /// The bytes from `offset` on: at least one, at most `bytes_max` (which is not 0), at most up to
  /// the end. `offset` is less than size(). Asking for the next piece from where the last one ended
  /// is the fast way.
  /// Errors:   `damaged` and those of the source.
  /// Lifetime: the view is good until the next call.
  virtual Result<Bytes> read(std::uint64_t offset, std::size_t bytes_max) = 0;
};

/// A sink that keeps everything in memory.
class BufferSink final : public ByteSink {
 public:
  Result<> write(Bytes bytes) override;
  Buffer bytes;
};

/// A message in memory. Lifetime: that of the bytes.
class BytesSource final : public MessageSource {
 public:
  explicit BytesSource(Bytes bytes) : bytes_(bytes) {}
  std::uint64_t size() const override { return bytes_.size(); }
  Result<> read(std::uint64_t offset, MutableBytes out) override;

 private:
  Bytes bytes_;
};

/// Plaintext in memory. Lifetime: that of the bytes.
class BytesPlain final : public PlainSource {
 public:
  explicit BytesPlain(Bytes bytes) : bytes_(bytes) {}
  std::uint64_t size() const override { return bytes_.size(); }
  Result<Bytes> read(std::uint64_t offset, std::size_t bytes_max) override;

 private:
  Bytes bytes_;
};

}  // namespace couvert
