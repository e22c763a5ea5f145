#include "crypto/p256.h"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/obj_mac.h>

#include <algorithm>
#include <memory>

#include "crypto/openssl_bytes.h"

namespace couvert {
namespace {

struct Free {
  void operator()(EC_GROUP* group) const { EC_GROUP_free(group); }
  void operator()(EC_POINT* point) const { EC_POINT_clear_free(point); }
  void operator()(BIGNUM* number) const { BN_clear_free(number); }
  void operator()(BN_CTX* context) const { BN_CTX_free(context); }
};
using Point = std::unique_ptr<EC_POINT, Free>;
using Number = std::unique_ptr<BIGNUM, Free>;

// The curve, and OpenSSL's scratch numbers, wiped when it goes.
struct Curve {
  std::unique_ptr<EC_GROUP, Free> group{EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1)};
  std::unique_ptr<BN_CTX, Free> scratch{BN_CTX_secure_new()};

  Curve() { INVARIANT(group && scratch); }

  // Null where the number is out of bounds.
  Number number(const P256PrivateKey& key) const {
    Number made(BN_secure_new());
    INVARIANT(made && BN_bin2bn(raw(key.expose().data()), 32, made.get()) != nullptr);
    // OpenSSL multiplies in constant time where it is told that the number is secret.
    BN_set_flags(made.get(), BN_FLG_CONSTTIME);
    const bool inside =
        !BN_is_zero(made.get()) && BN_cmp(made.get(), EC_GROUP_get0_order(group.get())) < 0;
    return inside ? std::move(made) : nullptr;
  }

  Point point() const {
    Point made(EC_POINT_new(group.get()));
    INVARIANT(made);
    return made;
  }

  // Null for what is no point of the curve in this form; the point at infinity has no such form.
  Point read(const P256PublicKey& key) const {
    Point made = point();
    const bool inside =
        key[0] == std::byte{4} && EC_POINT_oct2point(group.get(), made.get(), raw(key.data()),
                                                     key.size(), scratch.get()) == 1;
    return inside ? std::move(made) : nullptr;
  }

  P256PublicKey written(const Point& point) const {
    P256PublicKey out{};
    const std::size_t bytes =
        EC_POINT_point2oct(group.get(), point.get(), POINT_CONVERSION_UNCOMPRESSED, raw(out.data()),
                           out.size(), scratch.get());
    INVARIANT(bytes == out.size());
    return out;
  }
};

tl::unexpected<Error> no_key() {
  return fail(ErrorCode::invalid, "no P-256 key");
}

}  // namespace

P256PrivateKey make_p256_key(Random& random) {
  const Curve curve;
  while (true) {
    P256PrivateKey key = random.secret<32>();
    if (curve.number(key)) return key;
  }
}

Result<P256PublicKey> p256_public_key(const P256PrivateKey& key) {
  const Curve curve;
  const Number number = curve.number(key);
  if (!number) return no_key();
  const Point point = curve.point();
  INVARIANT(EC_POINT_mul(curve.group.get(), point.get(), number.get(), nullptr, nullptr,
                         curve.scratch.get()) == 1);
  return curve.written(point);
}

bool is_p256_point(const P256PublicKey& key) {
  return Curve().read(key) != nullptr;
}

Result<Secret<32>> p256_shared_secret(const P256PrivateKey& key, const P256PublicKey& other) {
  const Curve curve;
  const Number number = curve.number(key);
  const Point theirs = curve.read(other);
  if (!number || !theirs) return no_key();
  const Point product = curve.point();
  INVARIANT(EC_POINT_mul(curve.group.get(), product.get(), nullptr, theirs.get(), number.get(),
                         curve.scratch.get()) == 1);
  P256PublicKey both = curve.written(product);
  Secret<32> x;
  std::copy_n(both.begin() + 1, 32, x.fill().begin());
  wipe(both);
  return x;
}

}  // namespace couvert
