// The kinds of labels that a data set can have, and how they become the targets of a
// classification.
#pragma once

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace sounder {

/// Labels that do not suit the request; what() is a sentence that says which labels would.
class LabelError : public std::invalid_argument {
 public:
  using std::invalid_argument::invalid_argument;
};

/// The kind of a data set's labels.
enum class LabelKind : std::uint8_t {
  single,   ///< every row has the same label
  binary,   ///< two different labels, any numbers
  classes,  ///< several whole numbers, at most LabelMapping::most_classes
  real,     ///< numbers to be approximated
};

/// The kind of the labels and, unless they are real numbers, the classes. Only rows of a weight
/// above 0 count.
struct LabelMapping {
  /// Whole numbers with more different values are taken for measurements or counts.
  static constexpr std::size_t most_classes = 1000;

  LabelKind kind = LabelKind::single;  ///< kind of all labels together
  /// In order of first appearance, except that -1, +1 is swapped so that +1 comes first.
  /// LIBLINEAR's model files use the same order: a decision > 0 means classes[0]. Empty if the kind
  /// is real.
  std::vector<double> classes;
  /// Labels of rows of weight 0 only, in order of first appearance, at most most_classes. They are
  /// not classes. Empty if the kind is real.
  std::vector<double> weightless;

  /// The label that is +1: the larger of the two, so the order of the rows does not matter. Only if
  /// the kind is binary.
  [[nodiscard]] double positive() const noexcept { return std::max(classes[0], classes[1]); }
};

/// A label as a person would write it: the shortest text that reads back the same. Like all
/// functions here, for any number of threads at once.
[[nodiscard]] inline std::string label_text(double label) {
  std::array<char, 32> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), label).ptr;
  return {text.data(), end};
}

namespace detail {

/// Different labels, in order of first appearance.
class DistinctLabels {
 public:
  /// Whether the label is new. O(log c) for c labels so far, O(c) for a new one.
  bool add(double label) {
    if (label == last_) {
      return false;
    }
    last_ = label;
    const auto place = std::lower_bound(sorted_.begin(), sorted_.end(), label);
    if (place != sorted_.end() && *place == label) {
      return false;
    }
    sorted_.insert(place, label);
    in_order_.push_back(label);
    return true;
  }
  [[nodiscard]] bool holds(double label) const {
    return std::binary_search(sorted_.begin(), sorted_.end(), label);
  }
  [[nodiscard]] const std::vector<double>& in_order() const noexcept { return in_order_; }

 private:
  std::vector<double> sorted_;
  std::vector<double> in_order_;
  double last_ = std::nan("");
};

/// Sets the classes in the order of their first rows, whatever their weight, and the labels of
/// weight 0.
inline void order_labels(std::span<const double> labels, const DistinctLabels& present,
                         LabelMapping& mapping) {
  DistinctLabels classes;
  DistinctLabels weightless;
  for (const double label : labels) {
    if (present.holds(label)) {
      classes.add(label);
    } else if (weightless.in_order().size() < LabelMapping::most_classes) {
      weightless.add(label);
    }
  }
  mapping.classes = classes.in_order();
  mapping.weightless = weightless.in_order();
}

/// A list of at most ten labels, "1, 2, 3".
[[nodiscard]] inline std::string list_of_labels(std::span<const double> labels) {
  std::string text;
  for (std::size_t k = 0; k < std::min<std::size_t>(labels.size(), 10); ++k) {
    text += (k == 0 ? "" : ", ") + label_text(labels[k]);
  }
  return text + (labels.size() > 10 ? ", ..." : "");
}

}  // namespace detail

