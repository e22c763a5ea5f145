// The operations of QUICK, one function each, named as in spec/api.yaml.
//
// Nothing is repeated here, and nothing believed: quick_person.h does both.
#pragma once

#include "client/api_line.h"
#include "client/client.h"
#include "client/quick_api.h"

namespace couvert {

/// How a device names and proves itself.
struct DeviceAccess {
  DeviceId device;
  Secret<32> token;  // device_token()
};

/// Errors of all: those of ApiLine; of those that take a DeviceAccess alone also `unproven` with
/// reasons::device where the server does not know it: it was revoked, or the person has started
/// anew or was reset. Lifetime: `line` must outlive it. Threads: one.
class QuickClient {
 public:
  explicit QuickClient(ApiLine& line) : line_(line) {}

  // For a client without keys whose mailbox is proven.

  Answer<api::QuickStatus> get_quick_person(const std::string& verification_id);
  /// Errors: `conflict` ("active").
  Answer<> activate_quick(const std::string& verification_id, const DeviceAccess& device,
                          const Secret<32>& member, const api::QuickActivation& activation);
  /// Errors: `refused` ("member"); `full` over limits::quick_clients_max.
  Answer<> add_quick_device(const std::string& verification_id, const DeviceAccess& device,
                            const Secret<32>& member, const api::NewQuickDevice& as);
  /// What a connected device left under a code; it is gone then. Errors: `denied` for nothing.
  Answer<Buffer> take_quick_code(const std::string& verification_id);
  Answer<Buffer> get_quick_recovery(const std::string& verification_id);

  // For a device.

  Answer<api::OwnQuick> get_quick(const DeviceAccess& device);
  Answer<api::VersionedBook> get_quick_book(const DeviceAccess& device);
  /// Errors: `conflict` ("book_version").
  Answer<> put_quick_book(const DeviceAccess& device, const api::VersionedBook& book);
  Answer<std::vector<api::QuickDevice>> list_quick_devices(const DeviceAccess& device);
  Answer<> revoke_quick_device(const DeviceAccess& device, const DeviceId& other);
  Answer<> leave_quick_code(const DeviceAccess& device, Bytes sealed);
  Answer<> renew_quick_recovery(const DeviceAccess& device, Bytes sealed);
  /// At most limits::recipients_max addresses.
  Answer<std::vector<api::ShownKey>> find_quick_keys(const DeviceAccess& device,
                                                     const std::vector<std::string>& addresses);
  Answer<> end_quick_contact(const DeviceAccess& device, const std::string& address);
  Answer<std::vector<api::WaitingAnswer>> list_quick_answers(const DeviceAccess& device);
  Answer<> take_quick_answer(const DeviceAccess& device, const SealId& seal,
                             const std::string& recipient);
  /// Errors: `denied`; `conflict` ("no_envelope") where the transfer opens another way, or is for
  /// somebody else.
  Answer<api::TransferEnvelope> find_envelope(const DeviceAccess& device,
                                              const std::string& transfer_id);

  // For an opened transfer.

  /// Errors: `conflict` ("no_invitation").
  Answer<api::OpenInvitation> get_invitation(const RetrievalAccess& retrieval);
  /// Errors: `refused` ("recipient", "key"); `conflict` ("no_invitation", "answered").
  Answer<> answer_invitation(const RetrievalAccess& retrieval, const DeviceAccess& device,
                             const QuickAnswer& answer);

 private:
  HttpRequest by_device(Method method, const std::string& path, const DeviceAccess& device) const;
  Answer<Json> ask_by_device(const std::string& path, const DeviceAccess& device);

  ApiLine& line_;
};

}  // namespace couvert
