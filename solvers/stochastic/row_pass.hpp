// A pass over the rows: the part of the stochastic solvers that all workers run at once.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include <sounder/engine/base/array.hpp>
#include <sounder/engine/base/call.hpp>
#include <sounder/engine/base/slots.hpp>
#include <sounder/engine/matrix/packed_rows.hpp>
#include <sounder/engine/run/trace.hpp>
#include <sounder/engine/shared/hot_columns.hpp>
#include <sounder/engine/shared/shared_vector.hpp>
#include <sounder/engine/shared/update_counts.hpp>
#include <sounder/engine/threads/schedule.hpp>
#include <sounder/engine/threads/team.hpp>
#include <sounder/solvers/problem/problem.hpp>
#include <sounder/solvers/stochastic/adagrad_step.hpp>
#include <sounder/solvers/stochastic/labelled_rows.hpp>
#include <sounder/solvers/stochastic/row_step.hpp>
#include <sounder/solvers/stochastic/step_terms.hpp>

namespace sounder {

/// The shared vector and the workers' steps on it. This interface hides how a step is made (update
/// policy, AdaGrad, l1). It is called once an epoch, and lets the driver be compiled once a
/// problem.
class RowPass {
 public:
  RowPass() = default;
  RowPass(const RowPass&) = delete;
  RowPass& operator=(const RowPass&) = delete;
  virtual ~RowPass() = default;

  /// The vector; only use it while no pass runs.
  [[nodiscard]] virtual std::span<double> vector() noexcept = 0;

  /// The number of workers in a pass.
  [[nodiscard]] virtual int workers() const noexcept = 0;

  /// Sets everything back to zero, as in a new object.
  virtual void restart() = 0;

  /// The counts of all passes, if the policy counts.
  [[nodiscard]] virtual std::optional<UpdateCounts> counts() const { return std::nullopt; }

  /// Sets the terms beside the loss for every coordinate, for the passes to come.
  virtual void prepare(std::span<const StepTerms> terms) = 0;

  /// Takes a point's values as those of the last visit to every row, if steps need them (SAGA).
  /// @param anchors minus the derivatives, n numbers
  /// @param pull    X^T (s anchors) / n in the coordinates of the rows
  virtual void remember(std::span<const double> anchors, std::span<const double> pull) {
    static_cast<void>(anchors);
    static_cast<void>(pull);
  }

  /// u = X^T a in the coordinates of the rows, if the pass has a layout for it; else false.
  /// @param a one number a row
  virtual bool transpose(std::span<const double> a, std::span<double> u) {
    static_cast<void>(a);
    static_cast<void>(u);
    return false;
  }

  /// Steps through the rows at `positions` of the schedule, a contiguous share a worker.
  /// @param anchors empty, or minus the derivatives at the last snapshot (variance reduction)
  /// @param step    the step size as a function of the part of its share, in [0, 1), that a worker
  ///        has done
  /// @return false if the trace cancelled the pass half-way
  virtual bool run(const Schedule& schedule, Range positions, std::span<const double> anchors,
                   Call<double(double)> step, const Trace& trace) = 0;
};

/// The vector and one stepper a worker; derived classes run the workers side by side.
template <class Stepper>
class SteppersPass : public RowPass {
 public:
  /// @param rows_a_pass number of rows that all workers together take in a pass
  /// @param source      what the steppers' terms need in addition to the driver's terms
  SteppersPass(const LabelledRows<typename Stepper::LossType>& data, std::int64_t rows_a_pass,
               int workers, const typename Stepper::TermsType::Source& source)
      : source_(source), rows_(*data.rows),
        bands_(rows_.order(), rows_.rows(), rows_a_pass / workers), terms_(rows_.columns()),
        shared_(rows_.columns()), common_(rows_.columns()),
        steppers_(static_cast<std::size_t>(workers),
                  [&](std::size_t) { return Stepper(data, bands_, terms_, shared_, common_); }) {}

  [[nodiscard]] std::span<double> vector() noexcept override { return shared_.quiescent(); }

  [[nodiscard]] int workers() const noexcept override { return static_cast<int>(steppers_.size()); }

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

  void remember(std::span<const double> anchors, std::span<const double> pull) override {
    if constexpr (requires { common_.remember(anchors, pull); }) {
      common_.remember(anchors, pull);
    }
  }

  void prepare(std::span<const StepTerms> terms) override {
    for (std::size_t j = 0; j < terms_.size(); ++j) {
      terms_[j] = Terms::from(terms[j], source_);
    }
  }

