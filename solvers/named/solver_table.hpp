// The table of solvers, of which --help, refusals, sweeps and README's table are made. To add one,
// write its header and add an entry here: its row (what is known about it by name) and the call.
// Its options on the command line are those of its family.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#include <sounder/engine/base/type_list.hpp>
#include <sounder/engine/run/result.hpp>
#include <sounder/engine/run/trace.hpp>
#include <sounder/engine/shared/locked.hpp>
#include <sounder/engine/shared/shared_vector.hpp>
#include <sounder/solvers/block_cd.hpp>
#include <sounder/solvers/block_greedy.hpp>
#include <sounder/solvers/cd.hpp>
#include <sounder/solvers/dual_cd.hpp>
#include <sounder/solvers/hogwild.hpp>
#include <sounder/solvers/named/solver_row.hpp>
#include <sounder/solvers/newton.hpp>
#include <sounder/solvers/newton/newton_epochs.hpp>
#include <sounder/solvers/saga.hpp>
#include <sounder/solvers/sgd.hpp>
#include <sounder/solvers/shotgun.hpp>
#include <sounder/solvers/virtual_cores.hpp>

namespace sounder {

/// A problem whose loss has no corner.
template <class ProblemType>
concept SmoothProblem = std::decay_t<decltype(std::declval<ProblemType>().loss)>::smooth;

/// A problem whose loss has no corner, or one that can be rounded.
template <class ProblemType>
concept RoundableProblem = SmoothProblem<ProblemType> ||
    CornerLoss<std::decay_t<decltype(std::declval<ProblemType>().loss)>>;

/// Stands in the table for solvers that do not run on virtual cores.
struct NoReplay {};

/// A solver: `run(std::type_identity<Update>{}, problem, options, trace)` returns a Result for
/// every Update on its list, and `replay(problem, options, workers, trace)` a VirtualRun.
template <class UpdateList, class Run, class Replay, bool Counts = true>
struct SolverEntry {
  using Updates = UpdateList;  ///< policies of its workers, the default first; none: they share
                               ///< nothing
  static constexpr bool counts = Counts;  ///< policies have counting twins

