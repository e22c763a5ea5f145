#include "client/quick_client.h"

#include <doctest/doctest.h>

#include "client/scripted_transport.h"
#include "client/test_id.h"
#include "crypto/secret_bytes.h"
#include "sealing/test_random.h"

using namespace couvert;

namespace {

struct QuickCalls {
  ScriptedTransport transport;
  ApiLine line{transport, ServerUrl{"https://example.org"}};
  QuickClient client{line};
  DeviceAccess device{counting_id<DeviceId>(0), counting_secret<32>(0x40)};

  bool said(std::string_view text) const {
    return transport.asked.back().find(text) != std::string::npos;
  }
  // As it stands behind Couvert-Device.
  std::string proof() const {
    return device.device.text() + "." + secret_to_base64url(device.token);
  }
};

}  // namespace

TEST_CASE("a device proves itself in a header, and nowhere else") {
  QuickCalls calls;
  calls.transport.script = {answer(204, ""), answer(204, ""), answer(204, "")};
  CHECK(calls.client.end_quick_contact(calls.device, "b@example.net"));
  CHECK(calls.said("\nCouvert-Device: " + calls.proof()));
  CHECK_FALSE(calls.said("Couvert-Member"));
  CHECK(
      calls.transport.asked.back().starts_with("https://example.org/api/v1/quick/contacts/end\n"));
  CHECK(calls.transport.bodies.back() == R"({"address":"b@example.net"})");
  const Secret<32> member = counting_secret<32>(0x60);
  CHECK(calls.client.add_quick_device(id, calls.device, member, {"here", Buffer(201)}));
  CHECK(calls.said("\nCouvert-Device: " + calls.proof()));
  CHECK(calls.said("\nCouvert-Member: " + secret_to_base64url(member)));
  CHECK(calls.transport.asked.back().starts_with("https://example.org/api/v1/verifications/" + id +
                                                 "/quick/devices\n"));
  CHECK(calls.client.revoke_quick_device(calls.device, counting_id<DeviceId>(1)));
  CHECK(calls.said("/api/v1/quick/devices/" + counting_id<DeviceId>(1).text() + "\n"));
}

TEST_CASE("401 for a device says that it is not known, for a mailbox that it is not proven") {
  QuickCalls calls;
  const char* unproven = R"({"status":401,"code":"unproven"})";
  calls.transport.script = {answer(401, unproven), answer(401, unproven), answer(401, unproven)};
  CHECK(calls.client.get_quick(calls.device).error().reason == reasons::device);
  CHECK(calls.client.leave_quick_code(calls.device, Buffer(201)).error().reason == reasons::device);
  CHECK(calls.client.get_quick_person(id).error().reason.empty());
}

TEST_CASE("an answer goes with the retrieval that it is of, and with the device") {
  QuickCalls calls;
  calls.transport.script = {answer(204, "")};
  const RetrievalAccess retrieval{.retrieval_id = id, .token = WipedText("tok")};
  CHECK(calls.client.answer_invitation(retrieval, calls.device, QuickAnswer()));
  CHECK(calls.said("/api/v1/retrievals/" + id + "/answer\n"));
  CHECK(calls.said("\nCouvert-Retrieval: tok"));
  CHECK(calls.said("\nCouvert-Device: " + calls.proof()));
}
