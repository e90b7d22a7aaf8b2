// Counting twins of the update policies: the same updates, and a count of their conflicts.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

#include <sounder/engine/shared/locked.hpp>
#include <sounder/engine/shared/shared_vector.hpp>
#include <sounder/engine/shared/update_counts.hpp>

namespace sounder {

/// The policy Update with counting, for runs that measure conflicts rather than time.
template <class Update>
struct Counting {
  static constexpr std::string_view name = Update::name;  ///< the policy's own name, for messages
};

/// A counting twin has the properties of its policy, and counts. @{
template <class Update>
inline constexpr bool counts_updates<Counting<Update>> = true;

template <class Update>
inline constexpr bool loses_updates<Counting<Update>> = loses_updates<Update>;
template <class Update>
inline constexpr bool holds_locks<Counting<Update>> = holds_locks<Update>;
/// @}

/// A shared vector with a version number for every coordinate, which every write through a View
/// raises. When a worker exchanges a private copy of a coordinate, that counts as an update of a
/// coordinate that it read at the last exchange. Staleness counts only what steps read in place.
///
/// 4 bytes a coordinate, and 4 more a view. Versions are exact; but since a version and its value
/// are two words, two writes within nanoseconds of each other may be counted in the wrong order.
template <class Update>
class SharedVector<Counting<Update>> : public SharedVector<Update> {
 public:
  /// `size` zeros, none of them written yet.
  explicit SharedVector(std::size_t size)
      : SharedVector<Update>(size),
        versions_(std::make_unique<std::atomic<std::uint32_t>[]>(size)) {}

  /// The counts of all views that were handed in. Call only after the team has joined.
  [[nodiscard]] const UpdateCounts& counts() const noexcept { return counts_; }

  /// One worker's access to the vector; not shared between threads.
  class View {
   public:
    /// O(size): remembers the version of every coordinate that it read or wrote.
    explicit View(SharedVector& vector) : vector_(&vector), seen_(vector.size()) {}

    /// The functions of every SharedVector's View, with counting. @{
    void begin_step() noexcept {
      if (timed()) {
        since_ = Clock::now();
      }
      begun_ = vector_->completed_.load(std::memory_order_acquire);
    }
    [[nodiscard]] double get(std::size_t j) noexcept {
      seen_[j] = vector_->versions_[j].load(std::memory_order_acquire);
      return vector_->base().get(j);
    }
    template <class Change>
    void update(std::size_t j, Change&& change) noexcept {
      std::atomic<std::uint32_t>& version = vector_->versions_[j];
      const std::uint32_t before = version.load(std::memory_order_acquire);
      std::int64_t calls = 0;
      vector_->base().update(j, [&](double x) {
        ++calls;
        return change(x);
      });
      const std::uint32_t after = version.fetch_add(1, std::memory_order_acq_rel);
      ++counts_.updates;
      counts_.collisions += after != seen_[j] ? 1 : 0;
      seen_[j] = after + 1;  // a worker does not collide with itself
      counts_.retries += calls - 1;
      if constexpr (loses_updates<Update>) {
        counts_.lost += static_cast<std::int64_t>(after - before);
      }
    }
    void add(std::size_t j, double d) noexcept {
      update(j, [d](double x) { return x + d; });
    }
    void set(std::size_t j, double value) noexcept {
      update(j, [value](double /*x*/) { return value; });
    }
    [[nodiscard]] double fetch(std::size_t j) noexcept { return get(j); }
    template <class Change>
    void exchange(std::size_t j, Change&& change) noexcept {
      update(j, change);
    }
    void end_step() {
      const std::int64_t now = vector_->completed_.fetch_add(1, std::memory_order_acq_rel);
      if (timed()) {
        counts_.step_seconds.push_back(std::chrono::duration<float>(Clock::now() - since_).count());
      }
      ++counts_.steps;
      counts_.staleness.add(now - begun_);
    }
    /// @}

    /// Adds this view's counts to the vector's, and starts counting from zero. Any worker, any
    /// time.
    void hand_in() {
      const std::lock_guard guard(vector_->mutex_);
      vector_->counts_.add(counts_);
      counts_ = {};
    }

   private:
    using Clock = std::chrono::steady_clock;

    /// Whether to time this step: one step of 16, some thousands a pass.
    [[nodiscard]] bool timed() const noexcept {
      return counts_.steps % 16 == 0 && counts_.step_seconds.size() < 4096;
    }

    SharedVector* vector_;
    Clock::time_point since_{};
    std::vector<std::uint32_t> seen_;  ///< versions at this worker's last read or write
    std::int64_t begun_ = 0;
    UpdateCounts counts_;
  };

 private:
  [[nodiscard]] SharedVector<Update>& base() noexcept { return *this; }

  std::unique_ptr<std::atomic<std::uint32_t>[]> versions_;
  alignas(64) std::atomic<std::int64_t> completed_ = 0;  ///< steps of all workers
  std::mutex mutex_;
  UpdateCounts counts_;
};

template <class Update>
class SampleLocks<Counting<Update>> : public SampleLocks<Update> {};

}  // namespace sounder
