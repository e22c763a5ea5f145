#include "sealing/sealed_text.h"

#include "base/limits.h"

namespace couvert {
namespace {

// These lie in the server's own rows: whatever does not open was not what was stored.
Result<Buffer> open_own(const MessageContext& under, Bytes sealed) {
  Result<Buffer> plain = open_bytes(under, sealed, limits::mail_bytes_max);
  if (!plain) return fail(ErrorCode::damaged, plain.error().detail);
  return plain;
}

}  // namespace

Buffer seal_form(const Secret<32>& transfer_key, const SealScope& scope, Bytes plain,
                 Random& random) {
  return seal_bytes(MessageContext{transfer_key, form_context(scope)}, plain, random);
}

Result<Buffer> open_form(const Secret<32>& transfer_key, const SealScope& scope, Bytes sealed) {
  return open_own(MessageContext{transfer_key, form_context(scope)}, sealed);
}

Buffer seal_notice(const Secret<32>& day_key, const SealId& seal, Bytes plain, Random& random) {
  return seal_bytes(MessageContext{day_key, notice_context(seal)}, plain, random);
}

Result<Buffer> open_notice(const Secret<32>& day_key, const SealId& seal, Bytes sealed) {
  return open_own(MessageContext{day_key, notice_context(seal)}, sealed);
}

Buffer seal_mail(const Secret<32>& day_key, const MailId& mail, Bytes plain, Random& random) {
  return seal_bytes(MessageContext{day_key, mail_context(mail)}, plain, random);
}

Result<Buffer> open_mail(const Secret<32>& day_key, const MailId& mail, Bytes sealed) {
  return open_own(MessageContext{day_key, mail_context(mail)}, sealed);
}

}  // namespace couvert
