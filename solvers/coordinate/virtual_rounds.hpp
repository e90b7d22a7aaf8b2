// A pass over the coordinates by simulated workers.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <sounder/engine/shared/replay.hpp>
#include <sounder/engine/shared/virtual_vector.hpp>
#include <sounder/engine/threads/schedule.hpp>
#include <sounder/solvers/coordinate/parallel_rounds.hpp>

namespace sounder {

/// A CoordinatePass by the workers of a Replay. They never wait, like those of ParallelRounds for P
/// <= threads.
template <class Chooser>
class VirtualRounds final : public CoordinatePass {
 public:
  /// Keeps references to chooser and replay, which must outlive it. w and z are zero.
  VirtualRounds(Chooser& chooser, const CscMatrix& columns, std::uint64_t seed, Replay& replay)
      : chooser_(chooser), replay_(replay), schedule_(chooser.units(), 1, seed),
        w_(static_cast<std::size_t>(columns.columns())),
        z_(static_cast<std::size_t>(columns.rows())) {}

  [[nodiscard]] std::span<double> coefficients() noexcept override { return w_.quiescent(); }
  [[nodiscard]] std::span<double> margins() noexcept override { return z_.quiescent(); }
  [[nodiscard]] bool loses(Index /*parallel*/) const noexcept override { return false; }
  [[nodiscard]] std::optional<UpdateCounts> counts() const override { return z_.counts(); }

  void shuffle(int number) override { schedule_.shuffle(number); }

  bool run(Range positions, Index parallel, const Trace& trace) override {
    const std::int64_t chunk = units_at_once(positions.size(), parallel);
    std::vector<Walk> walks(static_cast<std::size_t>(parallel), Walk(z_, chooser_.width()));
    std::int64_t dealt = positions.begin;
    bool cancelled = false;
    replay_.run(
        parallel,
        [&](int rank) -> std::optional<std::int64_t> {
          Walk& walk = walks[static_cast<std::size_t>(rank)];
          if (walk.units.size() == 0) {
            cancelled = cancelled || trace.cancelled();
            walk.units = {dealt, cancelled ? dealt : std::min(dealt + chunk, positions.end)};
            dealt = walk.units.end;
            if (walk.units.size() == 0) {
              return std::nullopt;
            }
          }
          walk.margins.begin_step();
          const std::int64_t unit = schedule_.rows_at(walk.units.begin++).begin;
          CoordinatePoint<SharedVector<Virtual>, View> point{w_, walk.margins};
          walk.chosen = chooser_.choose(unit, /*rank=*/0, point, walk.moves);
          return walk.margins.reads();
        },
        [&](int rank) {
          Walk& walk = walks[static_cast<std::size_t>(rank)];
          CoordinatePoint<SharedVector<Virtual>, View> point{w_, walk.margins};
          const std::span<const CoordinateMove> moves(walk.moves);
          apply_moves(moves.first(static_cast<std::size_t>(walk.chosen)), point, chooser_);
          if (walk.chosen > 0) {
            walk.margins.end_step();
          }
        });
    for (Walk& walk : walks) {
      walk.margins.hand_in();
    }
    return !cancelled;
  }

 private:
  using View = SharedVector<Virtual>::View;

  /// The progress of a worker, and what it has chosen.
  struct Walk {
    Walk(SharedVector<Virtual>& z, int width)
        : margins(z), moves(static_cast<std::size_t>(width)) {}

    View margins;
    std::vector<CoordinateMove> moves;
    Range units{};
    int chosen = 0;
  };

  Chooser& chooser_;
  Replay& replay_;
  Schedule schedule_;
  SharedVector<Virtual> w_;
  SharedVector<Virtual> z_;
};

}  // namespace sounder
