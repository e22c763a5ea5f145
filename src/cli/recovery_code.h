// The recovery code: made, and shown until the person has it.
#pragma once

#include "cli/commands.h"
#include "sealing/quick.h"

namespace couvert {

/// A fresh code on its way to the person: into the file of --recovery-file, which must be new, or
/// shown.
///
/// Order: make(), then the server is told, then hand_over(); without it the file goes again.
class RecoveryCode {
 public:
  /// Draws one and writes the file, before anything depends on it. Errors: those of the file.
  static Outcome<RecoveryCode> make(const World& world);
  ~RecoveryCode();
  RecoveryCode(RecoveryCode&& other) noexcept;
  RecoveryCode& operator=(RecoveryCode&&) = delete;

  const Secret<16>& code() const { return code_; }
  /// Shows it, until who sits at the terminal has typed its end; or leaves the file. Returns what
  /// --json tells: empty where it was shown, or the file has it.
  Outcome<WipedText> hand_over();

 private:
  RecoveryCode(const World& world, Secret<16> code) : world_(world), code_(std::move(code)) {}
  WipedText text() const;

  const World& world_;
  Secret<16> code_;
  std::string path_;  // of a file that goes where nothing came of it
};

}  // namespace couvert
