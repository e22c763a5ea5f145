#include "store/file_objects.h"

#include <filesystem>
#include <optional>

#include "store/file_lock.h"

namespace couvert {

namespace {

constexpr unsigned folders = 256;
constexpr std::string_view scheme = "file:";
constexpr const char* owner_name = ".locked-to";

std::string name_of_folder(unsigned byte) {
  return encode_hex(std::array{static_cast<std::byte>(byte)});
}

class FileWriter final : public ObjectWriter {
 public:
  struct Place {
    std::string unfinished;
    std::string folder;
    std::string finished;
  };

  FileWriter(Disk& disk, std::unique_ptr<DiskFile> file, Place place)
      : disk_(disk), file_(std::move(file)), place_(std::move(place)) {}

  FileWriter(const FileWriter&) = delete;
  FileWriter& operator=(const FileWriter&) = delete;

  ~FileWriter() override {
    if (file_) discard(place_.unfinished);
  }

  Result<> write(Bytes bytes) override {
    if (!file_) return ended();
    return keep(file_->write(bytes), place_.unfinished);
  }

  Result<> commit() override {
    if (!file_) return ended();
    const Result<> synced = keep(file_->sync(), place_.unfinished);
    if (!synced) return synced;
    const Result<> renamed =
        keep(disk_.rename(place_.unfinished, place_.finished), place_.unfinished);
    if (!renamed) return renamed;
    const Result<> named = keep(disk_.sync_folder(place_.folder), place_.finished);
    if (!named) return named;
    file_.reset();
    ended_ = Error(ErrorCode::conflict, "the object is finished");
    return {};
  }

 private:
  Result<> ended() const { return tl::make_unexpected(ended_); }

  // After an error nothing of the object is left, and the writer stays failed.
  Result<> keep(Result<> done, const std::string& path) {
    if (done) return done;
    ended_ = done.error();
    discard(path);
    return done;
  }

  // Where not even this works, the sweepers find the file later.
  void discard(const std::string& path) {
    file_.reset();
    const Result<> removed = disk_.remove(path);
    if (!removed) return;
  }

  Disk& disk_;
  std::unique_ptr<DiskFile> file_;  // null once finished or failed
  Place place_;
  Error ended_{ErrorCode::unavailable, "nothing was written"};
};

class ObjectFile final : public StoredObject {
 public:
  ObjectFile(std::unique_ptr<DiskFile> file, std::uint64_t size)
      : file_(std::move(file)), size_(size) {}

  std::uint64_t size() const override { return size_; }

  Result<> read(std::uint64_t offset, MutableBytes out) override {
    if (offset > size_ || out.size() > size_ - offset) {
      return fail(ErrorCode::damaged, "an object is too short");
    }
    return file_->read(offset, out);
  }

 private:
  std::unique_ptr<DiskFile> file_;
  std::uint64_t size_;
};

class FileObjects final : public Objects {
 public:
  FileObjects(std::shared_ptr<Disk> disk, std::string root)
      : disk_(std::move(disk)), root_(std::move(root)) {}

  Result<> make_folders();
  void hold(FileLock lock) { lock_ = std::move(lock); }

  Result<std::unique_ptr<ObjectWriter>> create(const ObjectId& id) override {
    FileWriter::Place place{unfinished() + "/" + id.text(), folder_of(id), path_of(id)};
    auto file = disk_->create(place.unfinished);
    if (!file) return pass(file);
    return std::make_unique<FileWriter>(*disk_, std::move(*file), std::move(place));
  }

  Result<std::unique_ptr<StoredObject>> open(const ObjectId& id) override {
    auto file = disk_->open(path_of(id));
    if (!file) return pass(file);
    const auto size = (*file)->size();
    if (!size) return pass(size);
    return std::make_unique<ObjectFile>(std::move(*file), *size);
  }

  Result<> remove(const ObjectId& id) override {
    const Result<> removed = disk_->remove(path_of(id));
    if (!removed) return removed;
    return disk_->sync_folder(folder_of(id));
  }

  Result<> list(const std::function<Result<>(const ObjectEntry&)>& visit) override;

  Result<std::uint64_t> free_bytes() override { return disk_->free_bytes(root_); }

  Result<std::optional<StoreId>> owner() override;
  Result<> claim(const StoreId& owner) override;

  Result<> sweep_unfinished() override {
    return disk_->list(unfinished(), [this](const DiskEntry& entry) {
      return disk_->remove(unfinished() + "/" + entry.name);
    });
  }

 private:
  std::string unfinished() const { return root_ + "/tmp"; }
  std::string folder_of(const ObjectId& id) const {
    return root_ + "/" + name_of_folder(std::to_integer<unsigned>(id.bytes[0]));
  }
  std::string path_of(const ObjectId& id) const { return folder_of(id) + "/" + id.text(); }

