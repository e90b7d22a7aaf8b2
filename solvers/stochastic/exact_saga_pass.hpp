// SAGA's pass in the serial order by workers that own columns.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>

#include <sounder/engine/base/array.hpp>
#include <sounder/engine/base/call.hpp>
#include <sounder/solvers/stochastic/exact_sgd_pass.hpp>
#include <sounder/solvers/stochastic/saga_step.hpp>

namespace sounder {

/// A coordinate, the mean gradient there, and the other terms that it gets at each row that holds
/// it.
template <class Terms>
struct SagaColumn {
  double w = 0.0;     ///< the coordinate
  double mean = 0.0;  ///< of the gradient
  Terms terms{};      ///< what it gets beside the loss; the drift is a share of the mean

  /// See ExactPasses. @{
  template <class Step>
  void take_hot(const Step& step, double value) noexcept {
    w += step.along * value;
    mean += step.change * value;
  }
  void settle(double distance) noexcept {
    const Terms now = with_mean(terms, mean);
    w = now.prox(w - distance * static_cast<double>(now.drift), distance);
  }
  template <class Step>
  void take(const Step& step, double value) noexcept {
    w = with_mean(terms, mean).moved(w + step.along * value, 0.0F, step.rate);
    mean += step.change * value;
  }
  /// @}
};

/// What SAGA carries from row to row.
struct SagaCarry : Travel {
  double steepest = 0.0;  ///< the largest derivative so far, times its row's weight
};

/// SAGA's recurrence: see ExactPasses::run().
template <Loss L>
class SagaSteps : public ExactSteps<L, SagaCarry> {
 public:
  /// A step on one row.
  struct Step {
    double along = 0.0;   ///< multiple of the row
    double change = 0.0;  ///< multiple of the row that is added to the mean gradient
    double slope = 0.0;   ///< the row's derivative now
    double reach = 0.0;   ///< bounds how much longer w gets, by the other terms too
    float rate = 0.0F;    ///< step size

    [[nodiscard]] bool idle() const noexcept { return rate == 0.0F; }  ///< nothing moves
  };

  /// @param anchors minus each row's derivative at its last visit
  /// @param stride  how far the penalty moves zero, at most
  /// @param largest |x_ij|
  /// @param hot     columns
  SagaSteps(const LabelledRows<L>& data, const HotBands& bands, std::span<double> anchors,
            Call<double(double)> rate, double stride, double largest, std::size_t hot)
      : ExactSteps<L, SagaCarry>(data, bands, rate), anchors_(anchors), stride_(stride),
        largest_(largest), hot_width_(std::sqrt(static_cast<double>(hot))) {
    double& steepest = this->carry().steepest;
    for (std::size_t i = 0; i < anchors.size(); ++i) {
      steepest = std::max(steepest, std::abs(anchors[i]) * data.weight(static_cast<Index>(i)));
    }
  }

  /// See ExactPasses::run(). @{
  [[nodiscard]] Step step(Index i, double z, double norm, SagaCarry& carry, double done) const {
    const double step = this->advance(i, carry, done);
    const double weight = this->data().weight(i);
    const double slope = this->data().slope(i, z);
    const double change = slope + anchors_[static_cast<std::size_t>(i)];
    const double along = -change * (step / (1.0 + step * L::curvature_bound * norm * norm));
    carry.steepest = std::max(carry.steepest, std::abs(slope) * weight);
    // A column's share of the mean gradient is a mean over its rows, so bounded by the largest.
    constexpr double rounding = 1.001;
    const double others = (stride_ + rounding * carry.rate * carry.steepest * largest_) *
                          (hot_width_ + this->width(i));
    return {along, change * weight / this->data().rows->rows(), slope,
            std::abs(along) * norm + others, static_cast<float>(carry.rate)};
  }
  void take(Index i, double /*z*/, const Step& step) noexcept {
    anchors_[static_cast<std::size_t>(i)] = -step.slope;
  }
  /// @}

 private:
  std::span<double> anchors_;
  double stride_;
  double largest_;
  double hot_width_;
};

/// The pass of SAGA.
template <class Terms, Loss L>
class ExactSagaPass final : public ExactRowPass<SagaColumn<Terms>, L> {
 public:
  using ExactRowPass<SagaColumn<Terms>, L>::ExactRowPass;

  void remember(std::span<const double> anchors, std::span<const double> pull) override {
    anchors_.assign(anchors);
    this->passes().each_column(
        [pull](std::size_t j, SagaColumn<Terms>& column) { column.mean = -pull[j]; });
  }

  /// The order of the schedule is not used.
  bool run(const Schedule& /*schedule*/, Range /*positions*/, std::span<const double> /*anchors*/,
           Call<double(double)> step, const Trace& trace) override {
    const auto first = static_cast<float>(step(0.0));
    const double stride = this->passes().largest([first](const SagaColumn<Terms>& column) {
      return std::abs(with_mean(column.terms, 0.0).moved(0.0, 0.0F, first));
    });
    SagaSteps<L> steps(this->data(), this->bands(), anchors_, step, stride, largest(), this->hot());
    return this->pass(steps, trace);
  }

 private:
  [[nodiscard]] double largest() {
    if (largest_ == 0.0) {
      const PackedRows& rows = *this->data().rows;
      for (Index i = 0; i < rows.rows(); ++i) {
        for (const PackedEntry& entry : rows.row(i)) {
          largest_ = std::max(largest_, std::abs(static_cast<double>(entry.value)));
        }
      }
    }
    return largest_;
  }

  Array<double> anchors_;
  double largest_ = 0.0;
};

/// Makes SAGA's pass: exact in batches, or by workers who meet by an update policy.
template <class Update, Loss L, Penalty P>
class SagaPassMaker {
  static constexpr bool exact = std::is_same_v<Update, Exact>;

 public:
  /// Keeps a reference to the penalty, which must outlive it; and itself must outlive its passes.
  /// @param batch rows a batch of the exact pass; 1: one worker, no batches
  SagaPassMaker(const P& penalty, int batch, std::uint64_t seed)
      : penalty_(penalty), batch_(batch), seed_(seed) {}

  /// The function that MakeRowPass refers to.
  [[nodiscard]] std::unique_ptr<RowPass> operator()(const LabelledRows<L>& data, bool /*adagrad*/,
                                                    bool sparse, std::int64_t rows_a_pass,
                                                    const Team& team) const {
    if constexpr (!ElasticPenalty<P>) {
      return make<ProxTerms<P>>(data, rows_a_pass, team, &penalty_);
    } else if (sparse) {
      return make<SparseTerms>(data, rows_a_pass, team, {});
    } else {
      return make<SmoothTerms>(data, rows_a_pass, team, {});
    }
  }

 private:
  template <class Terms>
  [[nodiscard]] std::unique_ptr<RowPass> make(const LabelledRows<L>& data, std::int64_t rows_a_pass,
                                              const Team& team,
                                              const typename Terms::Source& source) const {
    if constexpr (exact) {
      if (batch_ > 1) {
        return std::make_unique<ExactSagaPass<Terms, L>>(data, batch_, seed_, team, source);
      }
    }
    using Stepper = SagaStepper<std::conditional_t<exact, Plain, Update>, Terms, L>;
    return std::make_unique<StepperPass<Stepper>>(data, rows_a_pass, exact ? alone_ : team, source);
  }

  const P& penalty_;
  int batch_;
  std::uint64_t seed_;
  Team alone_{1};
};

}  // namespace sounder
