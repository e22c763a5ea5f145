#include "cli/trouble.h"

#include <doctest/doctest.h>

#include "client/problem.h"

using namespace couvert;

TEST_CASE("each error code has an exit code of its own, for ever") {
  CHECK(static_cast<int>(exit_of(ErrorCode::invalid)) == 3);
  CHECK(static_cast<int>(exit_of(ErrorCode::unproven)) == 4);
  CHECK(static_cast<int>(exit_of(ErrorCode::refused)) == 5);
  CHECK(static_cast<int>(exit_of(ErrorCode::denied)) == 6);
  CHECK(static_cast<int>(exit_of(ErrorCode::expired)) == 7);
  CHECK(static_cast<int>(exit_of(ErrorCode::too_large)) == 8);
  CHECK(static_cast<int>(exit_of(ErrorCode::full)) == 9);
  CHECK(static_cast<int>(exit_of(ErrorCode::throttled)) == 10);
  CHECK(static_cast<int>(exit_of(ErrorCode::conflict)) == 11);
  CHECK(static_cast<int>(exit_of(ErrorCode::damaged)) == 12);
  CHECK(static_cast<int>(exit_of(ErrorCode::unavailable)) == 13);
}

TEST_CASE("a refusal names the recipient and the reason") {
  Problem problem;
  problem.code = ErrorCode::refused;
  problem.reason = "no_rule";
  problem.address = "bob@example.org";
  problem.status = 403;
  const Trouble trouble = in_words(problem);
  CHECK(trouble.message == "no rule allows to send to this recipient: bob@example.org");
  CHECK(trouble.exit == Exit::refused);
}

TEST_CASE("whatever a rule's setting excludes is said, with a way out") {
  for (const char* reason :
       {"generated_password", "own_password", "message_required", "phone_required",
        "link_not_allowed", "password_weak", "life", "notification_fixed", "quick_not_allowed",
        "invitation_password", "client_mail_not_allowed"}) {
    Problem problem;
    problem.code = ErrorCode::refused;
    problem.reason = reason;
    problem.status = 403;
    const Trouble trouble = in_words(problem);
    CHECK_MESSAGE(trouble.message != "the server refuses this", reason);
    CHECK_MESSAGE(!trouble.hint.empty(), reason);
  }
}

TEST_CASE("whatever a device of QUICK refuses is said, with what to do next") {
  for (const auto reason :
       {reasons::device, reasons::person_key, reasons::own_keys, reasons::wrong_code_key,
        reasons::book_rolled_back, reasons::book_damaged, reasons::book_busy,
        reasons::identity_changed, reasons::not_connected, reasons::envelope}) {
    Problem problem;
    problem.code = ErrorCode::refused;
    problem.reason = std::string(reason);
    problem.address = "bob@example.net";
    const Trouble trouble = in_words(problem);
    CHECK_MESSAGE(trouble.message.ends_with(": bob@example.net"), std::string(reason));
    CHECK_MESSAGE(!trouble.message.starts_with("the server refuses this"), std::string(reason));
    CHECK_MESSAGE(!trouble.hint.empty(), std::string(reason));
  }
}

TEST_CASE("whoever comes too often is told when to come back") {
  Problem problem;
  problem.code = ErrorCode::throttled;
  problem.retry_after = std::chrono::seconds(17);
  CHECK(in_words(problem).hint == "try again in 17 seconds");
}

TEST_CASE("a reason of a later server is no obstacle") {
  Problem problem;
  problem.code = ErrorCode::denied;
  problem.reason = "of a later day";
  CHECK(in_words(problem).message == "there is no such transfer");
}

TEST_CASE("who stopped the program is not told that the server is away") {
  Problem problem;
  problem.reason = reasons::interrupted;
  CHECK(in_words(problem).exit == Exit::interrupted);
}
