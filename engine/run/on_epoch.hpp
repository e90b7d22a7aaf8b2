// Traces made from a function or a stop token. Separate from trace.hpp, because <stop_token> takes
// long to compile.
#pragma once

#include <stop_token>
#include <type_traits>
#include <utility>

#include <sounder/engine/run/trace.hpp>

namespace sounder {

/// Ends a run, within an epoch, once any thread requests a stop from the token's source. Any number
/// of runs may share one.
class StopTrace final : public Trace {
 public:
  /// @param stop token of the source whose stop request ends the run
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
  /// Same arguments as on_epoch().
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

/// Makes a trace that calls `watch(const Progress&)` after every epoch, on the training thread and
/// with the training clock paused. What it returns, nothing or a Trace::Verdict, decides whether
/// the run goes on; what it throws leaves the solver. A stop that any thread requests from the
/// source of `stop` ends the run within an epoch. For one run at a time.
template <class Watch>
[[nodiscard]] WatchTrace<std::decay_t<Watch>> on_epoch(Watch&& watch, std::stop_token stop = {}) {
  return {std::forward<Watch>(watch), std::move(stop)};
}

}  // namespace sounder
