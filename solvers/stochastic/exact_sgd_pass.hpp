// A pass over the rows in the serial order by workers that own columns: the same bits at any number
// of threads.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <numeric>
#include <optional>
#include <span>

#include <sounder/engine/base/array.hpp>
#include <sounder/engine/base/call.hpp>
#include <sounder/engine/base/random.hpp>
#include <sounder/engine/exact/column_parts.hpp>
#include <sounder/engine/exact/exact_passes.hpp>
#include <sounder/engine/exact/row_batches.hpp>
#include <sounder/engine/matrix/csr_matrix.hpp>
#include <sounder/engine/matrix/packed_rows.hpp>
#include <sounder/engine/run/trace.hpp>
#include <sounder/engine/shared/hot_columns.hpp>
#include <sounder/engine/threads/schedule.hpp>
#include <sounder/engine/threads/team.hpp>
#include <sounder/solvers/penalty/penalty.hpp>
#include <sounder/solvers/stochastic/labelled_rows.hpp>
#include <sounder/solvers/stochastic/row_pass.hpp>
#include <sounder/solvers/stochastic/sgd_options.hpp>
#include <sounder/solvers/stochastic/step_terms.hpp>

namespace sounder {

/// A coordinate, and the terms that it gets beside the loss at each row that holds it; if it is
/// hot, for many rows at once.
template <class Terms>
struct StepColumn {
  double w = 0.0;  ///< the coordinate
  Terms terms{};   ///< what it gets beside the loss

  /// See ExactPasses. @{
  template <class Step>
  void take_hot(const Step& step, double value) noexcept {
    w += step.along * value;
  }
  void settle(double distance) noexcept {
    w = terms.prox(w - distance * static_cast<double>(terms.drift), distance);
  }

  template <class Step>
  void take(const Step& step, double value) noexcept {
    w = terms.moved(w + step.along * value, 0.0F, step.rate);
  }
  /// @}
};

/// Packed rows as steps see them, in floats: of two entries a value, each would bring the terms
/// beside the loss. Has the interface of OrderedRows.
class StepRows {
 public:
  /// A view. @{
  explicit StepRows(const PackedRows& rows) : rows_(rows) {}
  [[nodiscard]] Index rows() const noexcept { return rows_.rows(); }
  [[nodiscard]] const ColumnOrder& order() const noexcept { return rows_.order(); }
  [[nodiscard]] Index name_of(std::size_t label) const noexcept { return rows_.name_of(label); }
  template <class Visit>
  void each(Index i, Visit&& visit) const {
    rows_.each(i, visit);
  }
  template <class Visit>
  void each_low(Index /*i*/, Visit&& /*visit*/) const {}
  /// @}

 private:
  const PackedRows& rows_;
};

/// When hot columns get their terms, as HotBands has it with a batch for a tick. The sums of step
/// sizes are what a worker carries.
struct Travel {
  double done = -1.0;                            ///< part of the pass
  double rate = 0.0;                             ///< the step size there
  double travelled = 0.0;                        ///< sum of steps
  std::array<double, HotBands::most> settled{};  ///< travelled when each band was settled

  /// Takes a step at this part of the pass.
  void advance(double part, const Call<double(double)>& step) {
    if (part != done) {
      done = part;
      rate = step(part);
    }
    travelled += rate;
  }
  /// Calls `visit(first label, last label, distance)` for the first bands.
  template <class Visit>
  void settle(const HotBands& bands, int count, Visit&& visit) {
    for (int k = 0; k < count; ++k) {
      double& last = settled[static_cast<std::size_t>(k)];
      visit(bands.begin_of(k), bands.end_of(k), travelled - last);
      last = travelled;
    }
  }
};

/// What the recurrences of the exact passes have in common: see ExactPasses::run().
/// @tparam CarryType a Travel, or more
template <Loss L, class CarryType>
class ExactSteps {
 public:
  using Carry = CarryType;  ///< from row to row

  /// See ExactPasses::run().
  [[nodiscard]] static bool wants(Index /*i*/) noexcept { return true; }
  /// See ExactPasses::run().
  template <class Visit>
  void settle(std::size_t batches, Carry& carry, Visit&& visit) const {
    carry.settle(*bands_, bands_->due(batches), visit);
  }
  /// See ExactPasses::run().
  [[nodiscard]] Carry& carry() noexcept { return carry_; }

 protected:
  /// Views of all, which the caller keeps. @param rate the step size as a function of the part of
  /// the pass that is done
  ExactSteps(const LabelledRows<L>& data, const HotBands& bands, Call<double(double)> rate)
      : data_(data), bands_(&bands), rate_(rate) {}

