#include <sounder/engine/matrix/column_counts.hpp>
#include <sounder/solvers/stochastic/preconditioner.hpp>
#include <sounder/solvers/stochastic/step_size.hpp>

#include <cmath>

#include "solvers/fixtures/instances.hpp"
#include "support/catch.hpp"

using sounder::search_step;
using sounder::SgdOptions;
using sounder::step_factor;
using sounder::StepSchedule;
using sounder::Team;
using sounder::test::make_instance;

TEST_CASE("steps fall as their schedule says", "[step_size]") {
  SgdOptions options;
  options.max_epochs = 10;
  options.step_decay = 0.5;
  const auto factor = [&](StepSchedule schedule, double t) {
    options.schedule = schedule;
    return step_factor(options, t);
  };
  REQUIRE(factor(StepSchedule::constant, 7.5) == 1.0);
  REQUIRE(factor(StepSchedule::epoch_decay, 0.9) == 1.0);
  REQUIRE(factor(StepSchedule::epoch_decay, 2.9) == 0.25);
  REQUIRE(factor(StepSchedule::inverse, 0.0) == 1.0);
  REQUIRE(factor(StepSchedule::inverse, 3.0) == 0.25);
  REQUIRE(factor(StepSchedule::linear, 0.0) == 1.0);
  REQUIRE(factor(StepSchedule::linear, 7.5) == 0.25);
  REQUIRE(factor(StepSchedule::automatic, 0.25) == 0.75);
  REQUIRE(factor(StepSchedule::automatic, 7.5) == 1.0);
  options.variance_reduction = false;
  REQUIRE(factor(StepSchedule::automatic, 7.5) == 0.25);
}

TEST_CASE("the search for a step walks to the lowest of base 4^k", "[step_size]") {
  for (const int best : {-5, -1, 0, 1, 4}) {
    int calls = 0;
    const auto trial = [&](double step) {
      ++calls;
      return std::abs(std::log(step) / std::log(4.0) - best - 0.2);
    };
    CAPTURE(best);
    REQUIRE(search_step(1.0, trial) == std::pow(4.0, best));
    REQUIRE(search_step(4.0, trial) == std::pow(4.0, best));
    REQUIRE(calls <= 2 * 10);
  }
}

TEST_CASE("the search for a step comes down from where nothing is finite", "[step_size]") {
  for (const double poison : {NAN, INFINITY, -INFINITY}) {
    const auto trial = [&](double step) { return step > 0.1 ? poison : 1.0 / step; };
    REQUIRE(search_step(16.0, trial) == 0.0625);
    const auto cliff = [&](double step) { return step > 2.0 ? poison : -step; };
    REQUIRE(search_step(1.0, cliff) == 1.0);
    // Nowhere finite: some small positive step, and an end.
    const double lost = search_step(1.0, [&](double) { return poison; });
    REQUIRE(lost > 0.0);
    REQUIRE(lost < 1e-3);
  }
  // For ever better: an end as well.
  REQUIRE(std::isfinite(search_step(1.0, [](double step) { return -step; })));
}

TEST_CASE("the preconditioner is the curvature's inverse fourth root in powers of two",
          "[preconditioner]") {
  for (const bool intercept : {false, true}) {
    for (const bool weighted : {false, true}) {
      const auto instance = make_instance<sounder::Logistic, sounder::ElasticNet>(
          {.rows = 300, .columns = 30, .intercept = intercept, .weighted = weighted});
      const auto problem = instance.problem();
      const sounder::ColumnMoments moments = sounder::column_moments(problem, 1, Team(1));
      REQUIRE(moments.counts == sounder::column_counts(problem.matrix, Team(1)));
      const auto order = sounder::order_columns(moments.counts, 300, intercept, -1);
      const sounder::Array<float> scales =
          preconditioner(problem, order, moments.mean_squares, Team(1));
      REQUIRE(scales.size() == order.size());
      const auto reference = instance.dense_problem();
      for (std::size_t k = 0; k < scales.size(); ++k) {
        CAPTURE(intercept, weighted, k);
        int exponent = 0;
        REQUIRE(std::frexp(scales[k], &exponent) == 0.5F);
        const sounder::Index j = order.original_of[k];
        const double square =
            j < 0 ? 1.0
                  : reference.s.dot(Eigen::VectorXd(reference.x.col(j).array().square())) / 300.0;
        const double ideal = std::pow(0.25 * square + problem.penalty.l2(), -0.25);
        REQUIRE(static_cast<double>(scales[k]) / ideal < 1.42);
        REQUIRE(static_cast<double>(scales[k]) / ideal > 0.70);
      }
      for (const int threads : {2, 4, 8}) {
        const sounder::ColumnMoments again =
            sounder::column_moments(problem, threads, Team(threads));
        REQUIRE(again.counts == moments.counts);
        REQUIRE(preconditioner(problem, order, again.mean_squares, Team(threads)) == scales);
      }
    }
  }
}

TEST_CASE("the preconditioner bears columns of zeros and of any size", "[preconditioner]") {
  const sounder::CsrMatrix matrix =
      sounder::CsrMatrix::adopt({0, 4}, {0, 1, 2, 3}, {0.0F, 1e-30F, 1e30F, 3.0F}, 5);
  const std::vector<double> y{1.0};
  const sounder::Problem<sounder::Squared, sounder::NoPenalty> problem{matrix, y,     {},
                                                                       {},     false, {}};
  const sounder::ColumnMoments moments = sounder::column_moments(problem, 1, Team(1));
  const auto order = sounder::order_columns(moments.counts, 1, false, -1);
  for (const float scale : preconditioner(problem, order, moments.mean_squares, Team(1))) {
    REQUIRE(std::isfinite(scale));
    REQUIRE(scale > 0.0F);
  }
}
