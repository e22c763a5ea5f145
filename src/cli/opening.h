// Opening a transfer: by its password, its link, or this device (QUICK). What is in it is for
// retrieve.cpp; its invitation, if it has one, for invitation.h.
#pragma once

#include "cli/commands.h"
#include "client/retrieval_link.h"

namespace couvert {

/// The server of the link, unless another one is named on the command line.
Outcome<ServerUrl> server_of(const World& world, const RetrievalLink& link);

/// One transfer, open until its end. Lifetime: everything outlives it. Threads: one.
class Opening {
 public:
  Opening(const World& world, RetrievalLink link, Client& client)
      : world_(world), link_(std::move(link)), client_(client) {}
  /// Ends the retrieval at the server, whatever became of it here.
  ~Opening();
  Opening(const Opening&) = delete;
  Opening& operator=(const Opening&) = delete;

  /// Mails a code to the recipient's mailbox, for a later call.
  Outcome<> request_code();
  Outcome<> open();

  // Order: after open().
  const RetrievalAccess& access() const { return *access_; }
  const api::Retrieval& retrieval() const { return retrieval_; }

 private:
  Outcome<> open_by_password();
  Outcome<> open_by_link();
  Outcome<> open_by_device();
  Answer<> try_open(const OpenBySecret& by);
  Answer<> try_password(const OpenBySecret& by);
  Outcome<> confirm_code(const std::string& code);
  Outcome<> prove_mailbox();

  const World& world_;
  RetrievalLink link_;
  Client& client_;
  std::optional<RetrievalAccess> access_;
  api::Retrieval retrieval_;
};

}  // namespace couvert
