// What `sounder train` says about a run, to a person and to a script.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <sounder/engine/run/result.hpp>

#include <sounder/solvers/named/solve.hpp>
#include <sounder/solvers/output/output.hpp>
#include "train_options.hpp"
#include "training_set.hpp"

namespace sounder::cli {

/// What the labels, the weights and the values of the data have become.
void announce_rows(const TrainOptions& options, const TrainingSet& set, const Report& report);

/// Before: the data, the objective in both scalings, the solver.
void announce(const TrainOptions& options, const TrainingSet& set, const SolveRequest& request,
              const Report& report);

/// After: how it ended, how good the model is, where the files are. Divergence is an error, which
/// is said even when quiet.
void summarise(const TrainOptions& options, const SolveRequest& request, const Result& result,
               const Report& report);

[[nodiscard]] nlohmann::ordered_json summary_json(const TrainOptions& options,
                                                  const TrainingSet& set,
                                                  const SolveRequest& request,
                                                  const Result& result);

}  // namespace sounder::cli
