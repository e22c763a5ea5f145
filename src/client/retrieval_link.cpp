#include "client/retrieval_link.h"

#include "crypto/secret_bytes.h"

namespace couvert {
namespace {

constexpr std::size_t link_bytes_max = 2304;
constexpr std::byte mode_server_seals{1};

// Checks one spelling of mode and secret; the text itself is what goes to the server.
Answer<> check_fragment(std::string_view fragment) {
  Result<Secret<33>> bytes = secret_from_base64url<33>(fragment);
  if (!bytes) return trouble(ErrorCode::invalid, "link_secret");
  if (bytes->fill()[0] != mode_server_seals) return trouble(ErrorCode::invalid, "link_mode");
  return Answer<>();
}

}  // namespace

Answer<WipedText> link_fragment(std::string_view secret) {
  Result<Secret<32>> bytes = secret_from_base64url<32>(secret);
  if (!bytes) return trouble(ErrorCode::invalid, "link_secret");
  Secret<33> whole;
  whole.fill()[0] = mode_server_seals;
  copy_secret<32>(*bytes, whole.fill().last<32>());
  return WipedText(secret_to_base64url(whole));
}

Answer<RetrievalLink> parse_retrieval_link(std::string_view text) {
  if (text.size() > link_bytes_max) return trouble(ErrorCode::invalid, "link");
  RetrievalLink link;
  std::string_view rest = text;
  const std::size_t hash = rest.find('#');
  if (hash != rest.npos) {
    const std::string_view fragment = rest.substr(hash + 1);
    if (const Answer<> fine = check_fragment(fragment); !fine) return pass(fine);
    link.secret = WipedText(std::string(fragment));
    rest = rest.substr(0, hash);
  }
  const bool whole_link = rest.find("://") != rest.npos;
  if (whole_link) {
    const std::size_t route = rest.rfind("/r/");
    if (route == rest.npos) return trouble(ErrorCode::invalid, "link");
    const Answer<ServerUrl> server = parse_server_url(rest.substr(0, route));
    if (!server) return pass(server);
    link.server = *server;
    rest = rest.substr(route + 3);
  }
  const Result<TransferId> id = TransferId::parse(rest);
  if (!id) return trouble(ErrorCode::invalid, "link");
  link.transfer_id = *id;
  return link;
}

}  // namespace couvert
