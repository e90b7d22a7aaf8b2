// The runs of a sweep: each to the same target, in turn, kept as they come.
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
  double time_limit = 60.0;  ///< seconds of training a run
  int max_epochs = 10'000;   ///< of a run
  std::vector<int> virtual_workers;
  bool measured_step_times = false;
  double straggler = 0.1;  ///< as in VirtualWorkers
  std::string csv;         ///< where rows are kept; empty: nowhere
  std::string problem;     ///< what is solved, in words: rows of another problem are refused
  std::string machine;     ///< likewise
};

/// Is told how a sweep goes on.
class Watcher {
 public:
  Watcher() = default;
  Watcher(const Watcher&) = delete;
  Watcher& operator=(const Watcher&) = delete;
  virtual ~Watcher() = default;

  /// @param number of the run that begins, from 1 to `total`
  /// @param left   about how many seconds all the runs to come will take; NaN if unknown
  virtual void begins(const Row& row, int number, int total, double left) = 0;
  virtual void ended(const Row& row) = 0;
};

/// All runs of a sweep. With a CSV file, rows that it holds already are not run again, and it is
/// whole after every run; the curves lie beside it.
class Sweep {
 public:
  /// @param request the problem; solver, update and run are filled in here
  /// @param p_star  the most coordinates that virtual Shotgun updates at once
  /// @throws InputError, ParseError if the CSV is there and not of this sweep
  Sweep(Options options, SolveRequest request, Index p_star);

  /// Runs what is missing. False if `interrupt` ended it; what was done is kept.
  bool run(const Trace& interrupt, Watcher& watcher);

  [[nodiscard]] const std::vector<Row>& rows() const noexcept { return rows_; }
  [[nodiscard]] const std::vector<Curve>& curves() const noexcept { return curves_; }
  /// How many runs the whole sweep has.
  [[nodiscard]] int planned() const noexcept { return static_cast<int>(planned_.size()); }

  /// Where the curves of the rows in `csv` are kept.
  [[nodiscard]] static std::string curves_path(const std::string& csv);

 private:
  void load();
  void save() const;
  [[nodiscard]] std::vector<Row> plan() const;
  [[nodiscard]] bool kept(const Row& row) const;
  [[nodiscard]] std::string virtual_problem() const;
  [[nodiscard]] SolveRequest request_of(const Row& row) const;
  /// How many coordinates or rows are in flight: what is counted and simulated. A timed run may
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
