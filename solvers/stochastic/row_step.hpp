// The hot kernel: one stochastic gradient step on one row; it touches only the row's columns.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include <sounder/engine/matrix/packed_rows.hpp>
#include <sounder/engine/shared/hot_columns.hpp>
#include <sounder/engine/shared/shared_vector.hpp>
#include <sounder/solvers/stochastic/labelled_rows.hpp>
#include <sounder/solvers/stochastic/step_terms.hpp>

namespace sounder {

/// The loss of a row enters its step whole. Everything else is split sparsely and without bias: a
/// coordinate that d_j of n rows hold gets n / d_j of it at each of these rows (Niu et al. 2011;
/// for drift and threshold: Leblond, Pedregosa, Lacoste-Julien 2017; Pedregosa, Leblond,
/// Lacoste-Julien 2017). That holds for rare columns. The worker's own copies of frequent columns
/// get these terms when they are exchanged, for all rows since the last exchange at once: the split
/// adds no noise, and the loop over them computes only the loss.
///
/// One object a worker, on cache lines of its own (its counters change at every row); it holds the
/// worker's hot columns. All work is on packed, scaled coordinates.
template <class Update, class Terms, Loss L>
class alignas(128) RowStepper {
 public:
  /// The template arguments. @{
  using UpdateType = Update;
  using TermsType = Terms;
  using LossType = L;
  /// @}

  /// What the team's steppers share beside the vector.
  struct Common {
    /// For this number of coordinates.
    explicit Common(std::size_t /*columns*/) {}
    void restart() noexcept {}  ///< back to the state of a new object
    SampleLocks<Update> locks;  ///< held over a step
  };

  /// @param terms one a column, applied at each row that holds it (for hot columns at every row of
  ///        the worker); rewritten between epochs
  RowStepper(const LabelledRows<L>& data, const HotBands& bands, std::span<const Terms> terms,
             SharedVector<Update>& shared, Common& common)
      : data_(data), bands_(&bands), terms_(terms), view_(shared), locks_(&common.locks),
        hot_(data.rows->order().hot) {}

  /// @param anchors -loss'(y_i, z_i) at the last snapshot, or empty without variance reduction
  void begin_epoch(std::span<const double> anchors) noexcept {
    anchors_ = anchors;
    passed_ = 0;
    tick_ = 0;
    travelled_ = 0.0;
    exchanged_at_.fill(0.0);
    hot_.fetch(view_);
  }

  /// One step on row i.
  void step(Index i, double step) {
    [[maybe_unused]] const auto guard = locks_->hold(data_.rows->cold(i), scratch_);
    write(i, read(i, step), step);
  }

  /// The first half of a step: reads the row's coordinates and returns the multiple of the row to
  /// subtract. The step is damped like an implicit one, so that a long row cannot overshoot its own
  /// minimum.
  [[nodiscard]] double read(Index i, double step) {
    view_.begin_step();
    const double z =
        packed_dot(data_.rows->hot(i), [this](std::size_t j) { return hot_[j]; }) +
        packed_dot(data_.rows->cold(i), [this](std::size_t j) { return view_.get(j); });
    const double weight = data_.weight(i);
    double slope = data_.slope(i, z);
    if (!anchors_.empty()) {
      slope += anchors_[static_cast<std::size_t>(i)];
    }
    return slope * (weight * step /
                    (1.0 + weight * step * L::curvature_bound * data_.rows->squared_norm(i)));
  }

  /// The second half of a step: writes the coordinates.
  void write(Index i, double slope, double step) {
    packed_add(data_.rows->hot(i), -slope, hot_.mine());
    const auto pull = static_cast<float>(slope);
    const auto rate = static_cast<float>(step);
    for (const PackedEntry& entry : data_.rows->cold(i)) {
      const auto j = static_cast<std::size_t>(entry.column);
      const Terms terms = terms_[j];
      view_.update(j, [&](double x) { return terms.moved(x, pull * entry.value, rate); });
    }
    view_.end_step();
    travelled_ += step;
    if (++passed_ % bands_->rows == 0) {
      exchange(bands_->due(++tick_));
    }
  }

  /// Exchanges every hot column. Call once after the last row of an epoch.
  void end_epoch() {
    exchange(bands_->count);
    view_.hand_in();
  }

 private:
  void exchange(int bands) {
    for (int k = 0; k < bands; ++k) {
      double& last = exchanged_at_[static_cast<std::size_t>(k)];
      const double distance = travelled_ - last;
      last = travelled_;
      hot_.exchange(bands_->begin_of(k), bands_->end_of(k), view_, [&](std::size_t j, double x) {
        const Terms& terms = terms_[j];
        return terms.prox(x - distance * static_cast<double>(terms.drift), distance);
      });
    }
  }

  LabelledRows<L> data_;
  const HotBands* bands_;
  std::span<const Terms> terms_;
  typename SharedVector<Update>::View view_;
  SampleLocks<Update>* locks_;
  std::span<const double> anchors_;
  HotColumns hot_;
  std::int64_t passed_ = 0;
  std::uint64_t tick_ = 0;
  double travelled_ = 0.0;                             ///< sum of this epoch's steps
  std::array<double, HotBands::most> exchanged_at_{};  ///< travelled_ at the last exchange of each
                                                       ///< band
  [[no_unique_address]] typename SampleLocks<Update>::Scratch scratch_;
};

}  // namespace sounder
