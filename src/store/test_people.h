// Whom the examples' rows belong to.
#pragma once

#include "domain/address.h"

namespace couvert {

inline const Address anna{"anna@example.org"};
inline const Address bert{"bert@example.net"};

}  // namespace couvert
