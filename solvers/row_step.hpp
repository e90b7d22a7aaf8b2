// The hot kernel: one stochastic gradient step on one row, touching only the row's support.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <sounder/engine/hot_columns.hpp>
#include <sounder/engine/packed_rows.hpp>
#include <sounder/engine/shared_vector.hpp>
#include <sounder/solvers/coordinate_terms.hpp>
#include <sounder/solvers/labelled_rows.hpp>

namespace sounder {

/// The sparse unbiased split of everything that is not the row's own loss: a coordinate held by
/// d_j of n rows gets n / d_j of it whenever one of them comes (Niu et al. 2011; for the drift and
/// the threshold: Leblond, Pedregosa, Lacoste-Julien 2017; Pedregosa, Leblond, Lacoste-Julien
/// 2017).
///
/// One object a worker, on cache lines of its own (its counters change at every row); it holds the
/// worker's hot columns. All work is on packed, scaled coordinates.
template <class Update, class Terms, Loss L>
class alignas(128) RowStepper {
 public:
  using UpdateType = Update;
  using TermsType = Terms;
  using LossType = L;

  /// What the team's steppers share beside the vector.
  struct Common {
    explicit Common(std::size_t /*columns*/) {}
    void restart() noexcept {}
    SampleLocks<Update> locks;
  };

  /// @param terms one a column, rewritten between epochs
  RowStepper(const LabelledRows<L>& data, const HotBands& bands, std::span<const Terms> terms,
             SharedVector<Update>& shared, Common& common)
      : data_(data), bands_(&bands), terms_(terms), shared_(&shared), locks_(&common.locks),
        hot_(data.rows->order().hot) {}

  /// @param anchors -loss'(y_i, z_i) at the last snapshot, or empty without variance reduction
  void begin_epoch(std::span<const double> anchors) noexcept {
    anchors_ = anchors;
    passed_ = 0;
    tick_ = 0;
    hot_.fetch(*shared_);
  }

  /// One step on row i. The step is damped as an implicit one would be, so that a long row cannot
  /// overshoot its own minimum.
  void step(Index i, double step) {
    const std::span<const PackedEntry> hot = data_.rows->hot(i);
    const std::span<const PackedEntry> cold = data_.rows->cold(i);
    [[maybe_unused]] const auto guard = locks_->hold(cold, scratch_);
    const double z = packed_dot(hot, [this](std::size_t j) { return hot_[j]; }) +
                     packed_dot(cold, [this](std::size_t j) { return shared_->get(j); });
    const double weight = data_.weight(i);
    double slope = data_.slope(i, z);
    if (!anchors_.empty()) {
      slope += anchors_[static_cast<std::size_t>(i)];
    }
    slope *=
        weight * step / (1.0 + weight * step * L::curvature_bound * data_.rows->squared_norm(i));
    const auto pull = static_cast<float>(slope);
    const auto rate = static_cast<float>(step);
    for (const PackedEntry& entry : hot) {
      const auto j = static_cast<std::size_t>(entry.column);
      hot_[j] = terms_[j].moved(hot_[j], pull * entry.value, rate);
    }
    for (const PackedEntry& entry : cold) {
      const auto j = static_cast<std::size_t>(entry.column);
      const Terms terms = terms_[j];
      shared_->update(j, [&](double x) { return terms.moved(x, pull * entry.value, rate); });
    }
    if (++passed_ % bands_->rows == 0) {
      hot_.exchange(bands_->due(++tick_), *shared_);
    }
  }

  /// Hands every hot column back; call once after the last row of an epoch.
  void end_epoch() { hot_.exchange(hot_.size(), *shared_); }

 private:
  LabelledRows<L> data_;
  const HotBands* bands_;
  std::span<const Terms> terms_;
  SharedVector<Update>* shared_;
  SampleLocks<Update>* locks_;
  std::span<const double> anchors_;
  HotColumns hot_;
  std::int64_t passed_ = 0;
  std::uint64_t tick_ = 0;
  [[no_unique_address]] typename SampleLocks<Update>::Scratch scratch_;
};

}  // namespace sounder
