#include "http/certificate.h"

#include <openssl/pem.h>
#include <openssl/x509.h>

#include <ctime>
#include <memory>

namespace couvert {

Result<Instant> certificate_end(const std::string& path) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> file(BIO_new_file(path.c_str(), "r"), BIO_free);
  if (!file) return fail(ErrorCode::unavailable, path + ": cannot be read");
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(
      PEM_read_bio_X509(file.get(), nullptr, nullptr, nullptr), X509_free);
  std::tm end{};
  if (!certificate || ASN1_TIME_to_tm(X509_get0_notAfter(certificate.get()), &end) != 1) {
    return fail(ErrorCode::invalid, path + ": no certificate");
  }
  return from_unix(static_cast<std::int64_t>(::timegm(&end)));
}

}  // namespace couvert
