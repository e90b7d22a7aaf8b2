// Reads and writes a LinearModel as text in LIBLINEAR's format.
#pragma once

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include <sounder/solvers/model/linear_model.hpp>

namespace sounder {

/// Text that is not a model. Line and column (in bytes) count from 1.
class ModelFormatError : public std::invalid_argument {
 public:
  /// @param reason what is wrong, without the place; returned by what()
  ModelFormatError(std::int64_t line, std::int64_t column, const std::string& reason)
      : std::invalid_argument(reason), line_(line), column_(column) {}

  /// The place of the word that is not understood. @{
  [[nodiscard]] std::int64_t line() const noexcept { return line_; }
  [[nodiscard]] std::int64_t column() const noexcept { return column_; }
  /// @}

 private:
  std::int64_t line_;
  std::int64_t column_;
};

namespace detail {

inline constexpr std::array<std::string_view, 11> liblinear_solvers = {"L2R_LR",
                                                                       "L2R_L2LOSS_SVC_DUAL",
                                                                       "L2R_L2LOSS_SVC",
                                                                       "L2R_L1LOSS_SVC_DUAL",
                                                                       "MCSVM_CS",
                                                                       "L1R_L2LOSS_SVC",
                                                                       "L1R_LR",
                                                                       "L2R_LR_DUAL",
                                                                       "L2R_L2LOSS_SVR",
                                                                       "L2R_L2LOSS_SVR_DUAL",
                                                                       "L2R_L1LOSS_SVR_DUAL"};

/// Reads words separated by white space, and keeps the place of the last one.
class ModelText {
 public:
  explicit ModelText(std::string_view text) : text_(text) {}

  /// The next word; empty at the end.
  std::string_view word() {
    while (next_ < text_.size() && is_space(text_[next_])) {
      if (text_[next_++] == '\n') {
        ++line_;
        line_begin_ = next_;
      }
    }
    first_ = next_;
    while (next_ < text_.size() && !is_space(text_[next_])) {
      ++next_;
    }
    return text_.substr(first_, next_ - first_);
  }

  /// The next word as a finite number. `what` names it in the error.
  double number(const char* what) {
    std::string_view digits = word();
    if (digits.empty()) {
      fail(std::string("the file ends where ") + what + " should be");
    }
    if (digits.size() > 1 && digits[0] == '+' && digits[1] != '-') {
      digits.remove_prefix(1);
    }
    double value = 0.0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    const bool whole = end == digits.data() + digits.size();
    if (!whole || error == std::errc::invalid_argument || !std::isfinite(value)) {
      fail(std::string(what) + " is not a finite number");
    }
    if (error == std::errc::result_out_of_range) {
      fail(std::string(what) + " is out of the range of a double");
    }
    return value;
  }

  /// The next word as a whole number in [low, 2^31 - 1].
  Index count(const char* what, Index low) {
    const double value = number(what);
    if (value != std::floor(value) || value < low || value > std::numeric_limits<Index>::max()) {
      fail(std::string(what) + " must be a whole number of at least " + std::to_string(low));
    }
    return static_cast<Index>(value);
  }

  /// Throws an error at the last word.
  [[noreturn]] void fail(const std::string& reason) const {
    throw ModelFormatError(line_, static_cast<std::int64_t>(first_ - line_begin_) + 1, reason);
  }

  [[nodiscard]] std::size_t left() const noexcept { return text_.size() - next_; }

 private:
  static bool is_space(char c) noexcept {
    return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\v' || c == '\f';
  }

  std::string_view text_;
  std::size_t next_ = 0;
  std::size_t first_ = 0;
  std::size_t line_begin_ = 0;
  std::int64_t line_ = 1;
};

class ModelReading {
 public:
  explicit ModelReading(std::string_view text) : text_(text) {}

  LinearModel read() {
    for (std::string_view key = text_.word(); key != "w"; key = text_.word()) {
      read_field(key);
    }
    if (model_.solver_type.empty() || classes_ < 0 || !has_features_ || !has_bias_) {
      text_.fail("solver_type, nr_class, nr_feature and bias must come before w");
    }
    const bool regression = model_.solver_type.ends_with("SVR") ||
                            model_.solver_type.find("_SVR_") != std::string::npos;
    if (regression != model_.labels.empty()) {
      text_.fail(regression ? "a regression has no labels" : "the labels are missing");
    }
    if (!regression && (classes_ != 2 || model_.solver_type == "MCSVM_CS")) {
      model_.outputs = classes_;
    }
    read_weights();
    return std::move(model_);
  }

 private:
  void read_field(std::string_view key) {
    if (key.empty()) {
      text_.fail("the file ends before the weights");
    } else if (key == "solver_type") {
      read_solver();
    } else if (key == "nr_class") {
      classes_ = text_.count("nr_class", 1);
    } else if (key == "label") {
      read_labels();
    } else if (key == "nr_feature") {
      model_.features = text_.count("nr_feature", 0);
      has_features_ = true;
    } else if (key == "bias") {
      bias_ = text_.number("bias");
      has_bias_ = true;
    } else {
      text_.fail("'" + std::string(key.substr(0, 40)) + "' is not a field of a LIBLINEAR model");
    }
  }

