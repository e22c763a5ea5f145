// What a recipient has in hand: a link, or a transfer ID read out over the phone.
//
//     BASE/r/ID              opened by a password
//     BASE/r/ID#SECRET       opened by the link alone; SECRET is base64url(mode[1] || S[32])
//     ID                     26 characters of base32; case, spaces and hyphens do not matter
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/id.h"
#include "client/problem.h"
#include "client/server_url.h"
#include "client/wiped_text.h"

namespace couvert {

struct RetrievalLink {
  std::optional<ServerUrl> server;  // none where only an ID was given
  TransferId transfer_id;
  WipedText secret;  // what stands behind #; empty where nothing does
};

/// Errors: `invalid`; with reason `link_secret` where the link is cut off or altered behind the #,
/// `link_mode` where it wants a newer program; those of parse_server_url().
Answer<RetrievalLink> parse_retrieval_link(std::string_view text);

/// The 44 characters behind # of a link whose secret, sent to the server alone, is `secret`
/// (43 characters). Errors: `invalid`.
Answer<WipedText> link_fragment(std::string_view secret);

}  // namespace couvert
