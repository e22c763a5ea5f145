#include "client/quick_person.h"

#include <algorithm>

#include "base/limits.h"
#include "client/attempts.h"

namespace couvert {
namespace {

constexpr int book_tries_max = 5;

tl::unexpected<Problem> local_problem(const Error& error) {
  return trouble(error.code, {}, error.detail);
}

tl::unexpected<Problem> about(ErrorCode code, std::string_view reason, std::string address) {
  Problem problem;
  problem.code = code;
  problem.reason = std::string(reason);
  problem.address = std::move(address);
  return tl::make_unexpected(std::move(problem));
}

bool has_same_content(const ContactBook& one, const ContactBook& other) {
  Result<std::string> first = encode_book_json(one);
  Result<std::string> second = encode_book_json(other);
  const bool same = first && second && *first == *second;
  if (first) wipe(*first);
  if (second) wipe(*second);
  return same;
}

// What became of the answers in one try to change the book.
struct Taken {
  std::vector<AnswerNews> news;
  std::vector<std::size_t> settled;  // those that nobody needs any more
};

void take_one(ContactBook& book, const QuickPerson& self, const api::WaitingAnswer& waiting,
              Taken& taken, std::size_t index) {
  using Kind = AnswerNews::Kind;
  const Result<QuickAnswer> answer = parse_answer(waiting.answer);
  const bool was_pinned = find_contact(book, waiting.recipient) != nullptr;
  const Result<> done = answer ? take_answer(book, self, {waiting.seal, waiting.recipient, *answer})
                               : Result<>(pass(answer));
  if (done || done.error().code == ErrorCode::denied) taken.settled.push_back(index);
  if (done && !was_pinned) taken.news.push_back({waiting.recipient, Kind::connected});
  if (done || done.error().code == ErrorCode::denied) return;
  Kind kind = Kind::not_the_reader;
  if (done.error().code == ErrorCode::conflict) kind = Kind::identity_changed;
  if (done.error().code == ErrorCode::full) kind = Kind::book_full;
  taken.news.push_back({waiting.recipient, kind});
}

}  // namespace

DeviceAccess access_of(const OwnDevice& device) {
  return {device.device, device_token(device.key, device.address, device.device)};
}

template <class Call>
auto OpenPerson::again(const Call& call) {
  Attempts attempts(parts_.patience);
  auto answer = call();
  while (!answer && attempts.again(answer.error())) answer = call();
  return answer;
}

OpenPerson::OpenPerson(const QuickParts& parts, OwnDevice device, PersonSecret person)
    : parts_(parts),
      device_(std::move(device)),
      access_(access_of(device_)),
      person_(std::move(person)) {}

Answer<OpenPerson> OpenPerson::open(const QuickParts& parts, OwnDevice device) {
  OpenPerson self(parts, std::move(device), {});
  const Answer<api::OwnQuick> own =
      self.again([&] { return parts.client.get_quick(self.access_); });
  if (!own) return pass(own);
  if (own->public_key != self.device_.public_key || own->address != self.address()) {
    return about(ErrorCode::damaged, reasons::person_key, self.address());
  }
  Result<PersonSecret> person = open_person(self.device_.key, self.address(), own->sealed);
  if (!person) return about(ErrorCode::damaged, reasons::own_keys, self.address());
  if (person->public_key != self.device_.public_key) {
    return about(ErrorCode::damaged, reasons::person_key, self.address());
  }
  self.person_ = std::move(*person);
  return self;
}

std::string OpenPerson::check_code() const {
  return fingerprint(self());
}

Answer<ContactBook> OpenPerson::opened_book(const api::VersionedBook& book) const {
  Result<ContactBook> opened =
      open_book(person_.book_key, {device_.address, book.version}, book.sealed);
  if (!opened) return about(ErrorCode::damaged, reasons::book_damaged, address());
  return std::move(*opened);
}

Answer<> OpenPerson::see(api::VersionedBook book, ContactBook opened) {
  const Result<SeenBook> seen = see_book(device_.seen, book.version, book.sealed);
  if (!seen) return about(ErrorCode::damaged, reasons::book_rolled_back, address());
  if (seen->version != device_.seen.version) {
    const Answer<> kept = parts_.keeper.keep(device_, *seen);
    if (!kept) return kept;
  }
  device_.seen = *seen;
  newest_ = std::move(book);
  book_ = std::move(opened);
  return Answer<>();
}

Answer<> OpenPerson::read_book() {
  Answer<api::VersionedBook> book = again([&] { return parts_.client.get_quick_book(access_); });
  if (!book) return pass(book);
  // First, whether it is the newest: what was put back is not called damaged.
  if (!see_book(device_.seen, book->version, book->sealed)) {
    return about(ErrorCode::damaged, reasons::book_rolled_back, address());
  }
  Answer<ContactBook> opened = opened_book(*book);
  if (!opened) return pass(opened);
  return see(std::move(*book), std::move(*opened));
}

// Whether `next` is the newest book now; if not, another device was faster and its book was read.
Answer<bool> OpenPerson::put_book(ContactBook next) {
  api::VersionedBook book;
  book.version = newest_.version + 1;
  Result<Buffer> sealed =
      seal_book(person_.book_key, {device_.address, book.version}, next, parts_.random);
  if (!sealed) return local_problem(sealed.error());
  book.sealed = std::move(*sealed);
  const Answer<> put = again([&] { return parts_.client.put_quick_book(access_, book); });
  if (put) {
    const Answer<> seen = see(std::move(book), std::move(next));
    if (!seen) return pass(seen);
    return true;
  }
  if (put.error().reason != "book_version") return pass(put);
  const Answer<> read = read_book();
  if (!read) return pass(read);
  // Ours, where the answer to an earlier attempt was lost.
  return newest_.version == book.version && newest_.sealed == book.sealed;
}

Answer<> OpenPerson::change_book(const Change& change) {
  for (int tries = 0; tries < book_tries_max; ++tries) {
    Answer<ContactBook> next = opened_book(newest_);
    if (!next) return pass(next);
    const Answer<> changed = change(*next);
    if (!changed) return changed;
    if (has_same_content(*next, book_)) return Answer<>();
    const Answer<bool> done = put_book(std::move(*next));
    if (!done) return pass(done);
    if (*done) return Answer<>();
  }
  return about(ErrorCode::conflict, reasons::book_busy, address());
}

// The answers first: an invitation stands in the book before it can be answered, so that what is
// not in a book that was read later belongs to no invitation.
Answer<std::vector<AnswerNews>> OpenPerson::take_answers() {
  const Answer<std::vector<api::WaitingAnswer>> waiting =
      again([&] { return parts_.client.list_quick_answers(access_); });
  if (!waiting) return pass(waiting);
  const Answer<> read = read_book();
  if (!read) return pass(read);
  Taken taken;
  const Answer<> changed = change_book([&](ContactBook& book) -> Answer<> {
    taken = {};
    for (std::size_t i = 0; i < waiting->size(); ++i) {
      take_one(book, self(), (*waiting)[i], taken, i);
    }
    return Answer<>();
  });
  if (!changed) return pass(changed);
  for (const std::size_t i : taken.settled) {
    const api::WaitingAnswer& one = (*waiting)[i];
    // What the server is not told now it offers again.
    static_cast<void>(parts_.client.take_quick_answer(access_, one.seal, one.recipient));
  }
  return std::move(taken.news);
}

Answer<std::vector<api::ShownKey>> OpenPerson::shown_keys(
    const std::vector<std::string>& contacts) {
  std::vector<api::ShownKey> all;
  for (std::size_t i = 0; i < contacts.size(); i += limits::recipients_max) {
    const std::size_t end = std::min(i + limits::recipients_max, contacts.size());
    const std::vector<std::string> some(contacts.begin() + static_cast<std::ptrdiff_t>(i),
                                        contacts.begin() + static_cast<std::ptrdiff_t>(end));
    Answer<std::vector<api::ShownKey>> shown =
        again([&] { return parts_.client.find_quick_keys(access_, some); });
    if (!shown) return shown;
    std::move(shown->begin(), shown->end(), std::back_inserter(all));
  }
  return all;
}

Answer<std::vector<Standing>> OpenPerson::standings(const std::vector<std::string>& addresses) {
  std::vector<std::string> pinned;
  for (const std::string& address : addresses) {
    if (find_contact(book_, address) != nullptr) pinned.push_back(address);
  }
  const Answer<std::vector<api::ShownKey>> shown = shown_keys(pinned);
  if (!shown) return pass(shown);
  std::vector<Standing> all;
  for (const std::string& address : addresses) {
    const auto found = std::ranges::find(*shown, address, &api::ShownKey::address);
    const bool is_shown = found != shown->end() && found->key;
    all.push_back({address, contact_state(book_, address, is_shown ? &*found->key : nullptr)});
  }
  return all;
}

Answer<SealedSecret> OpenPerson::seal_for(const SealId& seal, const std::string& contact) {
  const Contact* known = find_contact(book_, contact);
  if (known == nullptr) return about(ErrorCode::refused, reasons::not_connected, contact);
  SealedSecret sealed;
  sealed.slot = SlotId::make(parts_.random);
  sealed.secret = parts_.random.secret<32>();
  const Result<QuickEnvelope> envelope =
      seal_envelope({{Mode::server, seal}, sealed.slot, address(), contact},
                    {person_.key, known->key}, sealed.secret, parts_.random);
  if (!envelope) return local_problem(envelope.error());
  sealed.envelope = *envelope;
  return sealed;
}

Answer<Secret<32>> OpenPerson::invite(const SealId& seal, const std::vector<Standing>& whom) {
  Secret<32> secret = parts_.random.secret<32>();
  std::vector<Contact> removed;
  for (const Standing& one : whom) {
    const Contact* known = find_contact(book_, one.address);
    if (known != nullptr && one.state == ContactState::removed) removed.push_back(*known);
  }
  const Answer<> changed = change_book([&](ContactBook& book) -> Answer<> {
    for (const Contact& contact : removed) {
      const Contact* known = find_contact(book, contact.address);
      // Another device may have connected them anew by now.
      if (known != nullptr && known->key == contact.key) couvert::unpin(book, contact.address);
    }
    for (const Standing& one : whom) {
      if (find_contact(book, one.address) != nullptr) continue;
      couvert::invite(book, {one.address, seal, secret.clone()});
    }
    return Answer<>();
  });
  if (!changed) return pass(changed);
  return secret;
}

Answer<> OpenPerson::forget_invitations(const SealId& seal) {
  return change_book([&](ContactBook& book) {
    couvert::forget_invitations(book, seal);
    return Answer<>();
  });
}

Answer<Secret<32>> OpenPerson::open_envelope(const api::TransferEnvelope& envelope) {
  if (envelope.mode != static_cast<std::int64_t>(Mode::server)) {
    return trouble(ErrorCode::unavailable, "link_mode");
  }
  const Contact* sender = find_contact(book_, envelope.from);
  if (sender == nullptr) {
    return about(ErrorCode::refused, reasons::not_connected, envelope.from);
  }
  // Its place holds our own address, whatever the server says.
  Result<Secret<32>> secret = couvert::open_envelope(
      {{Mode::server, envelope.seal}, envelope.slot, envelope.from, address()},
      {person_.key, sender->key}, envelope.envelope);
  if (secret) return std::move(*secret);
  const Answer<std::vector<Standing>> standing = standings({envelope.from});
  if (standing && standing->front().state == ContactState::changed) {
    return about(ErrorCode::refused, reasons::identity_changed, envelope.from);
  }
  return about(ErrorCode::damaged, reasons::envelope, envelope.from);
}

Answer<> OpenPerson::accept(const RetrievalAccess& retrieval,
                            const api::OpenInvitation& invitation) {
  if (invitation.to != address()) {
    return about(ErrorCode::refused, "recipient", invitation.to);
  }
  const QuickPerson sender{invitation.from, invitation.key};
  const Answer<> pinned = change_book([&](ContactBook& book) -> Answer<> {
    const Result<> done = pin(book, sender);
    if (done) return Answer<>();
    if (done.error().code != ErrorCode::conflict) return local_problem(done.error());
    return about(ErrorCode::refused, reasons::identity_changed, invitation.from);
  });
  if (!pinned) return pinned;
  const QuickAnswer answer{person_.public_key,
                           answer_tag(invitation.secret, invitation.seal, sender, self())};
  return again([&] { return parts_.client.answer_invitation(retrieval, access_, answer); });
}

Answer<> OpenPerson::unpin(const std::string& contact) {
  return change_book([&](ContactBook& book) {
    couvert::unpin(book, contact);
    return Answer<>();
  });
}

Answer<> OpenPerson::end(const std::string& contact) {
  const Answer<> unpinned = unpin(contact);
  if (!unpinned) return unpinned;
  return again([&] { return parts_.client.end_quick_contact(access_, contact); });
}

Buffer OpenPerson::sealed_under(const Secret<16>& code) {
  return seal_person(code_key(code, address()), address(), person_, parts_.random);
}

Answer<> OpenPerson::leave_for(const Secret<16>& code) {
  const Buffer sealed = sealed_under(code);
  return again([&] { return parts_.client.leave_quick_code(access_, sealed); });
}

Answer<> OpenPerson::renew_recovery(const Secret<16>& code) {
  const Buffer sealed = sealed_under(code);
  return again([&] { return parts_.client.renew_quick_recovery(access_, sealed); });
}

}  // namespace couvert