  SolverRow row;
  Run run;
  Replay replay;
};

namespace detail {

template <class UpdateList>
inline constexpr auto update_names_of = names_of(UpdateList{});
template <>
inline constexpr auto update_names_of<TypeList<>> = std::array<std::string_view, 0>{};

/// Makes an entry; fills in the fields of the row that follow from the types.
template <class UpdateList, class Run, class Replay>
constexpr auto entry(SolverRow row, Run run, Replay replay) {
  row.updates = update_names_of<UpdateList>;
  row.on_virtual_cores = !std::is_same_v<Replay, NoReplay>;
  constexpr bool counts = !std::is_same_v<UpdateList, TypeList<Exact, Relaxed, Atomic>>;
  return SolverEntry<UpdateList, Run, Replay, counts>{row, run, replay};
}

using Serial = TypeList<>;
using AnyUpdate = TypeList<Relaxed, Atomic, Locked>;
using LosslessFirst = TypeList<Atomic, Relaxed>;
using ExactFirst = TypeList<Exact, Relaxed, Atomic>;

inline constexpr std::array<std::string_view, 6> of_cd = {"lower", "upper",       "non-negative",
                                                          "rule",  "working-set", "screening"};
inline constexpr std::array<std::string_view, 4> of_shotgun = {"lower", "upper", "non-negative",
                                                               "parallel"};
inline constexpr std::array<std::string_view, 6> of_blocks = {"lower",    "upper",  "non-negative",
                                                              "parallel", "blocks", "block-kind"};

/// Bytes a column: the columns' moments, and each thread's own.
constexpr double bytes_by_rows(int threads) {
  return 12.0 + 16.0 * threads;
}
/// Bytes a column: column pointers, curvatures, gradient, a permutation, scales for extrapolation,
/// the point and the best one.
constexpr double bytes_of_parallel(int threads) {
  return std::max(48.0, bytes_a_column_by_columns(threads));
}

}  // namespace detail

/// Solvers that go by rows.
inline constexpr std::tuple row_solvers{
    detail::entry<detail::Serial>(
        SolverRow{.name = "sgd",
                  .bytes_a_column = [](int /*threads*/) { return detail::bytes_by_rows(1); },
                  .help = "sgd is stochastic gradient descent in the serial order",
                  .method =
                      "stochastic gradient descent with variance reduction, in the serial order, "
                      "on large data in parallel without conflicts: the same bits at any number of "
                      "threads (Johnson, Zhang 2013)",
                  .threads = "any; one where the data is small"},
        [](auto /*update*/, const auto& problem, const SgdOptions& options, Trace& trace) {
          return sgd(problem, options, trace);
        },
        NoReplay{}),
    detail::entry<detail::ExactFirst>(
        SolverRow{.name = "saga",
                  .bytes_a_column = [](int /*threads*/) { return detail::bytes_by_rows(1); },
                  .help = "saga remembers each row's derivative",
                  .method = "SAGA in its sparse, proximal form: the same bits at any number of "
                            "threads, or with `--update relaxed` or `atomic` by threads that do "
                            "not wait (Defazio, Bach, Lacoste-Julien 2014; Pedregosa, Leblond, "
                            "Lacoste-Julien 2017)",
                  .threads = "any; one where the data is small"},
        []<class Update>(std::type_identity<Update> /*update*/, const auto& problem,
                         const SgdOptions& options,
                         Trace& trace) { return saga<Update>(problem, options, trace); },
        NoReplay{}),
    detail::entry<detail::AnyUpdate>(
        SolverRow{.name = "hogwild",
                  .swept = true,
                  .bytes_a_column = detail::bytes_by_rows,
                  .help = "hogwild takes its steps on all threads at once, without locks",
                  .method =
                      "the steps of sgd by many threads on one shared vector without locks (Niu, "
                      "Recht, Re, Wright 2011); a step touches only its row's coordinates, penalty "
                      "included",
                  .threads = "any"},
        []<class Update>(std::type_identity<Update> /*update*/, const auto& problem,
                         const SgdOptions& options,
                         Trace& trace) { return hogwild<Update>(problem, options, trace); },
        [](const auto& problem, const SgdOptions& options, const VirtualWorkers& workers,
           Trace& trace) { return virtual_hogwild(problem, options, workers, trace); })};

/// Solvers of the dual.
inline constexpr std::tuple dual_solvers{detail::entry<detail::Serial>(
    SolverRow{.name = "dual-cd",
              .family = Family::duals,
              .l2_only = true,
              .runs_to_a_gap = true,
              // Column numbers, w in parts and whole, the same of a direction, and the best point.
              .bytes_a_column = [](int /*threads*/) { return 64.0; },
              .help = "dual-cd solves l2 problems by their dual, hinge included",
              .method = "coordinate ascent on the dual of an l2 problem, as LIBLINEAR's, with "
                        "conjugate gradients on the variables within their bounds; in parallel "
                        "without conflicts: the same bits at any number of threads (Hsieh, Chang, "
                        "Lin, Keerthi, Sundararajan 2008; Yu, Huang, Lin 2011)",
              .threads = "any; one where the data is small"},
    [](auto /*update*/, const auto& problem, const DualOptions& options, Trace& trace) {
      return dual_cd(problem, options, trace);
    },
    NoReplay{})};

/// Solvers that go by the Hessian.
inline constexpr std::tuple hessian_solvers{detail::entry<detail::Serial>(
    SolverRow{.name = "newton",
              .family = Family::hessians,
              .smooth_losses_only = true,
              .rounds_corners = true,
              .l2_only = true,
              .runs_to_a_gap = true,
              // The point, gradient, direction, four of conjugate gradients and the best point.
              .bytes_a_column = [](int /*threads*/) { return 64.0; },
              .help = "newton takes second-order steps on l2 problems, best where columns are few",
              .method =
                  "truncated Newton steps for l2 problems: conjugate gradients, preconditioned "
                  "by the Hessian of a sample of the rows where columns are few, first steps "
                  "on samples; the same bits at any number of threads (Lin, Weng, Keerthi "
                  "2008; Byrd, Chin, Neveitt, Nocedal 2011)",
              .threads = "any"},
    [](auto /*update*/, const auto& problem, const NewtonOptions& options, Trace& trace) {
      return newton(problem, options, trace);
    },
    NoReplay{})};

/// Solvers that go by columns.
inline constexpr std::tuple column_solvers{
    detail::entry<detail::Serial>(
        SolverRow{.name = "cd",
                  .family = Family::columns,
                  .smooth_losses_only = true,
                  .rounds_corners = true,
                  .runs_to_a_gap = true,
                  .options = detail::of_cd,
                  // Pointers, curvatures, gradient, two marks, the point and the best one.
                  .bytes_a_column = [](int /*threads*/) { return 42.0; },
                  .help = "cd works on the few features that matter",
                  .method = "coordinate descent for sparse models: working sets, Gap-Safe "
                            "screening, proximal Newton models by Gram matrix or margins, Anderson "
                            "extrapolation, Newton steps on the support, and exact solves for "
                            "nearly collinear columns such as rare words of one document (after "
                            "Celer, newGLMNET, glmnet; each can be switched off)",
                  .threads = "any; fewer where the data is small"},
        [](auto /*update*/, const RoundableProblem auto& problem, const CoordinateOptions& options,
           Trace& trace) { return cd(problem, options, trace); },
        NoReplay{}),
    detail::entry<detail::LosslessFirst>(
        SolverRow{.name = "shotgun",
                  .family = Family::columns,
                  .smooth_losses_only = true,
                  .runs_to_a_gap = true,
                  .swept = true,
                  .options = detail::of_shotgun,
                  .bytes_a_column = detail::bytes_of_parallel,
                  .help = "shotgun updates coefficients one by one, one a thread at once",
                  .method = "P random coordinates at once, lock-free on shared margins; P from the "
                            "spectral radius, halved where the objective rises (Bradley, Kyrola, "
                            "Bickson, Guestrin 2011)",
                  .threads = "any"},
        []<class Update>(std::type_identity<Update> /*update*/, const SmoothProblem auto& problem,
                         const CoordinateOptions& options, Trace& trace) {
          return shotgun<Update>(problem, options, trace, newton_epochs);
        },
        [](const auto& problem, const CoordinateOptions& options, const VirtualWorkers& workers,
           Trace& trace) { return virtual_shotgun(problem, options, workers, trace); }),
    detail::entry<detail::LosslessFirst>(
        SolverRow{.name = "block-greedy",
                  .family = Family::columns,
                  .smooth_losses_only = true,
                  .runs_to_a_gap = true,
                  .swept = true,
                  .options = detail::of_blocks,
                  .bytes_a_column = detail::bytes_of_parallel,
                  .help = "block-greedy updates the best coefficient of a block",
                  .method = "the best coordinate of each of P blocks at once; blocks random, "
                            "clustered, or clustered with equally many nonzeros (Scherrer, Tewari, "
                            "Halappanavar, Haglin 2012)",
                  .threads = "any"},
        []<class Update>(std::type_identity<Update> /*update*/, const SmoothProblem auto& problem,
                         const CoordinateOptions& options, Trace& trace) {
          return block_greedy<Update>(problem, options, trace, newton_epochs);
        },
        [](const auto& problem, const CoordinateOptions& options, const VirtualWorkers& workers,
           Trace& trace) { return virtual_block_greedy(problem, options, workers, trace); }),
    detail::entry<detail::LosslessFirst>(
        SolverRow{.name = "block-cd",
                  .family = Family::columns,
                  .smooth_losses_only = true,
                  .runs_to_a_gap = true,
                  .options = detail::of_blocks,
                  .bytes_a_column = detail::bytes_of_parallel,
                  .help = "block-cd all of a small block jointly",
                  .method = "small blocks solved jointly",
                  .threads = "any"},
        []<class Update>(std::type_identity<Update> /*update*/, const SmoothProblem auto& problem,
                         const CoordinateOptions& options, Trace& trace) {
          return block_cd<Update>(problem, options, trace, newton_epochs);
        },
        NoReplay{})};

}  // namespace sounder
