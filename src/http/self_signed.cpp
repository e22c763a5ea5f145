#include "http/self_signed.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <filesystem>
#include <memory>

namespace couvert {
namespace {

constexpr long days = 365;

struct Freer {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(X509_EXTENSION* extension) const { X509_EXTENSION_free(extension); }
  void operator()(BIO* bio) const { BIO_free(bio); }
};

template <class Thing>
using Owned = std::unique_ptr<Thing, Freer>;

tl::unexpected<Error> not_made(const std::string& what) {
  return fail(ErrorCode::unavailable, "no self-signed certificate: " + what);
}

bool add_extension(X509* certificate, int kind, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  const Owned<X509_EXTENSION> extension(X509V3_EXT_conf_nid(nullptr, &context, kind, value));
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

Owned<X509> make_certificate(EVP_PKEY* key, std::int64_t now) {
  Owned<X509> certificate(X509_new());
  if (!certificate) return nullptr;
  X509* x509 = certificate.get();
  auto* name = X509_get_subject_name(x509);
  const auto* host = reinterpret_cast<const unsigned char*>("localhost");
  const bool made =
      X509_set_version(x509, 2) == 1 &&
      // The time as serial number: a browser refuses two of one issuer with the same one.
      ASN1_INTEGER_set_int64(X509_get_serialNumber(x509), now) == 1 &&
      ASN1_TIME_set(X509_getm_notBefore(x509), now - 3600) != nullptr &&
      ASN1_TIME_set(X509_getm_notAfter(x509), now + days * 86400) != nullptr &&
      X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, host, -1, -1, 0) == 1 &&
      X509_set_issuer_name(x509, name) == 1 && X509_set_pubkey(x509, key) == 1 &&
      add_extension(x509, NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1,IP:::1") &&
      add_extension(x509, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") &&
      add_extension(x509, NID_ext_key_usage, "serverAuth") &&
      X509_sign(x509, key, EVP_sha256()) > 0;
  return made ? std::move(certificate) : nullptr;
}

// Writes a PEM file for this user only, under another name first: a crash leaves no half file, and
// none at all without its bytes.
template <class Writer>
bool write_new(const std::string& path, Writer write) {
  const std::string unfinished = path + ".new";
  ::unlink(unfinished.c_str());
  const int file = ::open(unfinished.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) return false;
  const Owned<BIO> bio(BIO_new_fd(file, BIO_CLOSE));
  const bool written = bio && write(bio.get()) == 1 && ::fsync(file) == 0;
  return written && ::rename(unfinished.c_str(), path.c_str()) == 0;
}

// The key of a pair that a crash left without its certificate. Never asks for a passphrase.
Owned<EVP_PKEY> read_key(const std::string& path) {
  const Owned<BIO> bio(BIO_new_file(path.c_str(), "r"));
  if (!bio) return nullptr;
  const auto no_passphrase = [](char*, int, int, void*) { return 0; };
  return Owned<EVP_PKEY>(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr));
}

Result<Owned<EVP_PKEY>> make_key(const std::string& path) {
  Owned<EVP_PKEY> key(EVP_EC_gen("P-256"));
  if (!key) return not_made("no key");
  const bool written = write_new(path, [&](BIO* bio) {
    return PEM_write_bio_PrivateKey(bio, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  });
  if (!written) return not_made(path + " cannot be written");
  return key;
}

}  // namespace

bool is_loopback_url(std::string_view base_url) {
  const std::size_t scheme = base_url.find("://");
  if (scheme == std::string_view::npos) return false;
  const std::string_view host = base_url.substr(scheme + 3);
  for (const std::string_view loopback : {"localhost", "127.0.0.1", "[::1]"}) {
    if (!host.starts_with(loopback)) continue;
    const std::string_view rest = host.substr(loopback.size());
    if (rest.empty() || rest.front() == ':') return true;
  }
  return false;
}

Result<> make_self_signed(const TlsFiles& files, const Clock& clock) {
  std::error_code ignored;
  if (std::filesystem::exists(files.certificate, ignored)) return Result<>();
  Owned<EVP_PKEY> key;
  if (std::filesystem::exists(files.key, ignored)) {
    key = read_key(files.key);
    if (!key) return not_made(files.key + " holds no key");
  } else {
    Result<Owned<EVP_PKEY>> made = make_key(files.key);
    if (!made) return pass(made);
    key = std::move(*made);
  }
  const Owned<X509> certificate = make_certificate(key.get(), to_unix(clock.now()));
  if (!certificate) return not_made("not signed");
  const bool certificate_written = write_new(
      files.certificate, [&](BIO* bio) { return PEM_write_bio_X509(bio, certificate.get()); });
  if (!certificate_written) return not_made(files.certificate + " cannot be written");
  return Result<>();
}

}  // namespace couvert
