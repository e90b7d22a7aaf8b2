// Hogwild!, Shotgun and block-greedy on simulated cores.
#pragma once

#include <memory>
#include <utility>

#include <sounder/engine/run/virtual_run.hpp>
#include <sounder/engine/shared/replay.hpp>
#include <sounder/solvers/block_greedy.hpp>
#include <sounder/solvers/coordinate/virtual_rounds.hpp>
#include <sounder/solvers/shotgun.hpp>
#include <sounder/solvers/stochastic/stochastic_gradient.hpp>
#include <sounder/solvers/stochastic/virtual_pass.hpp>

namespace sounder {

/// `hogwild` with simulated workers: epochs, staleness and collisions of a run on so many cores,
/// the same bits each time. With one worker it gives the bits of hogwild() with one thread. AdaGrad
/// is not simulated.
///
/// `options.threads` is used for the evaluation between epochs, which is not simulated.
/// @throws std::invalid_argument if the problem or an option does not fit
///
/// Cost: that of a serial run, O(log workers) more a step, and 16 bytes a worker and hot column.
/// May be called from several threads at once.
template <Loss L, Penalty P>
[[nodiscard]] VirtualRun virtual_hogwild(const Problem<L, P>& problem, const SgdOptions& options,
                                         const VirtualWorkers& workers, Trace& trace) {
  if (options.adagrad) {
    throw std::invalid_argument("virtual_hogwild: AdaGrad is not simulated");
  }
  Replay replay(workers);
  using Q = Rescaled<P>;
  const auto make = [&](const Q& penalty, const LabelledRows<L>& data, bool sparse,
                        std::int64_t rows_a_pass) -> std::unique_ptr<RowPass> {
    if constexpr (ElasticPenalty<Q>) {
      using Sparse = VirtualPass<RowStepper<Virtual, SparseTerms, L>>;
      using Smooth = VirtualPass<RowStepper<Virtual, SmoothTerms, L>>;
      if (sparse) {
        return std::make_unique<Sparse>(data, rows_a_pass, workers.count, replay);
      }
      return std::make_unique<Smooth>(data, rows_a_pass, workers.count, replay);
    } else {
      using ByProx = VirtualPass<RowStepper<Virtual, ProxTerms<Q>, L>>;
      return std::make_unique<ByProx>(data, rows_a_pass, workers.count, replay, &penalty);
    }
  };
  Result result = solve_prepared(
      problem, options, trace, [&](const auto& prepared, SgdOptions inner, Trace& told) {
        const auto pass = [&](const LabelledRows<L>& data, bool /*adagrad*/, bool sparse,
                              std::int64_t rows_a_pass, const Team& /*team*/) {
          return make(prepared.penalty, data, sparse, rows_a_pass);
        };
        const PassMaker<Plain, L, Q> trial(prepared.penalty);
        return stochastic_gradient<L, Q>(prepared, inner, {.pass = pass, .trial = trial}, told);
      });
  return {std::move(result), replay.balance()};
}

namespace detail {

template <template <Loss, Penalty> class ChooserOf, Loss L, Penalty P>
[[nodiscard]] VirtualRun virtual_descent(const Problem<L, P>& problem, CoordinateOptions options,
                                         const VirtualWorkers& workers, Trace& trace) {
  using Chooser = ChooserOf<L, Rescaled<P>>;
  Replay replay(workers);
  options.parallel = workers.count;
  options.newton = false;  // newton_epochs is not simulated
  const auto make = [&](Chooser& chooser, const CscMatrix& columns, std::uint64_t seed,
                        const Team& /*team*/) -> std::unique_ptr<CoordinatePass> {
    return std::make_unique<VirtualRounds<Chooser>>(chooser, columns, seed, replay);
  };
  Result result = parallel_descent<ChooserOf, L, P>(problem, options, make, trace, nullptr);
  result.threads = workers.count;
  return {std::move(result), replay.balance()};
}

}  // namespace detail

/// `shotgun` with simulated workers that update one coordinate each at any time. P is their number,
/// and a run that it breaks ends as diverged. With one worker it gives the bits of `shotgun` with
/// one thread. Otherwise like virtual_hogwild.
template <Loss L, Penalty P>
[[nodiscard]] VirtualRun virtual_shotgun(const Problem<L, P>& problem,
                                         const CoordinateOptions& options,
                                         const VirtualWorkers& workers, Trace& trace) {
  return detail::virtual_descent<SingleCoordinates>(problem, options, workers, trace);
}

/// `block_greedy` with simulated workers, each on one block at any time. Otherwise like
/// virtual_shotgun.
template <Loss L, Penalty P>
[[nodiscard]] VirtualRun virtual_block_greedy(const Problem<L, P>& problem,
                                              const CoordinateOptions& options,
                                              const VirtualWorkers& workers, Trace& trace) {
  return detail::virtual_descent<GreedyBlocks>(problem, options, workers, trace);
}

}  // namespace sounder
