// A pass over the rows: the part of the stochastic solvers that runs on all workers at once.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include <sounder/engine/hot_columns.hpp>
#include <sounder/engine/packed_rows.hpp>
#include <sounder/engine/schedule.hpp>
#include <sounder/engine/shared_vector.hpp>
#include <sounder/engine/team.hpp>
#include <sounder/engine/trace.hpp>
#include <sounder/engine/update_counts.hpp>
#include <sounder/solvers/adagrad_step.hpp>
#include <sounder/solvers/coordinate_terms.hpp>
#include <sounder/solvers/labelled_rows.hpp>
#include <sounder/solvers/row_step.hpp>

namespace sounder {

/// The shared vector and the workers' steps on it. How a step is made (update policy, AdaGrad, l1)
/// is behind this interface, asked once an epoch, so that the driver is compiled once a problem.
class RowPass {
 public:
  RowPass() = default;
  RowPass(const RowPass&) = delete;
  RowPass& operator=(const RowPass&) = delete;
  virtual ~RowPass() = default;

  /// The vector, while no pass runs.
  [[nodiscard]] virtual std::span<double> vector() noexcept = 0;

  /// Back to zero, as newly made.
  virtual void restart() = 0;

  /// Of all passes, if the policy counts.
  [[nodiscard]] virtual std::optional<UpdateCounts> counts() const { return std::nullopt; }

  /// Sets what every coordinate feels beside the loss in the passes to come.
  virtual void prepare(std::span<const CoordinateTerms> terms) = 0;

  /// Steps through the rows at `positions` of the schedule, a contiguous share a worker.
  /// @param anchors empty, or minus the derivatives at the last snapshot (variance reduction)
  /// @param step    the step size when a worker has done this part, in [0, 1), of its share
  /// @return false if the trace cancelled the pass half-way
  virtual bool run(const Schedule& schedule, Range positions, std::span<const double> anchors,
                   const std::function<double(double)>& step, const Trace& trace) = 0;
};

/// RowPass by one kind of stepper. No allocation inside a pass.
template <class Stepper>
class StepperPass final : public RowPass {
 public:
  StepperPass(const LabelledRows<typename Stepper::LossType>& data, std::int64_t rows_a_pass,
              const Team& team)
      : rows_(*data.rows), team_(team),
        bands_(rows_.order(), rows_.rows(), rows_a_pass / team.size()), terms_(rows_.columns()),
        shared_(rows_.columns()), common_(rows_.columns()) {
    for (int rank = 0; rank < team.size(); ++rank) {
      steppers_.emplace_back(data, bands_, std::span<const Terms>(terms_), shared_, common_);
    }
  }

  [[nodiscard]] std::span<double> vector() noexcept override { return shared_.quiescent(); }

  void restart() override {
    shared_.assign({});
    common_.restart();
  }

  [[nodiscard]] std::optional<UpdateCounts> counts() const override {
    if constexpr (counts_updates<Update>) {
      return shared_.counts();
    }
    return std::nullopt;
  }

  void prepare(std::span<const CoordinateTerms> terms) override {
    for (std::size_t j = 0; j < terms_.size(); ++j) {
      terms_[j] = Terms::from(terms[j]);
    }
  }

  bool run(const Schedule& schedule, Range positions, std::span<const double> anchors,
           const std::function<double(double)>& step, const Trace& trace) override {
    std::atomic<bool> cancelled = false;
    team_.run([&](Worker worker) {
      Stepper& stepper = steppers_[static_cast<std::size_t>(worker.rank)];
      stepper.begin_epoch(anchors);
      const Range share = share_of(positions.size(), worker);
      for (std::int64_t k = share.begin; k < share.end; ++k) {
        if (trace.cancelled()) {
          cancelled.store(true, std::memory_order_relaxed);
          return;
        }
        const std::int64_t position = positions.begin + k;
        const double done =
            static_cast<double>(k - share.begin) / static_cast<double>(share.size());
        const Range next = k + 1 < share.end ? schedule.rows_at(position + 1) : Range{};
        step_block(stepper, schedule.rows_at(position), next, step(done));
      }
      stepper.end_epoch();
    });
    return !cancelled.load();
  }

 private:
  using Terms = typename Stepper::TermsType;
  using Update = typename Stepper::UpdateType;

  void step_block(Stepper& stepper, Range block, Range next, double step) const {
    constexpr std::int64_t ahead = 2;
    for (std::int64_t i = block.begin; i < block.end; ++i) {
      const std::int64_t soon = i + ahead;
      if (soon < block.end) {
        rows_.prefetch(static_cast<Index>(soon));
      } else if (next.begin + soon - block.end < next.end) {
        rows_.prefetch(static_cast<Index>(next.begin + soon - block.end));
      }
      stepper.step(static_cast<Index>(i), step);
    }
  }

  const PackedRows& rows_;
  const Team& team_;
  HotBands bands_;
  std::vector<Terms> terms_;
  SharedVector<Update> shared_;
  typename Stepper::Common common_;
  std::vector<Stepper> steppers_;
};

/// The pass for an update policy: AdaGrad's or the plain step, with or without soft thresholds.
template <class Update, Loss L>
[[nodiscard]] std::unique_ptr<RowPass> make_pass(const LabelledRows<L>& data, bool adagrad,
                                                 bool sparse, std::int64_t rows_a_pass,
                                                 const Team& team) {
  const auto make = [&]<class Stepper>() -> std::unique_ptr<RowPass> {
    return std::make_unique<StepperPass<Stepper>>(data, rows_a_pass, team);
  };
  if (adagrad) {
    return sparse ? make.template operator()<AdaGradStepper<Update, SparseTerms, L>>()
                  : make.template operator()<AdaGradStepper<Update, SmoothTerms, L>>();
  }
  return sparse ? make.template operator()<RowStepper<Update, SparseTerms, L>>()
                : make.template operator()<RowStepper<Update, SmoothTerms, L>>();
}

}  // namespace sounder
