// A pass over the rows by simulated workers.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <sounder/engine/shared/replay.hpp>
#include <sounder/engine/shared/virtual_vector.hpp>
#include <sounder/solvers/stochastic/row_pass.hpp>

namespace sounder {

/// A RowPass by the workers of a Replay: the same shares and the same steppers, in virtual time.
template <class Stepper>
class VirtualPass final : public SteppersPass<Stepper> {
 public:
  /// Keeps a reference to replay, which must outlive it.
  VirtualPass(const LabelledRows<typename Stepper::LossType>& data, std::int64_t rows_a_pass,
              int workers, Replay& replay, const typename Stepper::TermsType::Source& source = {})
      : SteppersPass<Stepper>(data, rows_a_pass, workers, source), replay_(replay),
        walks_(static_cast<std::size_t>(workers)) {}

  bool run(const Schedule& schedule, Range positions, std::span<const double> anchors,
           Call<double(double)> step, const Trace& trace) override {
    for (int rank = 0; rank < this->workers(); ++rank) {
      this->stepper(rank).begin_epoch(anchors);
      const Range share = share_of(positions.size(), {rank, this->workers()});
      walks_[static_cast<std::size_t>(rank)] = {.share = share, .position = share.begin};
    }
    bool cancelled = false;
    replay_.run(
        this->workers(),
        [&](int rank) -> std::optional<std::int64_t> {
          Walk& walk = walks_[static_cast<std::size_t>(rank)];
          if (walk.row == walk.block.end) {
            cancelled = cancelled || trace.cancelled();
            if (cancelled || walk.position == walk.share.end) {
              return std::nullopt;
            }
            const std::int64_t done = walk.position - walk.share.begin;
            walk.step = step(static_cast<double>(done) / static_cast<double>(walk.share.size()));
            walk.block = schedule.rows_at(positions.begin + walk.position++);
            walk.row = walk.block.begin;
          }
          const auto i = static_cast<Index>(walk.row);
          walk.slope = this->stepper(rank).read(i, walk.step);
          return static_cast<std::int64_t>(this->rows().row(i).size());
        },
        [&](int rank) {
          Walk& walk = walks_[static_cast<std::size_t>(rank)];
          this->stepper(rank).write(static_cast<Index>(walk.row++), walk.slope, walk.step);
        });
    for (int rank = 0; rank < this->workers(); ++rank) {
      this->stepper(rank).end_epoch();
    }
    return !cancelled;
  }

 private:
  /// The progress of a worker, and what it has read.
  struct Walk {
    Range share{};
    std::int64_t position = 0;
    Range block{};
    std::int64_t row = 0;
    double step = 0.0;
    double slope = 0.0;
  };

  Replay& replay_;
  std::vector<Walk> walks_;
};

}  // namespace sounder
