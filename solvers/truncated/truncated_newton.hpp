// The driver of newton(): Newton's method with inexact steps by conjugate gradients.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>

#include <sounder/engine/base/array.hpp>
#include <sounder/engine/base/lane_sum.hpp>
#include <sounder/engine/run/deadline.hpp>
#include <sounder/engine/run/result.hpp>
#include <sounder/engine/run/trace.hpp>
#include <sounder/engine/threads/team.hpp>
#include <sounder/solvers/driver/certificate.hpp>
#include <sounder/solvers/driver/intercept.hpp>
#include <sounder/solvers/driver/run.hpp>
#include <sounder/solvers/problem/problem.hpp>
#include <sounder/solvers/truncated/line_search.hpp>
#include <sounder/solvers/truncated/newton_options.hpp>
#include <sounder/solvers/truncated/newton_system.hpp>
#include <sounder/solvers/truncated/sampled_factor.hpp>
#include <sounder/solvers/truncated/sampled_rows.hpp>

namespace sounder {

/// A matrix's rows and a factor, which several runs on it may share.
struct NewtonLayout {
  SampledRows rows;      ///< with a column of ones if there is an intercept
  SampledFactor factor;  ///< used if columns are few

  /// Keeps references to matrix and team. No rows yet. O(1).
  NewtonLayout(const CsrMatrix& matrix, bool intercept, const Team& team)
      : rows(matrix, intercept, team) {}
};

/// The driver of newton(): see there. Coordinates are the p coefficients, and behind them b, if
/// there is one. One thread calls, the team works; the same bits for any number of threads.
template <Loss L, ElasticPenalty P>
class TruncatedNewton {
  static_assert(L::smooth, "Newton steps need a curvature");
  static_assert(!BoxedPenalty<P>, "Newton steps know no bounds: take cd");

 public:
  /// Views of all, which the caller keeps.
  /// @param layout of problem.matrix; null: it is made here
  TruncatedNewton(const Problem<L, P>& problem, NewtonLayout* layout, const NewtonOptions& options,
                  const Team& team, Trace& trace)
      : run_(run_options(options), trace), problem_(problem), options_(options),
        deadline_(trace, run_.training(), options.time_limit), team_(team),
        rows_(layout_of(layout).rows),
        few_columns_(SampledFactor::pays(problem.matrix, rows_.columns())),
        null_(null_objective(problem, team)), w_(rows_.columns()), line_(problem, rows_, team),
        system_(rows_, layout_of(layout).factor, few_columns_, ridge(), team) {
    std::copy(options.initial.begin(), options.initial.end(), w_.begin());
    if (problem.intercept) {
      w_.back() = options.initial_intercept;
    }
    run_.training().stop();
  }

  /// The whole run; once.
  Result run() {
    run_.training().start();
    if (few_columns_) {
      system_.prepare(problem_.matrix);
    }
    if (options_.sampling && !run_options(options_).warm() && options_.max_epochs > 0) {
      start_on_samples();
    }
    if (rows_.size() != problem_.targets.size()) {
      rows_.take_all();
      system_.forget();
    }
    line_.start(w_);
    look();
    while (!run_.ended()) {
      run_.training().start();
      run_.begin_epoch();
      moved_ = step();
      look();
    }
    allow_for_rounding();
    Result result = run_.finish(highest_, relative_gap(run_.lowest(), highest_, null_));
    if (problem_.intercept && !result.w.empty()) {
      result.intercept = result.w.back();
      result.w.pop_back();
    }
    result.updates = updates_;
    result.threads = Team(options_.threads).size();  // the threads that it could use
    return result;
  }

 private:
  NewtonLayout& layout_of(NewtonLayout* given) {
    if (given != nullptr) {
      return *given;
    }
    if (!layout_) {
      layout_.emplace(problem_.matrix, problem_.intercept, team_);
    }
    return *layout_;
  }

  [[nodiscard]] double ridge() const noexcept { return problem_.penalty.l2(); }
  /// The coordinates without b. @{
  [[nodiscard]] std::size_t penalised() const noexcept {
    return w_.size() - (problem_.intercept ? 1 : 0);
  }
  [[nodiscard]] std::span<const double> without_b(const Array<double>& v) const noexcept {
    return std::span<const double>(v).first(penalised());
  }
  /// @}
  [[nodiscard]] double squared_norm(std::span<const double> v) const {
    return sum_of_products(v, v, team_);
  }

