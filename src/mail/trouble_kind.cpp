#include "mail/trouble_kind.h"

namespace couvert {

std::string_view name_of(TroubleKind kind) {
  switch (kind) {
    case TroubleKind::disk:
      return "disk";
    case TroubleKind::certificate:
      return "certificate";
    case TroubleKind::mail_server:
      return "mail_server";
  }
  return "";
}

std::optional<TroubleKind> parse_trouble_kind(std::string_view text) {
  for (const auto kind : {TroubleKind::disk, TroubleKind::certificate, TroubleKind::mail_server}) {
    if (name_of(kind) == text) return kind;
  }
  return std::nullopt;
}

}  // namespace couvert