  /// The rows.
  [[nodiscard]] const LabelledRows<L>& data() const noexcept { return data_; }
  /// Advances to the part of the pass that is done, and returns the row's step size there.
  [[nodiscard]] double advance(Index i, Carry& carry, double done) const {
    carry.advance(done, rate_);
    return data_.weight(i) * carry.rate;
  }
  /// The root of the number of a row's entries: bounds of one coordinate's growth times this bound
  /// that of the whole.
  [[nodiscard]] double width(Index i) const noexcept {
    return std::sqrt(static_cast<double>(data_.rows->row(i).size()));
  }

 private:
  LabelledRows<L> data_;
  const HotBands* bands_;
  Call<double(double)> rate_;
  Carry carry_;
};

/// The recurrence of stochastic gradient descent: see ExactPasses::run(). The step is damped like
/// that of RowStepper.
template <Loss L>
class StochasticSteps : public ExactSteps<L, Travel> {
 public:
  /// A step on one row.
  struct Step {
    double along = 0.0;  ///< multiple of the row
    double reach = 0.0;  ///< bounds how much longer w gets, by the other terms too
    float rate = 0.0F;   ///< step size

    [[nodiscard]] bool idle() const noexcept { return rate == 0.0F; }  ///< nothing moves
  };

  /// @param anchors empty, or minus the derivatives at the last snapshot
  /// @param stride  bounds how much larger the other terms make a coordinate at a row
  /// @param hot     and how much longer all hot ones together
  StochasticSteps(const LabelledRows<L>& data, const HotBands& bands,
                  std::span<const double> anchors, Call<double(double)> rate, double stride,
                  double hot)
      : ExactSteps<L, Travel>(data, bands, rate), anchors_(anchors), stride_(stride), hot_(hot) {}

  /// See ExactPasses::run(). @{
  [[nodiscard]] Step step(Index i, double z, double norm, Travel& carry, double done) const {
    const double step = this->advance(i, carry, done);
    double slope = this->data().slope(i, z);
    if (!anchors_.empty()) {
      slope += anchors_[static_cast<std::size_t>(i)];
    }
    const double along = -slope * (step / (1.0 + step * L::curvature_bound * norm * norm));
    const double others = hot_ + stride_ * this->width(i);
    return {along, std::abs(along) * norm + others, static_cast<float>(carry.rate)};
  }
  static void take(Index /*i*/, double /*z*/, const Step& /*step*/) noexcept {}
  /// @}

 private:
  std::span<const double> anchors_;
  double stride_;
  double hot_;
};

/// A RowPass whose steps are those of one worker, in batches: see ExactPasses. Within a batch a row
/// sees the steps on the loss of those before it; drift and penalty are added with the rows, to hot
/// columns after so many batches.
///
/// Memory: 8 bytes a nonzero; 12 + 2 b + 8 threads a row for batches of b; 12 and a Column a
/// column.
/// @tparam Column with `w` and `terms`
template <class Column, Loss L>
class ExactRowPass : public RowPass {
 public:
  using Source = typename decltype(Column::terms)::Source;  ///< see SmoothTerms

  /// Keeps references to the data's rows and to team, which must outlive it.
  /// @param batch rows a batch
  ExactRowPass(const LabelledRows<L>& data, int batch, std::uint64_t seed, const Team& team,
               const Source& source = {})
      : data_(data), batch_(batch), seed_(seed), team_(team), source_(source),
        bands_(data.rows->order(), data.rows->rows(), data.rows->rows()),
        parts_(StepRows(*data.rows), team.size(), team), passes_(parts_, team),
        vector_(data.rows->columns()) {
    passes_.set_hot(hot());
  }

  /// See RowPass.
  [[nodiscard]] std::span<double> vector() noexcept override { return vector_; }
  /// See RowPass.
  [[nodiscard]] int workers() const noexcept override { return team_.size(); }
  /// See RowPass.
  void restart() override {
    std::fill(vector_.begin(), vector_.end(), 0.0);
    batches_.reset();
    epoch_ = 0;
  }
  /// See RowPass.
  void prepare(std::span<const StepTerms> terms) override {
    passes_.each_column([&](std::size_t j, Column& column) {
      column.terms = decltype(Column::terms)::from(terms[j], source_);
    });
  }
  /// See RowPass.
  bool transpose(std::span<const double> a, std::span<double> u) override {
    if (data_.rows->has_lows()) {
      return false;
    }
    passes_.transpose(a, u);
    return true;
  }

 protected:
  /// The rows.
  [[nodiscard]] const LabelledRows<L>& data() const noexcept { return data_; }
  /// The passes over them.
  [[nodiscard]] ExactPasses<Column>& passes() noexcept { return passes_; }
  /// The number of hot columns.
  [[nodiscard]] std::size_t hot() const noexcept {
    return static_cast<std::size_t>(data_.rows->order().hot);
  }
  /// When they are settled.
  [[nodiscard]] const HotBands& bands() const noexcept { return bands_; }

