// A user's own loss and penalty train like those of the library: the same properties, with the same
// solvers. (losses_and_penalties.hpp lists them for tests of the loss, the penalty and their
// certificate.)
#include <sounder/solvers/block_cd.hpp>
#include <sounder/solvers/block_greedy.hpp>
#include <sounder/solvers/cd.hpp>
#include <sounder/solvers/shotgun.hpp>
#include <sounder/solvers/virtual_cores.hpp>

#include "solvers/coordinate/coordinate_checks.hpp"
#include "solvers/stochastic/hogwild_checks.hpp"

using namespace sounder;
using sounder::test::Berhu;
using sounder::test::Prior;

/// As for the others, three times the worst excess measured. It occurs if two workers happen to run
/// one after the other, each with the frequent columns as they were before (8e-4 every time).
template <>
inline constexpr double sounder::test::usual_excess<mine::Huber, Berhu> = 2.5e-3;

TEST_CASE("a user's loss and penalty reach the optimum under hogwild", "[own]") {
  sounder::test::reaches_the_optimum<mine::Huber, Berhu>();
}

TEST_CASE("a user's loss and penalty reach the optimum under shotgun", "[own]") {
  sounder::test::reaches_the_oracle<mine::Huber, Berhu>(
      [](const auto& problem, const CoordinateOptions& options, Trace& trace) {
        return shotgun(problem, options, trace);
      });
}

TEST_CASE("a user's loss and penalty reach the optimum under block-greedy", "[own]") {
  for (const Index blocks : {0, 7}) {
    CoordinateOptions options;
    options.blocks = blocks;
    sounder::test::reaches_the_oracle<mine::Huber, Berhu>(
        [](const auto& problem, const CoordinateOptions& run, Trace& trace) {
          return block_greedy(problem, run, trace);
        },
        options);
  }
}

TEST_CASE("a user's loss and penalty reach the optimum under cd", "[own]") {
  sounder::test::reaches_the_oracle<mine::Huber, Berhu>(
      [](const auto& problem, const CoordinateOptions& options, Trace& trace) {
        return cd(problem, options, trace);
      });
}

TEST_CASE("a user's loss and penalty reach the optimum under block-cd", "[own]") {
  sounder::test::reaches_the_oracle<mine::Huber, Berhu>(
      [](const auto& problem, const CoordinateOptions& options, Trace& trace) {
        return block_cd(problem, options, trace);
      });
}

TEST_CASE("a user's loss and penalty train on virtual cores", "[own]") {
  const auto instance = test::make_instance<mine::Huber, Berhu>({.rows = 300, .columns = 30});
  const auto problem = instance.problem();
  const test::OraclePoint best = test::oracle_minimum(instance.dense_problem());
  SilentTrace trace;
  const SgdOptions options{.max_epochs = 40};
  const Result alone = sgd(problem, options, trace);
  REQUIRE(virtual_hogwild(problem, options, {.count = 1}, trace).result.w == alone.w);
  const Result many = virtual_hogwild(problem, options, {.count = 16}, trace).result;
  REQUIRE(many.certificate.objective <= best.objective * 1.001);
}

TEST_CASE("what a user's loss and penalty hold is what is minimised", "[own]") {
  // One column: the minimum of F is where its derivative is zero, found by bisection.
  const Index n = 40;
  const CsrMatrix matrix = test::random_matrix(n, 1, 1.0, 3);
  std::vector<double> y(static_cast<std::size_t>(n));
  for (std::size_t i = 0; i < y.size(); ++i) {
    const auto x = static_cast<double>(matrix.row(static_cast<Index>(i)).values[0]);
    y[i] = 0.8 * x + (i % 8 == 0 ? 20.0 : 0.01 * static_cast<double>(i));
  }
  const mine::Huber loss{.delta = 0.25};
  const Berhu penalty{.lambda = 0.0125, .knee = 0.25};
  const auto slope = [&](double w) {
    double sum = penalty.lambda * std::copysign(std::max(1.0, std::abs(w) / penalty.knee), w);
    for (std::size_t i = 0; i < y.size(); ++i) {
      const auto x = static_cast<double>(matrix.row(static_cast<Index>(i)).values[0]);
      sum += x * std::clamp(w * x - y[i], -0.25, 0.25) / n;
    }
    return sum;
  };
  double low = 1e-6;
  double high = 10.0;
  REQUIRE(slope(low) < 0.0);
  for (int k = 0; k < 60; ++k) {
    const double middle = 0.5 * (low + high);
    (slope(middle) < 0.0 ? low : high) = middle;
  }
  const Problem<mine::Huber, Berhu> problem{matrix, y, loss, penalty};
  SilentTrace trace;
  for (const int threads : {1, 2, 4}) {
    const CoordinateOptions by_column{.threads = threads, .tolerance = 1e-10};
    REQUIRE(shotgun(problem, by_column, trace).w[0] == Approx(low).epsilon(1e-4));
    REQUIRE(block_greedy(problem, by_column, trace).w[0] == Approx(low).epsilon(1e-4));
    const SgdOptions by_row{.threads = threads, .max_epochs = 200, .tolerance = 1e-6};
    REQUIRE(hogwild(problem, by_row, trace).w[0] == Approx(low).epsilon(1e-2));
  }
}

TEST_CASE("a penalty whose parts do not fit together is refused", "[own]") {
  struct OtherProx : Berhu {
    double prox(double w, double step) const { return Berhu::prox(w, 2.0 * step); }
  };
  struct OtherConjugate : Berhu {
    double conjugate(double u) const { return 1.5 * Berhu::conjugate(u); }
  };
  struct Concave : Berhu {
    double value(double w) const { return std::sqrt(std::abs(w)); }
  };
  struct Displaced : Berhu {
    double value(double w) const { return Berhu::value(w) + 1.0; }
  };
  const auto instance = test::make_instance<mine::Huber, Berhu>({.rows = 30, .columns = 3});
  const auto view = instance.problem();
  REQUIRE_NOTHROW(view.validate());
  const auto refused = [&]<class P>(const P& penalty) {
    REQUIRE_THROWS_WITH(
        (Problem<mine::Huber, P>{view.matrix, view.targets, {}, penalty}.validate()),
        Catch::Contains("berhu penalty's value, prox and conjugate do not fit"));
  };
  refused(OtherProx{});
  refused(OtherConjugate{});
  refused(Concave{});
  REQUIRE_THROWS_AS((Problem<mine::Huber, Displaced>{view.matrix, view.targets, {}, {}}.validate()),
                    std::invalid_argument);
}

TEST_CASE("a penalty that is not what its strengths say is refused", "[own]") {
  struct Steeper : Prior {
    double value(double w) const { return w > 0.0 ? 2.0 * Prior::value(w) : Prior::value(w); }
  };
  struct Walled : Prior {
    double value(double w) const { return w < 0.0 ? sounder::infinity : Prior::value(w); }
  };
  const auto instance = test::make_instance<mine::Huber, Prior>({.rows = 30, .columns = 3});
  const auto view = instance.problem();
  REQUIRE_NOTHROW(view.validate());
  REQUIRE_THROWS_WITH((Problem<mine::Huber, Steeper>{view.matrix, view.targets, {}, {}}.validate()),
                      Catch::Contains("prior penalty is not l1() |w| + l2() / 2 w^2"));
  REQUIRE_THROWS_AS((Problem<mine::Huber, Walled>{view.matrix, view.targets, {}, {}}.validate()),
                    std::invalid_argument);
}
