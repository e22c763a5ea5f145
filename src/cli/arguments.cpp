#include "cli/arguments.h"

#include <algorithm>
#include <array>

namespace couvert {
namespace {

enum class Takes { nothing, one, list };

struct Option {
  std::string_view name;
  Takes takes;
  std::string_view commands;  // those that have it, parted by spaces
};

constexpr std::string_view commands[] = {"verify",  "login",    "logout",  "programs",
                                         "provide", "retrieve", "sent",    "received",
                                         "revoke",  "connect",  "devices", "contacts"};
constexpr std::string_view everywhere =
    "verify login logout programs provide retrieve sent received revoke connect devices contacts";

constexpr Option all_options[] = {
    {"help", Takes::nothing, everywhere},
    {"version", Takes::nothing, everywhere},
    {"server", Takes::one, everywhere},
    {"ca-file", Takes::one, everywhere},
    {"json", Takes::nothing, everywhere},
    {"quiet", Takes::nothing, everywhere},
    {"request-only", Takes::nothing, "verify"},
    {"accept-terms", Takes::nothing, "verify"},
    {"request-code", Takes::nothing, "retrieve"},
    {"code", Takes::one, "verify retrieve"},
    {"language", Takes::one, "verify provide retrieve connect"},
    {"from", Takes::one, "programs provide sent devices contacts"},
    {"name", Takes::one, "login provide connect"},
    {"phone", Takes::one, "provide"},
    {"to", Takes::list, "provide"},
    {"cc", Takes::list, "provide"},
    {"bcc", Takes::list, "provide"},
    {"reply-to", Takes::one, "provide"},
    {"password-file", Takes::one, "provide retrieve connect"},
    {"generate-password", Takes::nothing, "provide"},
    {"no-password", Takes::nothing, "provide"},
    {"quick", Takes::nothing, "provide"},
    {"no-quick", Takes::nothing, "provide"},
    {"accept-quick", Takes::nothing, "retrieve"},
    {"show-code", Takes::nothing, "connect"},
    {"recover", Takes::nothing, "connect"},
    {"start-anew", Takes::nothing, "connect"},
    {"recovery-file", Takes::one, "connect devices"},
    {"yes", Takes::nothing, "login connect devices contacts"},
    {"subject", Takes::one, "provide"},
    {"message-file", Takes::one, "provide"},
    {"expires", Takes::one, "provide"},
    {"notify-delivery", Takes::nothing, "provide"},
    {"notify-download", Takes::nothing, "provide"},
    {"show-file-names", Takes::nothing, "provide"},
    {"mails-to", Takes::one, "provide"},
    {"out", Takes::one, "retrieve"},
    {"all", Takes::nothing, "sent received"},
    {"follow", Takes::nothing, "sent"},
    {"for", Takes::one, "sent"},
    {"scope", Takes::list, "login"},
    {"recipient", Takes::one, "revoke"},
    {"zip", Takes::nothing, "retrieve"},
    {"eml", Takes::nothing, "retrieve"},
};

bool holds_word(std::string_view words, std::string_view word) {
  while (!words.empty()) {
    const std::size_t end = std::min(words.find(' '), words.size());
    if (words.substr(0, end) == word) return true;
    words.remove_prefix(std::min(end + 1, words.size()));
  }
  return false;
}

// How many letters to add, drop or change to make one word of the other.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, change});
    }
  }
  return row[b.size()];
}

// "did you mean --json?", or where all options stand.
std::string nearest_option(std::string_view name) {
  constexpr std::size_t name_bytes_max = 40;
  const Option* nearest = nullptr;
  std::size_t least = std::min<std::size_t>(4, name.size());  // something must be alike
  for (const Option& option : all_options) {
    if (name.size() > name_bytes_max) break;
    const std::size_t far = distance(name, option.name);
    if (far < least) {
      least = far;
      nearest = &option;
    }
  }
  if (nearest == nullptr) return "couvert COMMAND --help lists the options";
  return "did you mean --" + std::string(nearest->name) + "?";
}

