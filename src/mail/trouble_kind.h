// What a mail to the operator tells of.
#pragma once

#include <optional>
#include <string_view>

namespace couvert {

/// What an operator has to see to.
enum class TroubleKind { disk, certificate, mail_server };

std::string_view name_of(TroubleKind kind);
std::optional<TroubleKind> parse_trouble_kind(std::string_view text);

}  // namespace couvert
