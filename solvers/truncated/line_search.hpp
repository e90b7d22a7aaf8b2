// A line through a point, and the lowest place on it.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include <sounder/engine/base/array.hpp>
#include <sounder/engine/threads/team.hpp>
#include <sounder/solvers/loss/expansion.hpp>
#include <sounder/solvers/problem/problem.hpp>
#include <sounder/solvers/truncated/newton_system.hpp>
#include <sounder/solvers/truncated/sampled_rows.hpp>

namespace sounder {

/// The objective over a sample of rows along w + t s: margins and the loss's derivatives there.
/// Once X s is known a place on the line costs O(n), not O(nnz). One thread calls, the team works;
/// the same bits for any number of threads. Memory: 72 bytes a row.
template <Loss L, ElasticPenalty P>
class MarginSearch {
 public:
  /// A place on the line: F and its derivatives along the line, and the loss's derivatives in
  /// every row's margin, weights s_i / n included.
  struct Place {
    double t = 0.0;            ///< where on the line
    double loss = 0.0;         ///< the mean loss
    double objective = 0.0;    ///< F
    double slope = 0.0;        ///< of F along the line
    double curvature = 0.0;    ///< of F along the line
    Array<double> slopes;      ///< one a row
    Array<double> curvatures;  ///< one a row
  };

  /// Views of all, which the caller keeps.
  MarginSearch(const Problem<L, P>& problem, const SampledRows& rows, const Team& team)
      : problem_(problem), rows_(rows), team_(team) {}

  /// Goes to w, over the rows that the sample has now. O(nnz / threads).
  void start(std::span<const double> w) {
    const std::size_t n = rows_.size();
    for (Array<double>* numbers : {&targets_, &weights_, &values_, &z_}) {
      numbers->resize(n);
    }
    along_.assign(n, 0.0);
    const double mean = 1.0 / static_cast<double>(n);
    team_.for_each(n, [&](std::size_t k) {
      targets_[k] = problem_.target(rows_[k]);
      weights_[k] = mean * problem_.weight(rows_[k]);
    });
    rows_.multiply(w, z_);
    const std::span<const double> coefficients = w.first(penalised(w.size()));
    ww_ = sum_of_products(coefficients, coefficients, team_);
    ws_ = ss_ = 0.0;
    go(0.0, here_);
  }

  /// Moves b, the last of w, and the margins with it. O(n / threads).
  void shift(std::span<double> w, double change) {
    w.back() += change;
    team_.for_each(z_.size(), [&](std::size_t k) {
      z_[k] += change;
      along_[k] = 0.0;
    });
    ws_ = ss_ = 0.0;
    go(0.0, here_);
  }

  /// What rounding may have added to a dual bound: that of the sum of losses, and that of margins,
  /// whose large terms may cancel, times the losses' slopes. All rows must be in the sample.
  /// O(nnz / threads).
  [[nodiscard]] double rounding(std::span<const double> w) const {
    constexpr double unit = 4e-15;  // of the margins' own sums, and of a few updates
    return unit * (here_.objective + sum_of_blocks(z_.size(), team_, [&](std::size_t k) {
                     double size = 0.0;
                     problem_.matrix.row(rows_[k]).for_each_double([&](Index column, double x) {
                       size += std::abs(x * w[static_cast<std::size_t>(column)]);
                     });
                     return std::abs(here_.slopes[k]) * size;
                   }));
  }

  /// The point. O(1).
  [[nodiscard]] const Place& here() const noexcept { return here_; }

  /// Margins in the order of the matrix's rows, all of which must be in the sample. O(n).
  [[nodiscard]] Array<double> margins_by_row() const {
    Array<double> z(z_.size());
    for (std::size_t k = 0; k < z.size(); ++k) {
      z[static_cast<std::size_t>(rows_[k])] = z_[k];
    }
    return z;
  }

