// The object store: bytes under a random name, written once, never changed.
//
// Write path of the files: made exclusively under a temporary name → written → fdatasync → renamed
// → directory fsync. What is there under its name is whole. An fsync that fails loses the object.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/id.h"

namespace couvert {

/// An object being written. Without commit() nothing is left of it.
/// Order: write() as often as you like, then commit() once. Threads: one at a time.
class ObjectWriter {
 public:
  virtual ~ObjectWriter() = default;
  /// Errors: `full` where there is no space, `unavailable`. After an error every call fails.
  virtual Result<> write(Bytes bytes) = 0;
  /// Durable under its name on return.
  /// Errors: `conflict` where that name is taken; `full`; `unavailable`.
  virtual Result<> commit() = 0;
};

/// An object being read. Threads: one at a time.
class StoredObject {
 public:
  virtual ~StoredObject() = default;
  virtual std::uint64_t size() const = 0;
  /// Fills the whole of `out` from `offset` on. Errors: `damaged` past the end; `unavailable`.
  virtual Result<> read(std::uint64_t offset, MutableBytes out) = 0;
};

/// One object as a listing shows it.
struct ObjectEntry {
  ObjectId id;
  std::uint64_t bytes = 0;
  Instant changed;
};

/// Threads: any.
class Objects {
 public:
  virtual ~Objects() = default;
  /// Lifetime: the writer goes before the store.
  /// Errors: `conflict` where an object of that name is being written; `full`; `unavailable`.
  virtual Result<std::unique_ptr<ObjectWriter>> create(const ObjectId& id) = 0;
  /// Errors: `damaged` where there is none of that name; `unavailable`.
  virtual Result<std::unique_ptr<StoredObject>> open(const ObjectId& id) = 0;
  /// Erases the object, durable on return; succeeds where there is none.
  virtual Result<> remove(const ObjectId& id) = 0;
  /// Calls `visit` for every object, in no order; stops where it fails.
  virtual Result<> list(const std::function<Result<>(const ObjectEntry&)>& visit) = 0;
  /// Bytes that a user without privileges can still write. Errors: `unavailable`.
  virtual Result<std::uint64_t> free_bytes() = 0;
  /// The database that these objects belong to, where it was ever said (pairing.h).
  /// Errors: `damaged`; `unavailable`.
  virtual Result<std::optional<StoreId>> owner() = 0;
  /// Says so, durable on return. Errors: `conflict` where it was said before; `full`;
  /// `unavailable`.
  virtual Result<> claim(const StoreId& owner) = 0;
  /// Throws away what writers of an earlier process left unfinished. Order: before the first
  /// create().
  virtual Result<> sweep_unfinished() = 0;
};

/// Objects as files in a folder, 256 folders below it. Made where it is missing, mode 0700.
/// Takes a lock on the folder, so that a second server refuses to start.
/// Errors: `conflict` where another process holds it; `unavailable`; `full`; `invalid` for another
/// url.
Result<std::unique_ptr<Objects>> open_objects(const std::string& url);

/// The same folder for one of the operator's subcommands, beside a server that may be running: as
/// it is, without the lock. Order: never sweep_unfinished().
/// Errors: `unavailable` where the folder is missing; `invalid` for another url.
Result<std::unique_ptr<Objects>> open_objects_beside(const std::string& url);

}  // namespace couvert
