// What `sounder sweep` was asked to do.
#pragma once

#include <string>

#include <sounder/bench/sweep/sweep.hpp>
#include "command_line.hpp"
#include "train_options.hpp"

namespace sounder::cli {

struct SweepOptions {
  TrainOptions train;  ///< the problem, as `sounder train` has it, and --json
  sweep::Options sweep;
  std::string report;   ///< empty: none
  std::string command;  ///< the words that were given
};

[[nodiscard]] CommandLine sweep_command_line();

/// @throws UsageError
[[nodiscard]] SweepOptions sweep_options(const Arguments& arguments);

}  // namespace sounder::cli
