// The features that a coordinate solver looks at, and those that it never has to again.
#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>
#include <span>

#include <sounder/engine/base/array.hpp>
#include <sounder/engine/matrix/csr_matrix.hpp>
#include <sounder/solvers/penalty/penalty.hpp>

namespace sounder {

/// Features in the order in which they were taken; a feature is on the list once. One thread.
class WorkingSet {
 public:
  /// Of none of so many columns.
  explicit WorkingSet(std::size_t columns) : within_(columns), screened_(columns) {}

  /// The list, and its length. @{
  [[nodiscard]] std::span<const Index> features() const noexcept { return features_; }
  [[nodiscard]] std::size_t size() const noexcept { return features_.size(); }
  /// @}
  /// Whether feature j never has to be looked at again.
  [[nodiscard]] bool screened(std::size_t j) const noexcept { return screened_[j] != 0; }
  /// A number a column, nonzero for screened ones.
  [[nodiscard]] std::span<const char> screened() const noexcept { return screened_; }
  /// How many of them.
  [[nodiscard]] std::size_t screened_count() const noexcept { return screened_count_; }

  /// Feature j is zero at the optimum.
  void screen(std::size_t j) noexcept {
    screened_count_ += screened_[j] == 0 ? 1 : 0;
    screened_[j] = 1;
  }
  /// No feature is screened.
  void take_back_screening() noexcept {
    std::fill(screened_.begin(), screened_.end(), char{0});
    screened_count_ = 0;
  }
  /// Empties the list; screened features stay so.
  void clear() noexcept {
    for (const Index j : features_) {
      within_[static_cast<std::size_t>(j)] = 0;
    }
    features_.clear();
  }
  /// Puts feature j on the list, unless it is there.
  void add(std::size_t j) {
    if (within_[j] == 0) {
      within_[j] = 1;
      features_.push_back(static_cast<Index>(j));
    }
  }

  /// Takes the support of w: the features that are not zero there. Returns how many. O(p).
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
    all,        ///< that are not on the list
    violators,  ///< of these, those that the optimum's conditions forbid to stay zero
  };

  /// Takes the features that a step from w would move: the support, then those that violate the
  /// optimum's conditions at zero. O(p).
  /// @param zero, curvature as in grow()
  /// @param pull minus the gradient at w
  void add_active(const Interval& zero, std::span<const double> w, std::span<const double> pull,
                  std::span<const double> curvature) {
    add_support(w);
    grow(w.size(), Among::violators, zero, pull, 1.0, curvature);
  }

  /// Takes up to `count` features more, those whose u_j is nearest to leaving `zero` or farthest
  /// outside. O(p). Celer (Massias, Gramfort, Salmon, ICML 2018) divides by the column's norm,
  /// which prefers frequent columns, whose products cost more.
  /// @param zero zero_interval() of the penalty: -l1 to l1, say
  /// @param pull minus the gradient; u is `scale` times it, which makes it dual feasible
  /// @param curvature h; features of curvature 0 are never taken
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
      if (away < infinity) {  // not where bounds leave nothing but zero
        candidates_.push_back(static_cast<Index>(j));
        distances_.push_back(static_cast<float>(away));
      }
    }
    // In the order of the columns: neighbours in memory are then neighbours in time.
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
  /// The largest of the `count` least distances; infinity where there are no more than `count`.
  [[nodiscard]] float farthest_of(std::size_t count) {
    if (count == 0 || count >= distances_.size()) {
      return std::numeric_limits<float>::infinity();
    }
    // Of many candidates for few places most are ruled out by a sample's quantile.
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

  /// What `rank` others of the first `size` of nearest_ do not exceed; orders them so.
  [[nodiscard]] float least(std::size_t rank, std::size_t size) noexcept {
    std::nth_element(nearest_.begin(), nearest_.begin() + rank, nearest_.begin() + size);
    return nearest_[rank];
  }

  Array<Index> features_;
  Array<char> within_;
  Array<char> screened_;
  std::size_t screened_count_ = 0;
  Array<Index> candidates_;  ///< of grow(), by column
  Array<float> distances_;   ///< theirs
  Array<float> nearest_;     ///< some of these
};

}  // namespace sounder
