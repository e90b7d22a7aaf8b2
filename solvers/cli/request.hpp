// From what was asked for and what was read to what is solved.
#pragma once

#include <sounder/solvers/named/solve.hpp>
#include "train_options.hpp"
#include "training_set.hpp"

namespace sounder::cli {

/// Fills in what the data decide: the strength of the penalty, and views of the arrays of `set`,
/// which the caller keeps. Names become types in dispatch.hpp.
[[nodiscard]] SolveRequest make_request(const TrainOptions& options, const TrainingSet& set,
                                        const Start& start);

}  // namespace sounder::cli
