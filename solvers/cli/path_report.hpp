// The output of `sounder path`: a table for the user, CSV and JSON for scripts.
#pragma once

#include <sounder/solvers/path/cross_validation.hpp>
#include <sounder/solvers/path/regularization_path.hpp>

#include <cstdio>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include <sounder/solvers/output/output.hpp>
#include "path_options.hpp"
#include "training_set.hpp"

namespace sounder::cli {

/// The results of a path.
struct PathOutcome {
  Status status = Status::converged;
  std::vector<double> lambdas;          ///< the whole grid, solved or not
  std::vector<Result> results;          ///< one a lambda, as far as the path went; without `w`
  std::vector<ValidationScore> scores;  ///< one a lambda, or empty
  std::optional<std::size_t> selected;  ///< number of the selected lambda
  int folds_left_out = 0;  ///< folds left out because training would see only one class
  double seconds = 0.0;    ///< including validation
};

/// Writes the CSV row by row, and the table on standard error, as the path goes on.
class PathReport {
 public:
  /// @throws std::system_error if the CSV file cannot be made
  PathReport(const PathOptions& options, const TrainingSet& set);
  ~PathReport();
  PathReport(const PathReport&) = delete;
  PathReport& operator=(const PathReport&) = delete;

  /// Before the path: the data, what is minimised, the grid, and a warning if folds are left out.
  void announce(const PathOutcome& outcome) const;
  /// After the folds, if there are any.
  void folds_done(double seconds) const;
  /// Reports one solution; `score` may be null.
  void add(const PathPoint& point, const ValidationScore* score);
  /// After the path: how it ended, what was selected.
  void summarise(const PathOutcome& outcome) const;

 private:
  void write(const std::string& text);

  const PathOptions& options_;
  const TrainingSet& set_;
  Report report_;
  std::FILE* csv_;
};

[[nodiscard]] nlohmann::ordered_json path_json(const PathOptions& options, const TrainingSet& set,
                                               const PathOutcome& outcome);

}  // namespace sounder::cli
