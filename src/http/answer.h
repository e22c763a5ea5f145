// The answering half of one exchange: heads, bodies, file ranges, and the line in the log.
#pragma once

#include <memory>
#include <string>

#include "http/connection.h"
#include "http/exchange.h"
#include "http/request_head.h"
#include "http/serve.h"

namespace couvert {

class Answer {
 public:
  Answer(std::shared_ptr<Connection> connection, const ServeParts& server);

  /// Notes what of the request's head the answer depends on.
  void begin(const RequestHead& head);

  Connection& connection() { return *connection_; }

  /// "100 Continue". Errors of all that send: `unavailable` where the line is broken.
  Task<> send_continue();
  Task<> send(Response response);
  /// The file, whole or the range that the request asks for; or its head alone. An error of the
  /// download breaks the connection off.
  Task<> send_file(FileBody file, std::shared_ptr<const Request> request);
  /// Events as they come, until the client goes, limits::event_stream_life is over, the source
  /// fails or the server stops; the connection ends behind them. Nobody who is behind nginx waits
  /// for its buffer to fill.
  Task<> send_events(EventBody events);
  /// Reads `bytes` of body into `upload` and answers. Returns how many bytes were left unread.
  Task<std::uint64_t> take_upload(UploadBody upload, std::uint64_t bytes);

  /// Whether nothing of an answer was sent yet.
  bool untouched() const { return status_ == 0; }

  /// Writes an error of this request that nobody else answers for.
  void log_failure(std::string_view event, const Error& error) const;

  /// Counts this request and writes the one line about it.
  void log(Duration took) const;

  std::string_view method = "-";
  std::string route = "-";  // its template: never the path, which holds IDs
  IpAddress client;
  std::string network;  // of the client, as limits count it
  bool keep_alive = true;
  std::string origin;            // another one, whose page may read the answer
  bool without_cookies = false;  // none is set
  bool tus = false;              // every answer to a request of tus names its version

 private:
  std::string head_of(const Response& response, std::optional<std::uint64_t> length);

  std::shared_ptr<Connection> connection_;
  const ServeParts& server_;
  std::string request_id_;
  bool head_only_ = false;
  int status_ = 0;
  std::uint64_t bytes_ = 0;
  std::string detail_;  // of an error that is ours
};

}  // namespace couvert
