// The command line of one command: its options, its help, and values that are checked with a clear
// message.
#pragma once

#include <boost/program_options.hpp>

#include <cstdint>
#include <map>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace sounder::cli {

/// A command line that cannot be understood: exit code 2.
class UsageError : public std::invalid_argument {
 public:
  using std::invalid_argument::invalid_argument;
};

/// The words that an option accepts.
using Choices = std::span<const std::string_view>;

/// The arguments with defaults filled in. Every getter throws UsageError with one sentence.
class Arguments {
 public:
  explicit Arguments(std::map<std::string, std::string> given,
                     std::map<std::string, std::string> defaults)
      : given_(std::move(given)), defaults_(std::move(defaults)) {}

  /// Whether the user gave this option.
  [[nodiscard]] bool given(const std::string& name) const { return given_.contains(name); }
  /// The text, the default, or an empty text.
  [[nodiscard]] std::string text(const std::string& name) const;
  [[nodiscard]] double number(const std::string& name) const;
  /// A finite number above 0.
  [[nodiscard]] double positive(const std::string& name) const;
  /// So many finite numbers above 0, between colons.
  [[nodiscard]] std::vector<double> positives(const std::string& name, std::size_t count) const;
  /// A finite number in [low, high].
  [[nodiscard]] double number(const std::string& name, double low, double high) const;
  [[nodiscard]] std::int64_t integer(const std::string& name, std::int64_t low,
                                     std::int64_t high) const;
  [[nodiscard]] std::uint64_t seed(const std::string& name) const;
  [[nodiscard]] std::string choice(const std::string& name, Choices choices) const;
  /// Whole numbers in rising order, or words in the given order, between commas and without
  /// repetition.
  [[nodiscard]] std::vector<int> integers(const std::string& name, int low, int high) const;
  [[nodiscard]] std::vector<std::string> choices(const std::string& name, Choices choices) const;
  [[nodiscard]] bool on_off(const std::string& name) const;

 private:
  std::map<std::string, std::string> given_;
  std::map<std::string, std::string> defaults_;
};

/// Describes a command's arguments and parses them.
class CommandLine {
 public:
  /// @param usage       e.g. "train DATA [MODEL]": the command, then its positional arguments
  /// @param description text that --help shows before the options
  CommandLine(std::string usage, std::string description);

  /// Begins a group of options under a heading.
  CommandLine& group(const std::string& heading);
  /// An option with a value; an empty default means none.
  CommandLine& option(const std::string& name, const std::string& value, const std::string& help,
                      const std::string& default_value = "");
  /// An option without a value.
  CommandLine& flag(const std::string& name, const std::string& help);
  /// Text that --help shows after the options.
  CommandLine& epilogue(std::string text);

  /// @throws UsageError
  [[nodiscard]] Arguments parse(std::span<const std::string> words) const;
  [[nodiscard]] std::string help() const;

 private:
  [[nodiscard]] std::map<std::string, std::string> place(
      const std::vector<std::string>& positional) const;

  struct Positional {
    std::string name;
    bool optional = false;
  };

  std::string usage_;
  std::string description_;
  std::string epilogue_;
  std::vector<Positional> positional_;
  std::vector<boost::program_options::options_description> groups_;
  std::map<std::string, std::string> defaults_;
};

/// "a, b or c".
[[nodiscard]] std::string enumerate(Choices words);

}  // namespace sounder::cli
