// The HTTP API as a client sees it: one function an operation, named as in spec/api.yaml.
//
// Nothing is repeated here: upload.h and download.h go on after a broken line.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/id.h"
#include "client/api.h"
#include "client/api_line.h"

namespace couvert {

/// A draft and the secret that opens it.
struct DraftAccess {
  std::string draft_id;
  Secret<32> secret;
};

/// An open transfer and the token that reads it.
struct RetrievalAccess {
  std::string retrieval_id;
  WipedText token;
};

/// Bytes from `offset` on, as long as they are still those that `etag` names.
struct Range {
  std::uint64_t offset = 0;
  std::string etag;
};

/// A file that the draft has now, and how much of it is durable.
struct CreatedFile {
  std::int64_t no = 0;
  std::uint64_t offset = 0;
};

struct NewFile {
  std::string name;  // with its folders, parted by '/'
  std::string type;  // a media type, or empty
  std::uint64_t size = 0;
};

/// How a transfer is opened: one of the two.
struct OpenBySecret {
  WipedText password;
  WipedText secret;  // what stands behind # in the link, or was in the envelope
};

/// Errors of all: those of ApiLine. Lifetime: `transport` must outlive it. Threads: one.
class Client {
 public:
  Client(HttpTransport& transport, ServerUrl server);
  explicit Client(ApiLine line) : line_(std::move(line)) {}

  /// The session of every later request; an empty token ends that.
  void use_session(WipedText token) { line_.use_session(std::move(token)); }
  bool has_session() const { return line_.has_session(); }
  const ServerUrl& server() const { return line_.server(); }
  /// The server's clock, as its last answer gave it; nullopt before one did.
  std::optional<Instant> server_time() const { return line_.server_time(); }
  /// The line to the server, for the operations of QUICK (quick_client.h).
  ApiLine& line() { return line_; }

  Answer<api::RequestedCode> request_code(const std::string& address, const std::string& language);
  /// `accepts_terms`: whether the person accepts the server's terms, which some servers ask for.
  Answer<api::Verification> confirm_code(const std::string& address, const std::string& code,
                                         bool accepts_terms);

  /// `reply_to` is a transfer ID, or empty.
  Answer<api::PolicyAnswer> ask_policy(const std::string& from,
                                       const std::vector<std::string>& recipients,
                                       const std::string& reply_to);
  Answer<api::PasswordVerdict> check_password(const WipedText& password,
                                              const api::PasswordRules& rules);

  Answer<api::Draft> create_draft(const DraftAccess& draft, const std::string& from);
  Answer<api::Draft> get_draft(const DraftAccess& draft);
  Answer<> delete_draft(const DraftAccess& draft);

  /// `bytes` are all of the file's, for one request in place of two; or null.
  Answer<CreatedFile> create_file(const DraftAccess& draft, const NewFile& file, BodySource* bytes);
  Answer<> delete_file(const DraftAccess& draft, std::int64_t no);
  Answer<std::uint64_t> get_file_offset(const DraftAccess& draft, std::int64_t no);
  /// Sends what `source` has and returns the new durable offset.
  Answer<std::uint64_t> append_to_file(const DraftAccess& draft, std::int64_t no,
                                       std::uint64_t offset, BodySource& source);

  Answer<api::Started> start_transfer(const DraftAccess& draft, const api::Start& start);

  Answer<std::vector<api::Verification>> list_verifications();
  Answer<> forget_verification(const std::string& verification_id);
  /// What the address of a verification has sent, the latest first; behind `before`, a tracking ID,
  /// or from the beginning where that is empty.
  Answer<api::SentPage> list_sent(const std::string& verification_id, const std::string& before);
  /// The event stream of that list, for `time_max` at most (follow.h).
  Answer<> watch_sent(const std::string& verification_id, std::optional<Duration> time_max,
                      BodySink& sink);
  /// What the address of a verification may open now; `before` likewise.
  Answer<api::ReceivedPage> list_received(const std::string& verification_id,
                                          const std::string& before);
  Answer<api::Sent> get_sent(const std::string& tracking_id);
  Answer<> revoke_transfer(const std::string& tracking_id);
  Answer<> revoke_recipient(const std::string& tracking_id, std::int64_t recipient_no);

  /// For the mailbox of the recipient, whose address is not told.
  Answer<api::RequestedCode> request_recipient_code(const std::string& transfer_id,
                                                    const std::string& language);
  Answer<> confirm_recipient_code(const std::string& transfer_id, const std::string& code);
  /// "password", "link" or "quick".
  Answer<std::string> find_transfer(const std::string& transfer_id);
  Answer<api::Retrieval> open_transfer(const std::string& transfer_id, const OpenBySecret& by);
  Answer<> finish_retrieval(const RetrievalAccess& retrieval);
  Answer<> get_file(const RetrievalAccess& retrieval, std::int64_t no, const Range& range,
                    BodySink& sink);
  Answer<> get_zip(const RetrievalAccess& retrieval, const Range& range, BodySink& sink);
  /// The message as a file of mail programs.
  Answer<> get_message(const RetrievalAccess& retrieval, const Range& range, BodySink& sink);

 private:
  HttpRequest draft_request(Method method, const DraftAccess& draft, const std::string& path) const;
  Answer<> post_nothing(const std::string& path);
  Answer<> download(const RetrievalAccess& retrieval, const std::string& what, const Range& range,
                    BodySink& sink);

  ApiLine line_;
};

}  // namespace couvert
