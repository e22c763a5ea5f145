#include "store/soci_transaction.h"

#include <soci/soci.h>

namespace couvert {

namespace {

// A full disk may have ended the transaction already; then there is nothing to undo.
class Undo {
 public:
  explicit Undo(soci::session& session) : session_(session) {}
  Undo(const Undo&) = delete;
  Undo& operator=(const Undo&) = delete;
  ~Undo() {
    try {
      if (is_in_transaction(session_)) session_ << "ROLLBACK";
    } catch (const soci::soci_error&) {
      // The caller sees that the session is still within a transaction, and drops it.
    }
  }

 private:
  soci::session& session_;
};

}  // namespace

Result<> run_transaction(soci::session& session, SessionUse use,
                         const std::function<Result<>(Transaction&)>& work) {
  try {
    session << begin_statement(use);
    const Undo undo(session);
    Transaction transaction(session);
    const Result<> done = work(transaction);
    if (done) session << "COMMIT";
    return done;
  } catch (const soci::soci_error& error) {
    return tl::make_unexpected(translate(error));
  }
}

}  // namespace couvert
