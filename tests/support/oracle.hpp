// A slow solver that shares only the problem statement with the library.
#pragma once

#include <limits>
#include <string_view>

#include <Eigen/Dense>

namespace sounder::test {

/// F(w, b) = (1/n) sum_i s_i loss(y_i, x_i.w + b) + l1 ||w||_1 + l2/2 ||w||^2 for
/// lower <= w_j <= upper, dense, losses by name. In place of a |w_j| above the knee:
/// (w_j^2 + knee^2) / (2 knee).
struct DenseProblem {
  Eigen::MatrixXd x;
  Eigen::VectorXd y;
  Eigen::VectorXd s;
  std::string_view loss;
  double l1 = 0.0;
  double l2 = 0.0;
  bool intercept = false;
  double lower = -std::numeric_limits<double>::infinity();
  double upper = std::numeric_limits<double>::infinity();
  double knee = std::numeric_limits<double>::infinity();
};

struct OraclePoint {
  Eigen::VectorXd w;
  double b = 0.0;
  double objective = 0.0;
};

/// F at a point, by the oracle's own formulas.
[[nodiscard]] double oracle_objective(const DenseProblem& problem, const Eigen::VectorXd& w,
                                      double b);

/// The minimum, to about 1e-9 relative: Newton's method on the objective with corners rounded by
/// mu, mu falling from 1 to 1e-9. A bound is a quadratic penalty of strength 1 / mu, so it holds in
/// the limit. O(n p^2) a step, some hundred steps: for small data. The minimum must be attained
/// (without a penalty: classes overlap). Problems met before are answered from memory.
[[nodiscard]] OraclePoint oracle_minimum(const DenseProblem& problem);

}  // namespace sounder::test