/// Tells classes from real numbers. O(n log c) for c classes, one pass, two with weights; stops
/// early if the labels are real numbers. Any number of threads.
/// @param weights n numbers, or empty for all ones: rows of weight 0 do not make a class, but a
///        class appears with its first row of any weight
[[nodiscard]] inline LabelMapping find_labels(std::span<const double> labels,
                                              std::span<const double> weights = {}) {
  LabelMapping mapping;
  detail::DistinctLabels present;
  bool whole = true;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if ((!weights.empty() && weights[i] == 0.0) || !present.add(labels[i])) {
      continue;
    }
    whole = whole && std::floor(labels[i]) == labels[i];
    const std::size_t count = present.in_order().size();
    if (count > LabelMapping::most_classes || (count > 2 && !whole)) {
      return {LabelKind::real, {}, {}};
    }
  }
  std::vector<double>& classes = mapping.classes;
  classes = present.in_order();
  if (!weights.empty()) {
    detail::order_labels(labels, present, mapping);
  }
  if (classes.size() == 2 && classes[0] == -1.0 && classes[1] == 1.0) {
    std::swap(classes[0], classes[1]);
  }
  mapping.kind = classes.size() < 2    ? LabelKind::single
                 : classes.size() == 2 ? LabelKind::binary
                                       : LabelKind::classes;
  return mapping;
}

/// One line that tells the user which label means what. Any number of threads.
[[nodiscard]] inline std::string describe(const LabelMapping& mapping) {
  const std::vector<double>& classes = mapping.classes;
  std::string text;
  switch (mapping.kind) {
    case LabelKind::single:
      text = classes.empty() ? "no labels" : "one label only: " + label_text(classes[0]);
      break;
    case LabelKind::binary:
      text = "labels " + label_text(mapping.positive()) + " -> +1, " +
             label_text(std::min(classes[0], classes[1])) + " -> -1";
      break;
    case LabelKind::classes:
      text = std::to_string(classes.size()) + " classes: " + detail::list_of_labels(classes);
      break;
    case LabelKind::real:
      return "labels are real numbers";
  }
  if (!mapping.weightless.empty()) {
    text += " (" + detail::list_of_labels(mapping.weightless) + " on rows of weight 0 only)";
  }
  return text;
}

/// n targets for a classification loss: +1 where the label is mapping.positive(), -1 elsewhere.
/// O(n). Any number of threads.
/// @throws LabelError unless there are two different labels
[[nodiscard]] inline std::vector<double> binary_targets(std::span<const double> labels,
                                                        const LabelMapping& mapping) {
  switch (mapping.kind) {
    case LabelKind::single:
      throw LabelError("classification needs two classes, but the data has " + describe(mapping));
    case LabelKind::classes:
      throw LabelError("classification needs two classes, but the data has " + describe(mapping) +
                       "; set one of them against the rest, or take squared loss");
    case LabelKind::real:
      throw LabelError(
          "classification needs two classes, but the labels are real numbers; "
          "set one of them against the rest, or take squared loss");
    case LabelKind::binary:
      break;
  }
  std::vector<double> targets(labels.size());
  std::transform(labels.begin(), labels.end(), targets.begin(),
                 [&](double label) { return label == mapping.positive() ? 1.0 : -1.0; });
  return targets;
}

/// n targets: +1 where the label is `positive`, -1 elsewhere, whatever the labels are. O(n). Any
/// number of threads.
/// @param weights n numbers, or empty for all ones
/// @throws LabelError if none or all of the rows of a weight above 0 have that label
[[nodiscard]] inline std::vector<double> one_against_rest(std::span<const double> labels,
                                                          double positive,
                                                          std::span<const double> weights = {}) {
  std::vector<double> targets(labels.size());
  std::transform(labels.begin(), labels.end(), targets.begin(),
                 [&](double label) { return label == positive ? 1.0 : -1.0; });
  bool some = false;
  bool others = false;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    if (weights.empty() || weights[i] != 0.0) {
      (targets[i] > 0.0 ? some : others) = true;
    }
  }
  if (!some || !others) {
    throw LabelError(std::string(some ? "every row" : "no row") +
                     (weights.empty() ? "" : " of a weight above 0") + " has the label " +
                     label_text(positive) + ": the data has " +
                     describe(find_labels(labels, weights)) + "; name one of several labels");
  }
  return targets;
}

}  // namespace sounder
