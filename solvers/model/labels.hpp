// What the labels of a data set are, and how they become the targets of a classification.
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

/// Labels that do not suit what was asked of them; what() is a sentence that names what would.
class LabelError : public std::invalid_argument {
 public:
  using std::invalid_argument::invalid_argument;
};

/// What a data set's labels can be.
enum class LabelKind : std::uint8_t {
  single,   ///< every row has the same label
  binary,   ///< two different labels, whatever they are
  classes,  ///< several whole numbers, no more than LabelMapping::most_classes
  real,     ///< numbers to be approximated
};

/// The kind of the labels and, unless they are real numbers, the classes. Only rows of a weight
/// above 0 tell.
struct LabelMapping {
  /// Whole numbers of more different values than this are taken for measurements or counts.
  static constexpr std::size_t most_classes = 1000;

  LabelKind kind = LabelKind::single;  ///< of all labels together
  /// In order of first appearance, except that -1, +1 is swapped so that +1 comes first, as in
  /// LIBLINEAR, whose model files have this order: a decision > 0 of theirs means classes[0]. Empty
  /// when the kind is real.
  std::vector<double> classes;
  /// Labels that rows of weight 0 alone have, in order of first appearance, most_classes at most.
  /// They are no classes. Empty when the kind is real.
  std::vector<double> weightless;

  /// The label that is +1: the larger of the two, so that the order of the rows changes nothing.
  /// Only where the kind is binary.
  [[nodiscard]] double positive() const noexcept { return std::max(classes[0], classes[1]); }
};

/// A label as a person would write it: the shortest text that reads back the same. As all functions
/// here, for any number of threads at once.
[[nodiscard]] inline std::string label_text(double label) {
  std::array<char, 32> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), label).ptr;
  return {text.data(), end};
}

namespace detail {

/// Different labels, in the order in which they came.
class DistinctLabels {
 public:
  /// Whether it is a new one. O(log c) for c labels so far, O(c) for a new one.
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

/// The classes in the order of their first rows, whatever those weigh, and the labels without
/// weight.
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

/// At most ten labels, "1, 2, 3".
[[nodiscard]] inline std::string list_of_labels(std::span<const double> labels) {
  std::string text;
  for (std::size_t k = 0; k < std::min<std::size_t>(labels.size(), 10); ++k) {
    text += (k == 0 ? "" : ", ") + label_text(labels[k]);
  }
  return text + (labels.size() > 10 ? ", ..." : "");
}

}  // namespace detail

/// Tells classes from real numbers. O(n log c) for c classes, one pass, with weights two; stops
/// early when the labels are real numbers. Any number of threads.
/// @param weights n numbers, or empty for all ones: rows of weight 0 do not tell what classes there
///                are, though a class appears with its first row of any weight
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

/// One line for a person: which label means what. Any number of threads.
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

/// n targets, +1 where the label is mapping.positive() and -1 elsewhere, for a classification loss.
/// O(n). Any number of threads.
/// @throws LabelError unless the labels are of two kinds.
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

/// n targets, +1 where the label is `positive` and -1 elsewhere, whatever the labels are. O(n). Any
/// number of threads.
/// @param weights n numbers, or empty for all ones
/// @throws LabelError when no row of a weight above 0, or every one, has that label.
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
