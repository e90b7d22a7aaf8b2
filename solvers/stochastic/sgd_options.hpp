// Options of the stochastic gradient solvers.
#pragma once

#include <cmath>

#include <cstdint>
#include <limits>
#include <span>

#include <sounder/engine/base/index.hpp>
#include <sounder/solvers/driver/run_options.hpp>

namespace sounder {

/// How the step falls over a run; t counts epochs, as a real number from 0 to max_epochs.
enum class StepSchedule {
  automatic,  ///< with variance reduction: linear over the first epoch, then constant; else linear
  constant,   ///< step
  epoch_decay,  ///< step * step_decay^floor(t), as in the Hogwild! paper
  inverse,      ///< step / (1 + t)
  linear,       ///< step * (1 - t / max_epochs)
};

/// Options of `hogwild`, `sgd` and `saga`; stored by value, checked by validate().
struct SgdOptions {
  int threads = 1;         ///< workers, at most
  int max_epochs = 20;     ///< passes over the rows, as in the papers
  double tolerance = 0.0;  ///< stop at this relative duality gap; 0: run every epoch
  double time_limit = std::numeric_limits<double>::infinity();  ///< seconds of training clock
  std::uint64_t seed = 1;                                       ///< of every random choice

  /// The step size; 0: found by trial on a sample of rows. Its unit is 1 / (curvature bound x mean
  /// squared norm of a preconditioned row), so that a step of 1 takes a mean row about to its
  /// minimum.
  double step = 0.0;
  StepSchedule schedule = StepSchedule::automatic;  ///< how the step falls
  double step_decay = 0.9;  ///< factor an epoch, for StepSchedule::epoch_decay

  /// Subtracts from every stochastic gradient its value at the end of the last epoch, and adds the
  /// mean of these values: the noise vanishes as the run converges. Starts with the second epoch.
  /// Costs one more pass over the data an epoch, on the training clock.
  bool variance_reduction = true;
  int extrapolation = 8;  ///< past iterates combined after an epoch; 0: none
  /// Near the end, joint Newton steps on the most frequent columns (FrequentNewton), whose noise
  /// adds most to the duality gap. For smooth losses with an l2 penalty and no l1.
  bool newton = true;
  bool adagrad = false;  ///< AdaGrad steps; rules out variance reduction

  /// `sgd` and `saga`: rows a batch, 1 to 64, whose margins are gathered at once; 0: as the data
  /// suggests.
  int batch = 0;
  Index row_block = 16;  ///< at most this many neighbouring rows stay together in the shuffle
  /// Frequent columns that get penalty and variance reduction for many rows at once, and of which
  /// hogwild's workers keep copies; -1: automatic, 0: none.
  int hot_columns = -1;

  std::span<const double> initial = {};  ///< p coefficients to start from; empty: zero
  double initial_intercept = 0.0;        ///< b to start from

  /// @throws std::invalid_argument with one sentence naming the option.
  void validate() const {
    run_options(*this).validate();
    const auto require = RunOptions::require;
    require(step >= 0.0 && std::isfinite(step), "step must be 0 (automatic) or more");
    require(step_decay > 0.0 && step_decay <= 1.0, "step_decay must be in (0, 1]");
    require(extrapolation >= 0 && extrapolation <= 64, "extrapolation must be from 0 to 64");
    require(batch >= 0 && batch <= 64, "batch must be from 0 (automatic) to 64");
    require(row_block >= 1, "row_block must be at least 1");
    require(hot_columns >= -1, "hot_columns must be -1 (automatic) or more");
  }
};

}  // namespace sounder
