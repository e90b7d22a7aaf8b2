// Ctrl-C: ends a run, not the program.
#pragma once

#include <csignal>

#include <sounder/engine/run/trace.hpp>

namespace sounder::cli {

/// While it lives, the first SIGINT or SIGTERM ends the run that it watches; the second one kills
/// the program. One at a time.
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
