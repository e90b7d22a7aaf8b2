// A pass of the parallel coordinate solvers on a real team: which coordinates are updated at once.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include <sounder/engine/base/array.hpp>
#include <sounder/engine/matrix/csc_matrix.hpp>
#include <sounder/engine/run/trace.hpp>
#include <sounder/engine/shared/shared_vector.hpp>
#include <sounder/engine/threads/schedule.hpp>
#include <sounder/engine/threads/team.hpp>
#include <sounder/solvers/coordinate/coordinate_pass.hpp>
#include <sounder/solvers/coordinate/coordinate_step.hpp>

namespace sounder {

/// Coefficients and margins as a worker sees them.
template <class Coefficients, class Margins>
struct CoordinatePoint {
  Coefficients& w;  ///< p numbers
  Margins& z;       ///< n numbers
};

/// Applies a unit's moves to its coefficients and to the margins.
template <class Point, class Chooser>
void apply_moves(std::span<const CoordinateMove> moves, Point& point, const Chooser& chooser) {
  for (const CoordinateMove& move : moves) {
    point.w.set(static_cast<std::size_t>(move.column), move.value);
    chooser.apply(move, point.z);
  }
}

/// How many units a worker takes from the permutation at a time.
[[nodiscard]] constexpr std::int64_t units_at_once(std::int64_t units, int workers) noexcept {
  return std::clamp<std::int64_t>(units / (64 * workers), 1, 64);
}

/// Deals out units of work (a coordinate, or a block of them) in a fresh random permutation every
/// epoch, P at once:
///
///   P = 1            one worker in plain memory: the same bits for the same seed
///   P <= threads     P workers that never wait: some write what others read
///   P > threads      rounds: the moves of P units are all computed from the same margins, then all
///                    applied, as in the theory of Shotgun, whatever the number of threads
///
/// Every unit is taken once an epoch and no two units share a coordinate, so a coefficient has one
/// writer and P distinct random units move at once (without replacement: "tau-nice" sampling in
/// Richtarik and Takac 2012). Only the margins have several writers.
///
/// A Chooser computes a unit's moves. It has `units()`; `width()`, the most moves of a unit;
/// `choose(unit, rank, point, moves)`, which writes moves and returns their number; and
/// `apply(move, z)`.
template <class Update, class Chooser>
class ParallelRounds final : public CoordinatePass {
 public:
  /// Keeps references to chooser and team, which must outlive it. w and z are zero.
  ParallelRounds(Chooser& chooser, const CscMatrix& columns, std::uint64_t seed, const Team& team)
      : chooser_(chooser), team_(team), schedule_(chooser.units(), 1, seed),
        width_(static_cast<std::size_t>(chooser.width())),
        work_(std::max<std::int64_t>(
            columns.nonzeros() / std::max<std::int64_t>(1, chooser.units()), 1)),
        w_(static_cast<std::size_t>(columns.columns())),
        z_(static_cast<std::size_t>(columns.rows())),
        moves_(width_ * static_cast<std::size_t>(team.size())),
        counts_(static_cast<std::size_t>(team.size())) {}

  [[nodiscard]] std::span<double> coefficients() noexcept override { return w_.quiescent(); }
  [[nodiscard]] std::span<double> margins() noexcept override { return z_.quiescent(); }
  [[nodiscard]] bool loses(Index parallel) const noexcept override {
    return loses_updates<Update> && parallel > 1;
  }
  [[nodiscard]] std::optional<UpdateCounts> counts() const override {
    if constexpr (counts_updates<Update>) {
      return z_.counts();
    }
    return std::nullopt;
  }

  void shuffle(int number) override { schedule_.shuffle(number); }

  bool run(Range positions, Index parallel, const Trace& trace) override {
    if (parallel == 1 && !counts_updates<Update>) {
      LoneVector w{w_.quiescent()};
      LoneVector z{z_.quiescent()};
      return run_freely(positions, 1, w, z, trace);
    }
    if (parallel <= team_.size()) {
      return run_freely(positions, parallel, w_, z_, trace);
    }
    return run_in_rounds(positions, parallel, trace);
  }

 private:
  [[nodiscard]] std::int64_t unit_at(std::int64_t position) const noexcept {
    return schedule_.rows_at(position).begin;
  }

  template <class Vector>
  bool run_freely(Range positions, int workers, Vector& w, Vector& z, const Trace& trace) {
    const std::int64_t chunk = units_at_once(positions.size(), workers);
    std::atomic<std::int64_t> next = positions.begin;
    std::atomic<bool> whole = true;
    Team(workers).run([&](Worker worker) {
      const std::span<CoordinateMove> moves = moves_of(static_cast<std::size_t>(worker.rank));
      typename Vector::View margins(z);
      CoordinatePoint<Vector, typename Vector::View> point{w, margins};
      while (whole.load(std::memory_order_relaxed)) {
        const std::int64_t begin = next.fetch_add(chunk, std::memory_order_relaxed);
        if (begin >= positions.end) {
          break;
        }
        if (trace.cancelled()) {
          whole.store(false, std::memory_order_relaxed);
        }
        for (std::int64_t k = begin; k < std::min(begin + chunk, positions.end); ++k) {
          margins.begin_step();
          const int count = chooser_.choose(unit_at(k), worker.rank, point, moves);
          apply_moves(moves.first(static_cast<std::size_t>(count)), point, chooser_);
          if (count > 0) {
            margins.end_step();
          }
        }
      }
      margins.hand_in();
    });
    return whole;
  }

  bool run_in_rounds(Range positions, Index parallel, const Trace& trace) {
    typename SharedVector<Update>::Uncounted margins(z_);
    CoordinatePoint<SharedVector<Update>, decltype(margins)> point{w_, margins};
    const auto slots = static_cast<std::size_t>(std::min<std::int64_t>(parallel, positions.size()));
    if (counts_.size() < slots) {
      moves_.resize(slots * width_);
      counts_.resize(slots);
    }
    const std::int64_t too_few = std::max<std::int64_t>(2, Team::few_numbers / work_);
    for (std::int64_t begin = positions.begin; begin < positions.end; begin += parallel) {
      if (trace.cancelled()) {
        return false;
      }
      const std::int64_t size = std::min<std::int64_t>(parallel, positions.end - begin);
      const int workers = size < too_few ? 1 : team_.size();
      const Team round(workers);
      round.run([&](Worker worker) {
        const Range share = share_of(size, worker);
        for (std::int64_t k = share.begin; k < share.end; ++k) {
          const auto slot = static_cast<std::size_t>(k);
          counts_[slot] = chooser_.choose(unit_at(begin + k), worker.rank, point, moves_of(slot));
        }
      });
      round.run([&](Worker worker) {
        const Range share = share_of(size, worker);
        for (std::int64_t k = share.begin; k < share.end; ++k) {
          const auto slot = static_cast<std::size_t>(k);
          apply_moves(moves_of(slot).first(static_cast<std::size_t>(counts_[slot])), point,
                      chooser_);
        }
      });
    }
    return true;
  }

  [[nodiscard]] std::span<CoordinateMove> moves_of(std::size_t slot) noexcept {
    return {moves_.data() + slot * width_, width_};
  }

  Chooser& chooser_;
  const Team& team_;
  Schedule schedule_;
  std::size_t width_;
  std::int64_t work_;  ///< approximate number of values that a unit touches
  SharedVector<Update> w_;
  SharedVector<Update> z_;
  Array<CoordinateMove> moves_;  ///< width() for every worker, or for every unit of a round
  Array<int> counts_;
};

}  // namespace sounder
