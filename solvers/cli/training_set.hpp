// The data of a training run: what was read, and what its labels mean.
#pragma once

#include <span>
#include <string>
#include <vector>

#include <sounder/datasets/dataset.hpp>
#include <sounder/solvers/model/linear_model.hpp>

#include <sounder/solvers/output/output.hpp>
#include "train_options.hpp"

namespace sounder::cli {

struct TrainingSet {
  Dataset data;
  double load_seconds = 0.0;
  std::vector<double> targets;  ///< n values: +1 and -1, or the labels themselves
  std::vector<double> classes;  ///< two labels in the model's order; empty for a regression
  double positive = 0.0;        ///< which of them is +1
  std::string mapping;          ///< what became of the labels, in words

  /// Whether the model's first label is -1, so that its weights are turned ones.
  [[nodiscard]] bool turned() const { return !classes.empty() && classes[0] != positive; }
};

/// The weights of the rows in words, such as "rows are weighted, from 0 to 2 (1 row of weight 0)".
[[nodiscard]] std::string describe_weights(std::span<const double> weights);

/// "float" or "double": how values are kept.
[[nodiscard]] std::string values_name(const CsrMatrix& matrix);

/// Why values are kept in double where nobody asked for it; empty where that is not so.
[[nodiscard]] std::string explain_values(const Dataset& data, const ReadOptions& read);

/// @throws InputError, ParseError
[[nodiscard]] TrainingSet load_training_set(const TrainOptions& options);

/// Rows of another file that are to be scored: the same columns (others are ignored), and labels
/// that mean what they mean in `set`.
struct ValidationSet {
  Dataset data;
  std::vector<double> targets;
};

/// @throws InputError, ParseError, also for a label that `set` does not know, and where every row
///         weighs 0
[[nodiscard]] ValidationSet load_validation_set(const std::string& path,
                                                const TrainOptions& options,
                                                const TrainingSet& set);

/// Where a run starts: the weights of another model.
struct Start {
  std::vector<double> w;  ///< p values, or empty: zero
  double intercept = 0.0;
};

/// @throws InputError when the model does not fit the data
[[nodiscard]] Start load_start(const TrainOptions& options, const TrainingSet& set);

/// Says who cannot use a model of data that was read so, if anybody.
void report_hashing(const ReadOptions& read, const Report& report);

/// The model that the weights of a run make.
[[nodiscard]] LinearModel make_model(const TrainOptions& options, const TrainingSet& set,
                                     std::vector<double> w, double intercept);

}  // namespace sounder::cli
