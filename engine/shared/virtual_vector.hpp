// The update policy of simulated workers: one thread plays them all, so every conflict is counted.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include <sounder/engine/shared/shared_vector.hpp>
#include <sounder/engine/shared/update_counts.hpp>

namespace sounder {

/// Updates by workers that take turns in virtual time (see Replay). All writes of a step happen at
/// one instant, so none is lost: this simulates Atomic.
struct Virtual : Plain {
  static constexpr std::string_view name = "virtual";  ///< name in messages
};

/// Simulated workers count their conflicts.
template <>
inline constexpr bool counts_updates<Virtual> = true;

/// Plain memory, with the time of every coordinate's last write: 8 bytes more each.
template <>
class SharedVector<Virtual> : public SharedVector<Plain> {
 public:
  /// `size` zeros.
  explicit SharedVector(std::size_t size) : SharedVector<Plain>(size), written_(size) {}

  /// The counts of all views that were handed in.
  [[nodiscard]] const UpdateCounts& counts() const noexcept { return counts_; }

  /// One simulated worker's access to the vector, with the counts of Counting: a collision is an
  /// update of a coordinate that another worker wrote after this worker's step had read it.
  class View {
   public:
    /// Keeps a reference to the vector, which must outlive it.
    explicit View(SharedVector& vector) noexcept : vector_(&vector) {}

    /// The functions of every SharedVector's View, with counting. @{
    void begin_step() noexcept {
      begun_ = vector_->now_;
      completed_ = vector_->completed_;
      reads_ = 0;
    }
    [[nodiscard]] double get(std::size_t j) noexcept {
      ++reads_;
      return vector_->get(j);
    }
    template <class Change>
    void update(std::size_t j, Change&& change) noexcept {
      write(j, begun_, change);
    }
    void add(std::size_t j, double d) noexcept {
      update(j, [d](double x) { return x + d; });
    }
    void end_step() {
      ++counts_.steps;
      counts_.staleness.add(vector_->completed_++ - completed_);
    }
    /// @}

    /// For private copies; an exchange counts as an update since the last exchange. @{
    [[nodiscard]] double fetch(std::size_t j) {
      fetched_.resize(std::max(fetched_.size(), j + 1));
      fetched_[j] = vector_->now_;
      return vector_->get(j);
    }
    template <class Change>
    void exchange(std::size_t j, Change&& change) noexcept {
      write(j, fetched_[j], change);
      fetched_[j] = vector_->now_;
    }
    /// @}

    /// Numbers read since the step began.
    [[nodiscard]] std::int64_t reads() const noexcept { return reads_; }

    /// Adds this view's counts to the vector's, and starts counting from zero.
    void hand_in() {
      vector_->counts_.add(counts_);
      counts_ = {};
    }

   private:
    template <class Change>
    void write(std::size_t j, std::int64_t read, Change&& change) noexcept {
      vector_->update(j, change);
      ++counts_.updates;
      counts_.collisions += vector_->written_[j] > read ? 1 : 0;
      vector_->written_[j] = ++vector_->now_;
    }

    SharedVector* vector_;
    std::int64_t begun_ = 0;
    std::int64_t completed_ = 0;
    std::int64_t reads_ = 0;
    std::vector<std::int64_t> fetched_;  ///< time of the last exchange of each private copy
    UpdateCounts counts_;
  };

 private:
  std::vector<std::int64_t> written_;
  std::int64_t now_ = 0;        ///< writes so far
  std::int64_t completed_ = 0;  ///< steps so far
  UpdateCounts counts_;
};

}  // namespace sounder
