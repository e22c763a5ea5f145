// The values of QUICK's operations, named as in spec/api.yaml (tag `quick`), their bytes decoded.
//
// Errors of all read_…(): reasons::foreign_answer, with the field that is wrong. A public key is a
// point of the curve, an envelope has its length; whether they fit is for quick_person.h.
#pragma once

#include "client/api_fields.h"
#include "sealing/quick.h"

namespace couvert::api {

/// What a client without keys needs to know of a person.
struct QuickStatus {
  bool active = false;
  bool code_waiting = false;  // a connected device has left the keys for a code
};

struct NewQuickDevice {
  std::string name;  // for people
  Buffer sealed;     // the person's secret under the device key
};

struct QuickActivation {
  P256PublicKey public_key{};
  Buffer recovery;  // the person's secret under the recovery code
  Buffer book;      // version 1
  NewQuickDevice device;
  std::string language;  // of the mails about QUICK
  bool start_anew = false;
};

/// What a device is told of itself.
struct OwnQuick {
  std::string address;
  P256PublicKey public_key{};
  Buffer sealed;
  std::uint64_t book_version = 0;
};

struct VersionedBook {
  std::uint64_t version = 0;
  Buffer sealed;
};

struct QuickDevice {
  DeviceId device;
  std::string name;
  std::string since;
  std::string used;  // to the hour
};

/// The key that the server shows for a contact; none where there is no such person any more.
struct ShownKey {
  std::string address;
  std::optional<P256PublicKey> key;
};

struct WaitingAnswer {
  SealId seal;
  std::string recipient;
  std::array<std::byte, quick_answer_bytes> answer{};
};

struct TransferEnvelope {
  SealId seal;
  SlotId slot;
  std::int64_t mode = 1;
  std::string from;
  std::string to;
  QuickEnvelope envelope{};
};

/// The invitation in an opened transfer.
struct OpenInvitation {
  SealId seal;
  std::string from;
  std::string to;
  P256PublicKey key{};  // of the sender
  Secret<32> secret;
};

Answer<QuickStatus> read_quick_status(const Json& json);
/// The person's secret under a code.
Answer<Buffer> read_left_keys(const Json& json);
Answer<OwnQuick> read_own_quick(const Json& json);
Answer<VersionedBook> read_versioned_book(const Json& json);
Answer<std::vector<QuickDevice>> read_quick_devices(const Json& json);
Answer<std::vector<ShownKey>> read_shown_keys(const Json& json);
Answer<std::vector<WaitingAnswer>> read_waiting_answers(const Json& json);
Answer<TransferEnvelope> read_transfer_envelope(const Json& json);
Answer<OpenInvitation> read_open_invitation(const Json& json);

Json to_json(const NewQuickDevice& device);
Json to_json(const QuickActivation& activation);
Json to_json(const VersionedBook& book);

}  // namespace couvert::api
