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

/// Everything that is to be told, and what it follows from.
struct Story {
  Story(std::string data, std::string command, const Options& options, const SolveRequest& request,
        const Predictors& predictors, const Machine& machine, const Sweep& sweep, bool complete);

  std::string data;     ///< its name
  std::string command;  ///< that made it
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

/// For a person, some 110 characters wide.
[[nodiscard]] std::string to_table(const Story& story);

/// One page that needs nothing else.
[[nodiscard]] std::string to_page(const Story& story);

}  // namespace sounder::sweep
