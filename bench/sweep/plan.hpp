// Which settings a sweep runs, and in what order.
#pragma once

#include <string>
#include <vector>

#include <sounder/bench/sweep/row.hpp>
#include <sounder/solvers/named/names.hpp>

namespace sounder::sweep {

/// The settings that the user asked for. Every list is in rising or in the given order, without
/// repetition.
struct Wishes {
  std::vector<std::string> solvers;
  std::vector<std::string> updates;
  std::vector<int> threads;
};

/// The settings of one round. Serial solvers come first: with one thread, they are the baseline.
/// Then each solver with each of its update policies and each number of threads; one thread is
/// among them, because efficiencies refer to it.
/// @param loss the loss; not every solver takes it
[[nodiscard]] std::vector<Setting> make_plan(const Wishes& wishes, const LossRow& loss);

/// Whether a solver runs alone, or on shared data without an update policy.
[[nodiscard]] bool is_plain(const std::string& solver);

}  // namespace sounder::sweep
