// The commands of the program, and their exit codes.
#pragma once

#include <sounder/engine/run/result.hpp>

#include <span>
#include <string>

namespace sounder::cli {

/// Exit codes; scripts rely on them.
enum class Exit : int {
  success = 0,       ///< the tolerance was reached, or there was none and every epoch ran
  stopped = 1,       ///< stopped before the tolerance; the model is written
  usage = 2,         ///< the command line cannot be understood
  bad_input = 3,     ///< a file cannot be read, understood or written
  diverged = 4,      ///< no model is written
  interrupted = 130  ///< the best model so far is written
};

/// The exit code after a run with this status. Without a tolerance, running every epoch is success.
[[nodiscard]] constexpr Exit exit_code(Status status, bool to_a_tolerance) noexcept {
  switch (status) {
    case Status::converged:
      return Exit::success;
    case Status::max_epochs:
      return to_a_tolerance ? Exit::stopped : Exit::success;
    case Status::time_limit:
    case Status::stalled:
    case Status::separable:
      return Exit::stopped;
    case Status::diverged:
      return Exit::diverged;
    case Status::interrupted:
      return Exit::interrupted;
  }
  return Exit::success;
}

/// The arguments after the command's name.
using Words = std::span<const std::string>;

Exit run_train(Words words);
Exit run_path(Words words);
Exit run_predict(Words words);
Exit run_inspect(Words words);
Exit run_sweep(Words words);
Exit run_generate(Words words);

}  // namespace sounder::cli
