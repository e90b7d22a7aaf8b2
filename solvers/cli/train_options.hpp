// What `sounder train` was asked to do.
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
  std::optional<double> positive;  ///< the class that stands against the rest

  std::string loss;
  std::optional<double> loss_parameter;  ///< of a loss that has one
  std::string penalty;
  std::optional<double> lambda;  ///< at most one of these three
  std::optional<double> c;
  std::optional<double> lambda_ratio;
  double l1_ratio = 0.0;
  bool intercept = false;
  Interval bounds = everywhere;

  std::string solver;  ///< as asked for, perhaps "auto"
  std::string chosen;  ///< what that comes to, see reconsider_solver
  std::string why;     ///< why "auto" comes to that
  std::string update;  ///< "plain" for a serial solver
  RunOptions run;
  SgdOptions sgd;                ///< less what is in `run`
  CoordinateOptions coordinate;  ///< likewise

  std::string warm_start;  ///< empty: none
  std::string json;        ///< empty: none
  std::string trace;       ///< empty: none
  bool quiet = false;
};

[[nodiscard]] CommandLine train_command_line();

/// @throws UsageError
[[nodiscard]] TrainOptions train_options(const Arguments& arguments);

/// What "auto" comes to on data that has been read, with what depends on it.
void reconsider_solver(const Arguments& arguments, const CsrMatrix& matrix, TrainOptions& options);

}  // namespace sounder::cli
