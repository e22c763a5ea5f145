// What a sealed message is about: label || 0x00 || x. Each kind of message has its own label, so a
// message of one kind, transfer, file or place never opens as another.
//
// This page is the whole list (spec/sealing.md, "All that is ever sealed").
#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "base/id.h"

namespace couvert {

/// Who seals the content: the server, or the client so that the server cannot read it.
enum class Mode : std::uint8_t { server = 1, client = 2 };

/// Errors: `damaged` for a number that is no mode.
Result<Mode> parse_mode(std::uint64_t number);

/// What keeps the messages of one transfer apart from those of all others.
struct SealScope {
  Mode mode = Mode::server;
  SealId seal;

  bool operator==(const SealScope&) const = default;
};

/// A place in a transfer: part `part` of file `file`, both counted from 0.
struct PartPlace {
  SealScope scope;
  std::uint32_t file = 0;
  std::uint32_t part = 0;
};

/// A day: Unix seconds / 86400, rounded down.
using Day = std::uint32_t;

Buffer part_context(const PartPlace& place);
Buffer manifest_context(const SealScope& scope);
Buffer record_context(const SealScope& scope, std::uint32_t file);
Buffer form_context(const SealScope& scope);
Buffer keyslot_context(const SealScope& scope, const SlotId& slot, std::uint8_t kind,
                       Bytes parameters);
Buffer coat_context(const SealId& seal, const SlotId& slot);
Buffer notice_context(const SealId& seal);
Buffer mail_context(const MailId& mail);
Buffer day_context(Day day);
/// Of QUICK, for clients: `about` is str(address), and for a book the version behind it.
Buffer person_context(Bytes about);
Buffer book_context(Bytes about);

}  // namespace couvert
