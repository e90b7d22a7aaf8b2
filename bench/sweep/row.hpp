// The result of one run of a sweep: a row of its CSV.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace sounder::sweep {

/// A number that was not measured or not reached.
inline constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

/// a / b; unknown if b is not positive, like the time of work done before the clock ran.
[[nodiscard]] inline double ratio(double a, double b) {
  return b > 0.0 ? a / b : unknown;
}

/// A solver with its update policy and threads. `update` is "plain" for solvers that share nothing.
struct Setting {
  std::string solver;
  std::string update;
  std::int64_t threads = 1;

  bool operator==(const Setting&) const = default;
};

/// One run to the target, and a counted one with the same seed, so that counting does not slow the
/// timed run.
struct Row {
  Setting setting;
  std::int64_t repeat = 1;
  double seconds_to_target = unknown;
  double epochs_to_target = unknown;
  double epochs_per_second = unknown;
  double speedup = unknown;                 ///< over the best serial solver's median
  double statistical_efficiency = unknown;  ///< own epochs with one thread / epochs
  double hardware_efficiency = unknown;     ///< epochs a second / (threads x with one thread)
  double collision_rate = unknown;
  double retry_rate = unknown;
  double lost_update_rate = unknown;
  double staleness_mean = unknown;
  double staleness_p95 = unknown;
  double staleness_max = unknown;
  std::string status;

  std::string kind = "measured";  ///< or "virtual": a simulation, which measures no time
  std::int64_t oversubscribed = 0;
  double own_speedup = unknown;  ///< over the same solver and update with one thread
  double objective = unknown;
  double relative_gap = unknown;
  std::int64_t epochs = 0;
  double seconds = unknown;
  std::int64_t parallel = 0;  ///< coordinates updated at once, for solvers that choose it
  std::int64_t seed = 0;
  double balance = unknown;            ///< virtual runs: share of the workers' time spent working
  double predicted_seconds = unknown;  ///< virtual runs: a prediction
  double predicted_speedup = unknown;  ///< virtual runs: a prediction
  std::string problem;                 ///< what was solved, and to what target
  std::string machine;

  [[nodiscard]] bool measured() const { return kind == "measured"; }
  [[nodiscard]] bool reached() const { return status == "converged"; }
};

/// A column of the CSV and a key of the JSON: a name, and where its value is.
struct Column {
  using Text = std::string& (*)(Row&);
  using Count = std::int64_t& (*)(Row&);
  using Number = double& (*)(Row&);

  std::string_view name;
  std::variant<Text, Count, Number> field;
};

/// All columns, in order. Scripts rely on the first ones.
[[nodiscard]] const std::vector<Column>& columns();

/// The rows as CSV, with a header; unknown numbers are empty.
[[nodiscard]] std::string to_csv(std::vector<Row> rows);

/// Reads to_csv(). @param path for errors @throws ParseError
[[nodiscard]] std::vector<Row> from_csv(const std::string& path, std::string_view text);

}  // namespace sounder::sweep
