// One training run, given by the names of its parts.
#pragma once

#include <optional>
#include <span>
#include <string>

#include <sounder/engine/matrix/csr_matrix.hpp>
#include <sounder/engine/run/result.hpp>
#include <sounder/engine/run/trace.hpp>
#include <sounder/engine/run/virtual_run.hpp>
#include <sounder/engine/shared/replay.hpp>
#include <sounder/solvers/coordinate/coordinate_options.hpp>
#include <sounder/solvers/driver/run_options.hpp>
#include <sounder/solvers/dual/dual_options.hpp>
#include <sounder/solvers/penalty/penalty.hpp>
#include <sounder/solvers/stochastic/sgd_options.hpp>
#include <sounder/solvers/truncated/newton_options.hpp>

namespace sounder {

/// A problem and its solver, by name. Views the data: the caller keeps them alive.
struct SolveRequest {
  std::string solver;                         ///< on the list of solvers, but not "auto"
  std::string loss;                           ///< on the list of losses
  std::optional<double> loss_parameter = {};  ///< of a loss that has a parameter; none: its default
  std::string penalty;                        ///< on the list of penalties
  std::string update;                         ///< on the list of updates
  double lambda = 0.0;
  double c = 0.0;  ///< 1 / (n lambda) exactly as the user gave it; 0 without a penalty
  double l1_ratio = 0.0;
  bool intercept = false;
  Interval bounds = everywhere;  ///< of every coefficient; for coordinate solvers
  CsrMatrix matrix;
  std::span<const double> targets;
  std::span<const double> weights;
  RunOptions run;                ///< options of every solver
  SgdOptions sgd;                ///< further options of sgd, saga and hogwild
  CoordinateOptions coordinate;  ///< further options of the coordinate solvers
  DualOptions dual;              ///< further options of dual-cd
  NewtonOptions newton;          ///< further options of newton
  bool counted = false;          ///< use the update policy's counting twin, if it has one

  /// All options of a solver of one family. @{
  [[nodiscard]] SgdOptions sgd_options() const {
    SgdOptions options = sgd;
    set_run_options(run, options);
    return options;
  }
  [[nodiscard]] CoordinateOptions coordinate_options() const {
    CoordinateOptions options = coordinate;
    set_run_options(run, options);
    return options;
  }
  [[nodiscard]] DualOptions dual_options() const {
    DualOptions options = dual;
    set_run_options(run, options);
    return options;
  }
  [[nodiscard]] NewtonOptions newton_options() const {
    NewtonOptions options = newton;
    set_run_options(run, options);
    return options;
  }
  /// @}
};

/// Trains. @throws std::invalid_argument for options or data that a solver refuses.
[[nodiscard]] Result solve(const SolveRequest& request, Trace& trace);

/// Trains on virtual cores. `request.solver` is on the list of virtual solvers; `request.update` is
/// ignored.
/// @throws std::invalid_argument for options or data that a solver refuses.
[[nodiscard]] VirtualRun simulate(const SolveRequest& request, const VirtualWorkers& workers,
                                  Trace& trace);

/// lambda_max of the request's loss, data and l1_ratio. @throws std::invalid_argument
[[nodiscard]] double strongest_penalty(const SolveRequest& request, int threads);

}  // namespace sounder
