// The options of `sounder path`.
#pragma once

#include <sounder/solvers/coordinate/coordinate_options.hpp>
#include <sounder/solvers/path/cross_validation.hpp>

#include <optional>
#include <string>
#include <vector>

#include "command_line.hpp"
#include "train_options.hpp"

namespace sounder::cli {

struct PathOptions {
  TrainOptions train;  ///< as in `sounder train`; `trace` is the CSV
  int lambdas = 0;
  double lambda_min_ratio = 0.0;
  std::vector<double> c_grid;          ///< LIBLINEAR's C, rising; empty: lambdas from lambda_max
  std::string validate;                ///< file of validation rows; empty: none
  int folds = 0;                       ///< number of folds; 0: none
  std::optional<Selection> selection;  ///< none: no model is written
  CoordinateOptions solver;
};

[[nodiscard]] CommandLine path_command_line();

/// @throws UsageError
[[nodiscard]] PathOptions path_options(const Arguments& arguments);

}  // namespace sounder::cli
