// What theory predicts from the data before any run, and what limits scaling after the runs.
#pragma once

#include <sounder/engine/analysis/conflicts.hpp>
#include <sounder/engine/analysis/spectral_radius.hpp>
#include <sounder/engine/matrix/csr_matrix.hpp>
#include <sounder/engine/threads/team.hpp>

#include <optional>
#include <string>
#include <vector>

#include <sounder/bench/sweep/summary.hpp>

namespace sounder::sweep {

/// Properties of the data that limit parallel training.
struct Predictors {
  Conflicts conflicts;
  SpectralRadius radius;
};
[[nodiscard]] Predictors predict(const CsrMatrix& matrix, const Team& team);

/// The staleness that Hogwild! tolerates, in words: "up to a staleness of 12".
[[nodiscard]] std::string harmless(const Conflicts& conflicts);

/// What keeps threads from helping more, in a word ("conflicts", "memory", "work", "none",
/// "unknown") and in a sentence that says what to use instead.
struct Limit {
  std::string kind;
  std::string sentence;
};
[[nodiscard]] Limit limit(const std::vector<Summary>& summaries,
                          const std::optional<Summary>& baseline, const Predictors& predictors);

}  // namespace sounder::sweep
