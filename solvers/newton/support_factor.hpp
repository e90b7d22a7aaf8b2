// A factored Hessian that may be out of date, for Newton steps on the support.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>

#include <sounder/engine/base/array.hpp>
#include <sounder/engine/base/cholesky.hpp>
#include <sounder/engine/threads/team.hpp>
#include <sounder/engine/threads/team_cholesky.hpp>
#include <sounder/solvers/newton/quadratic_model.hpp>

namespace sounder {

/// The Cholesky factor of H, its diagonal slightly raised, on the coordinates that once were the
/// support: a preconditioner for the support of today. Coordinates that have left are held at zero,
/// for new ones the diagonal serves. It is made once the products without it have cost as much as
/// making it, and anew once the products with it have cost some times that. One thread calls, the
/// team works; the same bits for any number of threads. Memory: 8 s^2 bytes.
class SupportFactor {
 public:
  /// Keeps a reference to the team.
  explicit SupportFactor(const Team& team) : team_(team) {}

  /// Forgets the factor, because the model has changed or its list.
  void forget() noexcept {
    members_.clear();
    spent_ = 0.0;
  }

  /// Whether it has nearly all of the support: then some products give an accurate solution, even
  /// with little damping. O(1).
  [[nodiscard]] bool fits() const noexcept {
    return 50 * strangers_ <= place_.size() && !members_.empty();
  }

  // "cold" has it compiled for size: it is O(s) but for what it calls.
  /// Takes a support, positions that rise, and makes the factor there if that pays. The model must
  /// be focused on the support.
  /// @param l2    strength of the penalty's l2 part, which is added to the diagonal
  /// @param ridge what will be added to the diagonal, l2 included, one number a coordinate
  [[gnu::cold]] void begin(QuadraticModel& model, std::span<const std::size_t> support, double l2,
                           std::span<const double> ridge) {
    constexpr std::size_t fewest = 200;
    constexpr std::size_t most = 4096;  // 128 MB
    const std::size_t s = support.size();
    const auto size = static_cast<double>(s);
    const double enough = (fits() ? 3.0 : 1.0) * size * size * size / 6.0;
    if (s >= fewest && s <= most && spent_ > enough) {
      make(model, support, l2);
    }
    scale_.resize(s);
    place_.resize(s);
    strangers_ = 0;
    std::size_t k = 0;  // both lists rise
    for (std::size_t a = 0; a < s; ++a) {
      while (k < members_.size() && members_[k] < support[a]) {
        ++k;
      }
      const bool found = k < members_.size() && members_[k] == support[a];
      place_[a] = found ? k : none;
      strangers_ += found ? 0 : 1;
      scale_[a] = 1.0 / std::sqrt(model.diagonal(support[a]) + ridge[a]);
    }
    product_work_ = model.product_work() + 3.0 * size * static_cast<double>(members_.size());
  }

  /// The number of coordinates that lower() and raise() transform to: those of the factor, then
  /// those of the support.
  [[nodiscard]] std::size_t size() const noexcept { return members_.size() + place_.size(); }

  /// out = M^-1/2 v for v on the support, M the preconditioner. O(s^2).
  void lower(std::span<const double> v, std::span<double> out) const noexcept {
    std::fill(out.begin(), out.end(), 0.0);
    for (std::size_t a = 0; a < v.size(); ++a) {
      if (place_[a] == none) {
        out[members_.size() + a] = scale_[a] * v[a];
      } else {
        out[place_[a]] = v[a];
      }
    }
    solve_lower(factor_, out.first(members_.size()));
  }
  /// out = M^-T/2 v, on the support. Overwrites v. O(s^2).
  void raise(std::span<double> v, std::span<double> out) const noexcept {
    solve_upper(factor_, v.first(members_.size()));
    for (std::size_t a = 0; a < out.size(); ++a) {
      out[a] = place_[a] == none ? scale_[a] * v[members_.size() + a] : v[place_[a]];
    }
  }

  /// Counts a product with H_SS on the way.
  void count_product() noexcept { spent_ += product_work_; }

 private:
  static constexpr std::size_t none = std::numeric_limits<std::size_t>::max();

  [[gnu::cold]] void make(QuadraticModel& model, std::span<const std::size_t> support, double l2) {
    constexpr double raised = 1e-4;  // amid the dampings of Newton steps
    const std::size_t s = support.size();
    factor_ = model.hessian();
    for (std::size_t a = 0; a < s; ++a) {
      factor_[a * s + a] += raised * factor_[a * s + a] + l2;
    }
    members_.assign(support);
    spent_ = 0.0;
    factor_cholesky(factor_, s, 1e-6, team_);
  }

  const Team& team_;
  Array<std::size_t> members_;  ///< positions on the list
  Array<double> factor_;
  Array<std::size_t> place_;   ///< among the members, of each coordinate of the support
  std::size_t strangers_ = 0;  ///< coordinates of the support that it does not have
  Array<double> scale_;
  double product_work_ = 0.0;
  double spent_ = 0.0;  ///< multiplications in products since the factor was made
};

}  // namespace sounder
