// Deadline: a trace that also cancels a run at a time limit.
#pragma once

#include <sounder/engine/base/stopwatch.hpp>
#include <sounder/engine/run/trace.hpp>

namespace sounder {

/// Forwards to another trace, and cancels once a clock reaches a limit. For work of one thread:
/// while workers ask, the clock may be read but not started or stopped.
class Deadline final : public Trace {
 public:
  /// @param seconds limit on `clock`; trace and clock must outlive this
  Deadline(Trace& trace, const Stopwatch& clock, double seconds)
      : trace_(trace), clock_(clock), seconds_(seconds) {}

  Verdict epoch(const Progress& progress) override { return trace_.epoch(progress); }

  [[nodiscard]] bool cancelled() const noexcept override {
    return trace_.cancelled() || clock_.so_far() >= seconds_;
  }

 private:
  Trace& trace_;
  const Stopwatch& clock_;
  double seconds_;
};

}  // namespace sounder
