// A confidential message as a file that mail programs open (.eml), alone or with files attached.
//
// RFC 5322 and MIME: the text in UTF-8 as base64, so that every character of it survives; names of
// files by RFC 2231, and in ASCII for programs that do not know that. The files' bytes come from
// elsewhere, piece by piece: the length of the whole is known beforehand, and any range of it can
// be made by itself, as of a ZIP (sealing/zip.h). The same input gives the same bytes.
#pragma once

#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"
#include "domain/address.h"

namespace couvert {

/// Names the way in which the same message becomes the same bytes; see zip_layout_version.
inline constexpr std::string_view message_file_version = "eml1";

struct MessageFile {
  Address from;
  std::string name;  // the sender's; may be empty
  Address to;
  Instant date;
  std::string id;       // of letters and digits: its Message-ID is <id@domain>
  std::string domain;   // in ASCII
  std::string subject;  // one line; may be empty
  std::string text;     // lines end in \n
};

struct AttachedFile {
  std::string name;  // without folders
  std::string type;  // of check_media_type()
  std::uint64_t size = 0;
};

/// In base64 a line holds so many bytes; with its end it is so long.
inline constexpr std::size_t base64_line_plain = 57;
inline constexpr std::size_t base64_line_bytes = 78;

/// The length of so many bytes in base64, in lines.
std::uint64_t base64_lines_size(std::uint64_t bytes);
/// Appends them. Order: all pieces but the last are whole lines.
void append_base64_lines(Buffer& out, Bytes plain);

/// Where everything lies in the file.
/// Memory: the message and some 400 bytes for each attached file. Threads: any, as it never
/// changes.
class MessageFileLayout {
 public:
  /// An empty one, which only make() fills.
  MessageFileLayout() = default;
  /// Errors: `invalid` for text that is not UTF-8 and for values that no header may hold.
  static Result<MessageFileLayout> make(const MessageFile& message,
                                        const std::vector<AttachedFile>& files);

  std::uint64_t size() const { return size_; }

  /// What lies at an offset, up to where something else begins: bytes of the message's own, or the
  /// base64 of a file.
  struct Piece {
    Bytes own;              // empty where it is a file's
    std::size_t file = 0;   // of the list
    std::uint64_t at = 0;   // an offset into its base64
    std::uint64_t end = 0;  // the length of that
  };
  /// `offset` is less than size(). Lifetime: the view is that of the layout.
  Piece at(std::uint64_t offset) const;

 private:
  // What stands before a file's base64, and where both begin; the last one has no file.
  struct Section {
    std::string own;
    std::uint64_t begin = 0;
    std::uint64_t base64 = 0;  // its length
  };

  std::vector<Section> sections_;
  std::uint64_t size_ = 0;
};

}  // namespace couvert
