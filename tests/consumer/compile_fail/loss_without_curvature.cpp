// A user's loss lacks a function.
#include <sounder/solvers/penalty/l2.hpp>
#include <sounder/solvers/problem/problem.hpp>

struct Half {
  static constexpr std::string_view name = "half";
  static constexpr double curvature_bound = 1.0;
  static constexpr bool smooth = true;
  static constexpr bool classification = false;
  double value(double y, double z) const { return 0.5 * (z - y) * (z - y); }
  double derivative(double y, double z) const { return z - y; }
  double dual_term(double y, double a) const { return a * y - 0.5 * a * a; }
};

bool has_targets(const sounder::Problem<Half, sounder::L2>& problem) {
  return !problem.targets.empty();
}
