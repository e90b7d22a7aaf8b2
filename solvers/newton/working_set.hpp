// The features that a coordinate solver works on, and those that screening rules out. How many cd
// asks for, and when, is in choose_features() of working_set_descent.hpp.
#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>
#include <span>

#include <sounder/engine/base/array.hpp>
#include <sounder/engine/matrix/csr_matrix.hpp>
#include <sounder/solvers/penalty/penalty.hpp>

namespace sounder {

/// Features in the order in which they were added, each at most once. One thread.
class WorkingSet {
 public:
  /// An empty set for a matrix with this many columns; no feature is screened.
  explicit WorkingSet(std::size_t columns) : within_(columns), screened_(columns) {}

  /// The features on the list, and their number. @{
  [[nodiscard]] std::span<const Index> features() const noexcept { return features_; }
  [[nodiscard]] std::size_t size() const noexcept { return features_.size(); }
  /// @}
  /// Whether feature j is screened: known to be zero at the optimum.
  [[nodiscard]] bool screened(std::size_t j) const noexcept { return screened_[j] != 0; }
  /// One number a column, nonzero for screened features.
  [[nodiscard]] std::span<const char> screened() const noexcept { return screened_; }
  /// The number of screened features.
  [[nodiscard]] std::size_t screened_count() const noexcept { return screened_count_; }

  /// Marks feature j as zero at the optimum.
  void screen(std::size_t j) noexcept {
    screened_count_ += screened_[j] == 0 ? 1 : 0;
    screened_[j] = 1;
  }
  /// Marks every feature as not screened.
  void take_back_screening() noexcept {
    std::fill(screened_.begin(), screened_.end(), char{0});
    screened_count_ = 0;
  }
  /// Empties the list; screened features stay screened.
  void clear() noexcept {
    for (const Index j : features_) {
      within_[static_cast<std::size_t>(j)] = 0;
    }
    features_.clear();
  }
  /// Adds feature j to the list, unless it is there.
  void add(std::size_t j) {
    if (within_[j] == 0) {
      within_[j] = 1;
      features_.push_back(static_cast<Index>(j));
    }
  }

  /// Adds the support of w, its nonzero features. Returns the size of the support. O(p).
  std::size_t add_support(std::span<const double> w) {
    std::size_t count = 0;
    for (std::size_t j = 0; j < w.size(); ++j) {
      if (w[j] != 0.0) {
        ++count;
        add(j);
      }
    }
    return count;
  }

  /// Which features grow() looks at.
  enum class Among {
    all,        ///< all that are not on the list
    violators,  ///< of these, the ones that the optimality conditions forbid to stay zero
  };

  /// Adds the features that a step from w would move: the support, then the zero features that
  /// violate the optimality conditions. O(p).
  /// @param zero, curvature as in grow()
  /// @param pull minus the gradient at w
  void add_active(const Interval& zero, std::span<const double> w, std::span<const double> pull,
                  std::span<const double> curvature) {
    add_support(w);
    grow(w.size(), Among::violators, zero, pull, 1.0, curvature);
  }

  /// Adds up to `count` features, those whose u_j is nearest to leaving `zero` or farthest outside.
  /// O(p). Celer (Massias, Gramfort, Salmon, ICML 2018) also divides by the column's norm; that
  /// prefers frequent columns, whose products cost more.
  /// @param zero zero_interval() of the penalty, for example -l1 to l1
  /// @param pull minus the gradient; u is `scale` times it, which makes it dual feasible
  /// @param curvature h; features of curvature 0 are never added
  void grow(std::size_t count, Among among, const Interval& zero, std::span<const double> pull,
            double scale, std::span<const double> curvature) {
    candidates_.clear();
    distances_.clear();
    const auto distance = [&](double u) { return std::min(zero.high - u, u - zero.low); };
    for (std::size_t j = 0; j < pull.size(); ++j) {
      if (within_[j] != 0 || screened_[j] != 0 || !(curvature[j] > 0.0) ||
          (among == Among::violators && !(distance(pull[j]) < 0.0))) {
        continue;
      }
      const double away = distance(scale * pull[j]);
      if (away < infinity) {  // infinite if bounds allow only zero
        candidates_.push_back(static_cast<Index>(j));
        distances_.push_back(static_cast<float>(away));
      }
    }
    // Added in the order of the columns, so that neighbours in memory are used one after another.
    const float bound = farthest_of(count);
    const auto nearer = static_cast<std::size_t>(std::count_if(
        distances_.begin(), distances_.end(), [bound](float away) { return away < bound; }));
    std::size_t at_bound = nearer < count ? count - nearer : 0;
    for (std::size_t k = 0; k < candidates_.size() && count > 0; ++k) {
      if (distances_[k] == bound && at_bound > 0) {
        --at_bound;
        add(static_cast<std::size_t>(candidates_[k]));
      } else if (distances_[k] < bound) {
        add(static_cast<std::size_t>(candidates_[k]));
      }
    }
  }

 private:
  /// The largest of the `count` least distances; infinity if there are at most `count`.
  [[nodiscard]] float farthest_of(std::size_t count) {
    if (count == 0 || count >= distances_.size()) {
      return std::numeric_limits<float>::infinity();
    }
    // If there are many candidates for few places, a quantile of a sample rules out most of them.
    constexpr std::size_t stride = 16;
    const std::size_t rank = 2 * count / stride + 10;
    nearest_.assign(distances_);
    if (rank * stride < distances_.size() / 2) {
      std::size_t sampled = 0;
      for (std::size_t k = 0; k < distances_.size(); k += stride) {
        nearest_[sampled++] = distances_[k];
      }
      const float likely = least(rank, sampled);
      std::size_t kept = 0;
      for (const float away : distances_) {
        nearest_[kept] = away;
        kept += away <= likely ? 1 : 0;
      }
      if (kept >= count) {
        return least(count - 1, kept);
      }
      nearest_.assign(distances_);
    }
    return least(count - 1, nearest_.size());
  }

  /// The number among the first `size` of nearest_ that `rank` others do not exceed; reorders them.
  [[nodiscard]] float least(std::size_t rank, std::size_t size) noexcept {
    std::nth_element(nearest_.begin(), nearest_.begin() + rank, nearest_.begin() + size);
    return nearest_[rank];
  }

  Array<Index> features_;
  Array<char> within_;
  Array<char> screened_;
  std::size_t screened_count_ = 0;
  Array<Index> candidates_;  ///< candidates of grow(), by column
  Array<float> distances_;   ///< distances of the candidates
  Array<float> nearest_;     ///< some of these distances
};

}  // namespace sounder