  /// Moves w along s to where F is lower and its slope a small part of that at the start. Newton
  /// steps in t within a bracket. Whether it moved: not where rounding is all that is left.
  /// @param slope of F along s at the start
  bool search(std::span<double> w, std::span<const double> s, double slope) {
    constexpr int most = 40;
    constexpr double enough = 0.25;
    if (!(slope < 0.0) || !std::isfinite(slope)) {
      return false;
    }
    rows_.multiply(s, along_);
    const std::size_t p = penalised(w.size());
    ws_ = sum_of_products(w.first(p), s.first(p), team_);
    ss_ = sum_of_products(s.first(p), s.first(p), team_);
    const double level = here_.objective * (1.0 + 1e-15);
    double low = 0.0;
    double high = infinity;
    double t = 1.0;
    bool found = false;
    for (int k = 0; k < most && !found; ++k) {
      go(t, there_);
      found = there_.objective <= level && std::abs(there_.slope) <= -enough * slope;
      (there_.slope < 0.0 && there_.objective <= level ? low : high) = t;
      double next = t - there_.slope / there_.curvature;
      if (!(next > low && next < high)) {
        // Where no row had a curvature at the start, a step may be too long by many decades.
        next = low == 0.0 ? t / 16.0 : high < infinity ? 0.5 * (low + high) : 4.0 * t;
      }
      t = std::min(next, 16.0 * t);
    }
    if (!found && low > 0.0) {
      go(low, there_);
    }
    if (!found && !(there_.objective < here_.objective)) {
      return false;
    }
    for (std::size_t j = 0; j < w.size(); ++j) {
      w[j] += there_.t * s[j];
    }
    team_.for_each(z_.size(), [&](std::size_t k) { z_[k] += there_.t * along_[k]; });
    ww_ = sum_of_products(w.first(p), w.first(p), team_);
    std::swap(here_, there_);
    here_.objective = here_.loss + 0.5 * problem_.penalty.l2() * ww_;
    return true;
  }

 private:
  [[nodiscard]] std::size_t penalised(std::size_t size) const noexcept {
    return size - (problem_.intercept ? 1 : 0);
  }

  void go(double t, Place& place) {
    const std::size_t n = rows_.size();
    place.t = t;
    place.slopes.resize(n);
    place.curvatures.resize(n);
    // In blocks, so that what is computed several at a time does not depend on the threads.
    constexpr std::size_t block = 2048;
    team_.for_shares(static_cast<std::int64_t>((n + block - 1) / block), [&](Range share) {
      for (std::int64_t b = share.begin; b < share.end; ++b) {
        const std::size_t k = block * static_cast<std::size_t>(b);
        expand_rows(problem_.loss, std::min(block, n - k), targets_.data() + k, weights_.data() + k,
                    z_.data() + k, along_.data() + k, t, values_.data() + k,
                    place.slopes.data() + k, place.curvatures.data() + k);
      }
    });
    place.loss = sum_of_blocks(n, team_, [&](std::size_t k) { return values_[k]; });
    const double l2 = problem_.penalty.l2();
    place.objective = place.loss + 0.5 * l2 * std::max(ww_ + t * (2.0 * ws_ + t * ss_), 0.0);
    place.slope = sum_of_products(place.slopes, along_, team_) + l2 * (ws_ + t * ss_);
    place.curvature =
        sum_of_blocks(n, team_,
                      [&](std::size_t k) { return place.curvatures[k] * along_[k] * along_[k]; }) +
        l2 * ss_;
  }

  const Problem<L, P>& problem_;
  const SampledRows& rows_;
  const Team& team_;
  Array<double> targets_;
  Array<double> weights_;  ///< s_i / n
  Array<double> values_;   ///< of the loss, weighted
  Array<double> z_;        ///< margins at w
  Array<double> along_;    ///< X s
  double ww_ = 0.0;        ///< w.w, w.s and s.s without b
  double ws_ = 0.0;
  double ss_ = 0.0;
  Place here_;
  Place there_;
};

}  // namespace sounder
