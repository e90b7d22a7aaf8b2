#include "interrupt.hpp"

#include <atomic>

namespace sounder::cli {
namespace {

// A signal handler can only reach a global, which must be lock-free.
std::atomic<bool> interrupted{false};
static_assert(std::atomic<bool>::is_always_lock_free);

extern "C" void note_interrupt(int /*signal*/) {
  interrupted.store(true, std::memory_order_relaxed);
}

}  // namespace

InterruptTrace::InterruptTrace() {
  interrupted = false;
  struct sigaction action {};
  action.sa_handler = note_interrupt;
  action.sa_flags =
      static_cast<int>(SA_RESETHAND | SA_RESTART);  // the second signal meets the default handler
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, &old_interrupt_);
  sigaction(SIGTERM, &action, &old_terminate_);
}

InterruptTrace::~InterruptTrace() {
  sigaction(SIGINT, &old_interrupt_, nullptr);
  sigaction(SIGTERM, &old_terminate_, nullptr);
}

Trace::Verdict InterruptTrace::epoch(const Progress& /*progress*/) {
  return cancelled() ? Verdict::interrupt : Verdict::go_on;
}

bool InterruptTrace::cancelled() const noexcept {
  return interrupted.load(std::memory_order_relaxed);
}

}  // namespace sounder::cli
