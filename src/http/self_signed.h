// A self-signed certificate for trying the server out on this machine.
#pragma once

#include <string>

#include "base/clock.h"
#include "http/server.h"

namespace couvert {

/// Whether the URL's host is this machine by one of its loopback names.
bool is_loopback_url(std::string_view base_url);

/// Makes a P-256 key and a certificate for localhost, 127.0.0.1 and ::1, good for a year, where
/// neither of the two files is there; for a key alone, as a crash leaves it, the certificate.
/// Leaves what is there alone.
/// Errors: `unavailable` where the files cannot be written, or the key not be read.
Result<> make_self_signed(const TlsFiles& files, const Clock& clock);

}  // namespace couvert
