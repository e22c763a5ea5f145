// What the use cases work with. main makes it and hands it down; nothing here is owned.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/random.h"
#include "base/secret.h"
#include "domain/language.h"
#include "domain/policy.h"
#include "domain/verification.h"
#include "store/database.h"
#include "store/objects.h"

namespace couvert {

class Catalogue;
class DayKeys;
class PasswordJudge;

/// What the operator has set; every value is bounded by limits.h.
struct ServiceSettings {
  std::string base_url;  // without a slash at the end
  std::string organisation;
  std::string abuse;             // an address, told in notifications; empty: none
  std::string mail_from;         // an address
  std::string mail_bounces;      // likewise, where reports go; empty: to mail_from
  std::string operator_address;  // of who is told of troubles; empty: nobody
  Language operator_language = Language::en;
  std::string time_zone = "Europe/Berlin";  // of dates in mails, an IANA name
  VerificationLimits verification;
  std::chrono::minutes retrieval_idle = limits::retrieval_idle;
  std::chrono::hours listed_life = limits::listed_life;  // of a transfer, after its end
  Allowance allowance;
  // What all drafts of one sender may announce together.
  std::uint64_t unsent_bytes_max = std::uint64_t{1} << 42;
  // No upload begins where less is free on the objects' disk, and none goes on below half of it.
  std::uint64_t free_bytes_min = 0;
};

/// The sender in the envelope of every mail: whom mail servers tell what they could not deliver.
inline const std::string& envelope_sender(const ServiceSettings& settings) {
  return settings.mail_bounces.empty() ? settings.mail_from : settings.mail_bounces;
}

/// Lifetime: everything referred to outlives every use case.
struct Parts {
  Database& database;
  Objects& objects;
  DayKeys& day_keys;
  const Secret<32>& master_key;
  const Clock& clock;
  Random& random;
  Log& log;
  const Catalogue& catalogue;
  const PasswordJudge& judge;
  const ServiceSettings& settings;
  std::function<void()> wake_outbox;  // called after a mail was put into the outbox; any thread
};

}  // namespace couvert
