#include "client/quick_joining.h"

namespace couvert {

NewDevice make_device(const std::string& address, PersonSecret person, Random& random) {
  NewDevice made{{}, std::move(person)};
  made.device.address = address;
  made.device.device = DeviceId::make(random);
  made.device.key = random.secret<32>();
  made.device.public_key = made.person.public_key;
  return made;
}

api::NewQuickDevice describe_device(const NewDevice& made, const std::string& name,
                                    Random& random) {
  return {name, seal_person(made.device.key, made.device.address, made.person, random)};
}

Answer<api::QuickActivation> activation_of(const NewDevice& made, const Beginning& beginning,
                                           Random& random) {
  const std::string& address = made.device.address;
  const Secret<32> recovery_key = code_key(beginning.recovery, address);
  Result<Buffer> book = seal_book(made.person.book_key, {address, 1}, ContactBook(), random);
  if (!book) return trouble(book.error().code, {}, book.error().detail);
  api::QuickActivation activation;
  activation.public_key = made.person.public_key;
  activation.recovery = seal_person(recovery_key, address, made.person, random);
  activation.book = std::move(*book);
  activation.device = describe_device(made, beginning.name, random);
  activation.language = beginning.language;
  activation.start_anew = beginning.start_anew;
  return activation;
}

Answer<PersonSecret> open_left_keys(const Secret<16>& code, const std::string& address,
                                    Bytes sealed) {
  Result<PersonSecret> person = open_person(code_key(code, address), address, sealed);
  if (person) return std::move(*person);
  return trouble(ErrorCode::refused, reasons::wrong_code_key);
}

Answer<> register_device(QuickClient& client, const std::string& verification_id,
                         const NewDevice& made, const api::NewQuickDevice& as) {
  const Secret<32> member = member_token(made.person.book_key, made.device.address);
  return client.add_quick_device(verification_id, access_of(made.device), member, as);
}

}  // namespace couvert
