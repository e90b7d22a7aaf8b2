// SharedVector: a vector of parameters that every worker reads and writes without waiting.
//
// Intended nondeterminism is part of the type, and is explained here once. The Update policy says
// what happens if two workers meet on a coordinate:
//
//   Plain    ordinary memory: one worker only (serial solvers)
//   Exact    they never meet: each owns its coordinates (see ExactPasses)
//   Relaxed  load, compute, store: an update that falls between the two is lost by design
//            (Hogwild! as published: Niu, Recht, Re, Wright, 2011)
//   Atomic   compare-and-swap loop: no update is lost
//   Locked   a mutex per stripe of coordinates, held over a whole sample: the baseline that the
//            lock-free policies are measured against (in locked.hpp)
//
// All but Exact have a counting twin, Counting<Update> in counting.hpp, for runs that measure
// conflicts.
//
// Relaxed, Atomic and Locked use relaxed std::atomic_ref: there is no data race in the sense of
// C++, and on x86-64 relaxed loads and stores are plain moves. Relaxed order is enough because no
// coordinate publishes another one, and joining the team orders everything.
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

  /// Reads x; replaces x by change(x). @{
  static double load(const double& x) noexcept { return x; }
  template <class Change>
  static void update(double& x, Change&& change) noexcept {
    x = change(x);
  }
  /// @}
};

/// The policy of workers who share nothing: a name for those who choose between it and the others.
struct Exact {
  static constexpr std::string_view name = "exact";  ///< name in messages
};

/// Load, compute, store. An update that falls between the two is lost, by design (Niu, Recht, Re,
/// Wright, "Hogwild!", NIPS 2011).
struct Relaxed {
  static constexpr std::string_view name = "relaxed";  ///< name in messages

  /// Like Plain's, for any number of workers. @{
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

  /// Like Plain's, for any number of workers; `change` is called again if another worker was
  /// faster. @{
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

/// Whether a policy counts the conflicts of its updates: see counting.hpp.
template <class Update>
inline constexpr bool counts_updates = false;

/// Whether updates may be lost.
template <class Update>
inline constexpr bool loses_updates = std::is_same_v<Update, Relaxed>;

/// Whether steps hold locks; then workers keep no private copies, which would bypass the locks.
template <class Update>
inline constexpr bool holds_locks = false;

/// A vector of doubles shared by a team.
///
/// Any number of workers may call `get`, `update`, `add` and `set` at once (one worker if Update is
/// Plain); call `quiescent`, `assign` and `snapshot` only after the team has joined. Cost: O(1),
/// the last two O(size); 8 bytes a value.
template <class Update>
class SharedVector {
 public:
  explicit SharedVector(std::size_t size) : values_(size) { assign({}); }  ///< zeros

  [[nodiscard]] std::size_t size() const noexcept { return values_.size(); }  ///< number of values

  /// x_j.
  [[nodiscard]] double get(std::size_t j) noexcept { return Update::load(values_[j]); }

  /// Replaces x_j by change(x_j); with Atomic, `change` may be called more than once.
  template <class Change>
  void update(std::size_t j, Change&& change) noexcept {
    Update::update(values_[j], change);
  }

  /// Replaces x_j by x_j + d, like update().
  void add(std::size_t j, double d) noexcept {
    update(j, [d](double x) { return x + d; });
  }

  /// Replaces x_j by the value, like update().
  void set(std::size_t j, double value) noexcept {
    update(j, [value](double /*x*/) { return value; });
  }

  /// The values themselves, as ordinary memory.
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

  /// One worker's access to the vector within its steps. A counting twin does more here.
  class View {
   public:
    /// Keeps a reference to the vector, which must outlive it.
    explicit View(SharedVector& vector) noexcept : vector_(&vector) {}

    /// A step: begins, reads and writes coordinates like the vector's functions, and ends. @{
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

    /// For coordinates of which the worker keeps a private copy (see HotColumns): the first read,
    /// and the later exchanges. @{
    [[nodiscard]] double fetch(std::size_t j) const noexcept { return vector_->get(j); }
    template <class Change>
    void exchange(std::size_t j, Change&& change) const noexcept {
      vector_->update(j, change);
    }
    /// @}

    /// Call once after the last step: adds the view's counts, if any, to the vector's.
    void hand_in() const noexcept {}

   private:
    SharedVector* vector_;
  };
  /// A view that does not count, even in a counting twin.
  using Uncounted = View;

 private:
  AlignedArray<double> values_;
};

/// Holds what a policy needs held during a whole sample: nothing, unless Update is Locked
/// (locked.hpp).
template <class Update>
class SampleLocks {
 public:
  struct Guard {};    ///< what is held until it is destroyed
  struct Scratch {};  ///< working memory, one a worker

  /// Holds nothing.
  template <class Columns>
  [[nodiscard]] Guard hold(const Columns& /*columns*/, Scratch& /*scratch*/) const noexcept {
    return {};
  }
};

}  // namespace sounder
