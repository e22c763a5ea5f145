#include "service/quick_people.h"

#include "base/limits.h"
#include "crypto/compare.h"
#include "sealing/message.h"
#include "sealing/quick.h"
#include "service/quick_mails.h"

namespace couvert {
namespace {

using namespace std::chrono_literals;

// A person's secret in its message: one length, whatever is in it.
bool is_sealed_person(Bytes sealed) {
  return sealed.size() == sealed_size(person_secret_bytes);
}

Result<> check_book(Bytes sealed) {
  if (sealed.size() > sealed_size(limits::contact_book_bytes_max)) {
    return fail(ErrorCode::too_large, "a contact book");
  }
  return plain_size(sealed.size()) ? Result<>() : fail(ErrorCode::invalid, "book");
}

Result<> check_client(const NewClient& client) {
  if (!is_sealed_person(client.sealed)) return fail(ErrorCode::invalid, "sealed");
  const bool named = !client.name.empty() && client.name.size() <= limits::client_name_bytes_max;
  if (!named || has_control(client.name)) return fail(ErrorCode::invalid, "name");
  return {};
}

Result<> check_activation(const Activation& activation) {
  if (!is_p256_point(activation.key)) return fail(ErrorCode::invalid, "no public key");
  if (!is_sealed_person(activation.recovery)) return fail(ErrorCode::invalid, "recovery");
  const Result<> book = check_book(activation.book);
  if (!book) return book;
  return check_client(activation.client);
}

QuickClientRow row_of(const NewClient& client, const Address& address, Instant now) {
  return {
      client.proof.device, address, client.proof.token_hash, client.name, client.sealed, now, now};
}

// Whether this very activation was stored before: its answer was lost.
Result<bool> is_repeated(Transaction& tx, const Activation& activation,
                         const QuickPersonRow& person) {
  const Result<std::optional<QuickClientRow>> client =
      find_quick_client(tx, activation.client.proof.device);
  if (!client) return pass(client);
  return client->has_value() && (*client)->address == activation.address &&
         (*client)->token_hash == activation.client.proof.token_hash &&
         person.public_key == activation.key;
}

Result<> insert_activation(const Parts& parts, Transaction& tx, const Activation& activation,
                           QuickEvent event) {
  const Instant now = parts.clock.now();
  const QuickPersonRow person{activation.address,  activation.key,     activation.member_hash, now,
                              activation.recovery, activation.language};
  const Result<> inserted = insert_quick_person(tx, person);
  if (!inserted) return inserted;
  const Result<> told = tell_person(parts, tx, person, event, activation.client.name);
  if (!told) return told;
  const Result<> book = insert_quick_book(tx, {activation.address, 1, activation.book});
  if (!book) return book;
  return insert_quick_client(tx, row_of(activation.client, activation.address, now));
}

Result<QuickPersonRow> person_of(Transaction& tx, const Address& address) {
  Result<std::optional<QuickPersonRow>> person = find_quick_person(tx, address);
  if (!person) return pass(person);
  if (!person->has_value()) return fail(ErrorCode::denied, "nobody of QUICK");
  return std::move(**person);
}

}  // namespace

Result<QuickClientRow> client_of(Transaction& tx, const DeviceProof& proof) {
  Result<std::optional<QuickClientRow>> client = find_quick_client(tx, proof.device);
  if (!client) return pass(client);
  const bool is_it = client->has_value() && same_bytes((*client)->token_hash, proof.token_hash);
  if (!is_it) return fail(ErrorCode::unproven, "no such client");
  return std::move(**client);
}

Result<QuickStanding> QuickPeople::standing(const Caller& caller, const Address& address) {
  const Result<> proven = Verify(parts_).prove(caller, address);
  if (!proven) return pass(proven);
  return parts_.database.read_value([&](Transaction& tx) -> Result<QuickStanding> {
    const Result<std::optional<QuickPersonRow>> person = find_quick_person(tx, address);
    if (!person) return pass(person);
    const Result<std::optional<QuickCodeRow>> code = find_quick_code(tx, address);
    if (!code) return pass(code);
    const bool waits = code->has_value() && parts_.clock.now() < (*code)->end;
    return QuickStanding{person->has_value(), waits};
  });
}

Result<> QuickPeople::activate(const Caller& caller, const Activation& activation,
                               IfActive if_active) {
  const Result<> proven = Verify(parts_).prove(caller, activation.address);
  if (!proven) return proven;
  const Result<> checked = check_activation(activation);
  if (!checked) return checked;
  const Result<> done = parts_.database.write([&](Transaction& tx) -> Result<> {
    const Result<std::optional<QuickPersonRow>> person = find_quick_person(tx, activation.address);
    if (!person) return pass(person);
    if (!person->has_value()) {
      return insert_activation(parts_, tx, activation, QuickEvent::activated);
    }
    const Result<bool> repeated = is_repeated(tx, activation, **person);
    if (!repeated) return pass(repeated);
    if (*repeated) return Result<>();
    if (if_active == IfActive::refuse) return fail(ErrorCode::conflict, "active");
    const Result<> ended = end_quick_person(tx, activation.address);
    if (!ended) return ended;
    const Result<> told = tell_contacts(parts_, tx, activation.address, QuickEvent::changed);
    if (!told) return told;
    return insert_activation(parts_, tx, activation, QuickEvent::anew);
  });
  if (done) parts_.wake_outbox();
  return done;
}

Result<> QuickPeople::add_client(const Caller& caller, const Address& address,
                                 const Sha256Digest& member_hash, const NewClient& client) {
  const Result<> proven = Verify(parts_).prove(caller, address);
  if (!proven) return proven;
  const Result<> checked = check_client(client);
  if (!checked) return checked;
  const Result<> done = parts_.database.write([&](Transaction& tx) -> Result<> {
    const Result<QuickPersonRow> person = person_of(tx, address);
    if (!person) return pass(person);
    if (!same_bytes(person->member_hash, member_hash)) return fail(ErrorCode::refused, "member");
    const Result<std::vector<QuickClientRow>> clients = quick_clients_of(tx, address);
    if (!clients) return pass(clients);
    if (clients->size() >= limits::quick_clients_max) return fail(ErrorCode::full, "clients");
    const Result<> inserted = insert_quick_client(tx, row_of(client, address, parts_.clock.now()));
    if (!inserted) return inserted;
    return tell_person(parts_, tx, *person, QuickEvent::new_device, client.name);
  });
  if (done) parts_.wake_outbox();
  return done;
}

Result<Buffer> QuickPeople::take_code(const Caller& caller, const Address& address) {
  const Result<> proven = Verify(parts_).prove(caller, address);
  if (!proven) return pass(proven);
  return parts_.database.write_value([&](Transaction& tx) -> Result<Buffer> {
    Result<std::optional<QuickCodeRow>> code = find_quick_code(tx, address);
    if (!code) return pass(code);
    if (!code->has_value() || parts_.clock.now() >= (*code)->end) {
      return fail(ErrorCode::denied, "nothing was left");
    }
    const Result<> deleted = delete_quick_code(tx, address);
    if (!deleted) return pass(deleted);
    return std::move((*code)->sealed);
  });
}

Result<Buffer> QuickPeople::recovery(const Caller& caller, const Address& address) {
  const Result<> proven = Verify(parts_).prove(caller, address);
  if (!proven) return pass(proven);
  return parts_.database.read_value([&](Transaction& tx) -> Result<Buffer> {
    Result<QuickPersonRow> person = person_of(tx, address);
    if (!person) return pass(person);
    return std::move(person->recovery);
  });
}

Result<OwnQuick> QuickPeople::own(const DeviceProof& proof) {
  bool stale = false;
  const Instant now = parts_.clock.now();
  Result<OwnQuick> own = parts_.database.read_value([&](Transaction& tx) -> Result<OwnQuick> {
    Result<QuickClientRow> client = client_of(tx, proof);
    if (!client) return pass(client);
    const Result<QuickPersonRow> person = person_of(tx, client->address);
    if (!person) return pass(person);
    const Result<std::optional<QuickBookRow>> book = find_quick_book(tx, client->address);
    if (!book) return pass(book);
    if (!book->has_value()) return fail(ErrorCode::damaged, "a person without a book");
    stale = now - client->used >= 1h;
    return OwnQuick{client->address, person->public_key, std::move(client->sealed),
                    (*book)->version};
  });
  if (!own || !stale) return own;
  const Result<> noted = parts_.database.write(
      [&](Transaction& tx) { return touch_quick_client(tx, proof.device, now); });
  if (!noted) return pass(noted);
  return own;
}

Result<VersionedBook> QuickPeople::book(const DeviceProof& proof) {
  return parts_.database.read_value([&](Transaction& tx) -> Result<VersionedBook> {
    const Result<QuickClientRow> client = client_of(tx, proof);
    if (!client) return pass(client);
    Result<std::optional<QuickBookRow>> book = find_quick_book(tx, client->address);
    if (!book) return pass(book);
    if (!book->has_value()) return fail(ErrorCode::damaged, "a person without a book");
    return VersionedBook{(*book)->version, std::move((*book)->sealed)};
  });
}

Result<> QuickPeople::put_book(const DeviceProof& proof, const VersionedBook& book) {
  const Result<> checked = check_book(book.sealed);
  if (!checked) return checked;
  return parts_.database.write([&](Transaction& tx) -> Result<> {
    const Result<QuickClientRow> client = client_of(tx, proof);
    if (!client) return pass(client);
    const Result<bool> replaced =
        replace_quick_book(tx, {client->address, book.version, book.sealed});
    if (!replaced) return pass(replaced);
    if (!*replaced) return fail(ErrorCode::conflict, "book_version");
    return Result<>();
  });
}

Result<std::vector<QuickClientRow>> QuickPeople::clients(const DeviceProof& proof) {
  return parts_.database.read_value([&](Transaction& tx) -> Result<std::vector<QuickClientRow>> {
    const Result<QuickClientRow> client = client_of(tx, proof);
    if (!client) return pass(client);
    return quick_clients_of(tx, client->address);
  });
}

Result<> QuickPeople::revoke(const DeviceProof& proof, const DeviceId& device) {
  return parts_.database.write([&](Transaction& tx) -> Result<> {
    const Result<QuickClientRow> client = client_of(tx, proof);
    if (!client) return pass(client);
    const Result<bool> deleted = delete_quick_client(tx, client->address, device);
    if (!deleted) return pass(deleted);
    if (!*deleted) return fail(ErrorCode::denied, "no such client");
    return Result<>();
  });
}

Result<> QuickPeople::leave_code(const DeviceProof& proof, Bytes sealed) {
  if (!is_sealed_person(sealed)) return fail(ErrorCode::invalid, "sealed");
  return parts_.database.write([&](Transaction& tx) -> Result<> {
    const Result<QuickClientRow> client = client_of(tx, proof);
    if (!client) return pass(client);
    const Instant end = parts_.clock.now() + limits::quick_code_life;
    return put_quick_code(tx, {client->address, Buffer(sealed.begin(), sealed.end()), end});
  });
}

Result<> QuickPeople::renew_recovery(const DeviceProof& proof, Bytes sealed) {
  if (!is_sealed_person(sealed)) return fail(ErrorCode::invalid, "sealed");
  return parts_.database.write([&](Transaction& tx) -> Result<> {
    const Result<QuickClientRow> client = client_of(tx, proof);
    if (!client) return pass(client);
    return put_quick_recovery(tx, client->address, sealed);
  });
}

}  // namespace couvert
