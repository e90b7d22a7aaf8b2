// SAGA's step on one row, by workers who share vectors; it touches only the row's columns.
#pragma once

#include <cstddef>
#include <span>
#include <type_traits>

#include <sounder/engine/base/array.hpp>
#include <sounder/engine/matrix/packed_rows.hpp>
#include <sounder/engine/shared/hot_columns.hpp>
#include <sounder/engine/shared/shared_vector.hpp>
#include <sounder/solvers/stochastic/labelled_rows.hpp>
#include <sounder/solvers/stochastic/step_terms.hpp>

namespace sounder {

/// The terms of a step whose drift is a multiple of a mean gradient that is known only now.
template <class Terms>
[[nodiscard]] Terms with_mean(Terms terms, double mean) noexcept {
  terms.drift *= static_cast<float>(mean);
  return terms;
}

/// A row's derivative replaces that of its last visit in the mean gradient, which a second shared
/// vector holds and every step adds (Defazio, Bach, Lacoste-Julien, NIPS 2014; touching the row's
/// columns only, and without locks: Leblond, Pedregosa, Lacoste-Julien, AISTATS 2017; with a
/// proximal step: Pedregosa, Leblond, Lacoste-Julien, NIPS 2017). The interface is that of
/// RowStepper; it has no hot columns. The terms' drift is a column's share of the mean gradient.
///
/// 8 bytes a column and 8 a row beside the vector; a row is visited by one worker an epoch.
template <class Update, class Terms, Loss L>
class alignas(128) SagaStepper {
 public:
  /// The template arguments. @{
  using UpdateType = Update;
  using TermsType = Terms;
  using LossType = L;
  /// @}

  /// A coordinate's lost update is made good by later steps; one of the mean gradient never is.
  using MeanUpdate = std::conditional_t<loses_updates<Update>, Atomic, Update>;

  /// What the team's steppers share beside the vector.
  struct Common {
    /// For this number of coordinates.
    explicit Common(std::size_t columns) : means(columns) {}
    void restart() noexcept {}  ///< remember() is called before every run
    /// See RowPass::remember().
    void remember(std::span<const double> derivatives, std::span<const double> pull) {
      anchors.assign(derivatives);
      for (std::size_t j = 0; j < pull.size(); ++j) {
        means.set(j, -pull[j]);
      }
    }
    SampleLocks<Update> locks;       ///< held over a step
    SharedVector<MeanUpdate> means;  ///< mean gradient
    Array<double> anchors;           ///< minus each row's derivative at its last visit
  };

  /// Like those of RowStepper. @{
  SagaStepper(const LabelledRows<L>& data, const HotBands& /*bands*/, std::span<const Terms> terms,
              SharedVector<Update>& shared, Common& common)
      : data_(data), terms_(terms), view_(shared), common_(&common) {}

  void begin_epoch(std::span<const double> /*anchors*/) noexcept {}

  void step(Index i, double step) {
    const std::span<const PackedEntry> row = data_.rows->row(i);
    [[maybe_unused]] const auto guard = common_->locks.hold(row, scratch_);
    view_.begin_step();
    const double z = packed_dot(row, [this](std::size_t j) { return view_.get(j); });
    const double weight = data_.weight(i);
    const double slope = data_.slope(i, z);
    double& anchor = common_->anchors[static_cast<std::size_t>(i)];
    const double change = slope + anchor;
    anchor = -slope;
    const double along =
        change *
        (weight * step / (1.0 + weight * step * L::curvature_bound * data_.rows->squared_norm(i)));
    const double share = change * weight / data_.rows->rows();
    for (const PackedEntry& entry : row) {
      const auto j = static_cast<std::size_t>(entry.column);
      const auto value = static_cast<double>(entry.value);
      const Terms terms = with_mean(terms_[j], common_->means.get(j));
      view_.update(j, [&](double x) {
        return terms.moved(x - along * value, 0.0F, static_cast<float>(step));
      });
      common_->means.add(j, share * value);
    }
    view_.end_step();
  }

  void end_epoch() { view_.hand_in(); }
  /// @}

 private:
  LabelledRows<L> data_;
  std::span<const Terms> terms_;
  typename SharedVector<Update>::View view_;
  Common* common_;
  [[no_unique_address]] typename SampleLocks<Update>::Scratch scratch_;
};

}  // namespace sounder
