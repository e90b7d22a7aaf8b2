// Makes a SolveRequest from the options and the data.
#pragma once

#include <sounder/solvers/named/solve.hpp>
#include "train_options.hpp"
#include "training_set.hpp"

namespace sounder::cli {

/// Fills in what the data determine: the strength of the penalty, and views of the arrays of `set`,
/// which the caller keeps alive. solve() turns the names into types.
[[nodiscard]] SolveRequest make_request(const TrainOptions& options, const TrainingSet& set,
                                        const Start& start);

}  // namespace sounder::cli
