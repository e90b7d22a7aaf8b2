// The problem in the form that solvers need, and its result in the caller's form. Every solver
// begins and ends here.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <type_traits>
#include <utility>

#include <sounder/engine/base/array.hpp>
#include <sounder/engine/base/message.hpp>
#include <sounder/engine/base/stopwatch.hpp>
#include <sounder/engine/matrix/centred_matrix.hpp>
#include <sounder/engine/run/result.hpp>
#include <sounder/engine/run/trace.hpp>
#include <sounder/engine/threads/team.hpp>
#include <sounder/solvers/driver/certificate.hpp>
#include <sounder/solvers/driver/separation.hpp>
#include <sounder/solvers/loss/loss.hpp>
#include <sounder/solvers/penalty/scaled.hpp>
#include <sounder/solvers/problem/problem.hpp>

namespace sounder {
namespace detail {

/// The power of two nearest to the mean of some numbers >= 0, not all of them 0; 1 for no numbers.
[[nodiscard]] inline double unit_of(std::span<const double> weights) noexcept {
  double largest = 0.0;
  for (const double s : weights) {
    largest = std::max(largest, s);
  }
  if (weights.empty() || !(largest > 0.0) || !std::isfinite(largest)) {
    return 1.0;
  }
  const int top = std::ilogb(largest);
  double sum = 0.0;  // in units of 2^top: neither overflows nor vanishes
  for (const double s : weights) {
    sum += std::scalbn(s, -top);
  }
  const double mean = sum / static_cast<double>(weights.size());
  return std::scalbn(1.0, std::clamp(top + std::ilogb(mean), -1000, 1000));
}

/// Passes progress on in the caller's units: objectives times a factor.
class UnitTrace final : public Trace {
 public:
  UnitTrace(Trace& trace, double unit) : trace_(trace), unit_(unit) {}
  Verdict epoch(const Progress& progress) override {
    Progress told = progress;
    told.certificate.objective *= unit_;
    told.certificate.dual_objective *= unit_;
    return trace_.epoch(told);
  }
  [[nodiscard]] bool cancelled() const noexcept override { return trace_.cancelled(); }

 private:
  Trace& trace_;
  double unit_;
};

/// Refuses columns of values that a float cannot hold, or holds with a few bits only: the solvers
/// store a double as the sum of two floats. O(nnz) for doubles, O(1) for floats.
inline void require_floats(const CsrMatrix& matrix) {
  const double* const values = matrix.values().data<double>();
  constexpr double most = 3.4e38;
  constexpr double least = 1e-30;
  for (std::size_t k = 0; values != nullptr && k < matrix.values().size(); ++k) {
    const double size = std::abs(values[k]);
    if (size > most || (size < least && size > 0.0)) {
      refuse({"column ", matrix.column_indices()[k] + 1,
              " (counted from 1) holds a value of size 10^",
              static_cast<int>(std::floor(std::log10(size))),
              ", which solvers cannot take: scale the column"});
    }
  }
}

}  // namespace detail

/// The same problem in coordinates where rounding does less harm:
///
/// - sample weights of mean 1 (within a factor of 2), by a power of two, and the penalty scaled
/// with them: with weights of 1e-170 squares of gradients would be zero
/// - with a free intercept, columns far from zero about their means (centred_matrix()), and the
/// targets of a loss of z - y about theirs
///
/// Results are returned in the caller's coordinates, with the objective computed anew in long
/// double from the returned coefficients. Views the caller's problem.
template <Loss L, Penalty P>
class PreparedProblem {
 public:
  /// Prepares a valid problem. O(n) and the cost of centred_matrix().
  /// @throws std::invalid_argument for values that no solver can handle
  explicit PreparedProblem(const Problem<L, P>& problem)
      : original_(problem), unit_(detail::unit_of(problem.weights)),
        centred_(problem.intercept ? centred_matrix(problem.matrix, problem.weights)
                                   : CentredMatrix{problem.matrix, {}, {}}),
        problem_{centred_.matrix,   problem.targets,
                 problem.loss,      rescaled(problem.penalty, 1.0 / unit_),
                 problem.intercept, problem.weights} {
    detail::require_floats(problem_.matrix);
    if (unit_ != 1.0) {
      weights_.resize(problem.weights.size());
      for (std::size_t i = 0; i < weights_.size(); ++i) {
        weights_[i] = problem.weights[i] / unit_;
      }
      problem_.weights = weights_;
    }
    if (of_residual<L> && problem.intercept) {
      centre_targets();
    }
  }
  PreparedProblem(const PreparedProblem&) = delete;
  PreparedProblem& operator=(const PreparedProblem&) = delete;

