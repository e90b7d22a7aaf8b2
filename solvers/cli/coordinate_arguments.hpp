// The options of the coordinate solvers on the command line.
#pragma once

#include "command_line.hpp"
#include "train_options.hpp"

namespace sounder::cli {

/// Adds the group of options that only coordinate solvers take.
void describe_coordinate_arguments(CommandLine& line);

/// Reads these options; options.chosen, loss and penalty must be set.
/// @throws UsageError, also if they were given to a solver that does not use them
void read_coordinate_arguments(const Arguments& arguments, TrainOptions& options);

/// Reads --lower, --upper and --non-negative. @throws UsageError
[[nodiscard]] Interval read_bounds(const Arguments& arguments);

[[nodiscard]] BlockKind block_kind(std::string_view name);

}  // namespace sounder::cli
