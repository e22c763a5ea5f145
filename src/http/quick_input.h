// What the bodies of QUICK's operations say, as values of the use cases (spec/api.yaml, tag quick).
// Foreign bytes end here, as in api_input.h.
//
// Errors of all: `invalid` naming the field.
#pragma once

#include "http/api_input.h"
#include "service/quick_relay.h"

namespace couvert {

/// Fills what the body says; whose it is and the tokens' hashes are the caller's to add.
Result<IfActive> read_activation(const Json& json, Activation& out);
/// Without its proof.
Result<NewClient> read_new_client(const Json& json);
/// A person's secret under a code's key.
Result<Buffer> read_left_keys(const Json& json);
Result<VersionedBook> read_versioned_book(const Json& json);
Result<std::vector<Address>> read_contacts(const Json& json);
Result<Address> read_contact(const Json& json);

/// Whose answer to which transfer's invitation.
struct AnswerName {
  SealId seal;
  Address recipient;
};
Result<AnswerName> read_answer_name(const Json& json);
Result<Buffer> read_quick_answer(const Json& json);

}  // namespace couvert
