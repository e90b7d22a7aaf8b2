// The driver of dual_cd(): coordinate ascent on the dual of an l2 problem, exact at any number of
// threads.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <type_traits>

#include <sounder/engine/base/array.hpp>
#include <sounder/engine/base/message.hpp>
#include <sounder/engine/base/random.hpp>
#include <sounder/engine/exact/column_parts.hpp>
#include <sounder/engine/exact/exact_passes.hpp>
#include <sounder/engine/exact/ordered_rows.hpp>
#include <sounder/engine/exact/row_batches.hpp>
#include <sounder/engine/matrix/products.hpp>
#include <sounder/engine/run/deadline.hpp>
#include <sounder/engine/run/result.hpp>
#include <sounder/engine/run/trace.hpp>
#include <sounder/engine/threads/team.hpp>
#include <sounder/solvers/driver/certificate.hpp>
#include <sounder/solvers/driver/intercept.hpp>
#include <sounder/solvers/driver/objective.hpp>
#include <sounder/solvers/driver/run.hpp>
#include <sounder/solvers/dual/balance.hpp>
#include <sounder/solvers/dual/best_intercept.hpp>
#include <sounder/solvers/dual/dual_options.hpp>
#include <sounder/solvers/dual/dual_step.hpp>
#include <sounder/solvers/dual/dual_variables.hpp>
#include <sounder/solvers/dual/free_steps.hpp>
#include <sounder/solvers/dual/proximal_step.hpp>
#include <sounder/solvers/problem/problem.hpp>

namespace sounder {

/// The driver of dual_cd(): see there.
///
/// F = (1/n) sum_i s_i loss(y_i, x_i.w) + lambda/2 |w|^2 has the dual
/// D(a) = (1/n) sum_i s_i dual_term(y_i, a_i) - lambda/2 |w(a)|^2, w(a) = X^T (s a) / (n lambda):
/// with C_i = s_i / (n lambda) and v_i = C_i a_i a step on v_i moves w by x_i times the change.
/// A free intercept requires sum_i v_i = 0 of the dual: ProximalStep leads there, and the bound is
/// D where balance() moves the variables.
template <DualLoss L, ElasticPenalty P>
class DualAscent {
  static_assert(!BoxedPenalty<P>, "dual coordinate ascent knows no bounds: take cd");

 public:
  /// Lays out the data. Views of problem and trace, which the caller keeps.
  DualAscent(const Problem<L, P>& problem, const DualOptions& options, Trace& trace)
      : run_(run_options(options), trace), problem_(problem), options_(options),
        deadline_(trace, run_.training(), options.time_limit), team_(options.threads),
        rows_(problem.matrix, team_), parts_(rows_, is_serial() ? 1 : team_.size(), team_),
        passes_(parts_, team_), c_(strengths()), squares_(squared_norms()),
        w_(static_cast<std::size_t>(columns())), z_(static_cast<std::size_t>(rows())),
        steps_(problem.loss, problem.matrix, parts_, problem.targets, c_, squares_, team_),
        null_(null_objective(problem, team_)),
        variables_(problem.loss, problem.targets, c_, options.shrinking) {
    if (problem.intercept) {
      balanced_w_.resize(w_.size());
    }
    run_.training().stop();
  }

  /// The whole run; once.
  Result run() {
    run_.training().start();
    start();
    look();
    while (!run_.ended()) {
      run_.training().start();
      climb();
      look();
    }
    return finish();
  }

 private:
  /// Of conjugate gradients: few at first, twice as many each time that they pay. @{
  static constexpr int least_iterations = 8;
  static constexpr int most_iterations = 128;
  /// @}

  [[nodiscard]] Index rows() const noexcept { return problem_.matrix.rows(); }
  [[nodiscard]] Index columns() const noexcept { return problem_.matrix.columns(); }
  [[nodiscard]] double lambda() const noexcept { return problem_.penalty.l2(); }

  [[nodiscard]] int suitable_batch() const noexcept {
    return RowBatches::suitable(problem_.matrix.nonzeros());
  }

  /// Whether rows are taken one by one by one worker, whatever the threads.
  [[nodiscard]] bool is_serial() const noexcept {
    return suitable_batch() == 1 && options_.batch <= 1;
  }

