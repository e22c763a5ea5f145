// The configuration file, couvert.toml: read once, strictly, before anything starts.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "http/server.h"
#include "mail/smtp.h"
#include "service/parts.h"

namespace couvert {

/// How the portal looks; empty: as it comes. Paths as they stand there.
struct LookConfig {
  std::string logo;
  std::string texts;  // a folder
  bool terms_required = false;
};

/// The add-in for Outlook, whose pages this server has.
struct OutlookConfig {
  bool enabled = false;
  std::string pages;                // the folder; empty: beside the program
  std::vector<std::string> frames;  // origins of webmail besides those of Microsoft
  std::vector<std::string> marks;   // of subjects for which Couvert is offered
  std::vector<std::string> labels;  // IDs of sensitivity labels for which it is asked for
  std::int64_t alert_bytes = 0;     // of attachments from which on it is offered
};

struct Config {
  ServiceSettings service;
  HttpConfig http;
  std::string admin_listen;  // empty: no admin listener
  SmtpServer smtp;
  std::string smtp_password_file;  // empty: no login
  std::string database;            // "sqlite:/path"
  std::string objects;             // "file:/path"
  std::string day_keys;            // the folder's path
  std::string master_key;          // the file's path
  std::string portal;              // the folder with index.html; empty: beside the program
  LookConfig look;
  OutlookConfig outlook;
};

/// Reads the file.
/// Errors: `invalid` with file, line, key and what is expected there; `unavailable` where it cannot
/// be read.
Result<Config> read_config(const std::string& path);

/// The same from text; `path` is only named in errors.
Result<Config> parse_config(std::string_view text, const std::string& path);

}  // namespace couvert
