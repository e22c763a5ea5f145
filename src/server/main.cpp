// couvertd: the server and its operator's subcommands.
#include <algorithm>
#include <array>
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "server/commands.h"
#include "server/protect.h"

namespace {

constexpr const char* usage =
    "couvertd: the server of Couvert\n"
    "\n"
    "  couvertd serve --config FILE\n"
    "  couvertd policy allow|deny|reply-only SENDER RECIPIENT [NAME=VALUE...] --config FILE\n"
    "  couvertd policy list --config FILE\n"
    "  couvertd policy remove ID --config FILE\n"
    "  couvertd policy export [json|csv] --config FILE\n"
    "  couvertd policy import FILE --config FILE\n"
    "  couvertd policy explain SENDER RECIPIENT... [network=ADDRESS] --config FILE\n"
    "  couvertd check --config FILE\n"
    "  couvertd bounce --config FILE\n"
    "  couvertd quick reset ADDRESS --config FILE\n"
    "  couvertd --version\n"
    "\n"
    "SENDER and RECIPIENT are patterns: an address, *@example.org, *@*.example.org, *, stars "
    "before\n"
    "the @, or a regular expression between slashes. NAME=VALUE is a setting (days_max=30), or\n"
    "network=10.0.0.0/8 for senders who sit there. import takes JSON or CSV, - is standard input,\n"
    "and replaces all rules. Without any rule nothing is sent. bounce reads what a mail server "
    "says\n"
    "of a mail that came back, from standard input. quick reset ends QUICK for an address, which\n"
    "opens nothing: that person and their contacts are told by mail. Exit status: 0 done, 1 "
    "disagreements\n"
    "found, or nobody of QUICK,\n"
    "2 wrong use or configuration, 3 it did not work; of bounce: 0 done, 75 try again.\n";

constexpr const char* default_config = "/etc/couvert/couvert.toml";

struct Words {
  std::string config = default_config;
  std::vector<std::string> plain;
  bool wrong = false;
};

Words take_apart(int argc, char** argv) {
  Words words;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "--config" && i + 1 < argc) {
      words.config = argv[++i];
    } else if (word.starts_with("--config=")) {
      words.config = word.substr(9);
    } else if (word.starts_with("--") && word != "--version" && word != "--help") {
      words.wrong = true;
    } else {
      words.plain.push_back(word);
    }
  }
  return words;
}

int run(const Words& words) {
  const std::string command = words.wrong || words.plain.empty() ? "" : words.plain[0];
  if (command == "--version") {
    std::printf("couvertd %s\n", couvert::program_version.data());
    return 0;
  }
  if (command == "--help" || command == "help") {
    std::fputs(usage, stdout);
    return 0;
  }
  constexpr std::array commands = {"serve", "policy", "check", "bounce", "quick"};
  if (std::find(commands.begin(), commands.end(), command) == commands.end()) {
    std::fputs(usage, stderr);
    return 2;
  }
  couvert::Result<couvert::Config> config = couvert::read_config(words.config);
  if (!config) {
    // The mail server keeps the report until the file is right again.
    return command == "bounce" ? couvert::try_again(config.error())
                               : couvert::complain(config.error());
  }
  if (command == "policy") {
    return couvert::policy(*config, {words.plain.begin() + 1, words.plain.end()});
  }
  if (command == "quick" && words.plain.size() == 3 && words.plain[1] == "reset") {
    return couvert::reset(*config, words.plain[2]);
  }
  if (words.plain.size() != 1 || command == "quick") {
    std::fputs(usage, stderr);
    return 2;
  }
  if (command == "serve") return couvert::serve(std::move(*config));
  return command == "bounce" ? couvert::bounce(*config) : couvert::check(*config);
}

}  // namespace

int main(int argc, char** argv) {
  couvert::protect_process();
  try {
    return run(take_apart(argc, argv));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "couvertd: error: %s\n", error.what());
    return 3;
  }
}
