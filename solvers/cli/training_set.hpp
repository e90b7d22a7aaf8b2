// The data of a training run: what was read, and what its labels mean.
#pragma once

#include <string>
#include <vector>

#include <sounder/datasets/dataset.hpp>
#include <sounder/solvers/model.hpp>

#include "output.hpp"
#include "train_options.hpp"

namespace sounder::cli {

struct TrainingSet {
  Dataset data;
  double load_seconds = 0.0;
  std::vector<double> targets;  ///< n values: +1 and -1, or the labels themselves
  std::vector<double> classes;  ///< the labels of +1 and -1; empty for a regression
  std::string mapping;          ///< what became of the labels, in words
};

/// @throws InputError, ParseError
[[nodiscard]] TrainingSet load_training_set(const TrainOptions& options);

/// Rows of another file that are to be scored: the same columns (others are ignored), and labels
/// that mean what they mean in `set`.
struct ValidationSet {
  Dataset data;
  std::vector<double> targets;
};

/// @throws InputError, ParseError, also for a label that `set` does not know
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
