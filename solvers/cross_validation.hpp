// Validation along a regularisation path: on rows that were kept apart, or fold by fold.
#pragma once

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <stdexcept>
#include <vector>

#include <sounder/engine/csr_matrix.hpp>
#include <sounder/engine/random.hpp>
#include <sounder/engine/team.hpp>
#include <sounder/engine/trace.hpp>
#include <sounder/solvers/regularization_path.hpp>

namespace sounder {

/// How a model does on rows it has not seen, weighted as the rows are.
struct ValidationScore {
  double loss = 0.0;            ///< mean loss
  double standard_error = 0.0;  ///< of that mean: over folds, or over rows
  double accuracy = 0.0;        ///< share of rows on the right side of 0; NaN for a regression
};

/// The fold of every row, in [0, folds): sizes differ by at most one; with +1 and -1 as targets
/// each class is dealt out in turn, so that every fold has its share of both. O(n). Any number of
/// threads.
/// @throws std::invalid_argument unless 2 <= folds <= n
[[nodiscard]] inline std::vector<int> assign_folds(std::span<const double> targets, int folds,
                                                   bool classification, std::uint64_t seed) {
  if (folds < 2 || static_cast<std::size_t>(folds) > targets.size()) {
    throw std::invalid_argument("folds must be from 2 to the number of rows");
  }
  std::vector<std::size_t> order(targets.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    order[i] = i;
  }
  RandomStream random(seed, 0xF01D5U);
  for (std::size_t k = order.size(); k > 1; --k) {
    std::swap(order[k - 1], order[random.below(k)]);
  }
  if (classification) {
    std::stable_partition(order.begin(), order.end(),
                          [&](std::size_t i) { return targets[i] > 0.0; });
  }
  std::vector<int> fold(targets.size());
  for (std::size_t k = 0; k < order.size(); ++k) {
    fold[order[k]] = static_cast<int>(k % static_cast<std::size_t>(folds));
  }
  return fold;
}

/// Sums over rows of what a model does there; rows are added by one thread.
template <Loss L>
class ValidationSums {
 public:
  /// A row of this weight and of target y, whose decision is z.
  void add(const L& loss, double weight, double y, double z) noexcept {
    const double value = loss.value(y, z);
    weight_ += weight;
    loss_ += weight * value;
    squares_ += weight * value * value;
    right_ += (z > 0.0) == (y > 0.0) ? weight : 0.0;
    ++rows_;
  }
  /// Whether no row of any weight was added.
  [[nodiscard]] bool empty() const noexcept { return !(weight_ > 0.0); }

  /// The standard error is that of a mean over rows.
  [[nodiscard]] ValidationScore score() const noexcept {
    const double mean = loss_ / weight_;
    const double variance = std::max(squares_ / weight_ - mean * mean, 0.0);
    return {mean, std::sqrt(variance / static_cast<double>(rows_)),
            L::classification ? right_ / weight_ : std::nan("")};
  }