 protected:
  /// The rows that the workers step through.
  [[nodiscard]] const PackedRows& rows() const noexcept { return rows_; }
  /// The stepper of a worker.
  [[nodiscard]] Stepper& stepper(int rank) noexcept {
    return steppers_[static_cast<std::size_t>(rank)];
  }

 private:
  using Terms = typename Stepper::TermsType;
  using Update = typename Stepper::UpdateType;

  [[no_unique_address]] typename Terms::Source source_;
  const PackedRows& rows_;
  HotBands bands_;
  Array<Terms> terms_;
  SharedVector<Update> shared_;
  typename Stepper::Common common_;
  Slots<Stepper> steppers_;
};

/// A RowPass by the threads of a team. A pass allocates nothing.
template <class Stepper>
class StepperPass final : public SteppersPass<Stepper> {
 public:
  /// Keeps a reference to team, which must outlive it.
  StepperPass(const LabelledRows<typename Stepper::LossType>& data, std::int64_t rows_a_pass,
              const Team& team, const typename Stepper::TermsType::Source& source = {})
      : SteppersPass<Stepper>(data, rows_a_pass, team.size(), source), team_(team) {}

  bool run(const Schedule& schedule, Range positions, std::span<const double> anchors,
           Call<double(double)> step, const Trace& trace) override {
    std::atomic<bool> cancelled = false;
    team_.run([&](Worker worker) {
      Stepper& stepper = this->stepper(worker.rank);
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
  void step_block(Stepper& stepper, Range block, Range next, double step) const {
    constexpr std::int64_t ahead = 2;
    for (std::int64_t i = block.begin; i < block.end; ++i) {
      const std::int64_t soon = i + ahead;
      if (soon < block.end) {
        this->rows().prefetch(static_cast<Index>(soon));
      } else if (next.begin + soon - block.end < next.end) {
        this->rows().prefetch(static_cast<Index>(next.begin + soon - block.end));
      }
      stepper.step(static_cast<Index>(i), step);
    }
  }

  const Team& team_;
};

/// Makes a pass for a driver. `rows_a_pass` sets the timing of what must happen several times a
/// pass.
template <Loss L>
using MakeRowPass =
    Call<std::unique_ptr<RowPass>(const LabelledRows<L>& data, bool adagrad, bool sparse,
                                  std::int64_t rows_a_pass, const Team& team)>;

/// What a driver needs to know of its passes.
template <Loss L>
struct RowPasses {
  MakeRowPass<L> pass;      ///< of the run
  MakeRowPass<L> trial;     ///< the pass of one worker that tries steps on a sample
  bool repeatable = false;  ///< the driver's own sums must not depend on the number of threads
  bool saga = false;        ///< steps keep the derivatives of the last visits by themselves
};

/// Makes the pass for an update policy: AdaGrad's step, or the plain one with or without soft
/// thresholds. A penalty that is not elastic is applied by its prox. AdaGrad always has thresholds,
/// because a threshold of zero costs nothing beside its roots and divisions.
template <class Update, Loss L, Penalty P>
class PassMaker {
 public:
  /// Keeps a reference to the penalty, which must outlive it.
  explicit PassMaker(const P& penalty) noexcept : penalty_(penalty) {}

  /// The function that MakeRowPass refers to.
  [[nodiscard]] std::unique_ptr<RowPass> operator()(const LabelledRows<L>& data, bool adagrad,
                                                    bool sparse, std::int64_t rows_a_pass,
                                                    const Team& team) const {
    using Thresholds = std::conditional_t<ElasticPenalty<P>, SparseTerms, ProxTerms<P>>;
    if (adagrad) {
      return make<AdaGradStepper<Update, Thresholds, L>>(data, rows_a_pass, team);
    }
    if constexpr (ElasticPenalty<P>) {
      if (!sparse) {
        return make<RowStepper<Update, SmoothTerms, L>>(data, rows_a_pass, team);
      }
    }
    return make<RowStepper<Update, Thresholds, L>>(data, rows_a_pass, team);
  }

 private:
  template <class Stepper>
  [[nodiscard]] std::unique_ptr<RowPass> make(const LabelledRows<L>& data, std::int64_t rows_a_pass,
                                              const Team& team) const {
    if constexpr (ElasticPenalty<P>) {
      return std::make_unique<StepperPass<Stepper>>(data, rows_a_pass, team);
    } else {
      return std::make_unique<StepperPass<Stepper>>(data, rows_a_pass, team, &penalty_);
    }
  }

  const P& penalty_;
};

}  // namespace sounder
