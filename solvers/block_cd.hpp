// Block coordinate descent: the coefficients of a small block move together.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <type_traits>

#include <sounder/engine/base/array.hpp>
#include <sounder/engine/base/slots.hpp>
#include <sounder/solvers/blocks/block_rows.hpp>
#include <sounder/solvers/blocks/joint_step.hpp>
#include <sounder/solvers/coordinate/parallel_descent.hpp>
#include <sounder/solvers/coordinate/parallel_limit.hpp>

namespace sounder {

/// The Chooser of block-cd. A unit is a block; all its coefficients move to the minimum of the
/// second-order model. For squared loss that is the minimum itself, otherwise a proximal Newton
/// step with a line search on the rows that the block touches.
template <Loss L, Penalty P>
class JointBlocks {
 public:
  /// Makes the blocks and their rows. Keeps references to step and team, which must outlive it.
  JointBlocks(const CoordinateStep<L, P>& step, const CoordinateOptions& options, const Team& team)
      : step_(step), team_(team), blocks_(make_blocks(step, options, team)),
        rows_(step.columns(), blocks_, team),
        scratch_(static_cast<std::size_t>(team.size()),
                 [this](std::size_t) {
                   return Scratch(static_cast<std::size_t>(blocks_.widest()), rows_.tallest());
                 }),
        mean_(1.0 / step.columns().rows()) {}

  /// Members that ParallelRounds and ParallelDescent require of a Chooser. @{
  [[nodiscard]] std::int64_t units() const noexcept { return blocks_.count(); }
  [[nodiscard]] int width() const noexcept { return static_cast<int>(blocks_.widest()); }
  [[nodiscard]] int passes() const noexcept { return 1; }
  [[nodiscard]] std::int64_t updates_a_pass() const noexcept { return step_.columns().columns(); }

  /// min(threads, P* / features per block, rounded up).
  [[nodiscard]] Index parallel() const {
    if (team_.size() == 1) {
      return 1;
    }
    const Index width = std::max<Index>(1, blocks_.widest());
    const Index coordinates = detail::at_most_p_star(width * team_.size(), step_.problem().matrix,
                                                     step_.columns(), team_);
    return (coordinates + width - 1) / width;
  }
  [[nodiscard]] static std::string excuse(const CsrMatrix& rows, const CscMatrix& columns,
                                          const Team& team) {
    return detail::p_star_clause(rows, columns, team, " single coordinates");
  }

  template <class Point>
  int choose(std::int64_t unit, int rank, Point& point, std::span<CoordinateMove> moves) {
    Scratch& scratch = scratch_[static_cast<std::size_t>(rank)];
    const std::span<const Index> members = blocks_.block(unit);
    const BlockRows::View rows = rows_.block(unit);
    scratch.resize(members.size());
    for (std::size_t m = 0; m < members.size(); ++m) {
      scratch.w[m] = point.w.get(static_cast<std::size_t>(members[m]));
    }
    for (std::size_t r = 0; r < rows.rows.size(); ++r) {
      scratch.margins[r] = point.z.get(static_cast<std::size_t>(rows.rows[r]));
    }
    return joint_moves(members, rows, scratch, moves);
  }
  template <class Margins>
  void apply(const CoordinateMove& move, Margins& z) const noexcept {
    step_.apply(move, z);
  }
  /// @}

 private:
  /// Working memory of one worker, so that no step allocates.
  struct Scratch {
    Scratch(std::size_t width, std::size_t rows) : joint(width), margins(rows) { resize(width); }
    /// Makes room for a block of k features.
    void resize(std::size_t k) {
      w.resize(k);
      gradient.resize(k);
      change.resize(k);
      hessian.resize(k * k);
    }

    Array<double> w;
    Array<double> gradient;
    Array<double> change;
    Array<double> hessian;  ///< k x k
    JointStep<P> joint;
    Array<double> margins;  ///< margins of the block's rows, as they were read
  };

  /// Computes what choose() returns from the coefficients and margins that were read. The code is
  /// the same for every update policy.
  int joint_moves(std::span<const Index> members, const BlockRows::View& rows, Scratch& scratch,
                  std::span<CoordinateMove> moves) const {
    model(rows, scratch);
    const std::span<const double> w = scratch.w;
    const std::span<const double> v =
        scratch.joint.solve(step_.problem().penalty, scratch.hessian, w, scratch.gradient);
    for (std::size_t m = 0; m < w.size(); ++m) {
      scratch.change[m] = v[m] - w[m];
    }
    double part = 1.0;
    if constexpr (!std::is_same_v<L, Squared>) {
      part = search(rows, scratch);
    }
    int count = 0;
    for (std::size_t m = 0; m < w.size(); ++m) {
      const double value = part == 1.0 ? v[m] : w[m] + part * scratch.change[m];
      if (value != w[m]) {
        moves[static_cast<std::size_t>(count++)] = {members[m], value, value - w[m]};
      }
    }
    return count;
  }

  /// Clusters gather correlated features, which are worth solving together; the size of a block is
  /// limited.
  [[nodiscard]] static FeatureBlocks make_blocks(const CoordinateStep<L, P>& step,
                                                 const CoordinateOptions& options,
                                                 const Team& team) {
    const Index p = step.columns().columns();
    const Index count = std::max<Index>(options.blocks > 0 ? options.blocks : p / automatic_width,
                                        (p + most_width - 1) / most_width);
    const BlockKind kind =
        options.block_kind == BlockKind::balanced ? BlockKind::clustered : options.block_kind;
    return feature_blocks(step.problem().matrix, step.columns(), std::max<Index>(count, 1), kind,
                          options.seed, team);
  }