const Option* find_option(std::string_view name) {
  for (const Option& option : all_options) {
    if (option.name == name) return &option;
  }
  return nullptr;
}

// Reads the words one by one.
class Sorter {
 public:
  explicit Sorter(const std::vector<std::string>& words) : words_(words) {}

  Outcome<Arguments> sort() {
    while (next_ < words_.size()) {
      const std::string& word = words_[next_++];
      if (!options_ended_ && word == "--") {
        options_ended_ = true;
      } else if (!options_ended_ && word.starts_with("-") && word != "-") {
        const Outcome<> taken = take_option(word);
        if (!taken) return pass(taken);
      } else {
        take_operand(word);
      }
    }
    return std::move(arguments_);
  }

 private:
  void take_operand(const std::string& word) {
    if (arguments_.command.empty()) {
      arguments_.command = word;
    } else {
      arguments_.operands.push_back(word);
    }
  }

  Outcome<> take_option(const std::string& word) {
    if (!word.starts_with("--")) {
      return misused("unknown option " + word,
                     "options are long: " + nearest_option(word.substr(1)));
    }
    const std::size_t equals = word.find('=');
    const std::string name = word.substr(2, equals == word.npos ? word.npos : equals - 2);
    const Option* option = find_option(name);
    if (option == nullptr) return misused("unknown option --" + name, nearest_option(name));
    std::vector<std::string>& values = arguments_.options[name];
    if (!values.empty() && option->takes != Takes::list) {
      return misused("--" + name + " stands there twice");
    }
    const bool inside = equals != word.npos;
    if (option->takes == Takes::nothing) {
      if (inside) return misused("--" + name + " takes no value");
      values.emplace_back();
      return Outcome<>();
    }
    const std::size_t before = values.size();
    if (inside) values.push_back(word.substr(equals + 1));
    if (!inside && option->takes == Takes::one && next_ < words_.size()) {
      values.push_back(words_[next_++]);
    }
    if (!inside && option->takes == Takes::list) {
      while (next_ < words_.size() && !words_[next_].starts_with("-")) {
        values.push_back(words_[next_++]);
      }
    }
    if (values.size() == before) return misused("--" + name + " lacks its value");
    return Outcome<>();
  }

  const std::vector<std::string>& words_;
  std::size_t next_ = 0;
  bool options_ended_ = false;
  Arguments arguments_;
};

}  // namespace

std::optional<std::string> Arguments::value(std::string_view option) const {
  const auto found = options.find(option);
  if (found == options.end()) return std::nullopt;
  return found->second.front();
}

std::vector<std::string> Arguments::list(std::string_view option) const {
  std::vector<std::string> values;
  const auto found = options.find(option);
  if (found == options.end()) return values;
  for (std::string_view words : found->second) {
    while (!words.empty()) {
      const std::size_t comma = std::min(words.find(','), words.size());
      if (comma > 0) values.emplace_back(words.substr(0, comma));
      words.remove_prefix(std::min(comma + 1, words.size()));
    }
  }
  return values;
}

Outcome<Arguments> parse_arguments(const std::vector<std::string>& words) {
  Outcome<Arguments> arguments = Sorter(words).sort();
  if (!arguments || arguments->has("help") || arguments->has("version")) return arguments;
  const std::string& command = arguments->command;
  if (command.empty()) return misused("a command is missing", "couvert --help lists them");
  if (std::find(std::begin(commands), std::end(commands), command) == std::end(commands)) {
    return misused("unknown command " + command, "couvert --help lists them");
  }
  const std::string called = "couvert " + command;
  for (const auto& [name, values] : arguments->options) {
    if (!holds_word(find_option(name)->commands, command)) {
      return misused(std::string(called).append(" has no option --").append(name),
                     called + " --help lists them");
    }
  }
  return arguments;
}

}  // namespace couvert
