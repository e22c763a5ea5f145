// How an organisation makes the portal its own.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "domain/language.h"

namespace couvert {

/// A file of the portal that lies in no folder. `path` begins with a slash.
struct PortalExtra {
  std::string path;
  std::string bytes;
  std::string policy = "";  // its Content-Security-Policy where pages of others may frame it
};

/// One of the organisation's own texts and the languages that it is there in.
struct OwnText {
  std::string name;  // "imprint", "privacy" or "terms"
  std::vector<Language> languages;
};

struct Look {
  std::string logo;  // its path in the portal; empty: the product's mark
  std::vector<OwnText> texts;
  bool terms_required = false;  // nobody is verified who did not accept the terms
  std::vector<PortalExtra> files = {{"/look/style.css", ""}};
};

}  // namespace couvert
