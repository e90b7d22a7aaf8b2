// The update policy Locked: the baseline for the lock-free policies.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string_view>

#include <sounder/engine/base/array.hpp>
#include <sounder/engine/shared/shared_vector.hpp>

namespace sounder {

/// Reads and writes like Relaxed. No update is lost, because the worker holds the SampleLocks.
struct Locked : Relaxed {
  static constexpr std::string_view name = "locked";  ///< name in messages
};

/// Its steps hold locks.
template <>
inline constexpr bool holds_locks<Locked> = true;

/// Stripes of 8 neighbouring coordinates (a cache line) are hashed onto 1,024 mutexes.
template <>
class SampleLocks<Locked> {
 public:
  using Scratch = Array<std::uint32_t>;  ///< one a worker, so that no epoch allocates

  /// Holds the mutexes of some stripes until it is destroyed.
  class Guard {
   public:
    /// Waits for each of them, in their order.
    Guard(std::span<std::mutex> mutexes, const Scratch& stripes)
        : mutexes_(mutexes), stripes_(&stripes) {
      for (const std::uint32_t stripe : *stripes_) {
        mutexes_[stripe].lock();
      }
    }
    Guard(const Guard&) = delete;
    Guard& operator=(const Guard&) = delete;
    ~Guard() {
      for (const std::uint32_t stripe : *stripes_) {
        mutexes_[stripe].unlock();
      }
    }

   private:
    std::span<std::mutex> mutexes_;
    const Scratch* stripes_;
  };

  /// Locks the stripes of a sample's columns in ascending order, which avoids deadlocks. `columns`
  /// is a range of objects with a member `column`.
  template <class Columns>
  [[nodiscard]] Guard hold(const Columns& columns, Scratch& stripes) {
    stripes.clear();
    for (const auto& entry : columns) {
      stripes.push_back((static_cast<std::uint32_t>(entry.column) / 8) % count);
    }
    std::sort(stripes.begin(), stripes.end());
    stripes.cut(
        static_cast<std::size_t>(std::unique(stripes.begin(), stripes.end()) - stripes.begin()));
    return Guard({mutexes_.get(), count}, stripes);
  }

 private:
  static constexpr std::uint32_t count = 1024;
  std::unique_ptr<std::mutex[]> mutexes_ = std::make_unique<std::mutex[]>(count);
};

}  // namespace sounder