  [[nodiscard]] Array<double> strengths() const {
    Array<double> c(static_cast<std::size_t>(rows()));
    for (Index i = 0; i < rows(); ++i) {
      // A row that weighs next to nothing does without: 1 / C_i must be finite.
      constexpr double least = 1e-290;
      const double strength = problem_.weight(i) / (rows() * lambda());
      c[static_cast<std::size_t>(i)] = strength > least ? strength : 0.0;
    }
    return c;
  }

  [[nodiscard]] Array<double> squared_norms() const {
    Array<double> squares(static_cast<std::size_t>(rows()));
    each_row(problem_.matrix, team_, [&](std::size_t i, const SparseRow& row) {
      double square = 0.0;
      row.for_each_double([&](Index, double x) { square += x * x; });
      squares[i] = square;
    });
    return squares;
  }

  /// The median of the squared norms of rows that count and are not empty; 0 if there are none. One
  /// huge row does not matter.
  [[nodiscard]] double usual_square() const {
    Array<double> squares;
    for (std::size_t i = 0; i < squares_.size(); ++i) {
      if (c_[i] > 0.0 && squares_[i] > 0.0) {
        squares.push_back(squares_[i]);
      }
    }
    if (squares.empty()) {
      return 0.0;
    }
    double* const middle = squares.begin() + squares.size() / 2;
    std::nth_element(squares.begin(), middle, squares.end());
    return *middle;
  }

  [[nodiscard]] int batch_size() const noexcept {
    return options_.batch > 0 ? options_.batch : suitable_batch();
  }

  void start() {
    const std::span<double> v = variables_.values();
    const bool warm =
        !options_.initial.empty() || (problem_.intercept && options_.initial_intercept != 0.0);
    double b = 0.0;
    if (problem_.intercept) {
      variables_.free_intercept(ProximalStep(usual_square() + lambda()));
      b = warm ? options_.initial_intercept : best_intercept(problem_, z_, team_);
      variables_.set_intercept(b);
    }
    if (!options_.initial.empty()) {
      multiply(problem_.matrix, options_.initial, b, z_, team_);
    } else {
      std::fill(z_.begin(), z_.end(), b);
    }
    if (warm && problem_.intercept) {
      // A given one may be far off, and steps are short where the penalty is strong.
      const double shift = best_intercept(problem_, z_, team_);
      team_.for_each(z_.size(), [&](std::size_t i) { z_[i] += shift; });
      variables_.set_intercept(b + shift);
    }
    if (warm) {
      for (std::size_t i = 0; i < v.size(); ++i) {
        v[i] = -c_[i] * problem_.loss.derivative(problem_.targets[i], z_[i]);
      }
      if (problem_.intercept) {
        balance(problem_.loss, problem_.targets, c_, squares_, v);
      }
      passes_.add(v);
      moved_ = true;
    }
    deal_out();
  }

  /// Batches of the rows that take steps.
  void deal_out() {
    Array<Index> active;
    dealt_in_.resize(static_cast<std::size_t>(rows()));
    for (Index i = 0; i < rows(); ++i) {
      const bool wanted = variables_.wants(i);
      dealt_in_[static_cast<std::size_t>(i)] = wanted ? 1 : 0;
      if (wanted) {
        active.push_back(i);
      }
    }
    dealt_ = active.size();
    batches_.emplace(rows_, active, batch_size(),
                     options_.seed + static_cast<std::uint64_t>(run_.epoch()), team_, squares_);
  }

  /// Batches with a row that takes steps.
  void list_batches() {
    order_.clear();
    for (std::int64_t k = 0; k < batches_->count(); ++k) {
      const std::span<const Index> rows = (*batches_)[k].rows;
      if (std::any_of(rows.begin(), rows.end(), [&](Index i) { return variables_.wants(i); })) {
        order_.push_back(k);
      }
    }
  }

  /// Epochs up to the next certificate: a quarter of those so far, but no more than a few times the
  /// work of a certificate, which looks at every row.
  void climb() {
    constexpr std::int64_t few = 10;
    const int until = run_.epoch() + std::max(1, run_.epoch() / 4);
    const std::int64_t enough = updates_ + few * rows();
    moved_ = true;
    do {
      run_.begin_epoch();
      if (problem_.intercept) {
        variables_.recentre();
      }
      list_batches();
      RandomStream random(options_.seed, static_cast<std::uint64_t>(run_.epoch()));
      shuffle(std::span<std::int64_t>(order_), random);
      if (is_serial()) {
        passes_.run_alone(*batches_, order_, variables_);
      } else {
        passes_.run(*batches_, order_, options_.seed + static_cast<std::uint64_t>(run_.epoch()),
                    variables_, [this] { return deadline_.cancelled(); });
      }
      variables_.end_epoch();
      updates_ += static_cast<std::int64_t>(dealt_);
      ++since_;
    } while (run_.epoch() < until && updates_ < enough && run_.epoch() < options_.max_epochs &&
             !deadline_.cancelled());
  }