  /// How much larger the terms beside the loss make a coordinate at a row, at most. They are
  /// proximal steps, or gradient steps that do not overshoot: no two points get farther apart, so
  /// |moved(x)| <= |x| + |moved(0)|.
  [[nodiscard]] double stride(double step) const {
    return passes_.largest([rate = static_cast<float>(step)](const Column& column) {
      return std::abs(column.terms.moved(0.0, 0.0F, rate));
    });
  }

  /// Steps on every row once. False if the trace cancelled it.
  template <class Steps>
  bool pass(Steps& steps, const Trace& trace) {
    deal_out();
    RandomStream random(seed_, ++epoch_);
    shuffle(std::span<std::int64_t>(order_), random);
    passes_.each_column([&](std::size_t j, Column& column) { column.w = vector_[j]; });
    const bool whole = passes_.run(*batches_, order_, seed_ + epoch_, steps,
                                   [&trace] { return trace.cancelled(); });
    steps.carry().settle(bands_, bands_.count,
                         [this](std::size_t first, std::size_t last, double distance) {
                           passes_.settle(first, last, distance);
                         });
    passes_.copy_to(vector_);
    return whole;
  }

 private:
  /// Batches keep their rows from epoch to epoch.
  void deal_out() {
    if (!batches_) {
      Array<Index> all(static_cast<std::size_t>(data_.rows->rows()));
      std::iota(all.begin(), all.end(), Index{0});
      batches_.emplace(StepRows(*data_.rows), all, batch_, seed_, team_);
      order_.resize(static_cast<std::size_t>(batches_->count()));
      std::iota(order_.begin(), order_.end(), std::int64_t{0});
    }
  }

  LabelledRows<L> data_;
  int batch_;
  std::uint64_t seed_;
  const Team& team_;
  [[no_unique_address]] Source source_;
  HotBands bands_;
  ColumnParts parts_;
  ExactPasses<Column> passes_;
  Array<double> vector_;  ///< between passes
  std::optional<RowBatches> batches_;
  Array<std::int64_t> order_;
  std::uint64_t epoch_ = 0;
};

/// The pass of stochastic gradient descent.
template <class Terms, Loss L>
class ExactSgdPass final : public ExactRowPass<StepColumn<Terms>, L> {
 public:
  using ExactRowPass<StepColumn<Terms>, L>::ExactRowPass;

  /// The order of the schedule is not used.
  bool run(const Schedule& /*schedule*/, Range /*positions*/, std::span<const double> anchors,
           Call<double(double)> step, const Trace& trace) override {
    const double first = step(0.0);
    const double hot = this->passes().norm(this->hot(), [first](const StepColumn<Terms>& column) {
      StepColumn<Terms> zero{0.0, column.terms};
      zero.settle(first);
      return zero.w;
    });
    StochasticSteps<L> steps(this->data(), this->bands(), anchors, step, this->stride(first), hot);
    return this->pass(steps, trace);
  }
};

/// Fills in the size of a batch. AdaGrad has no batches, because its step sizes change with every
/// step.
inline void settle_batches(const CsrMatrix& matrix, SgdOptions& options) noexcept {
  if (options.adagrad) {
    options.batch = 1;
  } else if (options.batch == 0) {
    options.batch = RowBatches::suitable(matrix.nonzeros());
  }
}

/// Makes the pass of `sgd`: exact in batches, or by one worker.
template <Loss L, Penalty P>
class ExactSgdPassMaker {
 public:
  /// Keeps a reference to the penalty, which must outlive it; and itself must outlive its passes.
  /// @param batch rows a batch; 1: no batches
  ExactSgdPassMaker(const P& penalty, int batch, std::uint64_t seed)
      : penalty_(penalty), serial_(penalty), batch_(batch), seed_(seed) {}

  /// The function that MakeRowPass refers to.
  [[nodiscard]] std::unique_ptr<RowPass> operator()(const LabelledRows<L>& data, bool adagrad,
                                                    bool sparse, std::int64_t rows_a_pass,
                                                    const Team& team) const {
    if (adagrad || batch_ == 1) {
      return serial_(data, adagrad, sparse, rows_a_pass, alone_);
    }
    if constexpr (!ElasticPenalty<P>) {
      return std::make_unique<ExactSgdPass<ProxTerms<P>, L>>(data, batch_, seed_, team, &penalty_);
    } else if (sparse) {
      return std::make_unique<ExactSgdPass<SparseTerms, L>>(data, batch_, seed_, team);
    } else {
      return std::make_unique<ExactSgdPass<SmoothTerms, L>>(data, batch_, seed_, team);
    }
  }

 private:
  const P& penalty_;
  PassMaker<Plain, L, P> serial_;
  int batch_;
  std::uint64_t seed_;
  Team alone_{1};
};

}  // namespace sounder