  /// A few steps on a sixty-fourth, a sixteenth and so on of the rows, as far as these tell
  /// anything about so many columns: the optimum of m rows is some p / m from that of all.
  void start_on_samples() {
    constexpr std::int64_t rows_a_column = 6;
    constexpr int most_steps = 8;
    const std::int64_t enough = rows_a_column * static_cast<std::int64_t>(rows_.columns());
    const std::int64_t telling = telling_rows();
    std::int64_t every = 1;
    while (few_columns_ && enough > 0 && telling / (4 * every) >= enough) {
      every *= 4;
    }
    for (; every > 1; every /= 4) {
      rows_.take_one_of(every, options_.seed + static_cast<std::uint64_t>(every));
      system_.forget();
      if (rows_.size() == 0) {
        continue;
      }
      line_.start(w_);
      const double chance = static_cast<double>(w_.size()) / static_cast<double>(rows_.size());
      for (int k = 0; k < most_steps && !deadline_.cancelled(); ++k) {
        find_gradient();
        if (!step() || system_.promised() < chance * line_.here().objective) {
          break;
        }
      }
    }
  }

  /// How many rows tell something: of two classes, twice those of the smaller.
  [[nodiscard]] std::int64_t telling_rows() const noexcept {
    const std::int64_t all = problem_.matrix.rows();
    if constexpr (L::classification) {
      const std::int64_t positive =
          std::count(problem_.targets.begin(), problem_.targets.end(), 1.0);
      return 2 * std::min(positive, all - positive);
    }
    return all;
  }

  void find_gradient() {
    gradient_.resize(w_.size());
    rows_.transpose(line_.here().slopes, gradient_);
    team_.for_each(penalised(), [&](std::size_t j) { gradient_[j] += ridge() * w_[j]; });
  }

  /// A step from the point with this gradient. Whether it moved.
  bool step() {
    const std::span<const double> direction =
        system_.solve(gradient_, line_.here().curvatures, deadline_);
    updates_ += static_cast<std::int64_t>(w_.size());
    return line_.search(w_, direction, sum_of_products(gradient_, direction, team_));
  }

  /// The certificate of the point; shows it to the run. The training clock, which runs, stands
  /// after it.
  void look() {
    constexpr int often = 8;
    if (run_.epoch() % often == often - 1) {
      line_.start(w_);  // margins that are only updated collect rounding errors
    }
    if (problem_.intercept) {
      settle_intercept();
    }
    find_gradient();
    const double objective = line_.here().objective;
    // Without an intercept D at a_i = -loss'(z_i), where X^T (s a) / n is lambda w minus the
    // gradient, and every -loss*(-a_i) is the loss plus a_i z_i.
    const double bound = problem_.intercept ? bound_with_intercept()
                                            : objective - 0.5 * squared_norm(gradient_) / ridge();
    highest_ = std::max(highest_, bound);
    allowed_ = false;
    Certificate now = certify(without_b(w_), objective, highest_, null_);
    if (run_.reached(now)) {
      highest_ = bound;
      allow_for_rounding();
      now = certify(without_b(w_), objective, highest_, null_);
    }
    run_.training().stop();
    const bool still = !moved_ && run_.epoch() > 0 && !deadline_.cancelled();
    run_.see({now, w_, 0.0, updates_, false, still});
  }

  /// Less what rounding may have added: once, where the bound is to be believed.
  void allow_for_rounding() {
    if (!allowed_) {
      const double allowance = line_.rounding(w_);
      highest_ = std::isfinite(allowance) ? highest_ - allowance : -infinity;
      allowed_ = true;
    }
  }

  /// Moves b to its best value: else what is left of its slope would cost the bound.
  void settle_intercept() {
    const Array<double> z = line_.margins_by_row();
    const double shift = best_shift(problem_, z, team_);
    if (shift != 0.0) {
      line_.shift(w_, shift);
    }
  }
  double bound_with_intercept() {
    const Array<double> z = line_.margins_by_row();
    Array<double> a(z.size());
    dual_candidate(problem_, z, a, team_);
    const double gain = mean_dual_term(problem_, a, 1.0, team_);
    Array<double> weighted(rows_.size());
    for (std::size_t k = 0; k < weighted.size(); ++k) {
      const Index i = rows_[k];
      weighted[k] = a[static_cast<std::size_t>(i)] * problem_.weight(i) / problem_.matrix.rows();
    }
    Array<double> pull(w_.size());
    rows_.transpose(weighted, pull);
    const double bound = gain - 0.5 * squared_norm(without_b(pull)) / ridge();
    return std::isnan(bound) ? -infinity : bound;
  }

  Run run_;  // first: laying out the data is training
  const Problem<L, P>& problem_;
  NewtonOptions options_;
  Deadline deadline_;
  const Team& team_;
  std::optional<NewtonLayout> layout_;
  SampledRows& rows_;
  bool few_columns_;
  double null_;
  Array<double> w_;
  Array<double> gradient_;
  MarginSearch<L, P> line_;
  NewtonSystem system_;
  bool moved_ = true;     ///< by the last step
  bool allowed_ = false;  ///< highest_ allows for rounding
  double highest_ = -infinity;
  std::int64_t updates_ = 0;
};

}  // namespace sounder
