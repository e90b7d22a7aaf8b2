// Ctrl-C ends a run, not the program.
#pragma once

#include <csignal>

#include <sounder/engine/run/trace.hpp>

namespace sounder::cli {

/// While it exists, the first SIGINT or SIGTERM ends the run that it watches, and the second one
/// kills the program. At most one object at a time.
class InterruptTrace final : public Trace {
 public:
  InterruptTrace();
  ~InterruptTrace() override;

  Verdict epoch(const Progress& progress) override;
  [[nodiscard]] bool cancelled() const noexcept override;

 private:
  struct sigaction old_interrupt_ {};
  struct sigaction old_terminate_ {};
};

}  // namespace sounder::cli
