// What the rows of a sweep say together: medians, speedups, where the speed went.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <sounder/bench/sweep/row.hpp>

namespace sounder::sweep {

/// The middle of the known numbers (the mean of two middles); NaN if there is none.
[[nodiscard]] double median(std::vector<double> numbers);

/// All repeats of a setting: medians, and the least and most of what is noisy.
struct Summary {
  Setting setting;
  bool oversubscribed = false;
  int runs = 0;
  int reached = 0;  ///< runs that came to the target; times are of these
  double seconds_low = unknown;
  double seconds_high = unknown;
  double speedup_low = unknown;
  double speedup_high = unknown;
  Row median;  ///< of every number; the status is the worst one's

  /// Whether it is there to be compared with: a serial solver.
  [[nodiscard]] bool serial() const { return setting.update == "plain" && setting.threads == 1; }
};

/// One of each measured setting, in the order of their first rows.
[[nodiscard]] std::vector<Summary> summarise(const std::vector<Row>& rows);

/// The one-thread setting with the least median time to the target; none if none came there.
[[nodiscard]] std::optional<Summary> baseline(const std::vector<Summary>& summaries);

/// Fills in what a row is in relation to others: speedups and efficiencies of measured rows, the
/// statistical efficiency and the prediction of virtual ones.
void relate(std::vector<Row>& rows);

/// How epochs a second grow with threads: 1 thread's times P / (1 + contention (P - 1)), fitted to
/// what was measured up to the number of cores (Amdahl's law; Gunther's without coherency).
struct HardwareModel {
  double epochs_per_second = unknown;  ///< with one thread
  double contention = unknown;

  [[nodiscard]] double rate(double threads) const {
    return epochs_per_second * threads / (1.0 + contention * (threads - 1.0));
  }
};

/// Of a solver, with the update policy that comes first. Unknown without two numbers of threads.
[[nodiscard]] HardwareModel hardware_model(const std::vector<Summary>& summaries,
                                           const std::string& solver);

/// Two virtual workers against two threads that do not lock.
struct Agreement {
  std::string solver;
  std::string update;
  double measured = unknown;  ///< collision rates
  double simulated = unknown;
};
[[nodiscard]] std::vector<Agreement> agreements(const std::vector<Row>& rows);

}  // namespace sounder::sweep
