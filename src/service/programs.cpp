#include "service/programs.h"

#include <algorithm>

#include "base/file_name.h"
#include "crypto/mac.h"
#include "crypto/secret_bytes.h"
#include "service/post.h"
#include "store/counter_table.h"

namespace couvert {
namespace {

using namespace std::chrono_literals;

// A count of an hour and its bound.
using HourCounts = std::vector<std::pair<std::string, int>>;

tl::unexpected<Error> until_next_hour(Instant now) {
  const auto rest = std::chrono::ceil<std::chrono::seconds>(hour_of(now) + 1h - now);
  return fail(ErrorCode::throttled, std::to_string(rest.count()));
}

Result<> check_counts(Transaction& tx, const HourCounts& counts, Instant now) {
  for (const auto& [key, max] : counts) {
    const Result<std::int64_t> sum = read_counter(tx, key, hour_of(now));
    if (!sum) return pass(sum);
    if (*sum >= max) return until_next_hour(now);
  }
  return Result<>();
}

Result<> add_counts(Transaction& tx, const HourCounts& counts, Instant now) {
  for (const auto& [key, max] : counts) {
    const Result<std::int64_t> sum = add_to_counter(tx, key, hour_of(now), 1);
    if (!sum) return pass(sum);
    if (*sum > max) return until_next_hour(now);  // others were faster; rolls back
  }
  return Result<>();
}

HourCounts guess_counts(const Caller& caller) {
  return {{"user codes of " + encode_base64url(caller.session),
           limits::wrong_user_codes_per_session_max},
          {"user codes from " + caller.network, limits::wrong_user_codes_per_network_max},
          {"user codes", limits::wrong_user_codes_per_server_max}};
}

// What a person is shown before they say yes: one line that reads as it is written.
bool is_plain_name(std::string_view name) {
  if (name.empty() || name.size() > limits::client_name_bytes_max || !is_utf8(name)) return false;
  for (; !name.empty(); name.remove_prefix(1)) {
    if (hidden_sign_at(name) > 0) return false;
  }
  return true;
}

// Those whose proof still holds, the oldest first.
Result<std::vector<ListedProgram>> live_programs(const Parts& parts, Transaction& tx,
                                                 const Address& address) {
  const VerificationLimits& settings = parts.settings.verification;
  const Result<std::vector<Program>> all = programs_of(tx, address);
  if (!all) return pass(all);
  std::vector<ListedProgram> live;
  for (const Program& program : *all) {
    const Result<std::vector<Verification>> proofs = verifications_of(tx, program.token_hash);
    if (!proofs) return pass(proofs);
    for (const Verification& one : *proofs) {
      if (!still_holds(settings, one.used, one.end, parts.clock.now())) continue;
      const Instant idle = one.used + Duration(settings.idle);
      live.push_back({program, one.used, std::min(one.end, idle)});
    }
  }
  return live;
}

tl::unexpected<Error> no_such_wish() {
  return fail(ErrorCode::denied, "no such code");
}

tl::unexpected<Error> past() {
  return fail(ErrorCode::expired, "expired_token");
}

}  // namespace

// Few bits, so no plain hash: whoever reads the database alone cannot try codes.
Buffer Programs::mac_of(std::string_view user_code) const {
  const auto digest = mac(parts_.master_key, "couvert/1 user code", as_bytes(user_code));
  return Buffer(digest.begin(), digest.end());
}

Result<ProgramCodes> Programs::ask(const Caller& caller, const std::string& name,
                                   const Scopes& scopes) {
  if (!is_plain_name(name)) return fail(ErrorCode::invalid, "name");
  const Instant now = parts_.clock.now();
  const HourCounts counts = {
      {"program wishes from " + caller.network, limits::program_wishes_per_network_max},
      {"program wishes", limits::program_wishes_per_server_max}};
  // What is refused writes nothing (docs/decisions/0065).
  const Result<> open =
      parts_.database.read([&](Transaction& tx) { return check_counts(tx, counts, now); });
  if (!open) return pass(open);
  std::string code = make_user_code(parts_.random);
  ProgramCodes codes{parts_.random.secret<32>(), show_user_code(code), limits::user_code_life,
                     limits::poll_pause};
  const Sha256Digest hash = hash_secret(codes.device_code);
  ProgramWish wish;
  wish.device_code_hash.assign(hash.begin(), hash.end());
  wish.user_code_mac = mac_of(code);
  wipe(code);
  wish.name = name;
  wish.scopes = scopes;
  wish.created = now;
  wish.end = now + codes.life;
  wish.pause = codes.pause.count();
  const Result<> done = parts_.database.write([&](Transaction& tx) -> Result<> {
    const Result<> counted = add_counts(tx, counts, now);
    if (!counted) return counted;
    return insert_program_wish(tx, wish);
  });
  if (!done) return pass(done);
  return codes;
}

// A session that proves this one address, and the program that holds it.
Result<ProgramAccess> Programs::let_in(Transaction& tx, const ProgramWish& wish) {
  const Instant now = parts_.clock.now();
  const Instant end = now + parts_.settings.verification.life;
  ProgramAccess access{parts_.random.secret<32>(), wish.scopes, {}};
  const Sha256Digest digest = hash_secret(access.token);
  const Buffer hash(digest.begin(), digest.end());
  access.verification = {VerificationId::make(parts_.random), hash, *wish.address, now, now, end};
  const Program program{
      ProgramId::make(parts_.random), hash, *wish.address, wish.name, wish.scopes, now, end};
  const Result<> session = insert_session(tx, {hash, now, now});
  if (!session) return pass(session);
  const Result<> proof = put_verification(tx, access.verification);
  if (!proof) return pass(proof);
  const Result<> stored = insert_program(tx, program);
  if (!stored) return pass(stored);
  const Result<> gone = delete_program_wish(tx, wish);
  if (!gone) return pass(gone);
  return access;
}

Result<ProgramAccess> Programs::poll(const Secret<32>& device_code) {
  const Sha256Digest hash = hash_secret(device_code);
  const auto known =
      parts_.database.read_value([&](Transaction& tx) { return find_program_wish(tx, hash); });
  if (!known) return pass(known);
  if (!known->has_value()) return past();  // strangers' guesses write nothing
  std::optional<ProgramAccess> access;
  std::optional<Error> refusal;
  const Result<> done = parts_.database.write([&](Transaction& tx) -> Result<> {
    Result<std::optional<ProgramWish>> found = find_program_wish(tx, hash);
    if (!found) return pass(found);
    const Instant now = parts_.clock.now();
    if (!found->has_value() || now >= (*found)->end) return past();
    ProgramWish& wish = **found;
    if (wish.state == WishState::declined) return fail(ErrorCode::refused, "access_denied");
    // Half a second is the way's: a program that keeps its pause is never too early.
    const auto pause = std::chrono::seconds(wish.pause);
    const bool early = wish.polled && now < *wish.polled + pause - 500ms;
    wish.polled = now;
    if (early) {
      wish.pause = std::min(pause + limits::poll_pause, limits::poll_pause_max).count();
      refusal.emplace(ErrorCode::throttled, "slow_down " + std::to_string(wish.pause));
      return update_program_wish(tx, wish);
    }
    if (wish.state == WishState::waiting) {
      refusal.emplace(ErrorCode::conflict, "authorization_pending");
      return update_program_wish(tx, wish);
    }
    Result<ProgramAccess> let = let_in(tx, wish);
    if (!let) return pass(let);
    access.emplace(std::move(*let));
    return Result<>();
  });
  if (!done) return pass(done);
  if (refusal) return fail(refusal->code, refusal->detail);
  return std::move(*access);
}

// Before a code is looked at: a flood of guesses must not become a flood of writes.
Result<> Programs::check_guesses(const Caller& caller) {
  const Result<std::vector<Verification>> held = Verify(parts_).list(caller);
  if (!held) return pass(held);
  if (held->empty()) return fail(ErrorCode::unproven, "nothing proven");
  const Instant now = parts_.clock.now();
  return parts_.database.read(
      [&](Transaction& tx) { return check_counts(tx, guess_counts(caller), now); });
}

Result<> Programs::count_guess(const Caller& caller) {
  const Instant now = parts_.clock.now();
  return parts_.database.write(
      [&](Transaction& tx) { return add_counts(tx, guess_counts(caller), now); });
}

Result<ProgramWish> Programs::waiting(const Caller& caller, std::string_view user_code) {
  const Result<> may_guess = check_guesses(caller);
  if (!may_guess) return pass(may_guess);
  const Result<std::string> code = parse_user_code(user_code);
  if (!code) return no_such_wish();  // not a guess: no code looks like that
  const Buffer code_mac = mac_of(*code);
  Result<std::optional<ProgramWish>> wish =
      parts_.database.read_value([&](Transaction& tx) { return find_wish_by_code(tx, code_mac); });
  if (!wish) return pass(wish);
  const bool waits = wish->has_value() && (*wish)->state == WishState::waiting &&
                     parts_.clock.now() < (*wish)->end;
  if (waits) return std::move(**wish);
  const Result<> counted = count_guess(caller);
  if (!counted) return pass(counted);
  return no_such_wish();
}

Result<ProgramWish> Programs::find(const Caller& caller, std::string_view user_code) {
  return waiting(caller, user_code);
}

Result<> Programs::answer(const Caller& caller, std::string_view user_code,
                          const ProgramMail* allowed) {
  const Result<ProgramWish> found = waiting(caller, user_code);
  if (!found) return pass(found);
  return parts_.database.write([&](Transaction& tx) -> Result<> {
    Result<std::optional<ProgramWish>> wish = find_program_wish(tx, found->device_code_hash);
    if (!wish) return pass(wish);
    if (!wish->has_value() || (*wish)->state != WishState::waiting) return no_such_wish();
    (*wish)->state = allowed != nullptr ? WishState::allowed : WishState::declined;
    if (allowed == nullptr) return update_program_wish(tx, **wish);
    const auto others = live_programs(parts_, tx, allowed->address);
    if (!others) return pass(others);
    if (others->size() >= limits::programs_per_address_max) {
      return fail(ErrorCode::conflict, "programs");
    }
    (*wish)->address = allowed->address;
    ProgramMail mail = *allowed;
    mail.name = (*wish)->name;
    mail.scopes = (*wish)->scopes;
    const Result<> told =
        post(parts_, tx, {MailKind::program, mail.address, mail, std::nullopt, -1});
    if (!told) return told;
    return update_program_wish(tx, **wish);
  });
}

Result<> Programs::allow(const Caller& caller, std::string_view user_code,
                         const PersonSaysYes& yes) {
  Result<Address> address = Verify(parts_).prove_by(caller, yes.proof);
  if (!address) return pass(address);
  ProgramMail mail;
  mail.language = yes.language;
  mail.address = std::move(*address);
  mail.when = parts_.clock.now();
  mail.link = parts_.settings.base_url + "/device";
  const Result<> allowed = answer(caller, user_code, &mail);
  if (allowed) parts_.wake_outbox();
  return allowed;
}

Result<> Programs::decline(const Caller& caller, std::string_view user_code) {
  return answer(caller, user_code, nullptr);
}

Result<std::vector<ListedProgram>> Programs::list(const Caller& caller,
                                                  const VerificationId& proof) {
  const Result<Address> address = Verify(parts_).prove_by(caller, proof);
  if (!address) return pass(address);
  return parts_.database.read_value(
      [&](Transaction& tx) { return live_programs(parts_, tx, *address); });
}

Result<> Programs::end(const Caller& caller, const VerificationId& proof, const ProgramId& id) {
  const Result<Address> address = Verify(parts_).prove_by(caller, proof);
  if (!address) return pass(address);
  return parts_.database.write([&](Transaction& tx) -> Result<> {
    const Result<std::vector<Program>> all = programs_of(tx, *address);
    if (!all) return pass(all);
    const auto found = std::ranges::find(*all, id, &Program::program_id);
    if (found == all->end()) return fail(ErrorCode::denied, "no such program");
    const Result<std::vector<Verification>> proofs = verifications_of(tx, found->token_hash);
    if (!proofs) return pass(proofs);
    for (const Verification& one : *proofs) {
      const Result<bool> deleted = delete_verification(tx, found->token_hash, one.verification_id);
      if (!deleted) return pass(deleted);
    }
    return delete_program(tx, found->token_hash);
  });
}

Result<> Programs::may(const Caller& caller, const std::optional<Scope>& scope) {
  if (!scope || caller.session.empty()) return Result<>();
  const auto program =
      parts_.database.read_value([&](Transaction& tx) { return find_program(tx, caller.session); });
  if (!program) return pass(program);
  const bool let = !program->has_value() || (*program)->scopes.contains(*scope);
  return let ? Result<>() : fail(ErrorCode::refused, "scope");
}

}  // namespace couvert
