// Replay: more workers than there are cores, played by one thread in virtual time.
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

/// Workers that do not exist, and how long their steps take. All times are in units of one number
/// read and written.
struct VirtualWorkers {
  int count = 1;  ///< workers
  /// What a step takes beside its numbers.
  double overhead = 16.0;
  /// Mean of an exponential delay that is added to every step, as a share of the step's own time.
  double straggler = 0.1;
  /// Durations of steps that were measured, in any unit: if there are any, a step's time is drawn
  /// from them instead of following from its numbers.
  std::vector<double> measured = {};
  std::uint64_t seed = 1;  ///< of delays and of durations that are drawn

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
/// step needs at one instant and writes at another, half of the step's duration later; in between
/// and until its next read others read and write. Events come in the order of virtual time, ties by
/// worker: the same bits on every machine. One worker's steps simply follow each other.
///
/// Cost: O(log workers) an event beside the step itself; one thread.
class Replay {
 public:
  /// @throws std::invalid_argument from workers.validate()
  explicit Replay(const VirtualWorkers& workers) : workers_(workers) {
    workers_.validate();
    for (int rank = 0; rank < workers_.count; ++rank) {
      random_.emplace_back(workers_.seed, static_cast<std::uint64_t>(rank));
    }
  }

  /// Plays until no worker has a step left. Afterwards the workers are together again, as at the
  /// end of an epoch.
  ///
  /// @param workers how many take part, at most as many as there are
  /// @param read    read(rank) -> how many numbers the worker's next step read, or none if it has
  ///                no step left
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

  /// The share of the workers' time that they were at work, of all runs: less than 1 where some
  /// waited for the last one at the end of an epoch.
  [[nodiscard]] double balance() const noexcept {
    return available_ > 0.0 ? std::min(1.0, busy_ / available_) : 1.0;
  }

 private:
  struct Event {
    double time;
    int rank;
    double half;  ///< of the step's duration, if it is now written; 0 if the next one is read

    /// The earliest is the greatest, as std::priority_queue wants it.
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
