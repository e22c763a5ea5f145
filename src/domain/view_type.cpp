#include "domain/view_type.h"

#include <algorithm>
#include <array>

namespace couvert {
namespace {

using namespace std::string_view_literals;

struct Magic {
  std::string_view begin;
  std::string_view type;
};

constexpr auto by_first_bytes = std::to_array<Magic>({
    {"\x89PNG\r\n\x1a\n", "image/png"},
    {"\xff\xd8\xff", "image/jpeg"},
    {"GIF87a", "image/gif"},
    {"GIF89a", "image/gif"},
    {"%PDF-", "application/pdf"},
    {"fLaC", "audio/flac"},
    {"ID3", "audio/mpeg"},
});

// Kinds in the container RIFF, by what stands behind its length.
constexpr auto riff_kinds = std::to_array<Magic>({{"WEBP", "image/webp"}, {"WAVE", "audio/wav"}});

// Kinds in the container of ISO/IEC 14496-12, by the first name behind "ftyp".
constexpr auto brands = std::to_array<Magic>({
    {"avif", "image/avif"},
    {"M4A ", "audio/mp4"},
    {"M4B ", "audio/mp4"},
    {"M4V ", "video/mp4"},
    {"isom", "video/mp4"},
    {"iso2", "video/mp4"},
    {"iso4", "video/mp4"},
    {"iso5", "video/mp4"},
    {"iso6", "video/mp4"},
    {"mp41", "video/mp4"},
    {"mp42", "video/mp4"},
    {"avc1", "video/mp4"},
    {"dash", "video/mp4"},
});

std::optional<std::string_view> type_by(const auto& magics, std::string_view text) {
  for (const Magic& magic : magics) {
    if (text.starts_with(magic.begin)) return magic.type;
  }
  return std::nullopt;
}

unsigned byte_at(std::string_view text, std::size_t at) {
  return static_cast<unsigned char>(text[at]);
}

// A bitmap of Windows: "BM", and a header of one of the lengths that there are.
bool is_bitmap(std::string_view text) {
  constexpr auto header_bytes = std::to_array<unsigned>({12, 40, 52, 56, 64, 108, 124});
  return text.size() >= 18 && text.starts_with("BM") && text.substr(15, 3) == "\0\0\0"sv &&
         std::ranges::find(header_bytes, byte_at(text, 14)) != header_bytes.end();
}

// The containers of Matroska that are WebM say so in their first header.
bool is_webm(std::string_view text) {
  return text.starts_with("\x1a\x45\xdf\xa3") &&
         text.substr(0, 64).find("webm") != std::string_view::npos;
}

std::optional<std::string_view> ogg_type(std::string_view text) {
  if (!text.starts_with("OggS")) return std::nullopt;
  const bool film = text.find("\x80theora") != std::string_view::npos;
  return film ? "video/ogg" : "audio/ogg";
}

// Sound without a header begins with a frame: twelve set bits, then what no other format has there.
std::optional<std::string_view> frame_type(std::string_view text) {
  if (text.size() < 4 || byte_at(text, 0) != 0xff) return std::nullopt;
  const unsigned second = byte_at(text, 1);
  if ((second & 0xf6) == 0xf0) return "audio/aac";
  const bool layer_3 = (second & 0xe6) == 0xe2 && (second & 0x18) != 0x08;
  const unsigned rates = byte_at(text, 2);
  const bool has_rates = (rates & 0xf0) != 0xf0 && (rates & 0xf0) != 0 && (rates & 0x0c) != 0x0c;
  if (layer_3 && has_rates) return "audio/mpeg";
  return std::nullopt;
}

// Text of any encoding: no character that only machines write. UTF-16 says so by its first mark.
bool is_text(std::string_view text) {
  if (text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff")) return true;
  return std::ranges::none_of(text, [](char c) {
    const bool writes = "\t\n\r\f"sv.find(c) != std::string_view::npos;
    return !writes && (static_cast<unsigned char>(c) < 0x20 || c == 0x7f);
  });
}

}  // namespace

std::optional<std::string_view> view_type(Bytes head) {
  const std::string_view text = as_text(head.first(std::min(head.size(), view_head_bytes)));
  if (text.empty()) return std::nullopt;
  std::optional<std::string_view> type = type_by(by_first_bytes, text);
  if (!type && text.starts_with("RIFF") && text.size() >= 12) {
    type = type_by(riff_kinds, text.substr(8));
  }
  if (!type && text.size() >= 12 && text.substr(4, 4) == "ftyp")
    type = type_by(brands, text.substr(8));
  if (!type && is_bitmap(text)) type = "image/bmp";
  if (!type && is_webm(text)) type = "video/webm";
  if (!type) type = ogg_type(text);
  if (!type) type = frame_type(text);
  if (!type && is_text(text)) type = "text/plain";
  return type;
}

}  // namespace couvert
