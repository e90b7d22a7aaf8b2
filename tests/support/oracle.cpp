#include "support/oracle.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <mutex>
#include <string>

namespace sounder::test {
namespace {

struct Bend {
  double value;
  double slope;
  double curvature;
};

/// mu log(1 + exp(t / mu)): max(t, 0) within mu log 2, and exactly that for mu = 0.
Bend soft_plus(double t, double mu) {
  if (mu == 0.0) {
    return {std::fmax(t, 0.0), t > 0.0 ? 1.0 : 0.0, 0.0};
  }
  const double e = std::exp(-std::abs(t) / mu);
  const double sigma = t > 0.0 ? 1.0 / (1.0 + e) : e / (1.0 + e);
  return {std::fmax(t, 0.0) + mu * std::log1p(e), sigma, sigma * (1.0 - sigma) / mu};
}

/// sqrt(w^2 + mu^2): |w| within mu; above the knee a parabola that goes on with its slope.
Bend soft_abs(double w, double mu, double knee) {
  const double r = std::hypot(w, mu);
  if (std::abs(w) > knee) {
    const double over = std::abs(w) - knee;
    const Bend there = soft_abs(std::copysign(knee, w), mu, knee);
    const double slope = std::abs(there.slope);
    return {there.value + over * (slope + 0.5 * over / knee), std::copysign(slope + over / knee, w),
            1.0 / knee};
  }
  return r > 0.0 ? Bend{r, w / r, mu * mu / (r * r * r)} : Bend{0.0, 0.0, 0.0};
}

/// (distance to [lower, upper])^2 / (2 mu): the bounds in the limit of mu = 0.
Bend soft_box(double w, double lower, double upper, double mu) {
  const double over = w - std::clamp(w, lower, upper);
  if (over == 0.0) {
    return {0.0, 0.0, 0.0};
  }
  return {0.5 * over * over / mu, over / mu, 1.0 / mu};
}

Bend loss_bend(std::string_view loss, double y, double z, double mu) {
  if (loss == "squared") {
    return {0.5 * (z - y) * (z - y), z - y, 1.0};
  }
  if (loss == "logistic") {
    const Bend plus = soft_plus(-y * z, 1.0);
    return {plus.value, -y * plus.slope, plus.curvature};
  }
  if (loss == "squared-hinge") {
    const double slack = std::fmax(0.0, 1.0 - y * z);
    return {slack * slack, -2.0 * y * slack, slack > 0.0 ? 2.0 : 0.0};
  }
  if (loss == "huber") {
    const double r = z - y;
    const double within = std::clamp(r, -1.0, 1.0);
    return {within * (r - 0.5 * within), within, std::abs(r) <= 1.0 ? 1.0 : 0.0};
  }
  const Bend plus = soft_plus(1.0 - y * z, mu);
  return {plus.value, -y * plus.slope, plus.curvature};
}

/// The objective with corners rounded by mu, its gradient and its Hessian, at (w, b).
class RoundedObjective {
 public:
  RoundedObjective(const DenseProblem& problem, double mu) : problem_(problem), mu_(mu) {}

  Eigen::VectorXd gradient;
  Eigen::MatrixXd hessian;

  double value(const Eigen::VectorXd& point) const {
    const Eigen::VectorXd z = margins(point);
    double sum = 0.0;
    for (Eigen::Index i = 0; i < z.size(); ++i) {
      sum += problem_.s[i] * loss_bend(problem_.loss, problem_.y[i], z[i], mu_).value;
    }
    sum /= static_cast<double>(z.size());
    for (Eigen::Index j = 0; j < problem_.x.cols(); ++j) {
      sum += problem_.l1 * soft_abs(point[j], mu_, problem_.knee).value +
             0.5 * problem_.l2 * point[j] * point[j];
      sum += soft_box(point[j], problem_.lower, problem_.upper, mu_).value;
    }
    return sum;
  }

