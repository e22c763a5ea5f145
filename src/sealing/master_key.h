// The master key: the one key from which all that is stored opens, as far as the server can open
// it.
//
// 64 hexadecimal digits in a file of mode 0400, a systemd credential or the environment. It is made
// at the first start, and only beside an empty day-key store: with day keys there and the master
// key gone, a new one would open nothing.
#pragma once

#include <string>
#include <string_view>

#include "base/random.h"
#include "sealing/key_folder.h"

namespace couvert {

/// Reads 64 lower-case hexadecimal digits, with or without one line end after them.
/// Errors: `invalid`.
Result<Secret<32>> parse_master_key(std::string_view text);

/// Reads the master key from its file, or makes the file where it is missing and `day_keys` holds
/// no key. Durable on return.
/// Errors: `invalid` for another content and for a file that everybody may read or write;
/// `damaged` where the file is missing but day keys are there; `full`, `unavailable`.
Result<Secret<32>> open_master_key(const std::string& path, KeyFolder& day_keys, Random& random);

}  // namespace couvert
