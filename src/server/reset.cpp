#include <cstdio>

#include "base/clock.h"
#include "server/commands.h"
#include "service/quick_mails.h"

namespace couvert {

int reset(const Config& config, const std::string& text) {
  const Result<Address> address = parse_address(text);
  if (!address) return complain(address.error());
  const Result<std::unique_ptr<Database>> database = Database::open_beside(config.database);
  if (!database) return complain(database.error());
  const Result<> done = (*database)->write(
      [&](Transaction& tx) { return reset_quick(tx, *address, SystemClock().now()); });
  if (!done && done.error().code == ErrorCode::denied) {
    std::printf("%s has not activated QUICK\n", address->text.c_str());
    return 1;
  }
  if (!done) return complain(done.error());
  std::printf("%s: QUICK has ended; the server tells them and their contacts\n",
              address->text.c_str());
  return 0;
}

}  // namespace couvert
