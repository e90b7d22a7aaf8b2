#include <sounder/solvers/driver/certificate.hpp>
#include <sounder/solvers/driver/free_dual.hpp>
#include <sounder/solvers/driver/intercept.hpp>
#include <sounder/solvers/penalty/bounded.hpp>

#include <cmath>

#include "solvers/fixtures/instances.hpp"
#include "support/catch.hpp"

using sounder::Certificate;
using sounder::CsrMatrix;
using sounder::Index;
using sounder::Loss;
using sounder::Penalty;
using sounder::Problem;
using sounder::Team;
using sounder::test::all_shapes;
using sounder::test::dense;
using sounder::test::make_instance;
using sounder::test::make_penalty;
using sounder::test::OraclePoint;
using sounder::test::Pairs;
using sounder::test::Shape;

namespace {

/// The certificate of w by way of dense products, with the best intercept where it is free.
template <Loss L, Penalty P>
Certificate certificate_at(const Problem<L, P>& problem, const Eigen::VectorXd& w,
                           const Team& team) {
  const Eigen::MatrixXd x = dense(problem.matrix);
  const auto n = static_cast<std::size_t>(x.rows());
  Eigen::VectorXd z = x * w;
  if (problem.intercept) {
    z.array() += sounder::best_shift(problem, {z.data(), n}, team);
  }
  Eigen::VectorXd a(x.rows());
  sounder::dual_candidate(problem, {z.data(), n}, {a.data(), n}, team);
  Eigen::VectorXd weighted = a / static_cast<double>(n);
  for (Index i = 0; i < problem.matrix.rows(); ++i) {
    weighted[i] *= problem.weight(i);
  }
  const Eigen::VectorXd u = x.transpose() * weighted;
  const auto p = static_cast<std::size_t>(x.cols());
  const double objective = sounder::mean_loss(problem, {z.data(), n}, team) +
                           sounder::penalty_value(problem.penalty, {w.data(), p}, team);
  double dual =
      sounder::dual_point(problem, {a.data(), n}, {u.data(), p}, objective, team).objective;
  using Free = sounder::FreeDual<L, P>;
  if (Free::applies(problem.penalty)) {
    dual = std::max(
        dual, Free(problem, team).bound({w.data(), p}, {z.data(), n}, {a.data(), n}, objective));
  }
  return sounder::certify({w.data(), p}, objective, dual, sounder::null_objective(problem, team));
}

Eigen::VectorXd random_point(Index p, double size, std::uint64_t seed) {
  sounder::RandomStream random(seed);
  Eigen::VectorXd w(p);
  for (double& value : w) {
    value = random.uniform() < 0.3 ? 0.0 : size * random.normal();
  }
  return w;
}

}  // namespace

TEMPLATE_LIST_TEST_CASE("the dual objective is below the minimum, wherever it is taken",
                        "[certificate]", Pairs) {
  using L = typename TestType::L;
  using P = typename TestType::P;
  for (const Shape& shape : all_shapes({.rows = 60, .columns = 8})) {
    CAPTURE(shape, L::name, P::name);
    const auto instance = make_instance<L, P>(shape);
    const OraclePoint best = oracle_minimum(instance.dense_problem());
    for (const double size : {0.0, 0.01, 0.3, 3.0, 100.0}) {
      Eigen::VectorXd w = random_point(8, size, shape.seed);
      for (double& value : w) {
        value = instance.problem().penalty.prox(value, 0.0);
      }
      const Certificate found = certificate_at(instance.problem(), w, Team(1));
      CAPTURE(size, found.objective, found.dual_objective, best.objective);
      REQUIRE(found.objective >= best.objective * (1.0 - 1e-8));
      REQUIRE(found.dual_objective <= best.objective * (1.0 + 1e-8));
      REQUIRE(found.relative_gap >= 0.0);
      REQUIRE(found.relative_gap <= 1.0);
      REQUIRE(found.nonzeros == (w.array() != 0.0).count());
      if (!shape.intercept) {
        REQUIRE(found.objective ==
                Approx(oracle_objective(instance.dense_problem(), w, 0.0)).epsilon(1e-12));
      }
    }
  }
}

TEMPLATE_LIST_TEST_CASE("the gap closes at the minimum of a smooth loss, with a penalty or without",
                        "[certificate]", Pairs) {
  using L = typename TestType::L;
  using P = typename TestType::P;
  for (const Shape& shape : all_shapes({.rows = 60, .columns = 8})) {
    CAPTURE(shape, L::name, P::name);
    const auto instance = make_instance<L, P>(shape);
    const OraclePoint best = oracle_minimum(instance.dense_problem());
    const Certificate found = certificate_at(instance.problem(), best.w, Team(1));
    const double gap = found.objective - found.dual_objective;
    CAPTURE(found.objective, found.dual_objective);
    REQUIRE(gap >= -1e-8 * found.objective);
    if (L::smooth) {
      REQUIRE(found.relative_gap <= 1e-4);
    }
  }
}

