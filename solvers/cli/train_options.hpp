// The options of `sounder train`.
#pragma once

#include <optional>
#include <string>

#include <sounder/datasets/libsvm_reader.hpp>

#include <sounder/solvers/named/solve.hpp>
#include "command_line.hpp"

namespace sounder::cli {

struct TrainOptions {
  std::string data;
  std::string model;
  ReadOptions read;
  std::optional<double> positive;  ///< the class that is trained against all others

  std::string loss;
  std::optional<double> loss_parameter;  ///< for a loss that has a parameter
  std::string penalty;
  std::optional<double> lambda;  ///< at most one of these three is set
  std::optional<double> c;
  std::optional<double> lambda_ratio;
  double l1_ratio = 0.0;
  bool intercept = false;
  Interval bounds = everywhere;

  std::string solver;  ///< as asked for, perhaps "auto"
  std::string chosen;  ///< the solver after resolving "auto", see reconsider_solver
  std::string why;     ///< why "auto" comes to that
  std::string update;  ///< "plain" where threads share nothing
  bool deterministic = false;
  RunOptions run;
  SgdOptions sgd;                ///< without the options in `run`
  CoordinateOptions coordinate;  ///< without the options in `run`
  DualOptions dual;              ///< likewise

  std::string warm_start;  ///< file; empty: none
  std::string json;        ///< file; empty: none
  std::string trace;       ///< file; empty: none
  bool quiet = false;
};

[[nodiscard]] CommandLine train_command_line();

/// @throws UsageError
[[nodiscard]] TrainOptions train_options(const Arguments& arguments);

/// Resolves "auto" again once the data are read, and updates what depends on it.
void reconsider_solver(const Arguments& arguments, const CsrMatrix& matrix, TrainOptions& options);

}  // namespace sounder::cli
