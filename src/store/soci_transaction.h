// Where SOCI's sessions become transactions of ours. For store/ only.
#pragma once

#include <functional>

#include "store/database.h"
#include "store/sql.h"
#include "store/sqlite.h"

namespace couvert {

/// Runs `work` between BEGIN and COMMIT; what fails or throws is undone. An exception of SOCI
/// becomes an Error here; any other goes on.
Result<> run_transaction(soci::session& session, SessionUse use,
                         const std::function<Result<>(Transaction&)>& work);

}  // namespace couvert
