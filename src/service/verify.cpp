#include "service/verify.h"

#include <algorithm>

#include "crypto/compare.h"
#include "crypto/mac.h"
#include "crypto/secret_bytes.h"
#include "service/post.h"
#include "store/counter_table.h"
#include "store/program_table.h"

namespace couvert {
namespace {

using namespace std::chrono_literals;

void append_text(Buffer& out, std::string_view text) {
  append_integer(out, text.size(), 2);
  append(out, as_bytes(text));
}

// spec/sealing.md: MAC(master key, "couvert/1 verification", str(session) || str(address) ||
// str(code)).
Buffer code_mac(const Parts& parts, const Code& code, std::string_view text) {
  Buffer about;
  append_text(about, encode_base64url(code.token_hash));
  append_text(about, code.address.text);
  append_text(about, text);
  const auto digest = mac(parts.master_key, "couvert/1 verification", about);
  wipe(about);
  return Buffer(digest.begin(), digest.end());
}

tl::unexpected<Error> throttled(Instant now) {
  const auto rest = std::chrono::ceil<std::chrono::seconds>(hour_of(now) + 1h - now);
  return fail(ErrorCode::throttled, std::to_string(rest.count()));
}

}  // namespace

Result<bool> has_proven(const Parts& parts, Transaction& tx, const Caller& caller,
                        const Address& address) {
  if (caller.session.empty()) return false;
  const Result<std::vector<Verification>> all = verifications_of(tx, caller.session);
  if (!all) return pass(all);
  const Instant now = parts.clock.now();
  return std::ranges::any_of(*all, [&](const Verification& one) {
    return one.address == address &&
           still_holds(parts.settings.verification, one.used, one.end, now);
  });
}

Result<Buffer> Verify::session_for(Transaction& tx, const Caller& caller,
                                   std::optional<Secret<32>>& token) {
  if (!caller.session.empty()) {
    const Result<std::optional<Session>> known = find_session(tx, caller.session);
    if (!known) return pass(known);
    if (known->has_value()) return caller.session;
  }
  token = parts_.random.secret<32>();
  const Sha256Digest digest = hash_secret(*token);
  const Instant now = parts_.clock.now();
  const Session session{Buffer(digest.begin(), digest.end()), now, now};
  const Result<> inserted = insert_session(tx, session);
  if (!inserted) return pass(inserted);
  return session.token_hash;
}

Result<CodeAnswer> Verify::request(const Caller& caller, const CodeRequest& request) {
  const Result<Address> address = parse_address(request.address);
  if (!address) return pass(address);
  const CodeCounts counts = {{{"codes from " + caller.network, limits::codes_per_network_max},
                              {"codes", limits::codes_per_server_max}},
                             "codes to " + address->text.substr(0, 180)};
  CodeMail mail{.language = request.language, .purpose = request.purpose, .client = request.client};
  return mail_code(caller, *address, std::move(mail), counts);
}

Result<CodeAnswer> Verify::request_for(const Caller& caller, const Recipient& recipient,
                                       Language language, ClientKind client) {
  const std::string key =
      "codes for " + recipient.seal_id.text() + "." + std::to_string(recipient.position);
  const CodeCounts counts = {
      {{key + " from " + caller.network, limits::recipient_codes_per_network_max},
       {key, limits::recipient_codes_max},
       {"codes for recipients", limits::codes_per_server_max}},
      ""};
  CodeMail mail{.language = language, .purpose = CodePurpose::retrieve, .client = client};
  return mail_code(caller, recipient.address, std::move(mail), counts);
}

// Whether there may be one more code. Only reads: a flood of requests must not become a flood of
// writes, and what is refused counts for nobody (docs/decisions/0065).
Result<> Verify::check(const CodeCounts& counts) {
  const Instant now = parts_.clock.now();
  return parts_.database.read([&](Transaction& tx) -> Result<> {
    for (const auto& [key, max] : counts.told) {
      const Result<std::int64_t> sum = read_counter(tx, key, hour_of(now));
      if (!sum) return pass(sum);
      if (*sum >= max) return throttled(now);
    }
    return Result<>();
  });
}

// Counts one more; false where the mailbox has had enough.
Result<bool> Verify::count(Transaction& tx, const CodeCounts& counts) {
  const Instant now = parts_.clock.now();
  for (const auto& [key, max] : counts.told) {
    const Result<std::int64_t> sum = add_to_counter(tx, key, hour_of(now), 1);
    if (!sum) return pass(sum);
    if (*sum > max) return throttled(now);  // others were faster since check(); rolls back
  }
  if (counts.silent.empty()) return true;
  const Result<std::int64_t> mailbox = add_to_counter(tx, counts.silent, hour_of(now), 1);
  if (!mailbox) return pass(mailbox);
  return *mailbox <= limits::codes_per_address_max;
}

Result<CodeAnswer> Verify::mail_code(const Caller& caller, const Address& address, CodeMail mail,
                                     const CodeCounts& counts) {
  const Result<> open = check(counts);
  if (!open) return pass(open);
  CodeAnswer answer;
  mail.life = parts_.settings.verification.code_life;
  mail.asked = parts_.clock.now();
  answer.expires = *mail.asked + mail.life;
  const Result<> done = parts_.database.write([&](Transaction& tx) -> Result<> {
    const Result<bool> may_mail = count(tx, counts);
    if (!may_mail) return pass(may_mail);
    const Result<Buffer> session = session_for(tx, caller, answer.token);
    if (!session) return pass(session);
    if (!*may_mail) return Result<>();
    mail.code = make_code(parts_.random);
    Code code{*session, address, {}, answer.expires, 0};
    code.mac = code_mac(parts_, code, mail.code);
    const Result<> stored = put_code(tx, code);
    if (!stored) return pass(stored);
    return post(parts_, tx, {MailKind::code, address, mail, std::nullopt, -1});
  });
  wipe(mail.code);
  if (!done) return pass(done);
  parts_.wake_outbox();
  return answer;
}

Result<Verification> Verify::confirm(const Caller& caller, std::string_view typed_address,
                                     std::string_view typed_code, std::chrono::hours life) {
  const Result<Address> address = parse_address(typed_address);
  if (!address) return pass(address);
  if (caller.session.empty()) return fail(ErrorCode::unproven, "no session");
  Verification verification;
  std::string refusal;
  const Result<> done = parts_.database.write([&](Transaction& tx) -> Result<> {
    const Result<std::optional<Session>> session = find_session(tx, caller.session);
    if (!session) return pass(session);
    if (!session->has_value()) return fail(ErrorCode::unproven, "no such session");
    const Result<std::optional<Code>> code = find_code(tx, caller.session, *address);
    if (!code) return pass(code);
    const Instant now = parts_.clock.now();
    refusal = "no_code";
    if (!code->has_value() || now >= (*code)->end) return Result<>();
    const Result<bool> counted = count_code_try(tx, **code, limits::code_tries_max);
    if (!counted) return pass(counted);
    if (!*counted) return Result<>();
    std::string text = normalise_code(typed_code);
    const bool right = same_bytes(code_mac(parts_, **code, text), (*code)->mac);
    wipe(text);
    refusal = right ? "" : "wrong_code";
    if (!right) return Result<>();  // commits the counted try
    verification = {VerificationId::make(parts_.random),
                    caller.session,
                    *address,
                    now,
                    now,
                    now + std::min(life, parts_.settings.verification.life)};
    const Result<std::vector<Verification>> held = verifications_of(tx, caller.session);
    if (!held) return pass(held);
    if (held->size() >= limits::verifications_per_session_max) {
      const Result<bool> dropped =
          delete_verification(tx, caller.session, held->front().verification_id);
      if (!dropped) return pass(dropped);
    }
    const Result<> stored = put_verification(tx, verification);
    if (!stored) return pass(stored);
    return delete_code(tx, **code);
  });
  if (!done) return pass(done);
  if (!refusal.empty()) return fail(ErrorCode::refused, refusal);
  return verification;
}

Result<std::vector<Verification>> Verify::list(const Caller& caller) {
  std::vector<Verification> held;
  if (caller.session.empty()) return held;
  const Instant now = parts_.clock.now();
  const Result<> done = parts_.database.read([&](Transaction& tx) -> Result<> {
    const Result<std::vector<Verification>> all = verifications_of(tx, caller.session);
    if (!all) return pass(all);
    for (const Verification& verification : *all) {
      if (still_holds(parts_.settings.verification, verification.used, verification.end, now)) {
        held.push_back(verification);
      }
    }
    return Result<>();
  });
  if (!done) return pass(done);
  return held;
}

Result<> Verify::forget(const Caller& caller, const VerificationId& id) {
  return parts_.database.write([&](Transaction& tx) -> Result<> {
    const Result<bool> deleted = delete_verification(tx, caller.session, id);
    if (!deleted) return pass(deleted);
    if (!*deleted) return fail(ErrorCode::denied, "no such verification");
    return delete_program(tx, caller.session);  // a program's session proves nothing else
  });
}

Result<Address> Verify::prove_by(const Caller& caller, const VerificationId& id) {
  const Result<std::vector<Verification>> held = list(caller);
  if (!held) return pass(held);
  const auto mine =
      std::ranges::find(*held, id, [](const Verification& one) { return one.verification_id; });
  if (mine == held->end()) return fail(ErrorCode::denied, "no such verification");
  const Result<> proven = prove(caller, mine->address);
  if (!proven) return pass(proven);
  return mine->address;
}

Result<> Verify::prove(const Caller& caller, const Address& address) {
  const Result<std::vector<Verification>> held = list(caller);
  if (!held) return pass(held);
  for (const Verification& verification : *held) {
    if (verification.address != address) continue;
    // Noting each use would make every request a write; an hour's grain is fine for days of idling.
    const Instant now = parts_.clock.now();
    if (now - verification.used < 1h) return Result<>();
    return parts_.database.write(
        [&](Transaction& tx) { return touch_verification(tx, verification.verification_id, now); });
  }
  return fail(ErrorCode::unproven, "the mailbox is not verified");
}

}  // namespace couvert
