// The frame of a run: what every solver does between epochs.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <sounder/engine/base/stopwatch.hpp>
#include <sounder/engine/run/result.hpp>
#include <sounder/engine/run/trace.hpp>
#include <sounder/solvers/driver/progress_watch.hpp>
#include <sounder/solvers/driver/run_options.hpp>

namespace sounder {

/// A certified point between two epochs.
struct CertifiedPoint {
  Certificate certificate;    ///< of the point
  std::span<const double> w;  ///< its coefficients, in any coordinates
  double intercept = 0.0;     ///< b, if w does not hold it
  std::int64_t updates = 0;   ///< coordinate updates since the start of the run
  bool separates = false;     ///< was scaled to margins of 1, beyond which the loss only falls
  bool still = false;         ///< epochs no longer move it
};

/// The clocks, the best point, the trace, the limits and the end of a run. It knows coefficients
/// and certificates, but no problem. A solver is a loop:
///
///     Run run(options, trace);            // on the training clock, while the data are laid out
///     run.training().stop();
///     run.see(start);
///     while (!run.ended()) {
///       run.begin_epoch();                // ... the method's own work, timed by training() ...
///       run.see(point);
///     }
///     return run.finish();
///
/// see() keeps the point if it is the best, reports it to the trace, and ends the run on reaching
/// the tolerance or a limit or for lack of progress. One thread. Cost: O(p) a point, and a copy of
/// each new best.
class Run {
 public:
  /// Keeps a reference to trace, which must outlive it. Starts the training clock.
  Run(const RunOptions& options, Trace& trace)
      : training_(Stopwatch::running()), options_(options), trace_(trace) {}

  /// The training clock runs for the method's own work, the other one for looks at the objective.
  /// @{
  [[nodiscard]] Stopwatch& training() noexcept { return training_; }
  [[nodiscard]] Stopwatch& evaluation() noexcept { return evaluation_; }
  /// @}

  /// Epochs begun so far; one may be taken back. @{
  [[nodiscard]] int epoch() const noexcept { return epoch_; }
  void begin_epoch() noexcept { ++epoch_; }
  void take_back_epoch() noexcept { --epoch_; }
  /// @}

  /// Whether the run is over.
  [[nodiscard]] bool ended() const noexcept { return status_.has_value(); }
  /// Ends the run. An empty message keeps an earlier one.
  void end(Status status, std::string message = {}) {
    status_ = status;
    if (!message.empty()) {
      say(std::move(message));
    }
  }
  /// Sets the result's message, in place of an earlier one.
  void say(std::string message) { message_ = std::move(message); }

  /// Whether the certificate reaches the tolerance.
  [[nodiscard]] bool reached(const Certificate& point) const noexcept {
    return options_.tolerance > 0.0 && point.relative_gap <= options_.tolerance;
  }

  /// Takes the point after an epoch, or at the start. The training clock must be stopped.
  void see(const CertifiedPoint& point) {
    const Certificate& now = point.certificate;
    // A separating point is the model, though a multiple of it would have a lower loss.
    if (now.objective < lowest() || !seen_ || point.separates) {
      best_.w.assign(point.w.begin(), point.w.end());
      best_.intercept = point.intercept;
      best_.certificate = now;
      seen_ = true;
    }
    const Progress progress{epoch_, options_.max_epochs, training_.seconds(), point.updates, now};
    if (!std::isfinite(now.objective)) {
      end(Status::diverged, overflow);
    } else if (trace_.epoch(progress) == Trace::Verdict::interrupt) {
      end(Status::interrupted);
    } else if (reached(now)) {
      end(Status::converged);
    } else if (point.separates && now.objective > 0.0) {
      end(Status::separable);
    } else if (options_.tolerance > 0.0 && (watch_.stalled(now, point.w) || point.still)) {
      end(Status::stalled);
    } else {
      check_limits();
    }
    if (!ended() && trace_.cancelled()) {
      end(Status::interrupted);
    }
  }

  /// Ends the run if every epoch has been run or the time is over. The first epoch always runs.
  void check_limits() {
    if (ended()) {
      return;
    }
    if (epoch_ >= options_.max_epochs) {
      end(Status::max_epochs);
    } else if (epoch_ > 0 && training_.seconds() >= options_.time_limit) {
      end(Status::time_limit);
    }
  }

  /// The best point so far: only w, intercept and certificate are filled in.
  [[nodiscard]] const Result& best() const noexcept { return best_; }
  /// The objective of the best point; infinity before the first point.
  [[nodiscard]] double lowest() const noexcept {
    return seen_ ? best_.certificate.objective : std::numeric_limits<double>::infinity();
  }

  /// Starts the run again with other options and the training clock at zero.
  void start_again(const RunOptions& options) {
    options_ = options;
    training_ = {};
    evaluation_ = {};
    watch_ = ProgressWatch(patience);
    best_ = {};
    seen_ = false;
    message_.clear();
    epoch_ = 0;
    status_.reset();
  }

  /// Returns the best point and how the run went. Call it once. The solver fills in what only it
  /// knows.
  /// @param dual_objective the highest dual objective found, at any point
  /// @param relative_gap   gap of the best point to it
  [[nodiscard]] Result finish(double dual_objective, double relative_gap) {
    Result result = std::move(best_);
    result.certificate.dual_objective = dual_objective;
    result.certificate.relative_gap = relative_gap;
    result.status = status_.value_or(Status::max_epochs);
    result.message = std::move(message_);
    result.epochs = epoch_;
    result.seconds = training_.seconds();
    result.evaluation_seconds = evaluation_.seconds();
    result.seed = options_.seed;
    return result;
  }

  /// Message for numbers that overflow.
  static constexpr const char* overflow = "the numbers overflow: scale the columns";

 private:
  static constexpr int patience = 100;  ///< epochs without progress in objective or gap

  Stopwatch training_;
  Stopwatch evaluation_;
  RunOptions options_;
  Trace& trace_;
  ProgressWatch watch_{patience};
  Result best_;
  bool seen_ = false;  ///< a point has been seen
  std::string message_;
  int epoch_ = 0;
  std::optional<Status> status_;
};

}  // namespace sounder
