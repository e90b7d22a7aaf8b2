// A user's penalty lacks a function.
#include <sounder/solvers/loss/logistic.hpp>
#include <sounder/solvers/problem/problem.hpp>

struct Ridge {
  static constexpr std::string_view name = "ridge";
  double value(double w) const { return 0.5 * w * w; }
  double conjugate(double u) const { return 0.5 * u * u; }
  sounder::Interval conjugate_domain() const { return sounder::everywhere; }
  double l1() const { return 0.0; }
  double l2() const { return 1.0; }
};

bool has_targets(const sounder::Problem<sounder::Logistic, Ridge>& problem) {
  return !problem.targets.empty();
}
