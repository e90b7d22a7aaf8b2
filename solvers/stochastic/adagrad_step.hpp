// AdaGrad's step on one row; it touches only the row's columns.
#pragma once

#include <cmath>
#include <cstddef>
#include <span>

#include <sounder/engine/matrix/packed_rows.hpp>
#include <sounder/engine/shared/hot_columns.hpp>
#include <sounder/engine/shared/shared_vector.hpp>
#include <sounder/solvers/stochastic/labelled_rows.hpp>
#include <sounder/solvers/stochastic/step_terms.hpp>

namespace sounder {

/// Divides every coordinate's step by the root of the sum of its squared gradients, which a second
/// shared vector holds (Duchi, Hazan, Singer, JMLR 2011; without locks: Duchi, Jordan, McMahan,
/// NIPS 2013). The interface is that of RowStepper; it has no hot columns, no variance reduction
/// and unscaled coordinates.
template <class Update, class Terms, Loss L>
class alignas(128) AdaGradStepper {
 public:
  /// The template arguments. @{
  using UpdateType = Update;
  using TermsType = Terms;
  using LossType = L;
  /// @}

  /// What the team's steppers share beside the vector.
  struct Common {
    /// For this number of coordinates.
    explicit Common(std::size_t columns) : squares(columns) {}
    void restart() noexcept { squares.assign({}); }  ///< back to the state of a new object
    SampleLocks<Update> locks;                       ///< held over a step
    SharedVector<Update> squares;                    ///< squared gradients, summed over the steps
  };

  /// Like those of RowStepper. @{
  AdaGradStepper(const LabelledRows<L>& data, const HotBands& /*bands*/,
                 std::span<const Terms> terms, SharedVector<Update>& shared, Common& common)
      : data_(data), terms_(terms), view_(shared), common_(&common) {}

  void begin_epoch(std::span<const double> /*anchors*/) noexcept {}

  void step(Index i, double step) {
    const std::span<const PackedEntry> row = data_.rows->row(i);
    [[maybe_unused]] const auto guard = common_->locks.hold(row, scratch_);
    view_.begin_step();
    const double z = packed_dot(row, [this](std::size_t j) { return view_.get(j); });
    const double slope = data_.weight(i) * data_.slope(i, z);
    for (const PackedEntry& entry : row) {
      const auto j = static_cast<std::size_t>(entry.column);
      const double gradient = slope * static_cast<double>(entry.value);
      common_->squares.add(j, gradient * gradient);
      const double own = step / std::sqrt(common_->squares.get(j) + smallest);
      view_.update(j, [&](double x) { return terms_[j].prox(x - own * gradient, own); });
    }
    view_.end_step();
  }

  void end_epoch() { view_.hand_in(); }
  /// @}

 private:
  static constexpr double smallest = 1e-12;  // keeps a coordinate in place if all its gradients
                                             // were zero

  LabelledRows<L> data_;
  std::span<const Terms> terms_;
  typename SharedVector<Update>::View view_;
  Common* common_;
  [[no_unique_address]] typename SampleLocks<Update>::Scratch scratch_;
};

}  // namespace sounder
