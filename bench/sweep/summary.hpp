// Conclusions from the rows of a sweep: medians, speedups, and what limits the speed.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <sounder/bench/sweep/row.hpp>

namespace sounder::sweep {

/// The median of the known numbers (the mean of the middle two); NaN if there are none.
[[nodiscard]] double median(std::vector<double> numbers);

/// All repeats of a setting: medians, and the range of noisy numbers.
struct Summary {
  Setting setting;
  bool oversubscribed = false;
  int runs = 0;
  int reached = 0;  ///< runs that reached the target; times are theirs
  double seconds_low = unknown;
  double seconds_high = unknown;
  double speedup_low = unknown;
  double speedup_high = unknown;
  Row median;  ///< median of every number; the status is the worst one's

  /// Whether it is a serial solver, a baseline for comparison.
  [[nodiscard]] bool serial() const { return setting.update == "plain" && setting.threads == 1; }
};

/// One summary for each measured setting, in the order of their first rows.
[[nodiscard]] std::vector<Summary> summarise(const std::vector<Row>& rows);

/// The one-thread setting with the least median time to the target; none if no such run reached it.
[[nodiscard]] std::optional<Summary> baseline(const std::vector<Summary>& summaries);

/// Fills in numbers that compare rows: speedups and efficiencies of measured rows, the statistical
/// efficiency and the prediction of virtual rows.
void relate(std::vector<Row>& rows);

/// How epochs a second grow with threads: those of 1 thread times P / (1 + contention (P - 1)),
/// fitted to measurements up to the number of cores (Amdahl's law; Gunther's without coherency).
struct HardwareModel {
  double epochs_per_second = unknown;  ///< with one thread
  double contention = unknown;

  [[nodiscard]] double rate(double threads) const {
    return epochs_per_second * threads / (1.0 + contention * (threads - 1.0));
  }
};

/// The model of a solver with its first update policy. Unknown without two numbers of threads.
[[nodiscard]] HardwareModel hardware_model(const std::vector<Summary>& summaries,
                                           const std::string& solver);

/// Compares two virtual workers with two threads that do not lock.
struct Agreement {
  std::string solver;
  std::string update;
  double measured = unknown;  ///< collision rates
  double simulated = unknown;
};
[[nodiscard]] std::vector<Agreement> agreements(const std::vector<Row>& rows);

}  // namespace sounder::sweep
