#include "http/self_signed.h"

#include <doctest/doctest.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <filesystem>
#include <fstream>

#include "http/certificate.h"

using namespace couvert;

TEST_CASE("a loopback URL is known by its host alone") {
  for (const char* here : {"https://localhost", "https://localhost:8443", "https://127.0.0.1:1",
                           "https://[::1]:8443"}) {
    CHECK(is_loopback_url(here));
  }
  for (const char* there : {"https://transfer.example.org", "https://localhost.example.org",
                            "https://127.0.0.10", "localhost"}) {
    CHECK_FALSE(is_loopback_url(there));
  }
}

TEST_CASE("a self-signed pair is made once, for localhost") {
  std::string folder = (std::filesystem::temp_directory_path() / "couvert-tls-XXXXXX").string();
  REQUIRE(mkdtemp(folder.data()) != nullptr);
  const TlsFiles files{folder + "/cert.pem", folder + "/key.pem"};
  const SystemClock clock;
  REQUIRE(make_self_signed(files, clock).has_value());
  BIO* bio = BIO_new_file(files.certificate.c_str(), "r");
  X509* certificate = PEM_read_bio_X509(bio, nullptr, nullptr, nullptr);
  REQUIRE(certificate != nullptr);
  CHECK(X509_check_host(certificate, "localhost", 0, 0, nullptr) == 1);
  CHECK(X509_check_ip_asc(certificate, "127.0.0.1", 0) == 1);
  CHECK(X509_check_host(certificate, "example.org", 0, 0, nullptr) == 0);
  X509_free(certificate);
  const Result<Instant> end = certificate_end(files.certificate);
  REQUIRE(end.has_value());
  CHECK(*end > clock.now() + std::chrono::hours(24 * 364));
  CHECK(*end < clock.now() + std::chrono::hours(24 * 366));
  CHECK(certificate_end(files.key).error().code == ErrorCode::invalid);
  CHECK(certificate_end(folder + "/none").error().code == ErrorCode::unavailable);
  BIO_free(bio);
  const auto made = std::filesystem::last_write_time(files.key);
  CHECK(make_self_signed(files, clock).has_value());
  CHECK(std::filesystem::last_write_time(files.key) == made);
  std::filesystem::remove(files.certificate);
  REQUIRE(make_self_signed(files, clock).has_value());  // a crash came between the two
  CHECK(std::filesystem::exists(files.certificate));
  CHECK(std::filesystem::last_write_time(files.key) == made);
  std::filesystem::remove(files.key);
  CHECK(make_self_signed(files, clock).has_value());  // half a pair is the operator's to mend
  CHECK_FALSE(std::filesystem::exists(files.key));
  std::filesystem::remove(files.certificate);
  std::ofstream(files.key) << "no key";
  CHECK(make_self_signed(files, clock).error().code == ErrorCode::unavailable);
  std::filesystem::remove_all(folder);
  CHECK(make_self_signed(files, clock).error().code == ErrorCode::unavailable);
}