  /// The problem that a solver works on. Valid as long as this object.
  [[nodiscard]] const Problem<L, Rescaled<P>>& problem() const noexcept { return problem_; }
  /// Whether its matrix differs from the caller's.
  [[nodiscard]] bool is_centred() const noexcept { return !centred_.columns.empty(); }
  /// Objectives in the caller's units are unit() times those of problem().
  [[nodiscard]] double unit() const noexcept { return unit_; }
  /// Replaces the problem's penalty, for a path.
  void set_penalty(const P& penalty) { problem_.penalty = rescaled(penalty, 1.0 / unit_); }

  /// The intercept of problem() that belongs to the caller's coefficients (empty: zeros) and
  /// intercept.
  [[nodiscard]] double inner_intercept(std::span<const double> w, double b) const noexcept {
    return static_cast<double>(static_cast<long double>(b) + shift(w) - target_centre_);
  }

  /// Turns a result of problem() into one of the caller's problem: coefficients, objective, gap.
  /// `tolerance` is that of the run. One pass over the rows.
  // "cold" has it compiled for size: it runs once, and what takes long is a call of its own.
  [[nodiscard, gnu::cold]] Result handed_back(Result result, const P& penalty, double tolerance,
                                              const Team& team) const {
    if (original_.intercept) {
      result.intercept = static_cast<double>(static_cast<long double>(result.intercept) -
                                             shift(result.w) + target_centre_);
    }
    if constexpr (L::classification && may_be_free<P>) {
      if (result.status == Status::separable && !separates(result)) {
        result.status = Status::stalled;  // rounding destroys the margins in the caller's
                                          // coordinates
      }
    }
    Certificate& point = result.certificate;
    const double before = point.relative_gap;
    point.objective = objective(result.w, result.intercept, penalty, team);
    point.dual_objective *= unit_;
    point.relative_gap =
        relative_gap(point.objective, point.dual_objective, unit_ * null_objective(problem_, team));
    if (!finite(result)) {
      result.status = Status::diverged;
    } else if (result.status == Status::converged && point.relative_gap > tolerance &&
               point.relative_gap > before + 1e-12) {
      result.status = Status::stalled;  // rounding of the returned coefficients opens the gap
    } else if (tolerance > 0.0 && point.relative_gap <= tolerance &&
               (result.status == Status::stalled || result.status == Status::max_epochs ||
                result.status == Status::time_limit)) {
      result.status = Status::converged;  // only the solver's own margins were too coarse
    }
    if (result.status != Status::converged && result.status != Status::separable) {
      const std::string huge = huge_column();
      if (!huge.empty()) {
        result.message = message({result.message, result.message.empty() ? "" : "; ", huge});
      }
    }
    return result;
  }

 private:
  /// sum_j w_j m_j over the centred columns.
  [[nodiscard]] long double shift(std::span<const double> w) const noexcept {
    long double sum = 0.0L;
    for (std::size_t c = 0; c < centred_.columns.size() && !w.empty(); ++c) {
      sum += static_cast<long double>(w[static_cast<std::size_t>(centred_.columns[c])]) *
             centred_.centres[c];
    }
    return sum;
  }

  void centre_targets() {
    double total = 0.0;
    for (Index i = 0; i < problem_.matrix.rows(); ++i) {
      total += problem_.weight(i);
    }
    double mean = 0.0;
    for (Index i = 0; i < problem_.matrix.rows(); ++i) {
      mean += problem_.weight(i) / total * problem_.target(i);
    }
    if (!std::isfinite(mean)) {
      return;
    }
    target_centre_ = mean;
    targets_.resize(original_.targets.size());
    for (std::size_t i = 0; i < targets_.size(); ++i) {
      targets_[i] = original_.targets[i] - mean;
    }
    problem_.targets = targets_;
  }

