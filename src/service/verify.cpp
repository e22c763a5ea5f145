#include "service/verify.h"

#include "crypto/compare.h"
#include "crypto/mac.h"
#include "crypto/secret_bytes.h"
#include "service/post.h"
#include "store/counter_table.h"

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

constexpr std::string_view codes_of_all = "codes";

std::string codes_from(const Caller& caller) {
  return "codes from " + caller.network;
}

Instant hour_of(Instant now) {
  return std::chrono::floor<std::chrono::hours>(now);
}

}  // namespace

// Whether network and server may ask for one more code. Only reads: a flood of requests must not
// become a flood of writes, and what one network asks for in vain must not count for all.
Result<> Verify::check_limits(const Caller& caller) {
  const Instant hour = hour_of(parts_.clock.now());
  return parts_.database.read([&](Transaction& tx) -> Result<> {
    const Result<std::int64_t> network = read_counter(tx, codes_from(caller), hour);
    if (!network) return pass(network);
    const Result<std::int64_t> server = read_counter(tx, codes_of_all, hour);
    if (!server) return pass(server);
    const bool over =
        *network >= limits::codes_per_network_max || *server >= limits::codes_per_server_max;
    return over ? Result<>(fail(ErrorCode::throttled, "3600")) : Result<>();
  });
}

// Counts the request for each of the three; an address's own limit is no error but silence.
Result<bool> Verify::within_limits(Transaction& tx, const Caller& caller, const Address& address) {
  const Instant hour = hour_of(parts_.clock.now());
  const Result<std::int64_t> network = add_to_counter(tx, codes_from(caller), hour, 1);
  if (!network) return pass(network);
  const Result<std::int64_t> server = add_to_counter(tx, codes_of_all, hour, 1);
  if (!server) return pass(server);
  // Others were faster since check_limits(); this count is rolled back.
  if (*server > limits::codes_per_server_max || *network > limits::codes_per_network_max) {
    return fail(ErrorCode::throttled, "3600");
  }
  const Result<std::int64_t> mailbox =
      add_to_counter(tx, "codes to " + address.text.substr(0, 180), hour, 1);
  if (!mailbox) return pass(mailbox);
  return *mailbox <= limits::codes_per_address_max;
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
  CodeAnswer answer;
  answer.expires = parts_.clock.now() + parts_.settings.verification.code_life;
  const Result<> open = check_limits(caller);
  if (!open) return pass(open);
  const Result<> done = parts_.database.write([&](Transaction& tx) -> Result<> {
    const Result<bool> may_mail = within_limits(tx, caller, *address);
    if (!may_mail) return pass(may_mail);
    const Result<Buffer> session = session_for(tx, caller, answer.token);
    if (!session) return pass(session);
    if (!*may_mail) return Result<>();
    std::string text = make_code(parts_.random);
    Code code{*session, *address, {}, answer.expires, 0};
    code.mac = code_mac(parts_, code, text);
    const Result<> stored = put_code(tx, code);
    if (!stored) return pass(stored);
    const CodeMail mail{request.language, text, parts_.settings.verification.code_life};
    wipe(text);
    return post(parts_, tx, {MailKind::code, *address, mail, std::nullopt, -1});
  });
  if (!done) return pass(done);
  parts_.wake_outbox();
  return answer;
}

Result<Verification> Verify::confirm(const Caller& caller, std::string_view typed_address,
                                     std::string_view typed_code) {
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
    verification = {VerificationId::make(parts_.random),    caller.session, *address, now, now,
                    now + parts_.settings.verification.life};
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
    return Result<>();
  });
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
