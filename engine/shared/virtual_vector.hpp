// The update policy of virtual workers: one thread plays them all, and nothing escapes the count.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include <sounder/engine/shared/shared_vector.hpp>
#include <sounder/engine/shared/update_counts.hpp>

namespace sounder {

/// Updates by workers that take turns in virtual time (see Replay). A step's writes happen at one
/// instant, so none is lost: what is simulated is Atomic.
struct Virtual : Plain {
  static constexpr std::string_view name = "virtual";  ///< name in messages
};

/// Virtual workers count what they run into.
template <>
inline constexpr bool counts_updates<Virtual> = true;

/// Plain memory, with the instant of every coordinate's last write: 8 bytes more each.
template <>
class SharedVector<Virtual> : public SharedVector<Plain> {
 public:
  /// `size` zeros.
  explicit SharedVector(std::size_t size) : SharedVector<Plain>(size), written_(size) {}

  /// Of all views that have been handed in.
  [[nodiscard]] const UpdateCounts& counts() const noexcept { return counts_; }

  /// One virtual worker's way to the vector, as Counting has it: a collision is an update of a
  /// coordinate that another worker wrote after this one's step had read it.
  class View {
   public:
    /// Of a vector that outlives it.
    explicit View(SharedVector& vector) noexcept : vector_(&vector) {}

    /// As View has them in every SharedVector, and counted. @{
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

    /// For private copies, likewise: the exchange is an update since the last one. @{
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

    /// Adds this view's counts to the vector's, and starts anew.
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
    std::vector<std::int64_t> fetched_;  ///< private copies: when they were last exchanged
    UpdateCounts counts_;
  };

 private:
  std::vector<std::int64_t> written_;
  std::int64_t now_ = 0;        ///< writes so far
  std::int64_t completed_ = 0;  ///< steps so far
  UpdateCounts counts_;
};

}  // namespace sounder