  void read_solver() {
    const std::string_view name = text_.word();
    if (name == "ONECLASS_SVM") {
      text_.fail("a one-class model cannot be used: train a classification or a regression");
    }
    if (std::find(liblinear_solvers.begin(), liblinear_solvers.end(), name) ==
        liblinear_solvers.end()) {
      text_.fail("'" + std::string(name.substr(0, 40)) + "' is not a solver of LIBLINEAR");
    }
    model_.solver_type = name;
  }

  void read_labels() {
    if (classes_ < 0) {
      text_.fail("nr_class must come before label");
    }
    model_.labels.clear();
    for (Index k = 0; k < classes_; ++k) {
      model_.labels.push_back(text_.number("a label"));
    }
  }

  void read_weights() {
    const auto outputs = static_cast<std::size_t>(model_.outputs);
    const std::size_t count = static_cast<std::size_t>(model_.features) * outputs;
    model_.weights.reserve(std::min(count, text_.left() / 2 + 1));
    for (std::size_t j = 0; j < count; ++j) {
      model_.weights.push_back(text_.number("a weight"));
    }
    for (std::size_t k = 0; k < outputs && bias_ >= 0.0; ++k) {
      model_.intercepts.push_back(bias_ * text_.number("the weight of the bias"));
    }
    const std::string_view more = text_.word();
    if (more == "#") {
      read_hash_bits();
    } else if (!more.empty()) {
      text_.fail("there are more weights than nr_feature and nr_class say");
    }
  }

  /// Reads `# hash_bits B`, which follows what LIBLINEAR's programs read.
  void read_hash_bits() {
    if (text_.word() != "hash_bits") {
      text_.fail("after the weights only '# hash_bits B' may stand");
    }
    model_.hash_bits = text_.count("hash_bits", 1);
    if (model_.hash_bits > 30) {
      text_.fail("hash_bits must be at most 30");
    }
    if (model_.features != Index{1} << model_.hash_bits) {
      text_.fail("hash_bits " + std::to_string(model_.hash_bits) + " means an nr_feature of " +
                 std::to_string(Index{1} << model_.hash_bits) + ", and it is " +
                 std::to_string(model_.features));
    }
    if (!text_.word().empty()) {
      text_.fail("nothing may stand after hash_bits");
    }
  }

  ModelText text_;
  LinearModel model_{.solver_type = "", .labels = {}, .weights = {}, .intercepts = {}};
  Index classes_ = -1;
  double bias_ = -1.0;
  bool has_features_ = false;
  bool has_bias_ = false;
};

/// The shortest text that reads back as the same double.
inline void append_double(std::string& text, double value) {
  std::array<char, 32> digits{};
  text.append(digits.data(),
              std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr);
}

/// Like append_double, but writes whole numbers without an exponent, because LIBLINEAR's labels are
/// integers.
inline void append_label(std::string& text, double label) {
  constexpr double exact = 0x1p53;
  if (std::floor(label) == label && std::abs(label) < exact) {
    text += std::to_string(static_cast<std::int64_t>(label));
  } else {
    append_double(text, label);
  }
}

}  // namespace detail

/// Reads a model written by LIBLINEAR's programs or by to_liblinear(). O(size of the text). Any
/// number of threads.
/// @throws ModelFormatError for the first word that cannot be understood.
[[nodiscard]] inline LinearModel from_liblinear(std::string_view text) {
  return detail::ModelReading(text).read();
}

/// The model as text. Weights read back bit for bit; intercepts are written as the weights of a
/// feature that is 1 in every row (`bias 1`). A hashed model ends with a line `# hash_bits B`.
/// liblinear-predict stops reading before that line and does not hash, so its predictions with such
/// a model are meaningless. Any number of threads.
/// @throws std::invalid_argument from model.validate().
[[nodiscard]] inline std::string to_liblinear(const LinearModel& model) {
  model.validate();
  const auto outputs = static_cast<std::size_t>(model.outputs);
  std::string text = "solver_type " + model.solver_type + "\nnr_class ";
  text += std::to_string(model.regression() ? 2 : model.labels.size());
  text += model.regression() ? "" : "\nlabel";
  for (const double label : model.labels) {
    text += ' ';
    detail::append_label(text, label);
  }
  text += "\nnr_feature " + std::to_string(model.features);
  text += model.intercepts.empty() ? "\nbias -1\nw\n" : "\nbias 1\nw\n";
  const auto append_row = [&](std::span<const double> values) {
    for (const double value : values) {
      detail::append_double(text, value);
      text += ' ';
    }
    text += '\n';
  };
  for (std::size_t j = 0; j < model.weights.size(); j += outputs) {
    append_row({model.weights.data() + j, outputs});
  }
  if (!model.intercepts.empty()) {
    append_row(model.intercepts);
  }
  if (model.hash_bits > 0) {
    text += "# hash_bits " + std::to_string(model.hash_bits) + "\n";
  }
  return text;
}

}  // namespace sounder
