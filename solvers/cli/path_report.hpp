// What `sounder path` says: a table for a person, CSV and JSON for a script.
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

/// A path as it was walked.
struct PathOutcome {
  Status status = Status::converged;
  std::vector<double> lambdas;          ///< the whole grid, walked or not
  std::vector<Result> results;          ///< one a lambda, as far as it came; without `w`
  std::vector<ValidationScore> scores;  ///< one a lambda, or empty
  std::optional<std::size_t> selected;  ///< the number of a lambda
  int folds_left_out = 0;               ///< for they would be trained on one class
  double seconds = 0.0;                 ///< validation included
};

/// Writes the CSV row by row and the table on standard error as the path goes.
class PathReport {
 public:
  /// @throws std::system_error when the CSV file cannot be made
  PathReport(const PathOptions& options, const TrainingSet& set);
  ~PathReport();
  PathReport(const PathReport&) = delete;
  PathReport& operator=(const PathReport&) = delete;

  /// Before: the data, what is minimised, the grid, and a warning where folds are left out.
  void announce(const PathOutcome& outcome) const;
  /// After the folds, if there are any.
  void folds_done(double seconds) const;
  /// One solution; `score` may be null.
  void add(const PathPoint& point, const ValidationScore* score);
  /// After: how it ended, what was selected.
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
