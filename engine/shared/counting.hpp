// The update policies' counting twins: the same updates, with a count of what they run into.
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

/// Update as before, counted: an update policy for runs that measure, beside those that are timed.
template <class Update>
struct Counting {
  static constexpr std::string_view name = Update::name;  ///< that of the policy: for messages
};

/// A counting twin is as its policy, and counts. @{
template <class Update>
inline constexpr bool counts_updates<Counting<Update>> = true;

template <class Update>
inline constexpr bool loses_updates<Counting<Update>> = loses_updates<Update>;
template <class Update>
inline constexpr bool holds_locks<Counting<Update>> = holds_locks<Update>;
/// @}

/// The vector with a version a coordinate, which every write through a View raises. The exchange of
/// a private copy is an update like others, of a coordinate that was read at the last exchange.
/// Staleness is of what steps read in place.
///
/// 4 bytes a coordinate, and 4 more a view. The versions are exact; that a version and its value
/// are two words lets a collision within nanoseconds of another be seen on the wrong side of it.
template <class Update>
class SharedVector<Counting<Update>> : public SharedVector<Update> {
 public:
  /// `size` zeros, none of them written yet.
  explicit SharedVector(std::size_t size)
      : SharedVector<Update>(size),
        versions_(std::make_unique<std::atomic<std::uint32_t>[]>(size)) {}

  /// Of all views that have been handed in. Only when the team has joined.
  [[nodiscard]] const UpdateCounts& counts() const noexcept { return counts_; }

  /// One worker's way to the vector; not shared between threads.
  class View {
   public:
    /// O(size): it remembers the version of every coordinate that it saw.
    explicit View(SharedVector& vector) : vector_(&vector), seen_(vector.size()) {}

    /// As View has them in every SharedVector, and counted. @{
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
      seen_[j] = after + 1;  // nobody collides with himself
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

    /// Adds this view's counts to the vector's, and starts anew. Any worker, any time.
    void hand_in() {
      const std::lock_guard guard(vector_->mutex_);
      vector_->counts_.add(counts_);
      counts_ = {};
    }

   private:
    using Clock = std::chrono::steady_clock;

    /// One step of 16, some thousands a pass.
    [[nodiscard]] bool timed() const noexcept {
      return counts_.steps % 16 == 0 && counts_.step_seconds.size() < 4096;
    }

    SharedVector* vector_;
    Clock::time_point since_{};
    std::vector<std::uint32_t> seen_;  ///< versions, at this worker's last read or write
    std::int64_t begun_ = 0;
    UpdateCounts counts_;
  };

 private:
  [[nodiscard]] SharedVector<Update>& base() noexcept { return *this; }

  std::unique_ptr<std::atomic<std::uint32_t>[]> versions_;
  alignas(64) std::atomic<std::int64_t> completed_ = 0;  ///< steps, all workers
  std::mutex mutex_;
  UpdateCounts counts_;
};

template <class Update>
class SampleLocks<Counting<Update>> : public SampleLocks<Update> {};

}  // namespace sounder
