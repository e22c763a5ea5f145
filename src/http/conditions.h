// Conditions of a request on what a client already has (RFC 9110 section 13): If-Match and
// If-None-Match. If-Range stands with the ranges. Dates are not looked at: no answer has one.
#pragma once

#include <string_view>

#include "http/exchange.h"

namespace couvert {

/// Whether a field value names this ETag: "*", or a list of quoted tags. `strong`: tags that begin
/// with W/ name nothing. Malformed text names nothing.
enum class Comparison { strong, weak };
bool names_etag(std::string_view list, std::string_view etag, Comparison comparison);

/// What a GET or HEAD of something with this ETag (without its quotes) is to be answered with, by
/// the request's conditions in the order of section 13.2.2: 200, 304 or 412.
int conditional_status(const Fields& fields, std::string_view etag);

}  // namespace couvert