  /// F and D of the point, and who has to come back; shows it to the run. The training clock, which
  /// runs, stands after it.
  void look() {
    const std::span<double> v = variables_.values();
    if (looks_++ % 8 == 7 || latest_.relative_gap < 1e-7) {
      passes_.clear();
      passes_.add(v);
    }
    find_margins();
    double dual = dual_objective();
    if constexpr (FreeSteps<L>::applies) {
      if (options_.second_order && run_.epoch() >= 5 && since_ > 0 && looks_ >= next_steps_) {
        dual = second_order_steps(dual);
      }
    }
    since_ = 0;
    highest_ = std::max(highest_, dual);
    allowed_ = false;
    last_dual_ = dual;
    last_updates_ = updates_;
    // The best intercept, from where the dual's is.
    const double shift = problem_.intercept ? best_intercept(problem_, z_, team_) : 0.0;
    const double objective =
        mean_loss(problem_, z_, team_, shift) + penalty_value(problem_.penalty, w_, team_);
    latest_ = certify(w_, objective, highest_, null_);
    if (run_.reached(latest_)) {
      allow_for_rounding();
      latest_ = certify(w_, objective, highest_, null_);
    }
    bring_back();
    run_.training().stop();
    run_.see({latest_, w_, variables_.intercept() + shift, updates_});
  }

  /// D of the point, whose w must be known; of one nearby where an intercept wants sum_i v_i = 0.
  [[nodiscard]] double dual_objective() {
    if (!problem_.intercept) {
      return dual_objective(variables_.values(), w_);
    }
    balanced_.assign(std::span<const double>(variables_.values()));
    balance(problem_.loss, problem_.targets, c_, squares_, balanced_);
    passes_.transpose(balanced_, balanced_w_);
    return dual_objective(balanced_, balanced_w_);
  }
  [[nodiscard]] double dual_objective(std::span<const double> v, std::span<const double> w) const {
    const double gain = weighted_mean(problem_, team_, [&](double y, std::size_t i) {
      return c_[i] > 0.0 ? dual_term(y, v[i] / c_[i]) : 0.0;
    });
    return gain - penalty_value(problem_.penalty, w, team_);
  }

  /// A few second-order steps from a point of dual objective `before`; returns that of where they
  /// end. If for the same work they gain less than the last epochs, they wait for twice as many
  /// looks as the last time before they are tried again.
  double second_order_steps(double before) {
    const std::int64_t work = steps_.work();
    for (int k = 0; k < 3; ++k) {
      double b = variables_.intercept();
      const bool moved = steps_.improve(variables_.values(), z_, variables_.sigma(), b, passes_,
                                        std::max(reach_, since_), deadline_);
      if (!moved) {
        break;
      }
      variables_.set_intercept(b);
      find_margins();
    }
    if (steps_.work() == work) {
      return before;  // there was nothing to do, which says nothing
    }
    const double after = dual_objective();
    const auto cost = static_cast<double>(steps_.work() - work);
    const auto cost_of_epochs = static_cast<double>(updates_ - last_updates_);
    if ((after - before) * cost_of_epochs < (before - last_dual_) * cost) {
      wait_ = std::min(2 * wait_ + 1, 7);
      reach_ = std::max(reach_ / 2, least_iterations);
      next_steps_ = looks_ + 1 + wait_;
    } else {
      wait_ = 0;
      reach_ = std::min(2 * reach_, most_iterations);
    }
    return after;
  }

  /// -loss*(-a), where rounding may have carried a an ulp over the end of its domain.
  [[nodiscard]] double dual_term(double y, double a) const noexcept {
    constexpr double inside = 1.0 - std::numeric_limits<double>::epsilon();
    return std::max(problem_.loss.dual_term(y, a), problem_.loss.dual_term(y, inside * a));
  }

