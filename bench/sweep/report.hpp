// A sweep as JSON, as a table, and as a page.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <optional>
#include <string>
#include <vector>

#include <sounder/bench/sweep/limits.hpp>
#include <sounder/bench/sweep/machine.hpp>
#include <sounder/bench/sweep/summary.hpp>
#include <sounder/bench/sweep/sweep.hpp>
#include <sounder/solvers/named/solve.hpp>

namespace sounder::sweep {

/// Everything that a report says and is computed from.
struct Story {
  Story(std::string data, std::string command, const Options& options, const SolveRequest& request,
        const Predictors& predictors, const Machine& machine, const Sweep& sweep, bool complete);

  std::string data;     ///< name of the data
  std::string command;  ///< command that made it
  const Options& options;
  const SolveRequest& request;
  const Predictors& predictors;
  const Machine& machine;
  const Sweep& sweep;
  bool complete;
  std::vector<Summary> summaries;
  std::optional<Summary> baseline;
  Limit limit;
};

[[nodiscard]] nlohmann::ordered_json to_json(const Story& story);

/// A table for the user, some 110 characters wide.
[[nodiscard]] std::string to_table(const Story& story);

/// A self-contained HTML page.
[[nodiscard]] std::string to_page(const Story& story);

}  // namespace sounder::sweep
