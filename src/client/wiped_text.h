// A text that is wiped when it goes: tokens, passwords, request bodies that hold one.
#pragma once

#include <string>
#include <utility>

#include "base/secret.h"

namespace couvert {

/// A secret of any length in ordinary memory, wiped at its end; moved, never copied.
///
/// Prefer Secret<N> where the length is known. A text that is built piece by piece reserves its
/// room beforehand, or its outgrown buffers stay behind unwiped.
class WipedText {
 public:
  WipedText() = default;
  explicit WipedText(std::string text) : text_(std::move(text)) {}
  ~WipedText() { wipe(text_); }
  WipedText(WipedText&& other) noexcept { text_.swap(other.text_); }
  WipedText& operator=(WipedText&& other) noexcept {
    text_.swap(other.text_);
    return *this;
  }
  WipedText(const WipedText&) = delete;
  WipedText& operator=(const WipedText&) = delete;

  const std::string& text() const { return text_; }
  std::string& edit() { return text_; }
  bool empty() const { return text_.empty(); }

 private:
  std::string text_;
};

}  // namespace couvert
