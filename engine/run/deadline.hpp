// Deadline: a trace that also cancels a run whose time is over.
#pragma once

#include <sounder/engine/base/stopwatch.hpp>
#include <sounder/engine/run/trace.hpp>

namespace sounder {

/// Another trace, and a limit on a clock that stands still while nobody asks. For work that one
/// thread does: the clock may be read, not started, while workers ask.
class Deadline final : public Trace {
 public:
  /// @param seconds of `clock`; views of trace and clock, which the caller keeps
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
