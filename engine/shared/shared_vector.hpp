// SharedVector: one vector of parameters that every worker reads and writes without waiting.
//
// Intended nondeterminism is a type, explained here once. How two workers may meet on a coordinate
// is the Update policy:
//
//   Plain    ordinary memory: one worker only (serial solvers)
//   Relaxed  load, compute, store: an update that falls between the two is lost by design
//            (Hogwild! as published: Niu, Recht, Re, Wright, 2011)
//   Atomic   compare-and-swap loop: no update is lost
//   Locked   a mutex per stripe of coordinates, held over a whole sample: the baseline that the
//            lock-free policies are measured against (in locked.hpp)
//
// Each has a counting twin, Counting<Update> in counting.hpp, for runs that measure conflicts.
//
// All but Plain go through relaxed std::atomic_ref: there is no data race in the sense of C++, and
// on x86-64 relaxed loads and stores are plain moves. Relaxed order is enough because no coordinate
// publishes another one; joining the team orders everything.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

#include <sounder/engine/base/aligned_array.hpp>
#include <sounder/engine/base/array.hpp>

namespace sounder {

/// Ordinary memory: for one worker.
struct Plain {
  static constexpr std::string_view name = "plain";  ///< name in messages

  /// The value of x; change(x) in place of x. @{
  static double load(const double& x) noexcept { return x; }
  template <class Change>
  static void update(double& x, Change&& change) noexcept {
    x = change(x);
  }
  /// @}
};

/// Load, compute, store. An update that falls between the two is lost, by design (Niu, Recht, Re,
/// Wright, "Hogwild!", NIPS 2011).
struct Relaxed {
  static constexpr std::string_view name = "relaxed";  ///< name in messages

  /// As Plain has them, for any number of workers. @{
  static double load(double& x) noexcept {
    return std::atomic_ref<double>(x).load(std::memory_order_relaxed);
  }
  template <class Change>
  static void update(double& x, Change&& change) noexcept {
    const std::atomic_ref<double> shared(x);
    shared.store(change(shared.load(std::memory_order_relaxed)), std::memory_order_relaxed);
  }
  /// @}
};

/// A compare-and-swap loop: no update is lost.
struct Atomic {
  static constexpr std::string_view name = "atomic";  ///< name in messages

  /// The same; `change` is called once more whenever another worker was faster. @{
  static double load(double& x) noexcept { return Relaxed::load(x); }
  template <class Change>
  static void update(double& x, Change&& change) noexcept {
    const std::atomic_ref<double> shared(x);
    double seen = shared.load(std::memory_order_relaxed);
    while (!shared.compare_exchange_weak(seen, change(seen), std::memory_order_relaxed)) {
    }
  }
  /// @}
};

/// Whether a policy counts what its updates run into: see counting.hpp.
template <class Update>
inline constexpr bool counts_updates = false;

/// Whether updates may be lost.
template <class Update>
inline constexpr bool loses_updates = std::is_same_v<Update, Relaxed>;

/// Whether steps hold locks: private copies of coordinates would go past them.
template <class Update>
inline constexpr bool holds_locks = false;

/// A vector of doubles shared by a team.
///
/// `get`, `update`, `add` and `set` may be called by any number of workers at once (by one, if
/// Update is Plain); `quiescent`, `assign` and `snapshot` only when the team has joined. Cost:
/// O(1), the last two O(size); memory 8 bytes a value.
template <class Update>
class SharedVector {
 public:
  explicit SharedVector(std::size_t size) : values_(size) { assign({}); }  ///< zeros

  [[nodiscard]] std::size_t size() const noexcept { return values_.size(); }  ///< p, or n

  /// x_j.
  [[nodiscard]] double get(std::size_t j) noexcept { return Update::load(values_[j]); }

  /// Replaces x_j by change(x_j); with Atomic, `change` may be called more than once.
  template <class Change>
  void update(std::size_t j, Change&& change) noexcept {
    Update::update(values_[j], change);
  }

  /// x_j + d in place of x_j, as update() does it.
  void add(std::size_t j, double d) noexcept {
    update(j, [d](double x) { return x + d; });
  }

  /// The value in place of x_j, as update() does it.
  void set(std::size_t j, double value) noexcept {
    update(j, [value](double /*x*/) { return value; });
  }

  /// The values themselves, for reading and writing in the ordinary way.
  [[nodiscard]] std::span<double> quiescent() noexcept { return {values_.data(), values_.size()}; }

  /// Sets every value; an empty span sets zeros.
  void assign(std::span<const double> values) noexcept {
    if (values.empty()) {
      std::fill_n(values_.data(), values_.size(), 0.0);
    } else {
      std::copy_n(values.data(), values_.size(), values_.data());
    }
  }

  /// A copy of all values. O(size).
  [[nodiscard]] std::vector<double> snapshot() noexcept {
    return {values_.data(), values_.data() + values_.size()};
  }

  /// One worker's way to the vector within its steps. A counting twin has more to do here.
  class View {
   public:
    /// Of a vector that outlives it.
    explicit View(SharedVector& vector) noexcept : vector_(&vector) {}

    /// A step: it begins, reads and writes coordinates as the vector does, and ends. @{
    void begin_step() const noexcept {}
    [[nodiscard]] double get(std::size_t j) const noexcept { return vector_->get(j); }
    template <class Change>
    void update(std::size_t j, Change&& change) const noexcept {
      vector_->update(j, change);
    }
    void add(std::size_t j, double d) const noexcept { vector_->add(j, d); }
    void set(std::size_t j, double value) const noexcept { vector_->set(j, value); }
    void end_step() const noexcept {}
    /// @}

    /// A coordinate that the worker keeps a private copy of (see HotColumns): first read, and then
    /// written and read again, now and then. @{
    [[nodiscard]] double fetch(std::size_t j) const noexcept { return vector_->get(j); }
    template <class Change>
    void exchange(std::size_t j, Change&& change) const noexcept {
      vector_->update(j, change);
    }
    /// @}

    /// Once after the last step: what was counted goes to the vector.
    void hand_in() const noexcept {}

   private:
    SharedVector* vector_;
  };
  /// The same, which does not count in a counting twin either.
  using Uncounted = View;

 private:
  AlignedArray<double> values_;
};

/// Holds what a policy needs held over a whole sample: nothing, unless Update is Locked
/// (locked.hpp).
template <class Update>
class SampleLocks {
 public:
  struct Guard {};    ///< what is held, until it goes
  struct Scratch {};  ///< room to work in, one a worker

  /// Nothing, for a sample with these columns.
  template <class Columns>
  [[nodiscard]] Guard hold(const Columns& /*columns*/, Scratch& /*scratch*/) const noexcept {
    return {};
  }
};

}  // namespace sounder
