// The parallel coordinate solvers as values, for tests that hold for each of them.
#pragma once

#include <sounder/engine/run/trace.hpp>
#include <sounder/solvers/block_cd.hpp>
#include <sounder/solvers/block_greedy.hpp>
#include <sounder/solvers/newton/newton_epochs.hpp>
#include <sounder/solvers/shotgun.hpp>

namespace sounder::test {

inline constexpr auto by_shotgun = [](const auto& problem, const CoordinateOptions& options,
                                      auto& trace) {
  return shotgun(problem, options, trace, sounder::newton_epochs);
};
inline constexpr auto by_greed = [](const auto& problem, const CoordinateOptions& options,
                                    auto& trace) {
  return block_greedy(problem, options, trace, sounder::newton_epochs);
};
inline constexpr auto by_block = [](const auto& problem, const CoordinateOptions& options,
                                    auto& trace) {
  return block_cd(problem, options, trace, sounder::newton_epochs);
};

/// Runs one of them with nobody watching.
[[nodiscard]] inline Result quietly(const auto& solver, const auto& problem,
                                    const CoordinateOptions& options) {
  SilentTrace trace;
  return solver(problem, options, trace);
}

}  // namespace sounder::test
