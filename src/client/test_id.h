// The transfer ID that the client's tests write into links and paths.
#pragma once

#include <string>

inline const std::string id = "abcdefghijklmnopqrstuvwxy4";
