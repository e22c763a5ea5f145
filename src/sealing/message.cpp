#include "sealing/message.h"

#include <algorithm>

#include "base/limits.h"
#include "crypto/compare.h"

namespace couvert {
namespace {

constexpr std::size_t chunk_bytes = limits::chunk_bytes;
static_assert(sealed_chunk_bytes == chunk_bytes + tag_bytes);

}  // namespace

std::uint64_t sealed_size(std::uint64_t plain_bytes) {
  const std::uint64_t chunks = plain_bytes / chunk_bytes + 1;
  return message_header_bytes + plain_bytes + chunks * tag_bytes;
}

Result<std::uint64_t> plain_size(std::uint64_t sealed_bytes) {
  if (sealed_bytes < message_bytes_min) return fail(ErrorCode::damaged, "a message is too short");
  const std::uint64_t body = sealed_bytes - message_header_bytes;
  const std::uint64_t last = body % sealed_chunk_bytes;
  if (last == 0) return fail(ErrorCode::damaged, "a message lost its end");
  if (last < tag_bytes) return fail(ErrorCode::damaged, "a message with half a tag");
  return body / sealed_chunk_bytes * chunk_bytes + last - tag_bytes;
}

Result<Commitment> message_commitment(Bytes header) {
  if (header.size() < message_header_bytes) {
    return fail(ErrorCode::damaged, "a message is too short");
  }
  Commitment commitment;
  std::copy_n(header.begin() + salt_bytes, commitment.size(), commitment.begin());
  return commitment;
}

MessageWriter::MessageWriter(ByteSink& sink, const MessageContext& under, Random& random,
                             std::size_t chunks)
    : sink_(sink) {
  INVARIANT(chunks >= 1 && chunks <= chunks_per_piece);
  const Salt salt = random.bytes<salt_bytes>();
  const MessageKeys keys = derive_message_keys(under.key, salt, under.context);
  cipher_.emplace(keys, MessageCipher::Direction::seal);
  commitment_ = keys.commitment;
  // The header goes out with the first piece.
  out_.resize(message_header_bytes + chunks * sealed_chunk_bytes);
  std::copy(salt.begin(), salt.end(), out_.begin());
  std::copy(commitment_.begin(), commitment_.end(), out_.begin() + salt_bytes);
  sealed_ = message_header_bytes;
}

// What a writer that never came to its end holds in the clear.
MessageWriter::~MessageWriter() {
  wipe(MutableBytes(out_).subspan(sealed_, open_));
}

void MessageWriter::seal_chunk(Bytes plain) {
  cipher_->seal(chunk_, plain, MutableBytes(out_).subspan(sealed_, plain.size() + tag_bytes));
  ++chunk_;
  sealed_ += plain.size() + tag_bytes;
}

Result<> MessageWriter::flush() {
  const Result<> written = sink_.write(Bytes(out_).first(sealed_));
  if (!written) {
    failed_ = written.error();
    return pass(written);
  }
  sealed_ = 0;
  return {};
}

Result<> MessageWriter::write(Bytes plain) {
  INVARIANT(!finished_);
  if (failed_) return fail(failed_->code, failed_->detail);
  plain_bytes_ += plain.size();
  while (!plain.empty()) {
    const std::size_t taken = std::min(chunk_bytes - open_, plain.size());
    if (taken == chunk_bytes) {
      seal_chunk(plain.first(taken));  // a whole chunk goes from the caller's bytes into the piece
    } else {
      const auto to = out_.begin() + static_cast<std::ptrdiff_t>(sealed_ + open_);
      std::copy_n(plain.begin(), taken, to);
      open_ += taken;
      if (open_ == chunk_bytes) {
        open_ = 0;
        seal_chunk(Bytes(out_).subspan(sealed_, chunk_bytes));
      }
    }
    plain = plain.subspan(taken);
    // There is always room for one more chunk, however it comes.
    if (sealed_ + sealed_chunk_bytes > out_.size()) {
      const Result<> flushed = flush();
      if (!flushed) return flushed;
    }
  }
  return {};
}

Result<> MessageWriter::finish() {
  INVARIANT(!finished_);
  if (failed_) return fail(failed_->code, failed_->detail);
  finished_ = true;
  const std::size_t last = open_;
  open_ = 0;
  seal_chunk(Bytes(out_).subspan(sealed_, last));
  return flush();
}

MessageReader::MessageReader(MessageSource& source, MessageKeys keys, std::uint64_t plain_bytes,
                             std::size_t chunks)
    : source_(&source),
      cipher_(keys, MessageCipher::Direction::open),
      commitment_(keys.commitment),
      plain_bytes_(plain_bytes),
      chunks_(chunks) {}

Result<MessageReader> MessageReader::open(MessageSource& source, const MessageContext& under,
                                          std::size_t chunks) {
  INVARIANT(chunks >= 1 && chunks <= chunks_per_piece);
  const Result<std::uint64_t> plain_bytes = plain_size(source.size());
  if (!plain_bytes) return pass(plain_bytes);
  std::array<std::byte, message_header_bytes> header;
  const Result<> read = source.read(0, header);
  if (!read) return pass(read);

  Salt salt;
  std::copy_n(header.begin(), salt.size(), salt.begin());
  MessageKeys keys = derive_message_keys(under.key, salt, under.context);
  if (!same_bytes(keys.commitment, Bytes(header).subspan(salt_bytes))) {
    return fail(ErrorCode::refused, "a message under another key or context");
  }
  return MessageReader(source, std::move(keys), *plain_bytes, chunks);
}

MessageReader::~MessageReader() {
  wipe(buffer_);
}

Result<> MessageReader::verify_end() {
  return fill(plain_bytes_ / chunk_bytes, 1);
}

// Opens `wanted` chunks from `chunk` on, fewer at the end of the message. The sealed bytes are read
// one chunk behind the front of the buffer and each is opened to the left of itself, so that the
// plaintext comes out in one piece without being copied.
Result<> MessageReader::fill(std::uint64_t chunk, std::size_t wanted) {
  piece_bytes_ = 0;
  if (buffer_.empty()) buffer_.resize(chunk_bytes + chunks_ * sealed_chunk_bytes);
  const std::uint64_t start = message_header_bytes + chunk * sealed_chunk_bytes;
  const std::uint64_t left = source_->size() - start;
  const std::size_t count =
      static_cast<std::size_t>(std::min<std::uint64_t>(wanted * sealed_chunk_bytes, left));
  const MutableBytes sealed = MutableBytes(buffer_).subspan(chunk_bytes, count);
  const Result<> read = source_->read(start, sealed);
  if (!read) return read;

  std::size_t opened = 0;
  for (std::size_t at = 0; at < sealed.size(); at += sealed_chunk_bytes) {
    const Bytes from = sealed.subspan(at, std::min(sealed_chunk_bytes, sealed.size() - at));
    const MutableBytes to = MutableBytes(buffer_).subspan(opened, from.size() - tag_bytes);
    const Result<> done = cipher_.open(chunk + at / sealed_chunk_bytes, from, to);
    if (!done) return done;
    opened += to.size();
  }
  piece_start_ = chunk * chunk_bytes;
  piece_bytes_ = opened;
  return {};
}

Result<Bytes> MessageReader::read(std::uint64_t offset, std::size_t bytes_max) {
  INVARIANT(offset < plain_bytes_ && bytes_max > 0);
  const bool held = offset >= piece_start_ && offset - piece_start_ < piece_bytes_;
  if (!held) {
    const std::uint64_t chunk = offset / chunk_bytes;
    const std::uint64_t bytes = std::min<std::uint64_t>(bytes_max, plain_bytes_ - offset);
    const std::uint64_t wanted = (offset + bytes - 1) / chunk_bytes - chunk + 1;
    const Result<> filled = fill(chunk, std::min<std::uint64_t>(wanted, chunks_));
    if (!filled) return pass(filled);
  }
  const std::size_t at = static_cast<std::size_t>(offset - piece_start_);
  return Bytes(buffer_).subspan(at, std::min(piece_bytes_ - at, bytes_max));
}

Buffer seal_bytes(const MessageContext& under, Bytes plain, Random& random) {
  INVARIANT(plain.size() < (1U << 26));
  BufferSink sink;
  sink.bytes.reserve(static_cast<std::size_t>(sealed_size(plain.size())));
  MessageWriter writer(sink, under, random, 1);
  const Result<> written = writer.write(plain);
  const Result<> finished = writer.finish();
  INVARIANT(written && finished);
  return std::move(sink.bytes);
}

Result<Buffer> open_bytes(const MessageContext& under, Bytes sealed, std::size_t plain_bytes_max) {
  BytesSource source(sealed);
  Result<MessageReader> reader = MessageReader::open(source, under, 1);
  if (!reader) return pass(reader);
  if (reader->size() > plain_bytes_max) return fail(ErrorCode::damaged, "a message is too long");
  const Result<> end = reader->verify_end();
  if (!end) return pass(end);
  Buffer plain;
  plain.reserve(static_cast<std::size_t>(reader->size()));
  while (plain.size() < reader->size()) {
    const Result<Bytes> piece = reader->read(plain.size(), limits::chunk_bytes);
    if (!piece) {
      wipe(plain);
      return pass(piece);
    }
    append(plain, *piece);
  }
  return plain;
}

}  // namespace couvert