  std::shared_ptr<Disk> disk_;
  std::string root_;
  FileLock lock_;
};

// Both are synced each time: what is there may come from a process that died before it could.
Result<> FileObjects::make_folders() {
  const Result<> made = disk_->make_folder(root_);
  if (!made) return made;
  for (unsigned byte = 0; byte < folders; ++byte) {
    const Result<> below = disk_->make_folder(root_ + "/" + name_of_folder(byte));
    if (!below) return below;
  }
  const Result<> last = disk_->make_folder(unfinished());
  if (!last) return last;
  const Result<> names = disk_->sync_folder(root_);
  if (!names) return names;
  const std::string parent = std::filesystem::path(root_).parent_path().string();
  return disk_->sync_folder(parent.empty() ? "." : parent);
}

// The object that an entry of a folder is; a stranger's file is none.
std::optional<ObjectId> object_of(const DiskEntry& entry, unsigned folder) {
  const auto id = ObjectId::parse(entry.name);
  if (!id || id->text() != entry.name) return std::nullopt;
  if (std::to_integer<unsigned>(id->bytes[0]) != folder) return std::nullopt;
  return *id;
}

Result<> FileObjects::list(const std::function<Result<>(const ObjectEntry&)>& visit) {
  for (unsigned byte = 0; byte < folders; ++byte) {
    const std::string folder = root_ + "/" + name_of_folder(byte);
    const Result<> listed = disk_->list(folder, [&](const DiskEntry& entry) -> Result<> {
      const auto id = object_of(entry, byte);
      if (!id) return {};
      return visit({*id, entry.bytes, entry.changed});
    });
    if (!listed) return listed;
  }
  return {};
}

Result<std::optional<StoreId>> FileObjects::owner() {
  bool is_there = false;
  const Result<> listed = disk_->list(root_, [&](const DiskEntry& entry) -> Result<> {
    is_there |= entry.name == owner_name;
    return {};
  });
  if (!listed) return pass(listed);
  if (!is_there) return std::optional<StoreId>();
  const auto file = disk_->open(root_ + "/" + owner_name);
  if (!file) return pass(file);
  Buffer text(StoreId().text().size());
  const Result<> read = (*file)->read(0, text);
  if (!read) return pass(read);
  const Result<StoreId> id = StoreId::parse(as_text(text));
  if (!id) return fail(ErrorCode::damaged, "the file .locked-to of the objects holds no ID");
  return std::optional<StoreId>(*id);
}

Result<> FileObjects::claim(const StoreId& owner) {
  const std::string finished = root_ + "/" + owner_name;
  const std::string made = unfinished() + "/" + owner_name;
  const Result<> gone = disk_->remove(made);  // of a claim that was broken off
  if (!gone) return gone;
  auto file = disk_->create(made);
  if (!file) return pass(file);
  FileWriter writer(*disk_, std::move(*file), {made, root_, finished});
  const Result<> written = writer.write(as_bytes(owner.text()));
  if (!written) return written;
  return writer.commit();
}

Result<std::string> folder_of_url(const std::string& url) {
  if (url.starts_with("s3:")) {
    return fail(ErrorCode::invalid, "S3 is not supported yet: use file:FOLDER");
  }
  std::string folder = url.starts_with(scheme) ? url.substr(scheme.size()) : "";
  while (folder.size() > 1 && folder.ends_with("/")) folder.pop_back();
  if (folder.empty()) return fail(ErrorCode::invalid, "an object store is file:FOLDER");
  return folder;
}

}  // namespace

Result<std::unique_ptr<Objects>> make_file_objects(std::shared_ptr<Disk> disk,
                                                   const std::string& folder) {
  auto objects = std::make_unique<FileObjects>(std::move(disk), folder);
  const Result<> made = objects->make_folders();
  if (!made) return pass(made);
  return objects;
}

std::unique_ptr<Objects> file_objects_of(std::shared_ptr<Disk> disk, const std::string& folder) {
  return std::make_unique<FileObjects>(std::move(disk), folder);
}

Result<std::unique_ptr<Objects>> open_objects(const std::string& url) {
  const auto folder = folder_of_url(url);
  if (!folder) return pass(folder);
  const auto disk = std::make_shared<PosixDisk>();
  const Result<> made = disk->make_folder(*folder);
  if (!made) return pass(made);
  auto lock = FileLock::take(*folder + "/.lock");
  if (!lock) return pass(lock);
  auto objects = std::make_unique<FileObjects>(disk, *folder);
  const Result<> below = objects->make_folders();
  if (!below) return pass(below);
  objects->hold(std::move(*lock));
  return objects;
}

Result<std::unique_ptr<Objects>> open_objects_beside(const std::string& url) {
  const auto folder = folder_of_url(url);
  if (!folder) return pass(folder);
  if (!std::filesystem::is_directory(*folder)) {
    return fail(ErrorCode::unavailable, "the folder of the objects is not there");
  }
  return file_objects_of(std::make_shared<PosixDisk>(), *folder);
}

}  // namespace couvert
