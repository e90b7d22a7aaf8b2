// One worker or all of them: whichever is faster on this machine, at this time.
#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>

namespace sounder {

/// Decides how many workers take the batches of a pass, where the result does not depend on it.
/// Both ways are tried at the first pass; the slower one is tried again at the beginning of a later
/// one, less and less often while it stays slower. Workers who wait for each other while somebody
/// else uses a core can be many times slower than one, so their time has a limit. One thread.
class WorkerChoice {
 public:
  /// What to do next.
  struct Stretch {
    int workers;          ///< one or all
    std::size_t batches;  ///< at most
    double limit;         ///< seconds a batch beyond which the workers should part
  };

  /// Between one and so many, at least 1.
  explicit WorkerChoice(int workers) noexcept : workers_(workers) {}
  /// No choice: all of them, in stretches of so many batches.
  static WorkerChoice always(int workers, std::size_t batches) noexcept {
    WorkerChoice choice(workers);
    choice.always_ = batches;
    return choice;
  }

  /// @param whole batches of a pass
  /// @param left  those still to be done, more than 0
  [[nodiscard]] Stretch next(std::size_t whole, std::size_t left) noexcept {
    if (always_ > 0) {
      return {workers_, std::min(left, always_), none};
    }
    // No longer, so that the caller can be interrupted.
    constexpr std::size_t share = 8;
    const std::size_t trial = std::min(left, whole / share + 1);
    if (workers_ == 1) {
      return {1, trial, none};
    }
    if (left == whole) {
      ++pass_;
    }
    if (alone_ == none || together_ == none) {
      return stretch(alone_ == none, trial);
    }
    tries_ = left == whole && pass_ >= next_trial_;
    return stretch(tries_ ? !is_alone() : is_alone(), trial);
  }

  /// Takes down how long a stretch took.
  /// @param batches of it that were done, more than 0
  void note(const Stretch& stretch, std::size_t batches, double seconds) noexcept {
    if (workers_ == 1 || always_ > 0) {
      return;
    }
    const bool before = is_alone();
    (stretch.workers == 1 ? alone_ : together_) = seconds / static_cast<double>(batches);
    constexpr int most = 64;
    if (is_alone() != before) {
      patience_ = 1;
    } else if (!tries_) {
      return;
    }
    patience_ = std::min(2 * patience_, most);
    next_trial_ = pass_ + patience_;
  }

 private:
  static constexpr double none = std::numeric_limits<double>::infinity();
  static constexpr double too_slow = 1.5;  ///< times what one worker takes

  [[nodiscard]] bool is_alone() const noexcept { return !(together_ < alone_); }
  [[nodiscard]] Stretch stretch(bool alone, std::size_t batches) const noexcept {
    return {alone ? 1 : workers_, batches, alone ? none : too_slow * alone_};
  }

  int workers_;
  std::size_t always_ = 0;
  double alone_ = none;  ///< seconds a batch, when last tried
  double together_ = none;
  int pass_ = 0;
  int patience_ = 1;  ///< passes between trials
  int next_trial_ = 2;
  bool tries_ = false;
};

}  // namespace sounder
