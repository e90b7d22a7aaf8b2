// The data of a training run, and the meaning of its labels.
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
  double positive = 0.0;        ///< the label that is +1
  std::string mapping;          ///< how labels were mapped to targets, in words

  /// Whether the model's first label is -1; then the signs of its weights are turned.
  [[nodiscard]] bool turned() const { return !classes.empty() && classes[0] != positive; }
};

/// The weights of the rows in words, such as "rows are weighted, from 0 to 2 (1 row of weight 0)".
[[nodiscard]] std::string describe_weights(std::span<const double> weights);

/// "float" or "double": how values are stored.
[[nodiscard]] std::string values_name(const CsrMatrix& matrix);

/// Why values are stored in double although the user did not ask for it; empty if that is not the
/// case.
[[nodiscard]] std::string explain_values(const Dataset& data, const ReadOptions& read);

/// @throws InputError, ParseError
[[nodiscard]] TrainingSet load_training_set(const TrainOptions& options);

/// Rows of another file to be scored, with the same columns (others are ignored), and labels that
/// mean the same as in `set`.
struct ValidationSet {
  Dataset data;
  std::vector<double> targets;
};

/// @throws InputError, ParseError, also for a label that `set` does not know, and if every row has
///        weight 0
[[nodiscard]] ValidationSet load_validation_set(const std::string& path,
                                                const TrainOptions& options,
                                                const TrainingSet& set);

/// The start of a run: the weights of another model.
struct Start {
  std::vector<double> w;  ///< p values, or empty: zero
  double intercept = 0.0;
};

/// @throws InputError if the model does not fit the data
[[nodiscard]] Start load_start(const TrainOptions& options, const TrainingSet& set);

/// Warns about programs that cannot use a model of hashed data.
void report_hashing(const ReadOptions& read, const Report& report);

/// Makes the model from the weights of a run.
[[nodiscard]] LinearModel make_model(const TrainOptions& options, const TrainingSet& set,
                                     std::vector<double> w, double intercept);

}  // namespace sounder::cli
