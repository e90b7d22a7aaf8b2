// Traces watch a run: progress tables, CSV files and early stops are traces. Solvers never print.
#pragma once

#include <cstdint>
#include <stop_token>
#include <type_traits>
#include <utility>

#include <sounder/engine/result.hpp>

namespace sounder {

/// One evaluated point of a run; epoch 0 is the start.
struct Progress {
  int epoch = 0;             ///< of this run
  int max_epochs = 0;        ///< the options'
  double seconds = 0.0;      ///< training clock, paused while evaluating and while a trace runs
  std::int64_t updates = 0;  ///< coordinate updates so far
  Certificate certificate;   ///< of this point, which need not be the best so far
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

  /// Asked now and then by any worker inside an epoch; true abandons the epoch and ends the run as
  /// interrupted. Must be safe to call from several threads at once.
  [[nodiscard]] virtual bool cancelled() const noexcept { return false; }
};

/// The trace that sees nothing; any number of runs may share one.
class SilentTrace final : public Trace {
 public:
  Verdict epoch(const Progress& /*progress*/) override { return Verdict::go_on; }
};

/// Ends a run, within an epoch, once a stop has been requested of the token's source, from any
/// thread. Any number of runs may share one.
class StopTrace final : public Trace {
 public:
  /// @param stop of the source that will be asked to stop
  explicit StopTrace(std::stop_token stop) noexcept : stop_(std::move(stop)) {}

  Verdict epoch(const Progress& /*progress*/) override {
    return stop_.stop_requested() ? Verdict::interrupt : Verdict::go_on;
  }
  [[nodiscard]] bool cancelled() const noexcept override { return stop_.stop_requested(); }

 private:
  std::stop_token stop_;
};

/// The trace that on_epoch() makes.
template <class Watch>
class WatchTrace final : public Trace {
  using Answer = std::invoke_result_t<Watch&, const Progress&>;
  static_assert(std::is_void_v<Answer> || std::is_same_v<Answer, Verdict>,
                "what watches a run takes a const Progress& and returns nothing or a Verdict");

 public:
  /// As on_epoch() has them.
  WatchTrace(Watch watch, std::stop_token stop)
      : watch_(std::move(watch)), stop_(std::move(stop)) {}

  Verdict epoch(const Progress& progress) override {
    Verdict verdict = Verdict::go_on;
    if constexpr (std::is_void_v<Answer>) {
      watch_(progress);
    } else {
      verdict = watch_(progress);
    }
    return stop_.stop_requested() ? Verdict::interrupt : verdict;
  }
  [[nodiscard]] bool cancelled() const noexcept override { return stop_.stop_requested(); }

 private:
  Watch watch_;
  std::stop_token stop_;
};

/// A trace that calls `watch(const Progress&)` after every epoch, on the thread that trains and
/// with the training clock paused. What it returns, nothing or a Trace::Verdict, decides whether
/// the run goes on; what it throws leaves the solver. A stop requested of the source of `stop`, by
/// any thread, ends the run within an epoch. For one run at a time.
template <class Watch>
[[nodiscard]] WatchTrace<std::decay_t<Watch>> on_epoch(Watch&& watch, std::stop_token stop = {}) {
  return {std::forward<Watch>(watch), std::move(stop)};
}

}  // namespace sounder
