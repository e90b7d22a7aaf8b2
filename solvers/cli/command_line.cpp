#include "command_line.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <sstream>

#include <sounder/solvers/output/text.hpp>

namespace sounder::cli {
namespace po = boost::program_options;
namespace {

/// Reads all of `text` as a number; false if it is not one.
template <class Number>
bool read_all(std::string_view text, Number& value) {
  if (text.size() > 1 && text[0] == '+' && text[1] != '-') {
    text.remove_prefix(1);
  }
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

[[noreturn]] void refuse(const std::string& name, const std::string& wanted,
                         const std::string& text) {
  // DATA, but not C or C-grid.
  const bool positional = name.size() > 1 && std::isupper(static_cast<unsigned char>(name[1])) != 0;
  throw UsageError((positional ? "" : "--") + name + " must be " + wanted + ", not '" + text + "'");
}

/// The parts of a text between commas.
std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> words;
  std::istringstream stream(text);
  for (std::string word; std::getline(stream, word, ',');) {
    words.push_back(word);
  }
  if (text.empty() || text.back() == ',') {
    words.emplace_back();
  }
  return words;
}

constexpr int line_width = 96;

}  // namespace

std::string enumerate(Choices words) {
  std::string text;
  for (std::size_t k = 0; k < words.size(); ++k) {
    text += k == 0 ? "" : k + 1 == words.size() ? " or " : ", ";
    text += words[k];
  }
  return text;
}

std::string Arguments::text(const std::string& name) const {
  if (const auto place = given_.find(name); place != given_.end()) {
    return place->second;
  }
  const auto place = defaults_.find(name);
  return place == defaults_.end() ? "" : place->second;
}

double Arguments::number(const std::string& name) const {
  double value = 0.0;
  if (!read_all(text(name), value) || !std::isfinite(value)) {
    refuse(name, "a finite number", text(name));
  }
  return value;
}

double Arguments::positive(const std::string& name) const {
  double value = 0.0;
  if (!read_all(text(name), value) || !std::isfinite(value) || value <= 0.0) {
    refuse(name, "a number above 0", text(name));
  }
  return value;
}

std::vector<double> Arguments::positives(const std::string& name, std::size_t count) const {
  const std::string words = text(name);
  std::vector<double> values;
  for (std::size_t begin = 0; begin <= words.size();) {
    const std::size_t end = std::min(words.find(':', begin), words.size());
    double value = 0.0;
    if (!read_all(words.substr(begin, end - begin), value) || !std::isfinite(value) ||
        value <= 0.0) {
      break;
    }
    values.push_back(value);
    begin = end + 1;
  }
  const auto colons = static_cast<std::size_t>(std::count(words.begin(), words.end(), ':'));
  if (values.size() != count || colons + 1 != count) {
    refuse(name, std::to_string(count) + " numbers above 0 with colons between", words);
  }
  return values;
}

double Arguments::number(const std::string& name, double low, double high) const {
  double value = 0.0;
  if (!read_all(text(name), value) || !(value >= low && value <= high)) {
    refuse(name, "a number from " + shortest(low) + " to " + shortest(high), text(name));
  }
  return value;
}

std::int64_t Arguments::integer(const std::string& name, std::int64_t low,
                                std::int64_t high) const {
  std::int64_t value = 0;
  if (!read_all(text(name), value) || value < low || value > high) {
    refuse(name, "a whole number from " + std::to_string(low) + " to " + std::to_string(high),
           text(name));
  }
  return value;
}

std::uint64_t Arguments::seed(const std::string& name) const {
  std::uint64_t value = 0;
  if (!read_all(text(name), value)) {
    refuse(name, "a whole number of at least 0", text(name));
  }
  return value;
}

std::string Arguments::choice(const std::string& name, Choices choices) const {
  const std::string value = text(name);
  for (const std::string_view word : choices) {
    if (word == value) {
      return value;
    }
  }
  refuse(name, enumerate(choices), value);
}

std::vector<int> Arguments::integers(const std::string& name, int low, int high) const {
  std::vector<int> values;
  for (const std::string& word : split(text(name))) {
    int value = 0;
    if (!read_all(word, value) || value < low || value > high) {
      refuse(name,
             "whole numbers from " + std::to_string(low) + " to " + std::to_string(high) +
                 ", with commas between",
             text(name));
    }
    values.push_back(value);
  }
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  return values;
}

std::vector<std::string> Arguments::choices(const std::string& name, Choices choices) const {
  std::vector<std::string> values;
  for (const std::string& word : split(text(name))) {
    if (std::find(choices.begin(), choices.end(), word) == choices.end()) {
      refuse(name, "some of " + enumerate(choices) + ", with commas between", text(name));
    }
    if (std::find(values.begin(), values.end(), word) == values.end()) {
      values.push_back(word);
    }
  }
  return values;
}

bool Arguments::on_off(const std::string& name) const {
  constexpr std::string_view words[] = {"on", "off"};
  return choice(name, words) == "on";
}

CommandLine::CommandLine(std::string usage, std::string description)
    : usage_(std::move(usage)), description_(std::move(description)) {
  std::istringstream words(usage_);
  std::string word;
  words >> word;
  while (words >> word) {
    const bool optional = word.front() == '[';
    positional_.push_back({optional ? word.substr(1, word.size() - 2) : word, optional});
  }
}

CommandLine& CommandLine::group(const std::string& heading) {
  groups_.emplace_back(heading, line_width, line_width / 2);
  return *this;
}

CommandLine& CommandLine::option(const std::string& name, const std::string& value,
                                 const std::string& help, const std::string& default_value) {
  auto* const semantic = po::value<std::string>()->value_name(value);
  groups_.back().add_options()(
      name.c_str(), semantic,
      (default_value.empty() ? help : help + " (default " + default_value + ")").c_str());
  if (!default_value.empty()) {
    defaults_[name] = default_value;
  }
  return *this;
}

CommandLine& CommandLine::flag(const std::string& name, const std::string& help) {
  groups_.back().add_options()(name.c_str(), help.c_str());
  return *this;
}

CommandLine& CommandLine::epilogue(std::string text) {
  epilogue_ = std::move(text);
  return *this;
}

Arguments CommandLine::parse(std::span<const std::string> words) const {
  po::options_description all;
  all.add_options()("help", "")("positional", po::value<std::vector<std::string>>());
  for (const po::options_description& group : groups_) {
    all.add(group);
  }
  po::positional_options_description positional;
  positional.add("positional", -1);
  // Long options only, so that `-` is a file and -1 a value; prefixes of options are not accepted.
  using Style = po::command_line_style::style_t;
  constexpr int style = Style::allow_long | Style::long_allow_adjacent | Style::long_allow_next;
  po::variables_map values;
  try {
    po::store(po::command_line_parser(std::vector<std::string>(words.begin(), words.end()))
                  .options(all)
                  .positional(positional)
                  .style(style)
                  .run(),
              values);
  } catch (const po::error& error) {
    throw UsageError(error.what());
  }
  if (values.count("help") != 0) {
    return Arguments({{"help", ""}}, {});
  }
  std::vector<std::string> files;
  if (values.count("positional") != 0) {
    files = values["positional"].as<std::vector<std::string>>();
  }
  std::map<std::string, std::string> given = place(files);
  for (const auto& [name, value] : values) {
    if (name != "positional") {
      given[name] = value.value().type() == typeid(std::string) ? value.as<std::string>() : "";
    }
  }
  return Arguments(std::move(given), defaults_);
}

std::map<std::string, std::string> CommandLine::place(
    const std::vector<std::string>& positional) const {
  std::map<std::string, std::string> placed;
  for (std::size_t k = 0; k < positional.size(); ++k) {
    if (positional[k].size() > 1 && positional[k][0] == '-') {
      throw UsageError("unrecognised option '" + positional[k] + "'");
    }
    if (k >= positional_.size()) {
      throw UsageError("'" + positional[k] + "' is one argument too many");
    }
    placed[positional_[k].name] = positional[k];
  }
  if (positional.size() < positional_.size() && !positional_[positional.size()].optional) {
    throw UsageError(positional_[positional.size()].name + " is missing");
  }
  return placed;
}

std::string CommandLine::help() const {
  std::ostringstream text;
  text << "usage: sounder " << usage_ << " [options]\n\n" << description_;
  for (const po::options_description& group : groups_) {
    text << '\n' << group;
  }
  text << '\n' << epilogue_;
  return text.str();
}

}  // namespace sounder::cli
