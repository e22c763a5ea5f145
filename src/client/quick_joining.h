// How a client comes to be a device of a person: the first by making the person's keys, every other
// by a code that one of them, or the person, has (spec/quick.md, section 7).
#pragma once

#include "client/quick_person.h"

namespace couvert {

/// A device and the keys of its person, open.
struct NewDevice {
  OwnDevice device;
  PersonSecret person;
};

/// A device with a key of its own for keys that are there already.
NewDevice make_device(const std::string& address, PersonSecret person, Random& random);

/// How the first device begins.
struct Beginning {
  Secret<16> recovery;   // the code that the person keeps
  std::string name;      // of the device
  std::string language;  // of the mails about QUICK
  bool start_anew = false;
};

/// What the server is told of a new person, its book empty.
Answer<api::QuickActivation> activation_of(const NewDevice& made, const Beginning& beginning,
                                           Random& random);

/// What a device left, or the server keeps, under a code.
/// Errors: `refused` with reasons::wrong_code_key where it was another code.
Answer<PersonSecret> open_left_keys(const Secret<16>& code, const std::string& address,
                                    Bytes sealed);

/// Registers a device that has the person's keys. Errors: those of add_quick_device().
Answer<> register_device(QuickClient& client, const std::string& verification_id,
                         const NewDevice& made, const api::NewQuickDevice& as);

/// The person's keys under the device's own.
api::NewQuickDevice describe_device(const NewDevice& made, const std::string& name, Random& random);

}  // namespace couvert
