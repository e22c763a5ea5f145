#include "sealing/contact_book.h"

#include <algorithm>
#include <set>

#include "base/limits.h"
#include "crypto/compare.h"
#include "crypto/secret_bytes.h"
#include "sealing/spelling.h"

namespace couvert {
namespace {

bool is_address(std::string_view text) {
  return !text.empty() && is_text(text, limits::address_bytes_max);
}

Result<> check_book(const ContactBook& book) {
  if (book.contacts.size() > limits::contacts_max) return fail(ErrorCode::invalid, "contacts");
  if (book.invitations.size() > limits::invitations_max) {
    return fail(ErrorCode::invalid, "invitations");
  }
  std::set<std::string_view> contacts;
  for (const Contact& contact : book.contacts) {
    const bool good = is_address(contact.address) && contact.key[0] == std::byte{4};
    if (!good || !contacts.insert(contact.address).second) {
      return fail(ErrorCode::invalid, "a contact");
    }
  }
  std::set<std::pair<std::string_view, SealId>> invitations;
  for (const Invitation& invitation : book.invitations) {
    const bool fresh = invitations.emplace(invitation.to, invitation.seal).second;
    if (!is_address(invitation.to) || !fresh) return fail(ErrorCode::invalid, "an invitation");
  }
  return {};
}

void put_invitation(std::string& out, const Invitation& invitation) {
  out += "{\"to\":";
  put_text(out, invitation.to);
  out += ",\"seal\":\"" + encode_base64url(invitation.seal.bytes) + "\",\"secret\":\"";
  std::string secret = secret_to_base64url(invitation.secret);
  out += secret;
  out += "\"}";
  wipe(secret);
}

Contact read_contact(SpellingReader& json) {
  Contact contact;
  contact.address = json.text("{\"address\":", limits::address_bytes_max);
  json.base64url(",\"key\":", contact.key);
  json.expect("}");
  return contact;
}

Invitation read_invitation(SpellingReader& json) {
  Invitation invitation;
  invitation.to = json.text("{\"to\":", limits::address_bytes_max);
  json.base64url(",\"seal\":", invitation.seal.bytes);
  json.base64url(",\"secret\":", invitation.secret.fill());
  json.expect("}");
  return invitation;
}

// A list behind its `[`, up to its `]`.
template <class Item>
std::vector<Item> read_list(SpellingReader& json, Item (*read)(SpellingReader&), std::size_t max) {
  std::vector<Item> items;
  bool more = !json.skip("]");
  while (more && json.is_good() && items.size() < max) {
    items.push_back(read(json));
    more = json.skip(",");
    if (!more) json.expect("]");
  }
  if (more) json.expect("]");  // one over the maximum
  return items;
}

Buffer context_of(const BookPlace& place) {
  Buffer about;
  append_integer(about, place.address.size(), 2);
  append(about, as_bytes(place.address));
  append_integer(about, place.version, 8);
  return book_context(about);
}

}  // namespace

const Contact* find_contact(const ContactBook& book, std::string_view address) {
  const auto found = std::ranges::find(book.contacts, address, &Contact::address);
  return found == book.contacts.end() ? nullptr : &*found;
}

Result<> pin(ContactBook& book, const QuickPerson& person) {
  if (!is_address(person.address) || !is_p256_point(person.key)) {
    return fail(ErrorCode::invalid, "no key of a person");
  }
  if (const Contact* known = find_contact(book, person.address)) {
    if (known->key == person.key) return {};
    return fail(ErrorCode::conflict, "another key is pinned");
  }
  if (book.contacts.size() == limits::contacts_max) return fail(ErrorCode::full, "contacts");
  book.contacts.push_back({std::string(person.address), person.key});
  return {};
}

void unpin(ContactBook& book, std::string_view address) {
  std::erase_if(book.contacts, [&](const Contact& contact) { return contact.address == address; });
  std::erase_if(book.invitations,
                [&](const Invitation& invitation) { return invitation.to == address; });
}

void invite(ContactBook& book, Invitation invitation) {
  std::erase_if(book.invitations, [&](const Invitation& other) {
    return other.to == invitation.to && other.seal == invitation.seal;
  });
  if (book.invitations.size() == limits::invitations_max) {
    book.invitations.erase(book.invitations.begin());
  }
  book.invitations.push_back(std::move(invitation));
}

void forget_invitations(ContactBook& book, const SealId& seal) {
  std::erase_if(book.invitations,
                [&](const Invitation& invitation) { return invitation.seal == seal; });
}

Result<> take_answer(ContactBook& book, const QuickPerson& self, const RelayedAnswer& relayed) {
  const auto found = std::ranges::find_if(book.invitations, [&](const Invitation& invitation) {
    return invitation.to == relayed.recipient && invitation.seal == relayed.seal;
  });
  if (found == book.invitations.end()) return fail(ErrorCode::denied, "no such invitation");
  const QuickPerson recipient{relayed.recipient, relayed.answer.key};
  const auto tag = answer_tag(found->secret, relayed.seal, self, recipient);
  if (!same_bytes(tag, relayed.answer.tag)) {
    return fail(ErrorCode::refused, "the answer is of somebody who did not read the invitation");
  }
  const Result<> pinned = pin(book, recipient);
  if (pinned) book.invitations.erase(found);
  return pinned;
}

ContactState contact_state(const ContactBook& book, std::string_view address,
                           const P256PublicKey* shown) {
  if (const Contact* known = find_contact(book, address)) {
    if (shown == nullptr) return ContactState::removed;
    return known->key == *shown ? ContactState::connected : ContactState::changed;
  }
  const auto found = std::ranges::find(book.invitations, address, &Invitation::to);
  return found == book.invitations.end() ? ContactState::none : ContactState::invited;
}

Result<SeenBook> see_book(const SeenBook& seen, std::uint64_t version, Bytes sealed) {
  const SeenBook now{version, sha256(sealed)};
  const bool is_same = version == seen.version && now.digest == seen.digest;
  if (version <= seen.version && !is_same) {
    return fail(ErrorCode::conflict, "the contact book was rolled back");
  }
  return now;
}

Result<std::string> encode_book_json(const ContactBook& book) {
  const Result<> checked = check_book(book);
  if (!checked) return pass(checked);
  std::string out = "{\"contacts\":[";
  for (const Contact& contact : book.contacts) {
    if (&contact != &book.contacts.front()) out += ',';
    out += "{\"address\":";
    put_text(out, contact.address);
    out += ",\"key\":\"" + encode_base64url(contact.key) + "\"}";
  }
  out += "],\"invitations\":[";
  for (const Invitation& invitation : book.invitations) {
    if (&invitation != &book.invitations.front()) out += ',';
    put_invitation(out, invitation);
  }
  out += "]}";
  if (out.size() > limits::contact_book_bytes_max) {
    wipe(out);
    return fail(ErrorCode::too_large, "a contact book");
  }
  return out;
}

Result<ContactBook> decode_book_json(std::string_view json) {
  if (json.size() > limits::contact_book_bytes_max) {
    return fail(ErrorCode::damaged, "contact book: too long");
  }
  SpellingReader reader(json);
  ContactBook book;
  reader.expect("{\"contacts\":[");
  book.contacts = read_list(reader, read_contact, limits::contacts_max);
  reader.expect(",\"invitations\":[");
  book.invitations = read_list(reader, read_invitation, limits::invitations_max);
  reader.expect("}");
  if (!reader.is_good() || !reader.is_over()) {
    return fail(ErrorCode::damaged, "contact book: another spelling");
  }
  const Result<> checked = check_book(book);
  if (!checked) return fail(ErrorCode::damaged, "contact book: " + checked.error().detail);
  return book;
}

Result<Buffer> seal_book(const Secret<32>& book_key, const BookPlace& place,
                         const ContactBook& book, Random& random) {
  Result<std::string> json = encode_book_json(book);
  if (!json) return pass(json);
  const Buffer context = context_of(place);
  Buffer sealed = seal_bytes(MessageContext{book_key, context}, as_bytes(*json), random);
  wipe(*json);
  return sealed;
}

Result<ContactBook> open_book(const Secret<32>& book_key, const BookPlace& place, Bytes sealed) {
  const Buffer context = context_of(place);
  Result<Buffer> plain =
      open_bytes(MessageContext{book_key, context}, sealed, limits::contact_book_bytes_max);
  if (!plain) return fail(ErrorCode::damaged, "a contact book does not open");
  Result<ContactBook> book = decode_book_json(as_text(*plain));
  wipe(*plain);
  return book;
}

}  // namespace couvert
