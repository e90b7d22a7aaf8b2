// A proximal Newton pass: a model of the loss on some columns, its minimiser, and a line search.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

#include <sounder/engine/base/array.hpp>
#include <sounder/engine/matrix/csc_matrix.hpp>
#include <sounder/engine/run/result.hpp>
#include <sounder/engine/run/trace.hpp>
#include <sounder/engine/threads/team.hpp>
#include <sounder/solvers/coordinate/coordinate_options.hpp>
#include <sounder/solvers/newton/gram_matrix.hpp>
#include <sounder/solvers/newton/margin_model.hpp>
#include <sounder/solvers/newton/model_descent.hpp>
#include <sounder/solvers/newton/prox_newton.hpp>
#include <sounder/solvers/problem/problem.hpp>

namespace sounder {

/// An outer pass of cd() once its columns are chosen; also the second method of the parallel
/// coordinate solvers (Yuan, Ho, Lin, "An improved GLMNET", JMLR 2012). Keeps references to
/// problem, columns and team, which must outlive it. One thread calls, the team works if there is
/// enough to do.
template <Loss L, Penalty P>
class NewtonPass {
 public:
  /// The model is the loss itself, so one Gram matrix serves every pass.
  static constexpr bool exact = std::is_same_v<L, Squared>;

  /// @param trace may cut a pass short
  NewtonPass(const Problem<L, P>& problem, const CscMatrix& columns,
             const CoordinateOptions& options, const Team& team, const Trace& trace)
      : problem_(problem), columns_(columns), team_(team),
        descent_(problem.penalty, options, trace, static_cast<std::size_t>(columns.rows()), team) {}

  /// Coordinate updates since the start.
  [[nodiscard]] std::int64_t updates() const noexcept {
    return descent_.updates() - updates_before_;
  }

  /// Starts another run on the same columns, perhaps with another penalty. Keeps what is known of
  /// the columns, and forgets how hard the last run was.
  void start_again() noexcept {
    updates_before_ = descent_.updates();
    enough_ = infinity;
    begun_ = false;
    dear_ = false;
    last_gap_ = infinity;
    hard_ = false;
    stuck_ = 0;
  }

  /// Whether a look at all columns costs much more than an epoch over these, and should therefore
  /// be rare. O(size of the list).
  [[nodiscard]] bool is_light(std::span<const Index> list) const noexcept {
    return 8 * columns_.nonzeros(list) <= columns_.nonzeros();
  }

  /// The number of columns in the Gram matrix.
  [[nodiscard]] std::size_t products() const noexcept { return gram_.size(); }

  /// Call it when the list of columns changes, because the Gram matrix is stored by position on the
  /// list.
  void forget_columns() {
    gram_.clear();
    descent_.forget_model();
    known_ = 0;
  }

  /// Lowers F(w, b) over the columns on the list, and updates the margins z. Products of many
  /// columns are kept in full precision once passes no longer lower the gap.
  /// @param list      distinct columns, in the same order as before unless forget_columns() was
  ///        called; new ones at the end
  /// @param pull      minus the gradient at (w, z), one number a column
  /// @param point     the certificate there
  /// @return whether anything moved
  bool improve(std::span<const Index> list, std::span<const double> pull, const Certificate& point,
               std::span<double> w, double& b, std::span<double> z) {
    hard_ = hard_ || point.relative_gap > 0.3 * last_gap_;
    stuck_ = point.relative_gap > 0.9 * last_gap_ ? stuck_ + 1 : 0;
    if (stuck_ >= 3 && !full_) {
      full_ = true;
      gram_.clear();
    }
    last_gap_ = point.relative_gap;
    const std::size_t known = exact ? known_ : 0;
    if (!exact && floors_.empty()) {
      floors_ = curvature_floors(columns_, L::curvature_bound);
    }
    quadratic_terms(problem_, columns_, list, known, z, pull, floors_, team_, terms_);
    known_ = list.size();
    Array<double> target(list.size());
    for (std::size_t k = 0; k < list.size(); ++k) {
      target[k] = w[static_cast<std::size_t>(list[k])];
    }
    minimise(list, target);
    step_.change.resize(list.size());
    bool moves = false;
    for (std::size_t k = 0; k < list.size(); ++k) {
      step_.change[k] = target[k] - w[static_cast<std::size_t>(list[k])];
      moves = moves || step_.change[k] != 0.0;
    }
    if (!moves) {
      return false;
    }
    complete_step(problem_, columns_, list, terms_, step_);
    const double part = search_along(problem_, list, terms_, step_, point.objective, w, z, team_);
    b += part > 0.0 ? step_.intercept * part : 0.0;  // step_.intercept may be NaN if no step helps
    return part > 0.0;
  }

