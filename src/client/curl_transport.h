// HTTP over libcurl: one kept connection, TLS 1.2 and newer, certificates always checked.
//
// Redirects are never followed, cookies never kept, nothing is unpacked. A proxy is taken from the
// environment (https_proxy, no_proxy), but never for plain HTTP, which stays on this machine.
#pragma once

#include <memory>
#include <string>

#include "client/http_transport.h"
#include "client/patience.h"

namespace couvert {

struct TransportOptions {
  std::string ca_file;  // PEM; the machine's own certificates where it is empty
  std::string user_agent;
};

/// Lifetime: `patience` must outlive it. Memory: about 3 MiB of buffers, whatever is sent.
class CurlTransport final : public HttpTransport {
 public:
  CurlTransport(TransportOptions options, Patience& patience);
  ~CurlTransport() override;

  Answer<HttpAnswer> send(const HttpRequest& request) override;

 private:
  struct Handle;
  std::unique_ptr<Handle> handle_;
  TransportOptions options_;
  Patience& patience_;
};

}  // namespace couvert
