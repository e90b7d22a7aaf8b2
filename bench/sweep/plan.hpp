// Who runs in a sweep, and in what order.
#pragma once

#include <string>
#include <vector>

#include <sounder/bench/sweep/row.hpp>

namespace sounder::sweep {

/// What was asked for. Every list is in rising or the given order, without repetition.
struct Wishes {
  std::vector<std::string> solvers;
  std::vector<std::string> updates;
  std::vector<int> threads;
};

/// The settings of one round. Serial solvers come first: with one thread, they are the baseline.
/// Then each solver with each update policy that it knows and each number of threads, one among
/// them, which efficiencies refer to.
/// @param smooth whether the loss has a derivative everywhere, as coordinate solvers need
[[nodiscard]] std::vector<Setting> make_plan(const Wishes& wishes, bool smooth);

/// Solvers that run alone or on shared data without an update policy.
[[nodiscard]] bool is_plain(const std::string& solver);

}  // namespace sounder::sweep
