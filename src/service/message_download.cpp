#include "service/message_download.h"

#include <algorithm>
#include <set>

#include "mail/message_file.h"
#include "sealing/zip_names.h"
#include "service/content_download.h"
#include "service/notice.h"

namespace couvert {
namespace {

constexpr std::size_t lines_at_once = 1024;

class MessageDownload final : public ContentDownload {
 public:
  MessageDownload(const Parts& parts, OpenedTransfer opened,
                  std::unique_ptr<OpenedManifest> manifest, std::vector<std::size_t> indexes)
      : ContentDownload(parts, std::move(opened), std::move(manifest), std::move(indexes)) {
    const Manifest& table = manifest_->manifest();
    std::string subject = table.subject.empty() ? "message" : table.subject;
    std::ranges::replace(subject, '/', '_');  // no folder
    name_ = safe_file_name(subject + ".eml");
    etag_ = std::string(message_file_version) + "-" + content_etag();
  }

  // Order: before all else.
  Result<> lay_out(const std::string& sender) {
    const Manifest& table = manifest_->manifest();
    MessageFile message;
    message.from = opened_.transfer.sender;
    message.name = sender;
    message.to = opened_.recipient.address;
    message.date = from_unix(table.created);
    message.id = opened_.transfer.tracking_id.text();
    message.domain = Address{parts_.settings.mail_from}.domain();
    message.subject = table.subject;
    message.text = table.text;
    Result<MessageFileLayout> layout = MessageFileLayout::make(message, attached());
    if (!layout) return pass(layout);
    layout_ = std::move(*layout);
    return {};
  }

  std::uint64_t size() const override { return layout_.size(); }
  void delivered() override {
    if (!indexes_.empty()) ContentDownload::delivered();
  }

 private:
  Result<Bytes> read_piece(std::uint64_t offset, std::size_t bytes_max) override {
    const MessageFileLayout::Piece piece = layout_.at(offset);
    if (!piece.own.empty()) return piece.own.first(std::min(piece.own.size(), bytes_max));
    if (!source_ || opened_file_ != piece.file) {
      source_ = open(piece.file);
      opened_file_ = piece.file;
    }
    const Result<> made = encode(piece.at / base64_line_bytes * base64_line_plain);
    if (!made) return pass(made);
    const auto skipped = static_cast<std::size_t>(piece.at % base64_line_bytes);
    return Bytes(encoded_).subspan(skipped, std::min(encoded_.size() - skipped, bytes_max));
  }

  // The lines of the open file from an offset on, which begins one.
  Result<> encode(std::uint64_t offset) {
    const std::uint64_t wanted =
        std::min<std::uint64_t>(source_->size() - offset, lines_at_once * base64_line_plain);
    plain_.clear();
    while (plain_.size() < wanted) {
      const Result<Bytes> read =
          source_->read(offset + plain_.size(), static_cast<std::size_t>(wanted) - plain_.size());
      if (!read) return pass(read);
      append(plain_, *read);
    }
    encoded_.clear();
    append_base64_lines(encoded_, plain_);
    return {};
  }

  // Without folders, which mail programs do not know; where two would be called alike, with them.
  std::vector<AttachedFile> attached() const {
    std::vector<AttachedFile> files;
    std::set<std::string> taken;
    for (std::size_t nth = 0; nth < indexes_.size(); ++nth) {
      std::string name = safe_file_name(file(nth).name);
      if (!taken.insert(name).second) {
        std::string whole = file(nth).name;
        std::ranges::replace(whole, '/', '_');
        name = safe_file_name(whole);
      }
      files.push_back({std::move(name), file(nth).type, file(nth).size});
    }
    return files;
  }

  MessageFileLayout layout_;
  std::unique_ptr<PlainSource> source_;
  std::size_t opened_file_ = 0;
  Buffer plain_;
  Buffer encoded_;
};

}  // namespace

Result<std::unique_ptr<Download>> download_message(const Parts& parts, OpenedTransfer opened,
                                                   std::unique_ptr<OpenedManifest> manifest,
                                                   Attached attached) {
  std::vector<std::size_t> indexes;
  std::uint64_t bytes = 0;
  if (attached == Attached::all_files) {
    for (const ManifestFile& file : manifest->manifest().files) {
      indexes.push_back(indexes.size());
      bytes += file.size;
    }
  }
  if (indexes.size() > limits::attached_files_max || bytes > limits::attached_bytes_max) {
    return fail(ErrorCode::too_large, "too much for a mail");
  }
  const Result<Notice> notice = open_transfer_notice(parts, opened.transfer);
  if (!notice) return pass(notice);
  auto download = std::make_unique<MessageDownload>(parts, std::move(opened), std::move(manifest),
                                                    std::move(indexes));
  const Result<> laid_out = download->lay_out(notice->name);
  if (!laid_out) return pass(laid_out);
  return download;
}

}  // namespace couvert