 private:
  double weight_ = 0.0;
  double loss_ = 0.0;
  double squares_ = 0.0;
  double right_ = 0.0;
  std::int64_t rows_ = 0;
};

/// x_i.w + b; features from w.size() on are ignored. O(nonzeros of the row). Any number of threads.
[[nodiscard]] inline double decision(const SparseRow& row, std::span<const double> w,
                                     double b) noexcept {
  double z = b;
  row.for_each_double([&](Index column, double value) {
    const auto j = static_cast<std::size_t>(column);
    z += j < w.size() ? value * w[j] : 0.0;
  });
  return z;
}

/// The score of (w, b) on the rows of a problem of their own. O(nnz), by the thread that calls; any
/// number of threads may.
template <Loss L, Penalty P>
[[nodiscard]] ValidationScore validate(const Problem<L, P>& rows, std::span<const double> w,
                                       double b) {
  ValidationSums<L> sums;
  for (Index i = 0; i < rows.matrix.rows(); ++i) {
    sums.add(rows.loss, rows.weight(i), rows.target(i), decision(rows.matrix.row(i), w, b));
  }
  return sums.score();
}

/// K-fold cross-validation along a path: fold k's path is fitted to the other folds and scored on
/// fold k. The folds share one copy of the data (a fold's rows weigh nothing while it is kept
/// apart; the others weigh more, so that a strength means the same) and run in parallel, a fold a
/// thread.
///
/// @param fold of every row, from assign_folds
/// @param team as many folds at once as it has threads; each solver gets one thread
/// @param solve as regularization_path has it; every fold has a copy
/// @param cancelled asked between strengths, by any thread; true ends the validation early
/// @return a score a strength, the mean over folds and its standard error (sd / sqrt(K)); empty if
///         it was cancelled. A fold whose run did not get to a strength leaves NaN there.
///
/// May be called from several threads at once.
template <Loss L, class Solve, class Cancelled>
[[nodiscard]] std::vector<ValidationScore> cross_validate(
    const Problem<L, NoPenalty>& data, const PenaltyShape& shape, std::span<const double> lambdas,
    CoordinateOptions options, std::span<const int> fold, const Team& team, const Solve& solve,
    Cancelled&& cancelled) {
  const int folds = 1 + *std::max_element(fold.begin(), fold.end());
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  constexpr ValidationScore unknown{nan, nan, nan};
  std::vector<std::vector<ValidationScore>> scores(
      static_cast<std::size_t>(folds), std::vector<ValidationScore>(lambdas.size(), unknown));
  options.threads = 1;
  std::atomic<bool> stop = false;
  const auto run_fold = [&](int number) {
    std::vector<double> weights(fold.size());
    double all = 0.0;
    double kept = 0.0;
    for (std::size_t i = 0; i < fold.size(); ++i) {
      const double s = data.weight(static_cast<Index>(i));
      all += s;
      kept += fold[i] == number ? 0.0 : s;
    }
    if (!(kept > 0.0)) {
      return;
    }
    for (std::size_t i = 0; i < fold.size(); ++i) {
      weights[i] = fold[i] == number ? 0.0 : data.weight(static_cast<Index>(i)) * (all / kept);
    }
    Problem<L, NoPenalty> others = data;
    others.weights = weights;
    SilentTrace silent;
    regularization_path(others, shape, lambdas, options, silent, solve, [&](const PathPoint& at) {
      ValidationSums<L> sums;
      for (std::size_t i = 0; i < fold.size(); ++i) {
        if (fold[i] == number) {
          const auto row = static_cast<Index>(i);
          sums.add(data.loss, data.weight(row), data.target(row),
                   decision(data.matrix.row(row), at.result.w, at.result.intercept));
        }
      }
      if (!sums.empty() && at.result.status != Status::diverged) {
        scores[static_cast<std::size_t>(number)][at.number] = sums.score();
      }
      if (cancelled()) {
        stop.store(true, std::memory_order_relaxed);
      }
      return !stop.load(std::memory_order_relaxed);
    });
  };
  std::atomic<int> next = 0;
  Team(std::min(team.size(), folds)).run([&](Worker) {
    for (int number = next++; number < folds && !stop.load(); number = next++) {
      run_fold(number);
    }
  });
  if (stop.load()) {
    return {};
  }
  std::vector<ValidationScore> means(lambdas.size());
  for (std::size_t k = 0; k < lambdas.size(); ++k) {
    double loss = 0.0;
    double squares = 0.0;
    double accuracy = 0.0;
    for (const auto& of_fold : scores) {
      loss += of_fold[k].loss / folds;
      accuracy += of_fold[k].accuracy / folds;
    }
    for (const auto& of_fold : scores) {
      squares += (of_fold[k].loss - loss) * (of_fold[k].loss - loss);
    }
    means[k] = {loss, std::sqrt(squares / (folds - 1.0) / folds), accuracy};
  }
  return means;
}

/// Which strength to take.
enum class Selection {
  best,                ///< the least validation loss
  one_standard_error,  ///< the strongest whose loss is within one standard error of the best's
};

/// The number of the strength that `rule` picks of a path from the largest to the smallest; none if
/// no score is a number. One standard error: Breiman, Friedman, Olshen, Stone, "Classification and
/// Regression Trees", 1984. Any number of threads.
[[nodiscard]] inline std::optional<std::size_t> select(std::span<const ValidationScore> scores,
                                                       Selection rule) {
  std::optional<std::size_t> best;
  for (std::size_t k = 0; k < scores.size(); ++k) {
    if (std::isfinite(scores[k].loss) && (!best || scores[k].loss < scores[*best].loss)) {
      best = k;
    }
  }
  if (!best || rule == Selection::best) {
    return best;
  }
  const double limit = scores[*best].loss + scores[*best].standard_error;
  for (std::size_t k = 0; k < *best; ++k) {
    if (scores[k].loss <= limit) {
      return k;
    }
  }
  return best;
}

}  // namespace sounder
