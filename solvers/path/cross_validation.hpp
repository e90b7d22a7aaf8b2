// Validation along a regularisation path: on held-out rows, or fold by fold.
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

#include <sounder/engine/base/random.hpp>
#include <sounder/engine/matrix/csr_matrix.hpp>
#include <sounder/engine/run/trace.hpp>
#include <sounder/engine/threads/team.hpp>
#include <sounder/solvers/path/regularization_path.hpp>
#include <sounder/solvers/path/validation.hpp>

namespace sounder {

/// The fold of every row, in [0, folds): sizes differ by at most one. If the targets are +1 and -1,
/// each class is dealt out in turn, so every fold has its share of both. Rows of weight 0 are in no
/// fold, -1. O(n). Any number of threads.
/// @param weights n numbers, or empty for all ones
/// @throws std::invalid_argument unless 2 <= folds <= rows of a weight above 0
[[nodiscard]] inline std::vector<int> assign_folds(std::span<const double> targets, int folds,
                                                   bool classification, std::uint64_t seed,
                                                   std::span<const double> weights = {}) {
  std::vector<std::size_t> order;
  order.reserve(targets.size());
  for (std::size_t i = 0; i < targets.size(); ++i) {
    if (weights.empty() || weights[i] > 0.0) {
      order.push_back(i);
    }
  }
  if (folds < 2 || static_cast<std::size_t>(folds) > order.size()) {
    throw std::invalid_argument("folds must be from 2 to the number of rows of a weight above 0");
  }
  RandomStream random(seed, 0xF01D5U);
  shuffle(std::span(order), random);
  if (classification) {
    std::stable_partition(order.begin(), order.end(),
                          [&](std::size_t i) { return targets[i] > 0.0; });
  }
  std::vector<int> fold(targets.size(), -1);
  for (std::size_t k = 0; k < order.size(); ++k) {
    fold[order[k]] = static_cast<int>(k % static_cast<std::size_t>(folds));
  }
  return fold;
}

/// The folds that can be used: rows of a weight above 0 are inside and outside of the fold, for a
/// classification of both classes outside. In rising order. O(n). Any number of threads.
/// @param fold the fold of every row, from assign_folds
template <Loss L>
[[nodiscard]] std::vector<int> usable_folds(const Problem<L, NoPenalty>& data,
                                            std::span<const int> fold) {
  struct Rows {
    std::int64_t up = 0;    // targets above 0, for a classification
    std::int64_t down = 0;  // other targets
  };
  Rows all;
  std::vector<Rows> inside(
      static_cast<std::size_t>(1 + std::max(-1, *std::max_element(fold.begin(), fold.end()))));
  for (std::size_t i = 0; i < fold.size(); ++i) {
    const auto row = static_cast<Index>(i);
    if (data.weight(row) > 0.0) {
      const bool up = L::classification && data.target(row) > 0.0;
      ++(up ? all.up : all.down);
      if (fold[i] >= 0) {
        Rows& own = inside[static_cast<std::size_t>(fold[i])];
        ++(up ? own.up : own.down);
      }
    }
  }
  std::vector<int> usable;
  for (std::size_t k = 0; k < inside.size(); ++k) {
    const Rows& own = inside[k];
    const bool trains = all.down > own.down && (!L::classification || all.up > own.up);
    if (own.up + own.down > 0 && trains) {
      usable.push_back(static_cast<int>(k));
    }
  }
  return usable;
}

/// K-fold cross-validation along a path: fits the path for fold k to the other folds and scores it
/// on fold k. The folds share one copy of the data and run in parallel, one fold a thread. While a
/// fold is held out its rows have weight 0, and the others weigh more, so that a strength means the
/// same. Folds that are not among usable_folds() are left out, because training would see only one
/// class or there would be nothing to score.
///
/// @param fold the fold of every row, from assign_folds
/// @param team runs as many folds at once as it has threads; each solver gets one thread
/// @param solve as in regularization_path; every fold gets a copy
/// @param cancelled called now and then by any thread; true ends the validation early
/// @return one score a strength, the mean over folds and its standard error (sd / sqrt(K)); empty
///        if it was cancelled. If a fold's run did not reach a strength, its score is NaN.
/// @throws std::invalid_argument if fewer than two folds can be used
///
/// May be called from several threads at once.
template <Loss L, class Solve, class Cancelled>
[[nodiscard]] std::vector<ValidationScore> cross_validate(
    const Problem<L, NoPenalty>& data, const PenaltyShape& shape, std::span<const double> lambdas,
    CoordinateOptions options, std::span<const int> fold, const Team& team, const Solve& solve,
    Cancelled&& cancelled) {
  const std::vector<int> usable = usable_folds(data, fold);
  const int folds = static_cast<int>(usable.size());
  if (folds < 2) {
    throw std::invalid_argument("cross_validate: fewer than two folds can be used");
  }
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  constexpr ValidationScore unknown{nan, nan, nan};
  std::vector<std::vector<ValidationScore>> scores(
      static_cast<std::size_t>(folds), std::vector<ValidationScore>(lambdas.size(), unknown));
  options.threads = 1;
  std::atomic<bool> stop = false;
  const auto run_fold = [&](std::size_t place) {
    const int number = usable[place];
    std::vector<double> weights(fold.size());
    double all = 0.0;
    double kept = 0.0;
    for (std::size_t i = 0; i < fold.size(); ++i) {
      const double s = data.weight(static_cast<Index>(i));
      all += s;
      kept += fold[i] == number ? 0.0 : s;
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
      if (at.result.status != Status::diverged) {
        scores[place][at.number] = sums.score();
      }
      if (cancelled()) {
        stop.store(true, std::memory_order_relaxed);
      }
      return !stop.load(std::memory_order_relaxed);
    });
  };
  std::atomic<int> next = 0;
  Team(std::min(team.size(), folds)).run([&](Worker) {
    for (int place = next++; place < folds && !stop.load(); place = next++) {
      run_fold(static_cast<std::size_t>(place));
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

/// Which strength of a path to select.
enum class Selection {
  best,                ///< the least validation loss
  one_standard_error,  ///< the strongest whose loss is within one standard error of the best's
};

/// The number of the strength that `rule` selects from a path, which goes from the largest to the
/// smallest; none if every score is NaN. One standard error: Breiman, Friedman, Olshen, Stone,
/// "Classification and Regression Trees", 1984. Any number of threads.
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
