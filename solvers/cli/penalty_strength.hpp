// The strength of the penalty: --lambda, --lambda-ratio, or LIBLINEAR's --C, which is 1/(n lambda).
#pragma once

#include <sounder/solvers/named/solve.hpp>
#include "command_line.hpp"
#include "train_options.hpp"

namespace sounder::cli {

/// Adds to the current group: the strength of the penalty.
void describe_strength(CommandLine& line);

/// Reads the strength of the penalty, whose kind must be set. @throws UsageError
void read_strength(const Arguments& arguments, TrainOptions& options);

/// What the options come to on the request's data, whose matrix, targets and weights are known: its
/// lambda, and C = 1/(n lambda). @throws InputError where no lambda leaves a feature
void settle_strength(const TrainOptions& options, SolveRequest& request);

}  // namespace sounder::cli
