// A disk in memory that a test can break: it forgets what was not synced, drops syncs that the test
// names, and fails when it is told to.
#pragma once

#include <map>
#include <optional>
#include <set>

#include "store/disk.h"

namespace couvert {

/// What is synced in the life of an object; a test switches one off.
enum class Sync { bytes, object_name, folder_names, root_name };

/// What a power cut does to names that were not synced. Bytes that were not are always lost.
enum class LooseNames { lost, kept };

/// Folders: "/" and what is made below it; the store's own is "/objects".
/// Lifetime: files must not be used after cut_power(). Threads: one at a time.
class TestDisk final : public Disk {
 public:
  /// Every call of `operation` ("write", "sync", "rename", ...) fails so from now on.
  void fail_at(const std::string& operation, ErrorCode code) { failing_[operation] = code; }
  void mend() { failing_.clear(); }
  /// This many operations still work; then the power is away and all fail.
  void stop_after(std::size_t operations) { left_ = operations; }
  /// Drops syncs of that kind from now on, as if they had been done.
  void forget(Sync sync) { forgotten_.insert(sync); }
  /// When files that are made from now on were changed.
  void set_time(Instant now) { now_ = now; }

  /// The power goes and comes back: what is left is what was durable.
  void cut_power(LooseNames names) {
    for (auto& [path, folder] : folders_) {
      if (names == LooseNames::lost) folder.now = folder.durable;
      folder.durable = folder.now;
      for (auto& [name, content] : folder.now) {
        if (content) content->bytes = content->durable;
      }
    }
    std::erase_if(folders_, [this](const auto& entry) { return !is_reachable(entry.first); });
    left_.reset();
  }

  /// The bytes of a file, to be changed behind the store's back; null where there is none.
  Buffer* bytes_of(const std::string& path) {
    const auto folder = folders_.find(parent_of(path));
    if (folder == folders_.end()) return nullptr;
    const auto found = folder->second.now.find(name_in(path));
    return found == folder->second.now.end() ? nullptr : &found->second->bytes;
  }

  /// How many files lie in a folder.
  std::size_t files_in(const std::string& path) const { return folders_.at(path).now.size(); }

  /// What is left for users.
  void set_free(std::uint64_t bytes) { free_ = bytes; }

  Result<std::uint64_t> free_bytes(const std::string&) override { return free_; }

  Result<> make_folder(const std::string& path) override {
    const Result<> begun = begin("make_folder");
    if (!begun) return begun;
    if (folders_.contains(path)) return {};
    folders_[parent_of(path)].now[name_in(path)] = nullptr;
    folders_[path];
    return {};
  }

  Result<std::unique_ptr<DiskFile>> create(const std::string& path) override {
    const Result<> begun = begin("create");
    if (!begun) return pass(begun);
    const auto folder = folders_.find(parent_of(path));
    if (folder == folders_.end()) return fail(ErrorCode::unavailable, "no such folder");
    auto [place, is_new] = folder->second.now.try_emplace(name_in(path));
    if (!is_new) return fail(ErrorCode::conflict, "the name is taken");
    place->second = std::make_shared<Content>();
    place->second->changed = now_;
    return std::make_unique<File>(*this, place->second);
  }

  Result<std::unique_ptr<DiskFile>> open(const std::string& path) override {
    const Result<> begun = begin("open");
    if (!begun) return pass(begun);
    const auto folder = folders_.find(parent_of(path));
    if (folder == folders_.end()) return fail(ErrorCode::damaged, "no such folder");
    const auto found = folder->second.now.find(name_in(path));
    if (found == folder->second.now.end()) return fail(ErrorCode::damaged, "no such file");
    return std::make_unique<File>(*this, found->second);
  }

  Result<> rename(const std::string& from, const std::string& to) override {
    const Result<> begun = begin("rename");
    if (!begun) return begun;
    Folder& source = folders_.at(parent_of(from));
    Folder& target = folders_.at(parent_of(to));
    if (target.now.contains(name_in(to))) return fail(ErrorCode::conflict, "the name is taken");
    target.now[name_in(to)] = source.now.at(name_in(from));
    source.now.erase(name_in(from));
    return {};
  }

