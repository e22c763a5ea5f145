#include "sealing/context.h"

namespace couvert {
namespace {

Buffer labelled(std::string_view label) {
  Buffer out;
  append(out, as_bytes(label));
  out.push_back(std::byte{0});
  return out;
}

Buffer scoped(std::string_view label, const SealScope& scope) {
  Buffer out = labelled(label);
  append_integer(out, static_cast<std::uint8_t>(scope.mode), 1);
  append(out, scope.seal.bytes);
  return out;
}

}  // namespace

Result<Mode> parse_mode(std::uint64_t number) {
  if (number == 1) return Mode::server;
  if (number == 2) return Mode::client;
  return fail(ErrorCode::damaged, "no such mode");
}

Buffer part_context(const PartPlace& place) {
  Buffer out = scoped("couvert/1 part", place.scope);
  append_integer(out, place.file, 4);
  append_integer(out, place.part, 4);
  return out;
}

Buffer manifest_context(const SealScope& scope) {
  return scoped("couvert/1 manifest", scope);
}

Buffer record_context(const SealScope& scope, std::uint32_t file) {
  Buffer out = scoped("couvert/1 record", scope);
  append_integer(out, file, 4);
  return out;
}

Buffer form_context(const SealScope& scope) {
  return scoped("couvert/1 form", scope);
}

Buffer keyslot_context(const SealScope& scope, const SlotId& slot, std::uint8_t kind,
                       Bytes parameters) {
  Buffer out = scoped("couvert/1 keyslot", scope);
  append(out, slot.bytes);
  append_integer(out, kind, 1);
  append(out, parameters);
  return out;
}

Buffer coat_context(const SealId& seal, const SlotId& slot) {
  Buffer out = labelled("couvert/1 coat");
  append(out, seal.bytes);
  append(out, slot.bytes);
  return out;
}

Buffer notice_context(const SealId& seal) {
  Buffer out = labelled("couvert/1 notice");
  append(out, seal.bytes);
  return out;
}

Buffer mail_context(const MailId& mail) {
  Buffer out = labelled("couvert/1 mail");
  append(out, mail.bytes);
  return out;
}

Buffer day_context(Day day) {
  Buffer out = labelled("couvert/1 day");
  append_integer(out, day, 4);
  return out;
}

Buffer person_context(Bytes about) {
  Buffer out = labelled("couvert/1 person");
  append(out, about);
  return out;
}

Buffer book_context(Bytes about) {
  Buffer out = labelled("couvert/1 book");
  append(out, about);
  return out;
}

}  // namespace couvert
