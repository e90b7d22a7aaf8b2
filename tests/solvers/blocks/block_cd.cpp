#include <sounder/engine/base/random.hpp>

#include <sounder/solvers/blocks/joint_step.hpp>

#include <cstdint>

#include "solvers/coordinate/coordinate_checks.hpp"
#include "solvers/coordinate/coordinate_solvers.hpp"

using namespace sounder;
using sounder::test::Pair;

TEMPLATE_TEST_CASE("block-cd reaches the optimum", "[block_cd]", (Pair<Logistic, Bounded>),
                   (Pair<SquaredHinge, L2>)) {
  sounder::test::reaches_the_oracle_in_blocks<TestType>(sounder::test::by_block, 0);
}

TEMPLATE_TEST_CASE("block-cd reaches the optimum of other losses", "[block_cd][slow]",
                   (Pair<Squared, Bounded>), (Pair<SquaredHinge, Bounded>)) {
  sounder::test::reaches_the_oracle_in_blocks<TestType>(sounder::test::by_block, 0);
}

TEMPLATE_TEST_CASE("block-cd reaches the optimum with one block, and with seven",
                   "[block_cd][slow]", (Pair<Squared, Bounded>), (Pair<Logistic, Bounded>),
                   (Pair<SquaredHinge, Bounded>), (Pair<SquaredHinge, L2>)) {
  for (const sounder::Index blocks : {1, 7}) {
    sounder::test::reaches_the_oracle_in_blocks<TestType>(sounder::test::by_block, blocks);
  }
}

TEST_CASE("a joint step ends at the minimum, singular or not", "[block_cd]") {
  sounder::JointStep<Bounded> step(8);
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    for (const auto& [rows, columns] : {std::pair{40, 8}, {12, 5}, {4, 8}}) {
      sounder::RandomStream random(seed, 5);
      const auto normals = [&random](Eigen::Index height, Eigen::Index width) {
        Eigen::MatrixXd drawn(height, width);
        for (double& value : drawn.reshaped()) {
          value = random.normal();
        }
        return drawn;
      };
      Eigen::MatrixXd x = normals(rows, columns);
      x.col(3) = x.col(1);
      const double share = 1.0 / rows;
      const Eigen::MatrixXd h = share * x.transpose() * x;
      const Eigen::VectorXd gradient = share * x.transpose() * normals(rows, 1);
      for (const Bounded& penalty : sounder::test::penalties<Bounded>(0.1)) {
        Eigen::VectorXd w = normals(columns, 1);
        for (double& value : w) {
          value = penalty.prox(value, 0.1);
        }
        const auto v = step.solve(penalty, {h.data(), static_cast<std::size_t>(h.size())},
                                  {w.data(), static_cast<std::size_t>(w.size())},
                                  {gradient.data(), static_cast<std::size_t>(w.size())});
        const Eigen::VectorXd slope = gradient + h * (sounder::test::dense(v) - w);
        for (std::size_t j = 0; j < v.size(); ++j) {
          CAPTURE(seed, rows, columns, j, penalty.l1(), penalty.l2(), penalty.lower);
          // At the minimum a proximal step moves nothing.
          const double moved = penalty.prox(v[j] - slope[static_cast<Eigen::Index>(j)], 1.0);
          REQUIRE(std::abs(moved - v[j]) <= 1e-11);
        }
      }
    }
  }
}
