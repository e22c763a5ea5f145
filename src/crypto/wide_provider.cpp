#include "crypto/wide_provider.h"

#include <openssl/core_dispatch.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <algorithm>
#include <array>
#include <new>
#include <optional>
#include <string_view>

#include "base/secret.h"
#include "crypto/vaes_gcm.h"

// OpenSSL's functions of a provider: 1 for done, 0 for refused. Nothing may be thrown through it.
namespace couvert {
namespace {

constexpr const char* provider_name = "couvert-wide";
constexpr std::size_t key_bytes = 32;
constexpr std::size_t additional_bytes_max = 32;  // TLS 1.3 has five: a record's header

// Where a message stands. What was refused is idle: only a new nonce begins again.
enum class Step { idle, begun, processed, finished };

struct Cipher {
  ~Cipher() {
    wipe(nonce);
    wipe(tag);
  }
  std::optional<VaesGcm> key;
  bool seals = false;
  Step step = Step::idle;
  GcmNonce nonce{};
  std::array<std::byte, additional_bytes_max> additional{};
  std::size_t additional_bytes = 0;
  GcmTag tag{};
  bool has_tag = false;  // that of a message to be opened
};

Cipher& of(void* cipher) {
  return *static_cast<Cipher*>(cipher);
}

std::span<const std::byte> bytes_at(const unsigned char* data, std::size_t size) {
  return {reinterpret_cast<const std::byte*>(data), size};
}

void* make_cipher(void*) {
  return new (std::nothrow) Cipher;
}

void free_cipher(void* cipher) {
  delete &of(cipher);
}

bool is_size(const OSSL_PARAM& param, std::size_t wanted) {
  std::size_t value = 0;
  return OSSL_PARAM_get_size_t(&param, &value) == 1 && value == wanted;
}

bool is_tag(const OSSL_PARAM& param) {
  return param.data_type == OSSL_PARAM_OCTET_STRING && param.data != nullptr &&
         param.data_size == gcm_tag_bytes;
}

bool set_param(Cipher& cipher, const OSSL_PARAM& param) {
  const std::string_view key = param.key;
  if (key == OSSL_CIPHER_PARAM_IVLEN) return is_size(param, gcm_nonce_bytes);
  if (key != OSSL_CIPHER_PARAM_AEAD_TAG || !is_tag(param)) return false;
  if (cipher.seals || cipher.step != Step::begun) return false;
  std::copy_n(static_cast<const std::byte*>(param.data), gcm_tag_bytes, cipher.tag.begin());
  cipher.has_tag = true;
  return true;
}

int set_params(void* cipher, const OSSL_PARAM params[]) {
  for (const OSSL_PARAM* param = params; param != nullptr && param->key != nullptr; ++param) {
    if (!set_param(of(cipher), *param)) return 0;
  }
  return 1;
}

bool get_param(const Cipher& cipher, OSSL_PARAM& param) {
  const std::string_view key = param.key;
  if (key == OSSL_CIPHER_PARAM_IVLEN) return OSSL_PARAM_set_size_t(&param, gcm_nonce_bytes) == 1;
  if (key == OSSL_CIPHER_PARAM_KEYLEN) return OSSL_PARAM_set_size_t(&param, key_bytes) == 1;
  if (key == OSSL_CIPHER_PARAM_AEAD_TAGLEN) {
    return OSSL_PARAM_set_size_t(&param, gcm_tag_bytes) == 1;
  }
  if (key != OSSL_CIPHER_PARAM_AEAD_TAG || !is_tag(param)) return false;
  if (!cipher.seals || cipher.step != Step::finished) return false;
  return OSSL_PARAM_set_octet_string(&param, cipher.tag.data(), cipher.tag.size()) == 1;
}

int get_params(void* cipher, OSSL_PARAM params[]) {
  for (OSSL_PARAM* param = params; param != nullptr && param->key != nullptr; ++param) {
    if (!get_param(of(cipher), *param)) return 0;
  }
  return 1;
}

// The cipher's own description, without a key.
int describe(OSSL_PARAM params[]) {
  const auto set_number = [params](const char* key, unsigned value) {
    OSSL_PARAM* param = OSSL_PARAM_locate(params, key);
    return param == nullptr || OSSL_PARAM_set_uint(param, value) == 1;
  };
  return set_number(OSSL_CIPHER_PARAM_MODE, EVP_CIPH_GCM_MODE) &&
         set_number(OSSL_CIPHER_PARAM_KEYLEN, key_bytes) &&
         set_number(OSSL_CIPHER_PARAM_IVLEN, gcm_nonce_bytes) &&
         set_number(OSSL_CIPHER_PARAM_BLOCK_SIZE, 1) && set_number(OSSL_CIPHER_PARAM_AEAD, 1) &&
         set_number(OSSL_CIPHER_PARAM_CUSTOM_IV, 1);
}

// A key, a nonce or both. Whatever was under way is forgotten.
bool begin(Cipher& cipher, std::span<const std::byte> key, std::span<const std::byte> nonce) {
  cipher.step = Step::idle;
  cipher.additional_bytes = 0;
  cipher.has_tag = false;
  if (key.data() != nullptr) {
    const IMB_MGR* functions = VaesGcm::find_functions();
    if (functions == nullptr || key.size() != key_bytes) return false;
    cipher.key.emplace(*functions, key.first<key_bytes>());
  }
  if (nonce.data() != nullptr) {
    if (!cipher.key || nonce.size() != gcm_nonce_bytes) return false;
    std::copy(nonce.begin(), nonce.end(), cipher.nonce.begin());
    cipher.step = Step::begun;
  }
  return true;
}

template <bool seals>
int init(void* cipher, const unsigned char* key, std::size_t key_size, const unsigned char* nonce,
         std::size_t nonce_size, const OSSL_PARAM params[]) {
  of(cipher).seals = seals;
  if (!begin(of(cipher), bytes_at(key, key_size), bytes_at(nonce, nonce_size))) return 0;
  return set_params(cipher, params);
}

bool take_additional(Cipher& cipher, std::span<const std::byte> bytes) {
  if (bytes.size() > additional_bytes_max - cipher.additional_bytes) return false;
  std::copy(bytes.begin(), bytes.end(), cipher.additional.begin() + cipher.additional_bytes);
  cipher.additional_bytes += bytes.size();
  return true;
}

// The whole message. What does not open is wiped, and refused here and for good.
bool process(Cipher& cipher, std::span<const std::byte> in, std::span<std::byte> out) {
  const Bytes additional = std::span(cipher.additional).first(cipher.additional_bytes);
  const GcmMessage message{cipher.nonce, additional, in, out};
  if (cipher.seals) {
    cipher.key->seal(message, cipher.tag);
  } else if (!cipher.has_tag || !cipher.key->open(message, cipher.tag)) {
    return false;
  }
  cipher.step = Step::processed;
  return true;
}

bool take(Cipher& cipher, std::span<const std::byte> in, std::span<std::byte> out) {
  if (cipher.step != Step::begun || in.data() == nullptr) return false;
  if (out.data() == nullptr) return take_additional(cipher, in);
  return in.empty() || (out.size() >= in.size() && process(cipher, in, out.first(in.size())));
}

int update(void* cipher, unsigned char* out, std::size_t* written, std::size_t out_size,
           const unsigned char* in, std::size_t in_size) {
  const std::span<std::byte> room(reinterpret_cast<std::byte*>(out), out_size);
  const bool taken = take(of(cipher), bytes_at(in, in_size), room);
  if (!taken) of(cipher).step = Step::idle;
  *written = taken ? in_size : 0;
  return taken ? 1 : 0;
}

// A message may have no data at all: then it goes through here.
int finish(void* cipher, unsigned char*, std::size_t* written, std::size_t) {
  std::array<std::byte, 1> nothing{};
  *written = 0;
  const bool processed =
      of(cipher).step == Step::processed ||
      (of(cipher).step == Step::begun &&
       process(of(cipher), std::span(nothing).first(0), std::span(nothing).first(0)));
  of(cipher).step = processed ? Step::finished : Step::idle;
  return processed ? 1 : 0;
}

template <class Function>
OSSL_DISPATCH row(int id, Function* function) {
  return {id, reinterpret_cast<void (*)()>(function)};
}

const OSSL_ALGORITHM* algorithms(void*, int operation, int* must_not_cache) {
  static const std::array<OSSL_DISPATCH, 10> functions = {
      row<OSSL_FUNC_cipher_newctx_fn>(OSSL_FUNC_CIPHER_NEWCTX, make_cipher),
      row<OSSL_FUNC_cipher_freectx_fn>(OSSL_FUNC_CIPHER_FREECTX, free_cipher),
      row<OSSL_FUNC_cipher_encrypt_init_fn>(OSSL_FUNC_CIPHER_ENCRYPT_INIT, init<true>),
      row<OSSL_FUNC_cipher_decrypt_init_fn>(OSSL_FUNC_CIPHER_DECRYPT_INIT, init<false>),
      row<OSSL_FUNC_cipher_update_fn>(OSSL_FUNC_CIPHER_UPDATE, update),
      row<OSSL_FUNC_cipher_final_fn>(OSSL_FUNC_CIPHER_FINAL, finish),
      row<OSSL_FUNC_cipher_get_params_fn>(OSSL_FUNC_CIPHER_GET_PARAMS, describe),
      row<OSSL_FUNC_cipher_get_ctx_params_fn>(OSSL_FUNC_CIPHER_GET_CTX_PARAMS, get_params),
      row<OSSL_FUNC_cipher_set_ctx_params_fn>(OSSL_FUNC_CIPHER_SET_CTX_PARAMS, set_params),
      OSSL_DISPATCH{}};
  static const std::array<OSSL_ALGORITHM, 2> ciphers = {
      OSSL_ALGORITHM{"AES-256-GCM:id-aes256-GCM:2.16.840.1.101.3.4.1.46", "provider=couvert-wide",
                     functions.data(), "AES-256-GCM by ipsec-mb"},
      OSSL_ALGORITHM{}};
  *must_not_cache = 0;
  return operation == OSSL_OP_CIPHER ? ciphers.data() : nullptr;
}

int start_provider(const OSSL_CORE_HANDLE*, const OSSL_DISPATCH*, const OSSL_DISPATCH** out,
                   void** context) {
  static const std::array<OSSL_DISPATCH, 2> functions = {
      row<OSSL_FUNC_provider_query_operation_fn>(OSSL_FUNC_PROVIDER_QUERY_OPERATION, algorithms),
      OSSL_DISPATCH{}};
  *out = functions.data();
  *context = nullptr;
  return 1;
}

}  // namespace

WideLibrary::WideLibrary() : context_(OSSL_LIB_CTX_new()) {
  OSSL_LIB_CTX* context = context_.get();
  if (context == nullptr) return;
  if (OSSL_PROVIDER_add_builtin(context, provider_name, start_provider) != 1) return;
  own_.reset(OSSL_PROVIDER_load(context, "default"));
  if (EVP_set_default_properties(context, "?provider=couvert-wide") != 1) return;
  wide_.reset(OSSL_PROVIDER_load(context, provider_name));
}

std::unique_ptr<WideLibrary> WideLibrary::open() {
  if (VaesGcm::find_functions() == nullptr) return nullptr;
  std::unique_ptr<WideLibrary> made(new WideLibrary);
  if (made->own_ && made->wide_) return made;
  ERR_clear_error();
  return nullptr;
}

}  // namespace couvert
