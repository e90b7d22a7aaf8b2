// The options of `sounder sweep`.
#pragma once

#include <string>

#include <sounder/bench/sweep/sweep.hpp>
#include "command_line.hpp"
#include "train_options.hpp"

namespace sounder::cli {

struct SweepOptions {
  TrainOptions train;  ///< the problem, as in `sounder train`, and --json
  sweep::Options sweep;
  std::string report;   ///< file for the report; empty: none
  std::string command;  ///< the words of the command line
};

[[nodiscard]] CommandLine sweep_command_line();

/// @throws UsageError
[[nodiscard]] SweepOptions sweep_options(const Arguments& arguments);

}  // namespace sounder::cli
