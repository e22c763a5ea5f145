#include "store/check.h"

#include <cstdio>

#include "server/commands.h"

namespace couvert {

int check(const Config& config) {
  const Result<std::unique_ptr<Database>> database = Database::open_beside(config.database);
  if (!database) return complain(database.error());
  const Result<std::unique_ptr<Objects>> objects = open_objects_beside(config.objects);
  if (!objects) return complain(objects.error());
  const SystemClock clock;
  const Result<std::vector<std::string>> found =
      find_disagreements(**database, **objects, clock.now());
  if (!found) return complain(found.error());
  for (const std::string& line : *found) std::printf("%s\n", line.c_str());
  if (found->empty()) std::printf("database and objects agree\n");
  return found->empty() ? 0 : 1;
}

}  // namespace couvert