  void differentiate(const Eigen::VectorXd& point) {
    const Eigen::Index n = problem_.x.rows();
    const Eigen::Index p = problem_.x.cols();
    const Eigen::VectorXd z = margins(point);
    Eigen::VectorXd slope(n);
    Eigen::VectorXd curvature(n);
    for (Eigen::Index i = 0; i < n; ++i) {
      const Bend bend = loss_bend(problem_.loss, problem_.y[i], z[i], mu_);
      slope[i] = problem_.s[i] * bend.slope / static_cast<double>(n);
      curvature[i] = problem_.s[i] * bend.curvature / static_cast<double>(n);
    }
    Eigen::MatrixXd augmented(n, p + 1);
    augmented << problem_.x, Eigen::VectorXd::Constant(n, problem_.intercept ? 1.0 : 0.0);
    gradient = augmented.transpose() * slope;
    hessian = augmented.transpose() * curvature.asDiagonal() * augmented;
    for (Eigen::Index j = 0; j < p; ++j) {
      const Bend corner = soft_abs(point[j], mu_, problem_.knee);
      const Bend box = soft_box(point[j], problem_.lower, problem_.upper, mu_);
      gradient[j] += problem_.l1 * corner.slope + problem_.l2 * point[j] + box.slope;
      hessian(j, j) += problem_.l1 * corner.curvature + problem_.l2 + box.curvature;
    }
  }

 private:
  Eigen::VectorXd margins(const Eigen::VectorXd& point) const {
    const double b = problem_.intercept ? point[problem_.x.cols()] : 0.0;
    return (problem_.x * point.head(problem_.x.cols())).array() + b;
  }

  const DenseProblem& problem_;
  double mu_;
};

/// Newton steps, shortened by a ridge as Levenberg and Marquardt do, until they promise nothing.
void descend(RoundedObjective& f, Eigen::VectorXd& point) {
  double here = f.value(point);
  double ridge = 1e-8;
  for (int iteration = 0; iteration < 1000 && ridge < 1e12; ++iteration) {
    f.differentiate(point);
    const Eigen::MatrixXd identity = Eigen::MatrixXd::Identity(point.size(), point.size());
    double promised = 0.0;
    for (bool lower = false; !lower && ridge < 1e12; ridge *= lower ? 0.1 : 10.0) {
      const Eigen::VectorXd step = -(f.hessian + ridge * identity).ldlt().solve(f.gradient);
      const double there = f.value(point + step);
      promised = -f.gradient.dot(step);
      lower = there <= here - 1e-4 * promised;
      if (lower) {
        point += step;
        here = there;
      }
    }
    if (promised <= 1e-11 * std::abs(here) && ridge < 1e-3) {
      return;
    }
    ridge = std::fmax(ridge, 1e-13);
  }
}

}  // namespace

double oracle_objective(const DenseProblem& problem, const Eigen::VectorXd& w, double b) {
  Eigen::VectorXd point(w.size() + 1);
  point << w, b;
  return RoundedObjective(problem, 0.0).value(point);
}

namespace {

/// All that a problem is, as bytes.
std::string bytes_of(const DenseProblem& problem) {
  std::string bytes(problem.loss);
  const auto add = [&](const double* numbers, Eigen::Index count) {
    bytes.append(reinterpret_cast<const char*>(numbers),
                 static_cast<std::size_t>(count) * sizeof(double));
  };
  const std::array<double, 8> numbers{problem.l1,
                                      problem.l2,
                                      problem.intercept ? 1.0 : 0.0,
                                      problem.lower,
                                      problem.upper,
                                      problem.knee,
                                      static_cast<double>(problem.x.rows()),
                                      static_cast<double>(problem.x.cols())};
  add(numbers.data(), static_cast<Eigen::Index>(numbers.size()));
  add(problem.x.data(), problem.x.size());
  add(problem.y.data(), problem.y.size());
  add(problem.s.data(), problem.s.size());
  return bytes;
}

OraclePoint minimum(const DenseProblem& problem) {
  Eigen::VectorXd point = Eigen::VectorXd::Zero(problem.x.cols() + 1);
  const bool boxed = problem.lower > -1e300 || problem.upper < 1e300;
  const bool rounded = problem.loss == "hinge" || problem.l1 > 0.0 || boxed;
  for (double mu = 1.0; mu > 2e-9; mu *= 0.125) {
    RoundedObjective f(problem, mu);
    descend(f, point);
    if (!rounded) {
      break;
    }
  }
  OraclePoint result{point.head(problem.x.cols()).cwiseMax(problem.lower).cwiseMin(problem.upper),
                     problem.intercept ? point[point.size() - 1] : 0.0, 0.0};
  result.objective = oracle_objective(problem, result.w, result.b);
  return result;
}

}  // namespace

OraclePoint oracle_minimum(const DenseProblem& problem) {
  // Many solvers are held against one problem, and the oracle takes longer than they do.
  static std::map<std::string, OraclePoint> known;
  static std::mutex mutex;
  const std::lock_guard lock(mutex);
  const auto [place, is_new] = known.try_emplace(bytes_of(problem));
  if (is_new) {
    place->second = minimum(problem);
  }
  return place->second;
}

}  // namespace sounder::test
