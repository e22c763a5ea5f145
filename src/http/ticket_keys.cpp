#include "http/ticket_keys.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>

#include <algorithm>

#include "base/limits.h"
#include "crypto/openssl_bytes.h"

namespace couvert {
namespace {

// One place for each program: OpenSSL's index for what a context carries of ours.
int context_index() {
  static const int index = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return index;
}

}  // namespace

TicketKeys::Key::~Key() {
  wipe(cipher);
  wipe(mac);
}

void TicketKeys::serve(SSL_CTX* context) {
  INVARIANT(SSL_CTX_set_ex_data(context, context_index(), this) == 1);
  SSL_CTX_set_tlsext_ticket_key_evp_cb(context, handle);
}

// OpenSSL's answers: below 0 an error, 0 no such key (a whole handshake follows), 1 done, 2 done
// and a new ticket is to be sent.
int TicketKeys::handle(SSL* ssl, unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher,
                       EVP_MAC_CTX* mac, int sealing) {
  auto* self = static_cast<TicketKeys*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), context_index()));
  const std::lock_guard lock(self->mutex_);
  const Key* key = sealing == 1 ? self->key_to_seal() : self->key_to_open(name);
  if (key == nullptr) return 0;
  Key used = *key;
  if (sealing == 1) {
    std::copy(used.name.begin(), used.name.end(), reinterpret_cast<std::byte*>(name));
    self->random_.fill(MutableBytes(reinterpret_cast<std::byte*>(iv), 16));
  }
  std::string digest = "SHA256";
  const std::array<OSSL_PARAM, 3> settings = {
      OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, used.mac.data(), used.mac.size()),
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), 0),
      OSSL_PARAM_construct_end()};
  const bool ready = EVP_CipherInit_ex(cipher, EVP_aes_256_cbc(), nullptr, raw(used.cipher.data()),
                                       iv, sealing) == 1 &&
                     EVP_MAC_CTX_set_params(mac, settings.data()) == 1;
  if (!ready) return -1;
  return sealing == 1 || key == &self->current_ ? 1 : 2;
}

const TicketKeys::Key* TicketKeys::key_to_seal() {
  if (is_young(current_, limits::tls_ticket_life)) return &current_;
  previous_ = current_;
  current_.name = random_.bytes<16>();
  random_.fill(current_.cipher);
  random_.fill(current_.mac);
  current_.made = clock_.running();
  current_.is_there = true;
  return &current_;
}

const TicketKeys::Key* TicketKeys::key_to_open(const unsigned char* name) const {
  for (const Key* key : {&current_, &previous_}) {
    const bool same =
        std::equal(key->name.begin(), key->name.end(), reinterpret_cast<const std::byte*>(name));
    if (same && is_young(*key, 2 * limits::tls_ticket_life)) return key;
  }
  return nullptr;
}

bool TicketKeys::is_young(const Key& key, Duration life) const {
  return key.is_there && clock_.running() < key.made + life;
}

}  // namespace couvert
