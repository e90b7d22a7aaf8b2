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

/// The kind of the labels and, unless they are real numbers, the classes.
struct LabelMapping {
  /// Whole numbers of more different values than this are taken for measurements or counts.
  static constexpr std::size_t most_classes = 1000;

  LabelKind kind = LabelKind::single;  ///< of all labels together
  /// In order of first appearance, except that -1, +1 is swapped so that +1 comes first, as in
  /// LIBLINEAR: a decision > 0 means classes[0]. Empty when the kind is real.
  std::vector<double> classes;
};

/// A label as a person would write it: the shortest text that reads back the same. As all functions
/// here, for any number of threads at once.
[[nodiscard]] inline std::string label_text(double label) {
  std::array<char, 32> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), label).ptr;
  return {text.data(), end};
}

/// Tells classes from real numbers. O(n log c) for c classes, one pass; stops early when the labels
/// are real numbers. Any number of threads.
[[nodiscard]] inline LabelMapping find_labels(std::span<const double> labels) {
  LabelMapping mapping;
  std::vector<double>& classes = mapping.classes;
  std::vector<double> sorted;
  bool whole = true;
  double previous = std::nan("");
  for (const double label : labels) {
    if (label == previous) {
      continue;
    }
    previous = label;
    const auto place = std::lower_bound(sorted.begin(), sorted.end(), label);
    if (place != sorted.end() && *place == label) {
      continue;
    }
    sorted.insert(place, label);
    classes.push_back(label);
    whole = whole && std::floor(label) == label;
    if (classes.size() > LabelMapping::most_classes || (classes.size() > 2 && !whole)) {
      return {LabelKind::real, {}};
    }
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
  switch (mapping.kind) {
    case LabelKind::single:
      return classes.empty() ? "no labels" : "one label only: " + label_text(classes[0]);
    case LabelKind::binary:
      return "labels " + label_text(classes[0]) + " -> +1, " + label_text(classes[1]) + " -> -1";
    case LabelKind::classes: {
      std::string text = std::to_string(classes.size()) + " classes:";
      for (std::size_t k = 0; k < std::min<std::size_t>(classes.size(), 10); ++k) {
        text += (k == 0 ? " " : ", ") + label_text(classes[k]);
      }
      return text + (classes.size() > 10 ? ", ..." : "");
    }
    case LabelKind::real:
      break;
  }
  return "labels are real numbers";
}

/// n targets, +1 where the label is classes[0] and -1 elsewhere, for a classification loss. O(n).
/// Any number of threads.
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
                 [&](double label) { return label == mapping.classes[0] ? 1.0 : -1.0; });
  return targets;
}

/// n targets, +1 where the label is `positive` and -1 elsewhere, whatever the labels are. O(n). Any
/// number of threads.
/// @throws LabelError when no row, or every row, has that label.
[[nodiscard]] inline std::vector<double> one_against_rest(std::span<const double> labels,
                                                          double positive) {
  std::vector<double> targets(labels.size());
  std::transform(labels.begin(), labels.end(), targets.begin(),
                 [&](double label) { return label == positive ? 1.0 : -1.0; });
  const auto count = std::count(targets.begin(), targets.end(), 1.0);
  if (count == 0 || static_cast<std::size_t>(count) == labels.size()) {
    throw LabelError((count == 0 ? "no row has the label " : "every row has the label ") +
                     label_text(positive) + ": the data has " + describe(find_labels(labels)) +
                     "; name one of several labels");
  }
  return targets;
}

}  // namespace sounder