 private:
  void minimise(std::span<const Index> list, std::span<double> target) {
    descent_.set_penalty(problem_.penalty);  // a path changes it
    if (!exact) {
      descent_.forget_model();
    }
    if (!minimise_by_gram(list, target)) {
      gram_.clear();
      minimise_by_margins(list, target);
    }
  }

  void minimise_by_margins(std::span<const Index> list, std::span<double> target) {
    MarginModel model(terms_, problem_.matrix, columns_, list, team_);
    if (exact) {
      const double reduction = is_light(list) ? 1e-2 : 0.1;
      descent_.minimise(model, target,
                        {.reduction = reduction, .patience = 3, .exact_groups = false});
      return;
    }
    // As in newGLMNET: far from the optimum one epoch a model, and more accurate solutions once
    // that was enough.
    const auto outcome =
        descent_.minimise(model, target, {.enough = enough_, .patience = 3, .most_epochs = 5});
    if (!begun_) {
      enough_ = outcome.first;
    }
    begun_ = true;
    dear_ = dear_ || outcome.newton;
    if (outcome.epochs == 1) {
      enough_ *= dear_ ? 0.1 : 0.25;
    }
  }

  /// Minimises by the Gram matrix, if it pays. For an exact model the matrix is kept. Otherwise it
  /// is built anew at the cost of some epochs by margins, which far from the optimum lower the gap
  /// as fast.
  /// @return false if it does not pay; then nothing was done
  bool minimise_by_gram(std::span<const Index> list, std::span<double> target) {
    constexpr std::size_t most = 4096;  // 64 MB of floats
    constexpr std::size_t few_columns = 256;
    const std::size_t m = list.size();
    const auto entries = static_cast<std::size_t>(columns_.nonzeros(list));
    if (m > most || (exact && m > 1024 && m * m > 8 * entries)) {
      return false;
    }
    CommonRows rows(columns_, list);
    const double most_pairs = (hard_ || m <= 32 ? 30.0 : 3.0) * static_cast<double>(entries);
    if (!exact && rows.pairs() > most_pairs) {
      return false;
    }
    const bool full = m <= (full_ ? 2048 : exact ? 1024 : few_columns);
    if (gram_.size() == 0) {
      gram_.clear(full ? GramPrecision::full : GramPrecision::single);
    } else if (!full) {
      gram_.narrow();
    }
    gram_.extend(columns_, list, rows, terms_.d, terms_.shift, terms_.total, team_);
    GramModel model(terms_, gram_, team_);
    // A list that will grow much is not worth an accurate solution.
    const bool grows = exact && m > 2048 && last_gap_ > 0.1;
    descent_.minimise(model, target, {.reduction = grows ? 0.1 : 1e-2, .patience = exact ? 4 : 2});
    return true;
  }

  const Problem<L, P>& problem_;
  const CscMatrix& columns_;
  const Team& team_;
  ModelDescent<P> descent_;
  GramMatrix gram_;
  QuadraticTerms terms_;
  std::size_t known_ = 0;  ///< number of columns in terms_
  NewtonStep step_;
  Array<float> floors_;  ///< least curvature of each row
  std::int64_t updates_before_ = 0;
  double enough_ = infinity;  ///< violation at which a model by margins is accurate enough
  bool begun_ = false;
  bool dear_ = false;  ///< a model has needed Newton steps: use fewer but more accurate models
  double last_gap_ = infinity;
  bool hard_ = false;  ///< a pass did not lower the gap to a third
  bool full_ = false;  ///< passes in a row hardly lowered the gap, perhaps because of rounding
  int stuck_ = 0;
};

}  // namespace sounder