  /// Computes gradient and Hessian of the loss along the block, at the margins that were read.
  void model(const BlockRows::View& rows, Scratch& scratch) const {
    const Problem<L, P>& problem = step_.problem();
    const std::span<double> gradient = scratch.gradient;
    const std::span<double> hessian = scratch.hessian;
    const std::size_t k = gradient.size();
    std::fill(gradient.begin(), gradient.end(), 0.0);
    std::fill(hessian.begin(), hessian.end(), 0.0);
    for (std::size_t r = 0; r < rows.rows.size(); ++r) {
      const Index i = rows.rows[r];
      const double y = problem.target(i);
      const double margin = scratch.margins[r];
      const double s = problem.weight(i) * mean_;
      const double slope = s * problem.loss.derivative(y, margin);
      const double curvature = s * problem.loss.curvature(y, margin);
      const std::span<const BlockRows::Entry> entries = rows.row(r);  // columns rise within a row
      for (std::size_t a = 0; a < entries.size(); ++a) {
        const auto x = static_cast<double>(entries[a].value);
        const auto m = static_cast<std::size_t>(entries[a].member);
        gradient[m] += slope * x;
        for (std::size_t b = 0; b <= a; ++b) {
          hessian[m * k + static_cast<std::size_t>(entries[b].member)] +=
              curvature * x * static_cast<double>(entries[b].value);
        }
      }
    }
    for (std::size_t m = 0; m < k; ++m) {
      for (std::size_t q = 0; q < m; ++q) {
        hessian[q * k + m] = hessian[m * k + q];
      }
      if constexpr (!std::is_same_v<L, Squared>) {
        // The curvature may be 0 here and positive nearby: a floor keeps steps finite.
        hessian[m * k + m] = std::max(hessian[m * k + m], 0.0) + 1e-10;
      }
    }
  }

  /// Returns the step length that lowers the objective by a part of what the model promises
  /// (Armijo).
  [[nodiscard]] double search(const BlockRows::View& rows, const Scratch& scratch) const {
    const Problem<L, P>& problem = step_.problem();
    const auto change_in_penalty = [&](double part) {
      double sum = 0.0;
      for (std::size_t m = 0; m < scratch.w.size(); ++m) {
        const double w = scratch.w[m];
        sum += problem.penalty.value(problem.penalty.prox(w + part * scratch.change[m], 0.0)) -
               problem.penalty.value(w);
      }
      return sum;
    };
    double promised = change_in_penalty(1.0);
    for (std::size_t m = 0; m < scratch.w.size(); ++m) {
      promised += scratch.gradient[m] * scratch.change[m];
    }
    for (double part = 1.0; part > 1e-6; part *= 0.5) {
      double difference = change_in_penalty(part);
      double size = 0.0;
      for (std::size_t r = 0; r < rows.rows.size(); ++r) {
        const Index i = rows.rows[r];
        double along = 0.0;
        for (const BlockRows::Entry& entry : rows.row(r)) {
          along += static_cast<double>(entry.value) *
                   scratch.change[static_cast<std::size_t>(entry.member)];
        }
        const double y = problem.target(i);
        const double s = problem.weight(i) * mean_;
        const double before = problem.loss.value(y, scratch.margins[r]);
        difference += s * (problem.loss.value(y, scratch.margins[r] + part * along) - before);
        size += s * before;
      }
      if (difference <= 1e-4 * part * promised + 1e-15 * size) {
        return part;
      }
    }
    return 0.0;
  }

  static constexpr Index automatic_width = 8;
  static constexpr Index most_width = 64;

  const CoordinateStep<L, P>& step_;
  const Team& team_;
  FeatureBlocks blocks_;
  BlockRows rows_;
  Slots<Scratch> scratch_;
  double mean_;
};

/// Minimises the problem block by block: the coefficients of a small block move together, to the
/// exact minimum for squared loss and by a proximal Newton step with a line search otherwise.
/// Blocks hold about 8 features each, or there are `options.blocks` of them, of at most 64
/// features. It pays where features are correlated: clustering puts these in one block
/// (`options.block_kind`; here `balanced` is clustered too).
///
/// Block coordinate descent: Tseng, Yun, "A coordinate gradient descent method for nonsmooth
/// separable minimization", Math. Programming 2009. P blocks are updated at once, as in `shotgun`;
/// an epoch takes every block once.
///
/// @tparam Update as in `shotgun`
/// @param second as in `shotgun`
/// @throws std::invalid_argument if the problem or an option does not fit
///
/// Cost: O(nnz k) an epoch, k features a block. With one thread the same seed gives the same bits.
/// May be called from several threads at once.
template <class Update = Atomic, Loss L, Penalty P>
[[nodiscard]] Result block_cd(const Problem<L, P>& problem, const CoordinateOptions& options,
                              Trace& trace, SecondMethodOf<L, P> second = nullptr) {
  return parallel_descent<JointBlocks, Update>(problem, options, trace, second);
}

}  // namespace sounder