TEST_CASE("the gap is relative to the objective, or to a millionth of the constant model's",
          "[certificate]") {
  using sounder::relative_gap;
  REQUIRE(relative_gap(2.0, 1.5, 100.0) == 0.25);
  REQUIRE(relative_gap(2.0, -7.0, 100.0) == 1.0);  // D = 0 is always known
  REQUIRE(relative_gap(2.0, -sounder::infinity, 0.0) == 1.0);
  REQUIRE(relative_gap(1.0, 1.0 + 1e-15, 1.0) == 0.0);
  REQUIRE(relative_gap(1e-9, 0.0, 1.0) == Approx(1e-3));
  REQUIRE(relative_gap(0.0, 0.0, 0.0) == 0.0);
  REQUIRE(relative_gap(sounder::infinity, 0.0, 1.0) == 1.0);
  REQUIRE(relative_gap(std::nan(""), 0.0, 1.0) == 1.0);
  REQUIRE_THROWS_WITH(sounder::certify({}, -1e-3, -1.0, 1.0), Catch::Contains("negative"));
}

TEST_CASE("the dual point's scale is the best there is", "[certificate]") {
  // One row, one column, x = 1, y = 1, w = 0: a = 1/2 (logistic), u = 1/2.
  const CsrMatrix matrix = CsrMatrix::adopt({0, 1}, {0}, std::vector<float>{1.0F}, 1);
  const std::vector<double> y{1.0};
  const std::vector<double> a{0.5};
  const auto best_of = [&](const auto& problem) {
    double best = 0.0;
    for (double t = 0.0; t <= 2.0; t += 1e-4) {
      best =
          std::max(best, problem.loss.dual_term(1.0, t * 0.5) - problem.penalty.conjugate(t * 0.5));
    }
    return best;
  };
  const auto check = [&](const auto& problem) {
    const double best = best_of(problem);
    const double found =
        sounder::dual_point(problem, a, a, problem.loss.value(1.0, 0.0), Team(1)).objective;
    REQUIRE(found <= best + 1e-7);
    REQUIRE(found >= best - 0.06 * (problem.loss.value(1.0, 0.0) - best) - 1e-6);
  };
  for (const double l2 : {1e-12, 1e-6, 1e-2, 1.0}) {
    CAPTURE(l2);
    using sounder::Bounded;
    check(Problem<sounder::Logistic, Bounded>{matrix, y, {}, {0.3, l2}, false, {}});
    check(Problem<sounder::SquaredHinge, Bounded>{matrix, y, {}, {0.3, l2}, false, {}});
    check(Problem<sounder::Logistic, Bounded>{matrix, y, {}, {0.3, 0.0, -1e12, 1e12}, false, {}});
    check(Problem<sounder::Squared, Bounded>{matrix, y, {}, {0.3, l2}, false, {}});
  }
}

TEST_CASE("a certificate has the same bits for 1, 2, 4 and 8 threads", "[certificate]") {
  const auto instance =
      make_instance<sounder::SquaredHinge, sounder::ElasticNet>({.rows = 9000, .columns = 4});
  const Eigen::VectorXd w = random_point(4, 1.0, 2);
  const Certificate one = certificate_at(instance.problem(), w, Team(1));
  for (const int threads : {2, 4, 8}) {
    const Certificate found = certificate_at(instance.problem(), w, Team(threads));
    REQUIRE(found.objective == one.objective);
    REQUIRE(found.dual_objective == one.dual_objective);
    REQUIRE(found.relative_gap == one.relative_gap);
  }
}

TEMPLATE_LIST_TEST_CASE("a row of weight 2 is the row twice, one of weight 0 no row",
                        "[certificate]", Pairs) {
  using L = typename TestType::L;
  using P = typename TestType::P;
  // Rows 0..3 with weights 2, 1, 0, 1 (n = 4) against rows 0, 0, 1, 3 (n = 4 as well).
  const std::vector<float> values{1.0F, 2.0F, -1.0F, 0.5F, 3.0F, -2.0F, 0.25F, 1.0F};
  const auto row = [&](int i, int column) {
    return values[static_cast<std::size_t>(2 * i + column)];
  };
  const auto stack = [&](std::vector<int> rows) {
    std::vector<float> kept;
    for (const int i : rows) {
      kept.insert(kept.end(), {row(i, 0), row(i, 1)});
    }
    return CsrMatrix::adopt({0, 2, 4, 6, 8}, {0, 1, 0, 1, 0, 1, 0, 1}, kept, 2);
  };
  const std::vector<double> y{1.0, -1.0, 1.0, -1.0};
  const std::vector<double> repeated{y[0], y[0], y[1], y[3]};
  const std::vector<double> weights{2.0, 1.0, 0.0, 1.0};
  const P penalty = make_penalty<P>(0.1);
  for (const bool intercept : {false, true}) {
    const Problem<L, P> weighted{stack({0, 1, 2, 3}), y, L{}, penalty, intercept, weights};
    const Problem<L, P> twice{stack({0, 0, 1, 3}), repeated, L{}, penalty, intercept, {}};
    const Eigen::Vector2d w{0.3, -0.2};
    const Certificate a = certificate_at(weighted, w, Team(1));
    const Certificate b = certificate_at(twice, w, Team(1));
    REQUIRE(a.objective == Approx(b.objective).epsilon(1e-13));
    REQUIRE(a.dual_objective == Approx(b.dual_objective).epsilon(1e-12).margin(1e-13));
    REQUIRE(a.relative_gap == Approx(b.relative_gap).epsilon(1e-12).margin(1e-13));
  }
}
