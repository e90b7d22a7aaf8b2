// The dual variables of an l2 problem, and which of them take steps.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <type_traits>

#include <sounder/engine/base/array.hpp>
#include <sounder/engine/base/index.hpp>
#include <sounder/solvers/dual/dual_step.hpp>
#include <sounder/solvers/dual/proximal_step.hpp>

namespace sounder {

/// One number a row, v_i = C_i a_i, and the method of coordinate ascent on them: see
/// ExactPasses::run(). 9 bytes a row.
template <DualLoss L>
class DualVariables {
 public:
  /// A step on one variable.
  struct Step {
    double along = 0.0;  ///< its change, which is the multiple of x_i
    double next = 0.0;   ///< its value then
    double reach = 0.0;  ///< |along| |x_i|
    double z = 0.0;      ///< the margin before it, intercept included

    [[nodiscard]] bool idle() const noexcept { return along == 0.0; }  ///< nothing moves
  };
  /// What steps hand on.
  struct Carry {
    double b = 0.0;  ///< the intercept: see ProximalStep
  };

  /// Views of targets and strengths C_i, which the caller keeps. All variables are zero; rows with
  /// C_i = 0 are out.
  DualVariables(const L& loss, std::span<const double> targets, std::span<const double> strengths,
                bool shrinks)
      : loss_(loss), y_(targets), c_(strengths), shrinks_(shrinks), v_(targets.size()),
        out_(targets.size()) {
    bring_back_all();
  }

  /// Whether row i takes steps.
  [[nodiscard]] bool wants(Index i) const noexcept {
    return out_[static_cast<std::size_t>(i)] == 0;
  }

  /// See ExactPasses::run(). @{
  [[nodiscard]] Step step(Index i, double product, double norm, Carry& carry,
                          double /*done*/) const noexcept {
    const auto k = static_cast<std::size_t>(i);
    const double z = product + carry.b;
    const double next = dual_step(loss_, y_[k], z, v_[k], c_[k], norm * norm + sigma());
    const double along = next - v_[k];
    carry.b += sigma() * along;
    return {along, next, std::abs(along) * norm, z};
  }
  void take(Index i, double /*product*/, const Step& step) noexcept {
    const auto k = static_cast<std::size_t>(i);
    if constexpr (is_hinge<L>) {
      if (shrinks_) {
        watch(k, step.z, v_[k]);
      }
    }
    v_[k] = step.next;
  }
  [[nodiscard]] Carry& carry() noexcept { return carry_; }
  /// @}

  /// Makes the intercept free; it is 0 and stays there otherwise.
  void free_intercept(const ProximalStep& step) noexcept { proximal_ = step; }
  /// b, which steps change, and by how much it rises with sum_i v_i. @{
  [[nodiscard]] double intercept() const noexcept { return carry_.b; }
  void set_intercept(double b) noexcept { carry_.b = b; }
  [[nodiscard]] double sigma() const noexcept { return proximal_.sigma(); }
  /// @}
  /// Between epochs, where the intercept is free. O(n).
  void recentre() noexcept {
    double sum = 0.0;
    for (const double value : v_) {
      sum += value;
    }
    carry_.b += proximal_.recentre(sum);
  }

  /// Between epochs: what pushed hardest in the last one bounds who is left out in the next.
  void end_epoch() noexcept {
    up_ = most_up_ > 0.0 ? most_up_ : infinity;
    down_ = most_down_ > 0.0 ? most_down_ : infinity;
    most_up_ = most_down_ = 0.0;
  }

  /// Brings row i back if its variable would move at this margin.
  void bring_back(Index i, double z) noexcept {
    const auto k = static_cast<std::size_t>(i);
    if (out_[k] != 0 && c_[k] > 0.0 && !(pushed(k, z, v_[k]) > 0.0)) {
      out_[k] = 0;
    }
  }
  /// Every row of positive weight.
  void bring_back_all() noexcept {
    for (std::size_t k = 0; k < out_.size(); ++k) {
      out_[k] = c_[k] > 0.0 ? 0 : 1;
    }
    up_ = down_ = infinity;
  }

  /// v_i = C_i a_i. @{
  [[nodiscard]] std::span<double> values() noexcept { return v_; }
  [[nodiscard]] std::span<const double> values() const noexcept { return v_; }
  /// @}

 private:
  /// How hard the margin z pushes a variable that sits at a bound against it; 0 elsewhere.
  [[nodiscard]] double pushed(std::size_t k, double z, double v) const noexcept {
    if constexpr (is_hinge<L>) {
      const double pull = 1.0 - y_[k] * z;
      const double alpha = y_[k] * v;
      if (alpha == 0.0 && pull < 0.0) {
        return -pull;
      }
      if (std::is_same_v<L, Hinge> && alpha == c_[k] && pull > 0.0) {
        return pull;
      }
    }
    return 0.0;
  }

  /// Leaves a row out that is pushed harder against its bound than any row was drawn in the same
  /// direction in the last epoch (Hsieh et al. 2008, section 3.2).
  void watch(std::size_t k, double z, double v) noexcept {
    const double pull =
        1.0 - y_[k] * z - (std::is_same_v<L, Hinge> ? 0.0 : 0.5 * y_[k] * v / c_[k]);
    const bool at_zero = v == 0.0;
    const double against = pushed(k, z, v);
    if (against > 0.0) {
      if (against > (at_zero ? down_ : up_)) {
        out_[k] = 1;
      }
      return;
    }
    // Drawn up by a positive pull, down by a negative one.
    most_up_ = std::max(most_up_, pull);
    most_down_ = std::max(most_down_, -pull);
  }

  L loss_;
  std::span<const double> y_;
  std::span<const double> c_;
  bool shrinks_;
  Array<double> v_;
  Array<char> out_;
  double up_ = infinity;
  double down_ = infinity;
  double most_up_ = 0.0;
  double most_down_ = 0.0;
  ProximalStep proximal_;
  Carry carry_;
};

}  // namespace sounder
