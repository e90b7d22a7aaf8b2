// What comes out of a solver: numbers and a status, never text on a stream.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sounder/engine/matrix/csr_matrix.hpp>
#include <sounder/engine/shared/update_counts.hpp>

namespace sounder {

/// How a run ended. What a program prints or exits with is its own business.
enum class Status {
  converged,    ///< the relative duality gap reached the tolerance
  max_epochs,   ///< every epoch ran
  time_limit,   ///< the training clock ran out
  stalled,      ///< no more progress, mostly because of rounding; `w` is the best iterate
  separable,    ///< all margins of `w` are positive: without a penalty the loss has no minimum
  diverged,     ///< the objective stopped being finite or exploded; `w` is not a model
  interrupted,  ///< a trace asked to stop; `w` is the best iterate so far
};

/// The name of the status. Any number of threads.
[[nodiscard]] constexpr std::string_view to_string(Status status) noexcept {
  switch (status) {
    case Status::converged:
      return "converged";
    case Status::max_epochs:
      return "max_epochs";
    case Status::time_limit:
      return "time_limit";
    case Status::stalled:
      return "stalled";
    case Status::separable:
      return "separable";
    case Status::diverged:
      return "diverged";
    case Status::interrupted:
      return "interrupted";
  }
  return "unknown";
}

/// How good a point is. F and D are the averaged forms in Problem; F - D bounds the distance of F
/// to its minimum.
struct Certificate {
  double objective = 0.0;       ///< F(w, b)
  double dual_objective = 0.0;  ///< D(a) <= min F; -infinity if no dual point was found
  /// (F - max(D, 0)) / max(F, 1e-6 F_null), in [0, 1]: compared with the tolerance. F_null is the
  /// mean loss of w = 0 at the best intercept, if there is one.
  double relative_gap = 0.0;
  Index nonzeros = 0;  ///< coefficients that are not exactly zero
};

/// The outcome of a run. `w` and `intercept` are the evaluated iterate with the least objective.
struct Result {
  std::vector<double> w;               ///< p coefficients
  double intercept = 0.0;              ///< b; 0 if the problem has none
  Status status = Status::max_epochs;  ///< how the run ended
  std::string message;                 ///< one sentence for a person; may be empty
  int epochs = 0;                      ///< epochs that were run
  std::int64_t updates = 0;            ///< coordinate updates, all workers
  double seconds = 0.0;                ///< training clock, without evaluation
  double evaluation_seconds = 0.0;     ///< time for objective and gap between epochs
  double step = 0.0;                   ///< the step size used, in the solver's own scale
  Index parallel = 0;                  ///< coordinates updated at once, for solvers that choose it
  Certificate certificate;             ///< of `w`
  /// Rows whose dual variable was not zero in the end, if the solver has one a row and most may be
  /// zero (hinge losses).
  std::optional<Index> support_vectors;
  /// Conflicts of the updates, if the policy was a counting one: see counting.hpp.
  std::optional<UpdateCounts> counts;
  std::uint64_t seed = 0;  ///< the seed of the options
  int threads = 1;         ///< the most threads that the solver could use
};

}  // namespace sounder
