// The runs of a sweep: each to the same target, one after another, saved as they end.
#pragma once

#include <sounder/engine/shared/replay.hpp>

#include <map>
#include <string>
#include <vector>

#include <sounder/bench/sweep/curve.hpp>
#include <sounder/bench/sweep/plan.hpp>
#include <sounder/bench/sweep/row.hpp>
#include <sounder/solvers/named/solve.hpp>

namespace sounder::sweep {

struct Options {
  Wishes wishes;
  int repeats = 3;
  double target = 1e-3;      ///< relative duality gap
  double time_limit = 60.0;  ///< seconds of training in a run
  int max_epochs = 10'000;   ///< most epochs in a run
  std::vector<int> virtual_workers;
  bool measured_step_times = false;
  double straggler = 0.1;  ///< see VirtualWorkers
  std::string csv;         ///< file that keeps the rows; empty: none
  std::string problem;     ///< what is solved, in words: rows of another problem are refused
  std::string machine;     ///< the machine, in words: rows of another machine are refused
};

/// Gets the progress of a sweep.
class Watcher {
 public:
  Watcher() = default;
  Watcher(const Watcher&) = delete;
  Watcher& operator=(const Watcher&) = delete;
  virtual ~Watcher() = default;

  /// @param number number of the run that begins, from 1 to `total`
  /// @param left   estimated seconds for all remaining runs; NaN if unknown
  virtual void begins(const Row& row, int number, int total, double left) = 0;
  virtual void ended(const Row& row) = 0;
};

/// All runs of a sweep. Rows that the CSV file already holds are not run again. The file is
/// complete after every run; the curves are in a file beside it.
class Sweep {
 public:
  /// @param request the problem; solver, update and run are filled in here
  /// @param p_star  the most coordinates that virtual Shotgun updates at once
  /// @throws InputError, ParseError if the CSV exists and does not belong to this sweep
  Sweep(Options options, SolveRequest request, Index p_star);

  /// Runs what is missing. False if `interrupt` ended it; finished runs are kept.
  bool run(const Trace& interrupt, Watcher& watcher);

  [[nodiscard]] const std::vector<Row>& rows() const noexcept { return rows_; }
  [[nodiscard]] const std::vector<Curve>& curves() const noexcept { return curves_; }
  /// The number of runs in the whole sweep.
  [[nodiscard]] int planned() const noexcept { return static_cast<int>(planned_.size()); }

  /// The file for the curves of the rows in `csv`.
  [[nodiscard]] static std::string curves_path(const std::string& csv);

 private:
  void load();
  void save() const;
  [[nodiscard]] std::vector<Row> plan() const;
  [[nodiscard]] bool kept(const Row& row) const;
  [[nodiscard]] std::string virtual_problem() const;
  [[nodiscard]] SolveRequest request_of(const Row& row) const;
  /// The number of coordinates or rows in flight, for counted and simulated runs. A timed run may
  /// find that fewer are faster.
  [[nodiscard]] Index parallel(const Setting& setting) const;
  bool measure(Row& row, const Trace& interrupt);
  bool simulate(Row& row, const Trace& interrupt);
  [[nodiscard]] int worthwhile_epochs(const Row& row) const;
  [[nodiscard]] const std::vector<double>& step_times(const Row& row, const Trace& interrupt);

  Options options_;
  SolveRequest request_;
  Index p_star_;
  std::vector<Row> planned_;
  std::vector<Row> rows_;
  std::vector<Curve> curves_;
  std::map<std::string, std::vector<double>> step_times_;  ///< by solver
};

}  // namespace sounder::sweep
