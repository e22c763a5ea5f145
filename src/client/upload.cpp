#include "client/upload.h"

#include <algorithm>
#include <array>

#include "client/attempts.h"
#include "crypto/crc32.h"

namespace couvert {

// The rest of a file from an offset on; keeps the checksum of everything read so far.
class Uploader::Rest final : public BodySource {
 public:
  Rest(FileSource& source, UploadWatch& watch) : source_(source), watch_(watch) {}

  void go_to(std::uint64_t offset) {
    begin_ = at_ = offset;
    watch_.reached(offset);
  }

  std::uint64_t size() const override { return source_.file().size - begin_; }

  Answer<std::size_t> read(MutableBytes room) override {
    const std::uint64_t left = source_.file().size - at_;
    if (room.size() > left) room = room.first(static_cast<std::size_t>(left));
    if (room.empty()) return std::size_t{0};
    const Answer<std::size_t> got = source_.read_at(at_, room);
    if (!got) return got;
    if (*got == 0) return trouble(ErrorCode::conflict, reasons::source, "the file became shorter");
    count(at_, room.first(*got));
    at_ += *got;
    watch_.reached(at_);
    return got;
  }

  Answer<> rewind() override {
    go_to(begin_);
    return Answer<>();
  }

  // The checksum of the whole file; reads what another attempt had sent before.
  Answer<std::uint32_t> crc() {
    std::array<std::byte, 64 * 1024> room;
    while (counted_ < source_.file().size) {
      const Answer<std::size_t> got = source_.read_at(counted_, room);
      if (!got) return pass(got);
      if (*got == 0) return trouble(ErrorCode::conflict, reasons::source);
      count(counted_, Bytes(room).first(*got));
    }
    return crc_;
  }

 private:
  // Bytes that are read a second time are counted once.
  void count(std::uint64_t offset, Bytes bytes) {
    if (offset > counted_ || offset + bytes.size() <= counted_) return;
    const auto known = static_cast<std::size_t>(counted_ - offset);
    crc_ = crc32(crc_, bytes.subspan(known));
    counted_ = offset + bytes.size();
  }

  FileSource& source_;
  UploadWatch& watch_;
  std::uint64_t begin_ = 0;
  std::uint64_t at_ = 0;
  std::uint64_t counted_ = 0;
  std::uint32_t crc_ = 0;
};

namespace {

// An offset that the server no longer has, or another request that it still works on.
Problem retriable(Problem problem) {
  if (problem.code == ErrorCode::conflict && problem.status != 0) problem.passing = Passing::yes;
  return problem;
}

Problem stuck() {
  Problem problem;
  problem.reason = reasons::broken_line;
  problem.passing = Passing::yes;
  return problem;
}

}  // namespace

void KnownFiles::go_on_with(std::vector<api::DraftFile> begun) {
  const std::lock_guard lock(mutex_);
  begun_ = std::move(begun);
}

std::optional<api::DraftFile> KnownFiles::take_begun(const NewFile& file) {
  const auto same = [&file](const api::DraftFile& there) {
    return there.name == file.name && there.size == file.size && there.offset <= there.size;
  };
  const std::lock_guard lock(mutex_);
  const auto found = std::find_if(begun_.begin(), begun_.end(), same);
  if (found == begun_.end()) return std::nullopt;
  api::DraftFile taken = std::move(*found);
  begun_.erase(found);
  return taken;
}

void KnownFiles::add(std::int64_t no) {
  const std::lock_guard lock(mutex_);
  sent_.insert(no);
}

bool KnownFiles::has(std::int64_t no) const {
  const std::lock_guard lock(mutex_);
  return sent_.contains(no);
}

std::optional<api::DraftFile> Uploader::adopt(const NewFile& file) {
  Answer<api::Draft> draft = client_.get_draft(draft_);
  if (!draft) return std::nullopt;
  for (api::DraftFile& there : draft->files) {
    if (there.name == file.name && there.size == file.size && !known_.has(there.no)) {
      return std::move(there);
    }
  }
  return std::nullopt;
}

Answer<api::DraftFile> Uploader::begin(Rest& rest, const NewFile& file) {
  const bool goes_whole = file.size > 0 && file.size <= whole_at_once_bytes_max;
  Attempts attempts(patience_);
  while (true) {
    rest.go_to(0);
    const auto created = client_.create_file(draft_, file, goes_whole ? &rest : nullptr);
    if (created) {
      return api::DraftFile{
          .no = created->no, .name = file.name, .size = file.size, .offset = created->offset};
    }
    if (!attempts.again(created.error())) return pass(created);
    // The answer may have been lost, not the file.
    if (auto found = adopt(file)) return std::move(*found);
  }
}

Answer<> Uploader::send(Rest& rest, const api::DraftFile& file) {
  Attempts attempts(patience_);
  std::uint64_t offset = file.offset;
  std::uint64_t furthest = offset;
  while (offset < file.size) {
    rest.go_to(offset);
    Answer<std::uint64_t> reached = client_.append_to_file(draft_, file.no, offset, rest);
    if (reached && *reached <= offset) reached = tl::make_unexpected(stuck());
    while (!reached) {
      if (!attempts.again(retriable(reached.error()))) return pass(reached);
      reached = client_.get_file_offset(draft_, file.no);
    }
    if (*reached > file.size) return trouble(ErrorCode::damaged, reasons::wrong_bytes);
    offset = *reached;
    if (offset > furthest) attempts.worked();
    furthest = std::max(furthest, offset);
  }
  return Answer<>();
}

Answer<UploadedFile> Uploader::upload(FileSource& source, UploadWatch& watch) {
  const NewFile& file = source.file();
  std::optional<api::DraftFile> there = known_.take_begun(file);
  Rest rest(source, watch);
  if (!there) {
    Answer<api::DraftFile> begun = begin(rest, file);
    if (!begun) return pass(begun);
    there = std::move(*begun);
  }
  known_.add(there->no);
  if (there->offset > file.size) return trouble(ErrorCode::damaged, reasons::wrong_bytes);

  const Answer<> sent = send(rest, *there);
  if (!sent) return pass(sent);
  const Answer<std::uint32_t> crc = rest.crc();
  if (!crc) return pass(crc);
  watch.reached(file.size);
  return UploadedFile{.no = there->no, .crc32 = *crc};
}

Answer<> Uploader::remove_strays() {
  Attempts attempts(patience_);
  Answer<api::Draft> draft = client_.get_draft(draft_);
  while (!draft && attempts.again(draft.error())) draft = client_.get_draft(draft_);
  if (!draft) return pass(draft);
  for (const api::DraftFile& there : draft->files) {
    if (known_.has(there.no)) continue;
    const Answer<> removed = client_.delete_file(draft_, there.no);
    if (!removed) return removed;
  }
  return Answer<>();
}

}  // namespace couvert
