// Counts of what happened when workers met: collisions, retries, lost updates, staleness.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

#include <sounder/engine/base/array.hpp>

namespace sounder {

/// Counts numbers by size. Exact below `exact`, in powers of two from there on.
class Histogram {
 public:
  /// Adds one number, which is not negative; adds all of another histogram. @{
  void add(std::int64_t value) {
    const std::size_t place = place_of(value);
    if (place >= counts_.size()) {
      counts_.resize(place + 1);
    }
    ++counts_[place];
    ++size_;
    sum_ += static_cast<double>(value);
    largest_ = std::max(largest_, value);
  }
  void add(const Histogram& other) {
    counts_.resize(std::max(counts_.size(), other.counts_.size()));
    for (std::size_t k = 0; k < other.counts_.size(); ++k) {
      counts_[k] += other.counts_[k];
    }
    size_ += other.size_;
    sum_ += other.sum_;
    largest_ = std::max(largest_, other.largest_);
  }
  /// @}

  [[nodiscard]] std::int64_t size() const noexcept { return size_; }  ///< how many numbers
  /// Mean of the numbers. Like the next two functions NaN if there are none.
  [[nodiscard]] double mean() const noexcept {
    return size_ > 0 ? sum_ / static_cast<double>(size_) : std::numeric_limits<double>::quiet_NaN();
  }
  /// The largest number.
  [[nodiscard]] double largest() const noexcept {
    return size_ > 0 ? static_cast<double>(largest_) : std::numeric_limits<double>::quiet_NaN();
  }
  /// The least value that a share q of the numbers does not exceed (from `exact` on: an upper
  /// bound).
  [[nodiscard]] double quantile(double q) const noexcept {
    const double wanted = std::ceil(q * static_cast<double>(size_));
    double seen = 0.0;
    for (std::size_t k = 0; k < counts_.size(); ++k) {
      seen += static_cast<double>(counts_[k]);
      if (seen >= wanted && seen > 0.0) {
        return std::min(upper_end(k), static_cast<double>(largest_));
      }
    }
    return std::numeric_limits<double>::quiet_NaN();
  }

 private:
  static constexpr std::int64_t exact = 1024;

  [[nodiscard]] static std::size_t place_of(std::int64_t value) noexcept {
    std::size_t place = static_cast<std::size_t>(std::clamp<std::int64_t>(value, 0, exact));
    for (std::int64_t end = 2 * exact; value >= end; end *= 2) {
      ++place;
    }
    return place;
  }
  [[nodiscard]] static double upper_end(std::size_t place) noexcept {
    const auto k = static_cast<std::int64_t>(place);
    return k < exact ? static_cast<double>(k)
                     : std::ldexp(static_cast<double>(exact), static_cast<int>(k - exact + 1));
  }

  Array<std::int64_t> counts_;
  std::int64_t size_ = 0;
  double sum_ = 0.0;
  std::int64_t largest_ = 0;
};

/// Conflicts of the workers' steps on a shared vector. A step belongs to a row or to a coordinate;
/// writing a coordinate that it read is an update.
struct UpdateCounts {
  std::int64_t steps = 0;    ///< steps of all workers
  std::int64_t updates = 0;  ///< updates of single coordinates
  /// Updates of a coordinate that another worker wrote between this step's read and its write.
  std::int64_t collisions = 0;
  std::int64_t retries = 0;  ///< compare-and-swaps that failed (Atomic)
  std::int64_t lost = 0;     ///< writes of others that an update overwrote unseen (Relaxed)
  /// Steps that other workers completed between a step's first read and its last write.
  Histogram staleness;
  Array<float> step_seconds;  ///< durations of some of the steps

  /// Adds the counts of another.
  void add(const UpdateCounts& other) {
    steps += other.steps;
    updates += other.updates;
    collisions += other.collisions;
    retries += other.retries;
    lost += other.lost;
    staleness.add(other.staleness);
    for (const float seconds : other.step_seconds) {
      step_seconds.push_back(seconds);
    }
  }
  /// As shares of the updates; 0 if there are none. @{
  [[nodiscard]] double collision_rate() const noexcept { return rate(collisions); }
  [[nodiscard]] double retry_rate() const noexcept { return rate(retries); }
  [[nodiscard]] double lost_update_rate() const noexcept { return rate(lost); }
  /// @}

 private:
  [[nodiscard]] double rate(std::int64_t events) const noexcept {
    return updates > 0 ? static_cast<double>(events) / static_cast<double>(updates) : 0.0;
  }
};

}  // namespace sounder