  /// F of the caller's problem, with margins in long double.
  [[nodiscard, gnu::noinline]] double objective(std::span<const double> w, double b,
                                                const P& penalty, const Team& team) const {
    const Index n = original_.matrix.rows();
    const double loss = team.sum(n, [&](Range rows) {
      long double sum = 0.0L;
      for (std::int64_t i = rows.begin; i < rows.end; ++i) {
        const auto row = static_cast<Index>(i);
        const double s = original_.weight(row);
        if (s > 0.0) {
          sum += static_cast<long double>(s / unit_) * row_loss(row, w, b);
        }
      }
      return static_cast<double>(sum);
    });
    return unit_ * (loss / n) + penalty_value(penalty, w, team);
  }
  [[nodiscard]] long double margin(Index i, std::span<const double> w, double b) const noexcept {
    const SparseRow row = original_.matrix.row(i);
    long double z = b;
    row.for_each_double([&](Index column, double x) {
      z += static_cast<long double>(x) * w[static_cast<std::size_t>(column)];
    });
    return z;
  }
  [[nodiscard, gnu::noinline]] double row_loss(Index i, std::span<const double> w,
                                               double b) const noexcept {
    const long double z = margin(i, w, b);
    const double y = original_.target(i);
    if (of_residual<L>) {
      return original_.loss.value(0.0, static_cast<double>(z - y));  // without cancellation
    }
    return original_.loss.value(y, static_cast<double>(z));
  }

  /// Whether the model separates the classes; if so, scales its least margin to 1.
  [[nodiscard]] bool separates(Result& result) const {
    const auto least = [&] {
      long double margin = infinity;
      for (Index i = 0; i < original_.matrix.rows(); ++i) {
        if (original_.weight(i) > 0.0) {
          margin = std::min(margin, this->margin(i, result.w, result.intercept) *
                                        static_cast<long double>(original_.target(i)));
        }
      }
      return margin;
    };
    const long double margin = least();
    if (!(margin > 0.0L)) {
      return false;
    }
    scale_all(static_cast<double>(1.0L / margin), result.w);
    result.intercept *= static_cast<double>(1.0L / margin);
    return least() > 0.0L;
  }

  [[nodiscard]] static bool finite(const Result& result) noexcept {
    double sum = result.intercept - result.intercept;
    for (const double w : result.w) {
      sum += w - w;  // NaN if a coefficient is not finite
    }
    return sum == 0.0 && std::isfinite(result.certificate.objective);
  }

  /// Names a column with values so large that rounding hides all others.
  [[nodiscard]] std::string huge_column() const {
    constexpr double huge = 1e12;
    const CsrMatrix& matrix = original_.matrix;
    double largest = 0.0;
    Index column = 0;
    for (Index i = 0; i < matrix.rows(); ++i) {
      const SparseRow row = matrix.row(i);
      for (std::size_t k = 0; k < row.size(); ++k) {
        const double size = std::abs(row.values[k]);
        column = size > largest ? row.columns[k] : column;
        largest = std::max(largest, size);
      }
    }
    if (!(largest > huge)) {
      return "";
    }
    return message({"column ", column + 1, " (counted from 1) holds a value of size 10^",
                    static_cast<int>(std::floor(std::log10(largest))),
                    ": does it stand for a missing one? Scale the column, or leave it out"});
  }

  const Problem<L, P>& original_;
  double unit_;
  CentredMatrix centred_;
  Array<double> weights_;
  Array<double> targets_;
  double target_centre_ = 0.0;
  Problem<L, Rescaled<P>> problem_;
};

/// Runs a solver on the prepared problem. `run(problem, options, trace)` gets problem(), the
/// options with the starting intercept in its coordinates, and a trace that reports in the caller's
/// units.
/// @throws std::invalid_argument if problem or options do not fit
template <Loss L, Penalty P, class Options, class Run>
[[nodiscard]] Result solve_prepared(const Problem<L, P>& problem, Options options, Trace& trace,
                                    Run&& run) {
  problem.validate();
  options.validate();
  problem.validate_initial(options.initial);
  Stopwatch clock = Stopwatch::running();
  const PreparedProblem<L, P> prepared(problem);
  clock.stop();
  if (problem.intercept && (!options.initial.empty() || options.initial_intercept != 0.0)) {
    options.initial_intercept =
        prepared.inner_intercept(options.initial, options.initial_intercept);
  }
  detail::UnitTrace unit_trace(trace, prepared.unit());
  Trace& told = prepared.unit() == 1.0 ? trace : unit_trace;
  Result result = run(prepared.problem(), std::as_const(options), told);
  result.seconds += clock.seconds();
  return prepared.handed_back(std::move(result), problem.penalty, options.tolerance,
                              Team(options.threads));
}

}  // namespace sounder