  void find_margins() {
    if (!moved_) {
      return;  // as they are made
    }
    passes_.copy_to(w_);
    multiply(problem_.matrix, w_, variables_.intercept(), z_, team_);
  }

  /// Rows that were left out and would move now come back; batches are dealt anew where too many
  /// rows of theirs are out.
  void bring_back() {
    bool missing = false;
    std::size_t active = 0;
    for (Index i = 0; i < rows(); ++i) {
      const auto k = static_cast<std::size_t>(i);
      variables_.bring_back(i, z_[k]);
      const bool wanted = variables_.wants(i);
      missing = missing || (wanted && dealt_in_[k] == 0);
      active += wanted ? 1 : 0;
    }
    if (active < dealt_ / 2 || missing) {
      deal_out();
    }
  }

  /// What rounding of w = sum_i v_i x_i may have added to the dual objective: much where large
  /// terms cancel. O(nnz).
  [[nodiscard]] double rounding() const {
    constexpr double unit = 4e-15;  // a double is kept as two floats, to 2^-48
    const std::span<const double> v =
        problem_.intercept ? balanced_ : std::span<const double>(variables_.values());
    const std::span<const double> w = problem_.intercept ? balanced_w_ : w_;
    Array<double> sizes(w.size());
    for (Index i = 0; i < rows(); ++i) {
      const double size = std::abs(v[static_cast<std::size_t>(i)]);
      if (size > 0.0) {
        problem_.matrix.row(i).for_each_double([&](Index column, double x) {
          sizes[static_cast<std::size_t>(column)] += size * std::abs(x);
        });
      }
    }
    double sum = 0.0;
    for (std::size_t j = 0; j < sizes.size(); ++j) {
      const double error = unit * sizes[j];
      sum += (std::abs(w[j]) + error) * error;
    }
    if (problem_.intercept) {
      // What is left of sum_i v_i counts b times, that of the optimum.
      long double left = 0.0L;
      for (const double value : v) {
        left += static_cast<long double>(value);
      }
      sum += std::abs(static_cast<double>(left)) * (1.0 + 2.0 * std::abs(variables_.intercept()));
    }
    return lambda() * sum;
  }

  /// Less what rounding may have added: once, where the bound is to be believed.
  void allow_for_rounding() {
    if (!allowed_) {
      const double allowance = rounding();
      highest_ = std::isfinite(allowance) ? highest_ - allowance : -infinity;
      allowed_ = true;
    }
  }

  [[nodiscard]] Result finish() {
    allow_for_rounding();
    Result result = run_.finish(highest_, relative_gap(run_.lowest(), highest_, null_));
    result.updates = updates_;
    result.threads = team_.size();
    if constexpr (is_hinge<L>) {
      const std::span<const double> v = variables_.values();
      result.support_vectors =
          static_cast<Index>(v.end() - v.begin() - std::count(v.begin(), v.end(), 0.0));
    }
    return result;
  }

  Run run_;  // first: laying out the data is training
  const Problem<L, P>& problem_;
  DualOptions options_;
  Deadline deadline_;
  Team team_;
  OrderedRows rows_;
  ColumnParts parts_;
  ExactPasses<> passes_;
  Array<double> c_;        ///< s_i / (n lambda)
  Array<double> squares_;  ///< x_i.x_i
  Array<double> w_;
  Array<double> z_;  ///< margins, intercept included
  FreeSteps<L> steps_;
  double null_;
  DualVariables<L> variables_;
  std::optional<RowBatches> batches_;
  Array<std::int64_t> order_;
  std::size_t dealt_ = 0;  ///< rows in batches
  Array<char> dealt_in_;   ///< which
  Certificate latest_;
  double highest_ = -infinity;
  bool allowed_ = false;           ///< highest_ allows for rounding
  double last_dual_ = 0.0;         ///< at the last look; 0 at the start
  std::int64_t last_updates_ = 0;  ///< likewise
  int next_steps_ = 0;             ///< the look of the next second-order steps
  int reach_ = least_iterations;
  int wait_ = 0;              ///< looks that they last waited
  Array<double> balanced_;    ///< dual variables of sum 0, where there is an intercept
  Array<double> balanced_w_;  ///< their w
  bool moved_ = false;        ///< some variable is not zero
  std::int64_t updates_ = 0;
  int looks_ = 0;
  int since_ = 0;  ///< epochs since the last look
};

}  // namespace sounder
