// The output of `sounder train`, for the user and for scripts.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <sounder/engine/run/result.hpp>

#include <sounder/solvers/named/solve.hpp>
#include <sounder/solvers/output/output.hpp>
#include "train_options.hpp"
#include "training_set.hpp"

namespace sounder::cli {

/// Reports how the labels, weights and values of the data were understood.
void announce_rows(const TrainOptions& options, const TrainingSet& set, const Report& report);

/// Before the run: the data, the objective in both scalings, the solver.
void announce(const TrainOptions& options, const TrainingSet& set, const SolveRequest& request,
              const Report& report);

/// After the run: how it ended, how good the model is, where the files are. Divergence is an error,
/// which is reported even if quiet.
void summarise(const TrainOptions& options, const SolveRequest& request, const Result& result,
               const Report& report);

[[nodiscard]] nlohmann::ordered_json summary_json(const TrainOptions& options,
                                                  const TrainingSet& set,
                                                  const SolveRequest& request,
                                                  const Result& result);

}  // namespace sounder::cli
