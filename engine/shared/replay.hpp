// Replay: simulates more workers than there are cores, in one thread and in virtual time.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <queue>
#include <stdexcept>
#include <vector>

#include <sounder/engine/base/random.hpp>

namespace sounder {

/// Simulated workers and how long their steps take. The unit of time is the time to read and write
/// one number.
struct VirtualWorkers {
  int count = 1;  ///< number of workers
  /// Time of a step beside that for its numbers.
  double overhead = 16.0;
  /// Mean of an exponential delay that is added to every step, as a share of the step's own time.
  double straggler = 0.1;
  /// Measured durations of steps, in any unit. If there are any, each step's time is drawn from
  /// them instead of being computed from its numbers.
  std::vector<double> measured = {};
  std::uint64_t seed = 1;  ///< seed of delays and of drawn durations

  /// @throws std::invalid_argument naming what is out of range.
  void validate() const {
    if (count < 1 || !(overhead >= 0.0) || !(straggler >= 0.0) || !std::isfinite(straggler)) {
      throw std::invalid_argument(
          "VirtualWorkers: at least 1 worker; overhead and straggler must not be negative");
    }
    if (!std::all_of(measured.begin(), measured.end(), [](double t) { return t > 0.0; })) {
      throw std::invalid_argument("VirtualWorkers: measured durations must be positive");
    }
  }
};

/// A discrete event simulation of workers that take steps side by side. A worker reads what its
/// step needs at one instant and writes half of the step's duration later; in between, and until
/// its next read, others read and write. Events come in order of virtual time, ties in order of
/// worker: the same bits on every machine. With one worker the steps simply follow each other.
///
/// Cost: O(log workers) an event in addition to the step itself; one thread.
class Replay {
 public:
  /// @throws std::invalid_argument from workers.validate()
  explicit Replay(const VirtualWorkers& workers) : workers_(workers) {
    workers_.validate();
    for (int rank = 0; rank < workers_.count; ++rank) {
      random_.emplace_back(workers_.seed, static_cast<std::uint64_t>(rank));
    }
  }

  /// Runs until no worker has a step left. Afterwards all workers have the same time, as at the end
  /// of an epoch.
  ///
  /// @param workers how many workers take part, at most VirtualWorkers::count
  /// @param read    read(rank) begins the worker's next step and returns how many numbers it read,
  ///        or none if the worker has no step left
  /// @param write   write(rank) ends that step
  template <class Read, class Write>
  void run(int workers, Read&& read, Write&& write) {
    std::priority_queue<Event> events;
    for (int rank = 0; rank < workers; ++rank) {
      const double late = random_[static_cast<std::size_t>(rank)].uniform();
      events.push({late * workers_.overhead, rank, 0.0});
    }
    double end = 0.0;
    while (!events.empty()) {
      Event event = events.top();
      events.pop();
      if (event.half > 0.0) {
        write(event.rank);
        events.push({event.time + event.half, event.rank, 0.0});
      } else if (const std::optional<std::int64_t> numbers = read(event.rank)) {
        const double duration = draw(*numbers, event.rank);
        busy_ += duration;
        events.push({event.time + 0.5 * duration, event.rank, 0.5 * duration});
      } else {
        end = std::max(end, event.time);
      }
    }
    available_ += end * workers;
  }

  /// The share of the workers' time that they were busy, over all runs: less than 1 if some waited
  /// for the last one at the end of an epoch.
  [[nodiscard]] double balance() const noexcept {
    return available_ > 0.0 ? std::min(1.0, busy_ / available_) : 1.0;
  }

 private:
  struct Event {
    double time;
    int rank;
    double half;  ///< half of the step's duration if the event is a write; 0 if it is a read

    /// Reversed: std::priority_queue returns the greatest, which must be the earliest event.
    bool operator<(const Event& other) const noexcept {
      return time != other.time ? time > other.time : rank > other.rank;
    }
  };

  [[nodiscard]] double draw(std::int64_t numbers, int rank) {
    RandomStream& random = random_[static_cast<std::size_t>(rank)];
    const double own = workers_.measured.empty()
                           ? workers_.overhead + static_cast<double>(numbers)
                           : workers_.measured[random.below(workers_.measured.size())];
    const double late = workers_.straggler > 0.0 ? -std::log(1.0 - random.uniform()) : 0.0;
    return std::max(own * (1.0 + workers_.straggler * late), std::numeric_limits<double>::min());
  }

  VirtualWorkers workers_;
  std::vector<RandomStream> random_;
  double busy_ = 0.0;
  double available_ = 0.0;
};

}  // namespace sounder