  Result<> sync_folder(const std::string& path) override {
    const Result<> begun = begin("sync_folder");
    if (!begun) return begun;
    Sync kind = Sync::object_name;
    if (path == "/") kind = Sync::root_name;
    if (path == "/objects") kind = Sync::folder_names;
    if (forgotten_.contains(kind)) return {};
    const auto folder = folders_.find(path);
    if (folder == folders_.end()) return fail(ErrorCode::unavailable, "no such folder");
    folder->second.durable = folder->second.now;
    return {};
  }

  Result<> remove(const std::string& path) override {
    const Result<> begun = begin("remove");
    if (!begun) return begun;
    const auto folder = folders_.find(parent_of(path));
    if (folder != folders_.end()) folder->second.now.erase(name_in(path));
    return {};
  }

  Result<> list(const std::string& path,
                const std::function<Result<>(const DiskEntry&)>& visit) override {
    const Result<> begun = begin("list");
    if (!begun) return begun;
    const auto folder = folders_.find(path);
    if (folder == folders_.end()) return fail(ErrorCode::unavailable, "no such folder");
    const Names names = folder->second.now;  // `visit` may remove some
    for (const auto& [name, content] : names) {
      if (!content) continue;
      const Result<> visited = visit({name, content->bytes.size(), content->changed});
      if (!visited) return visited;
    }
    return {};
  }

 private:
  struct Content {
    Buffer bytes;
    Buffer durable;
    Instant changed;
    bool lost = false;  // a sync failed: later ones find nothing to do
  };
  /// The names in a folder: of files with their content, of folders without.
  using Names = std::map<std::string, std::shared_ptr<Content>>;
  struct Folder {
    Names now;
    Names durable;
  };

  class File final : public DiskFile {
   public:
    File(TestDisk& disk, std::shared_ptr<Content> content)
        : disk_(disk), content_(std::move(content)) {}

    Result<> write(Bytes bytes) override {
      const Result<> begun = disk_.begin("write");
      append(content_->bytes, begun ? bytes : bytes.subspan(0, bytes.size() / 2));
      return begun;
    }

    Result<> sync() override {
      const Result<> begun = disk_.begin("sync");
      if (!begun) content_->lost = true;
      if (!begun || content_->lost || disk_.forgotten_.contains(Sync::bytes)) return begun;
      content_->durable = content_->bytes;
      return {};
    }

    Result<std::uint64_t> size() override { return content_->bytes.size(); }

    Result<> read(std::uint64_t offset, MutableBytes out) override {
      const Result<> begun = disk_.begin("read");
      if (!begun) return begun;
      if (offset + out.size() > content_->bytes.size()) return fail(ErrorCode::damaged, "short");
      const auto from = content_->bytes.begin() + static_cast<std::ptrdiff_t>(offset);
      std::copy_n(from, out.size(), out.begin());
      return {};
    }

   private:
    TestDisk& disk_;
    std::shared_ptr<Content> content_;
  };

  static std::string parent_of(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    return slash == 0 ? "/" : path.substr(0, slash);
  }
  static std::string name_in(const std::string& path) { return path.substr(path.rfind('/') + 1); }

  bool is_reachable(const std::string& path) const {
    if (path == "/") return true;
    const auto parent = folders_.find(parent_of(path));
    return parent != folders_.end() && parent->second.now.contains(name_in(path)) &&
           is_reachable(parent->first);
  }

  Result<> begin(const std::string& operation) {
    if (left_ && *left_ == 0) return fail(ErrorCode::unavailable, "the power is away");
    if (left_) --*left_;
    const auto failing = failing_.find(operation);
    if (failing != failing_.end()) return fail(failing->second, operation + " was told to fail");
    return {};
  }

  std::map<std::string, Folder> folders_ = {{"/", {}}};
  std::map<std::string, ErrorCode> failing_;
  std::set<Sync> forgotten_;
  std::uint64_t free_ = std::uint64_t{1} << 40;
  std::optional<std::size_t> left_;
  Instant now_;
};

}  // namespace couvert
