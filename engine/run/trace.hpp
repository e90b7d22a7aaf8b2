// Traces watch a run: progress tables, CSV files and early stops are traces. Solvers never print.
#pragma once

#include <cstdint>

#include <sounder/engine/run/result.hpp>

namespace sounder {

/// One evaluated point of a run; epoch 0 is the start.
struct Progress {
  int epoch = 0;             ///< of this run
  int max_epochs = 0;        ///< max_epochs of the options
  double seconds = 0.0;      ///< training clock, paused during evaluation and traces
  std::int64_t updates = 0;  ///< coordinate updates so far
  Certificate certificate;   ///< of this point, which may not be the best so far
};

/// Watches a run and may end it. A trace watches one run at a time, unless it says otherwise.
class Trace {
 public:
  /// Whether the run goes on, or ends as interrupted.
  enum class Verdict { go_on, interrupt };

  Trace() = default;
  Trace(const Trace&) = delete;
  Trace& operator=(const Trace&) = delete;
  virtual ~Trace() = default;

  /// Called by one thread between epochs, with the clock paused.
  virtual Verdict epoch(const Progress& progress) = 0;

  /// Called now and then by any worker inside an epoch; true abandons the epoch and ends the run as
  /// interrupted. Must be safe to call from several threads at once.
  [[nodiscard]] virtual bool cancelled() const noexcept { return false; }
};

/// A trace that does nothing; any number of runs may share one.
class SilentTrace final : public Trace {
 public:
  Verdict epoch(const Progress& /*progress*/) override { return Verdict::go_on; }
};

}  // namespace sounder
