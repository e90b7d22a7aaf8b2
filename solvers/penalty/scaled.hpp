// A penalty times a factor.
#pragma once

#include <type_traits>

#include <sounder/solvers/penalty/penalty.hpp>

namespace sounder {

/// A penalty that can return `factor` times itself as a penalty of the same type.
template <class P>
concept SelfScalingPenalty = Penalty<P> && requires(const P penalty, double factor) {
  { penalty.scaled(factor) } -> std::same_as<P>;
};

namespace detail {

/// The bounds of a penalty that has bounds; otherwise empty.
template <Penalty P>
struct BoundsOf {
  explicit BoundsOf(const P& /*penalty*/) {}
};
template <BoxedPenalty P>
struct BoundsOf<P> {
  double lower;
  double upper;
  explicit BoundsOf(const P& penalty) : lower(penalty.lower), upper(penalty.upper) {}
};

}  // namespace detail

/// `factor` times a penalty that is not self-scaling, for example a user's own.
template <Penalty P>
struct ScaledPenalty : detail::BoundsOf<P> {
  static constexpr std::string_view name = P::name;  ///< name in messages

  /// Copies the penalty; factor > 0.
  ScaledPenalty(const P& penalty, double factor)
      : detail::BoundsOf<P>(penalty), penalty_(penalty), factor_(factor) {}

  /// Members that the concept Penalty requires. @{
  [[nodiscard]] double value(double w) const noexcept { return factor_ * penalty_.value(w); }
  [[nodiscard]] double prox(double w, double step) const noexcept {
    return penalty_.prox(w, factor_ * step);
  }
  [[nodiscard]] double conjugate(double u) const noexcept {
    return factor_ * penalty_.conjugate(u / factor_);
  }
  [[nodiscard]] Interval conjugate_domain() const noexcept {
    const Interval domain = penalty_.conjugate_domain();
    return {factor_ * domain.low, factor_ * domain.high};
  }
  [[nodiscard]] double l1() const noexcept requires ElasticPenalty<P> {
    return factor_ * penalty_.l1();
  }
  [[nodiscard]] double l2() const noexcept requires ElasticPenalty<P> {
    return factor_ * penalty_.l2();
  }
  /// @}

 private:
  P penalty_;
  double factor_;
};

/// The type of a penalty times a factor.
template <Penalty P>
using Rescaled = std::conditional_t<SelfScalingPenalty<P>, P, ScaledPenalty<P>>;

/// `factor` > 0 times the penalty. O(1). Any number of threads.
template <Penalty P>
[[nodiscard]] Rescaled<P> rescaled(const P& penalty, double factor) {
  if constexpr (SelfScalingPenalty<P>) {
    return penalty.scaled(factor);
  } else {
    return {penalty, factor};
  }
}

}  // namespace sounder
