// The routes of spec/api.yaml: JSON in, one use case, JSON out.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "domain/password.h"
#include "http/exchange.h"
#include "http/health_routes.h"
#include "http/look.h"
#include "service/ask_policy.h"
#include "service/change_sent.h"
#include "service/draft.h"
#include "service/parts.h"
#include "service/preview.h"
#include "service/programs.h"
#include "service/quick_relay.h"
#include "service/received.h"
#include "service/retrieve.h"
#include "service/start.h"
#include "service/verify.h"

namespace couvert {

/// What the routes call. Lifetime: all outlive the server.
struct ApiParts {
  const Parts& parts;
  Verify& verify;
  AskPolicy& ask_policy;
  ShowPreview& preview;
  Drafts& drafts;
  Start& start;
  Sent& sent;
  ChangeSent& change_sent;
  Retrieve& retrieve;
  Received& received;
  QuickPeople& quick_people;
  QuickRelay& quick_relay;
  Programs& programs;
  std::string version;  // of the program
  HealthParts health;
  const Look& look;
};

/// The whole table.
std::vector<Route> api_routes(const ApiParts& api);

/// spec/api.yaml, as it was when the program was built.
std::string_view api_description();

}  // namespace couvert
