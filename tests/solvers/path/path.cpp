#include <sounder/solvers/cd.hpp>
#include <sounder/solvers/path/cross_validation.hpp>
#include <sounder/solvers/path/lambda_max.hpp>
#include <sounder/solvers/path/regularization_path.hpp>
#include <sounder/solvers/path/warm_cd.hpp>

#include <limits>

#include "solvers/fixtures/instances.hpp"
#include "support/catch.hpp"

namespace sounder::test {
namespace {

const auto solver = [](const auto& problem, const CoordinateOptions& options, Trace& trace) {
  return cd(problem, options, trace);
};

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

TEST_CASE("a grid of lambdas falls evenly in the logarithm", "[path]") {
  const std::vector<double> grid = lambda_grid(2.0, 5, 1e-4);
  REQUIRE(grid.size() == 5);
  REQUIRE(grid.front() == 2.0);
  for (std::size_t k = 1; k < grid.size(); ++k) {
    REQUIRE(grid[k] / grid[k - 1] == Approx(0.1));
  }
  REQUIRE(lambda_grid(2.0, 1, 0.5) == std::vector<double>{2.0});
  REQUIRE_THROWS_AS(lambda_grid(0.0, 5, 0.5), std::invalid_argument);
  REQUIRE_THROWS_AS(lambda_grid(1.0, 0, 0.5), std::invalid_argument);
  REQUIRE_THROWS_AS(lambda_grid(1.0, 5, 0.0), std::invalid_argument);
  REQUIRE_THROWS_AS(lambda_grid(1.0, 5, 1.5), std::invalid_argument);
}

TEMPLATE_TEST_CASE("every point of a path is the optimum at its strength", "[path]", Squared,
                   Logistic, SquaredHinge) {
  for (const double l1_ratio : {1.0, 0.5}) {
    for (const bool intercept : {false, true}) {
      const auto instance = make_instance<TestType, NoPenalty>(
          {.rows = 150, .columns = 25, .intercept = intercept, .weighted = true});
      const auto data = instance.problem();
      const Team team(1);
      const CscMatrix columns(data.matrix, team);
      const double largest = lambda_max(data, l1_ratio, team);
      const std::vector<double> grid = lambda_grid(largest, 8, 1e-2);
      for (const int threads : {1, 2, 4, 8}) {
        CAPTURE(TestType::name, l1_ratio, intercept, threads);
        CoordinateOptions options;
        options.threads = threads;
        options.tolerance = 1e-7;
        SilentTrace silent;
        const PenaltyShape shape{.l1_ratio = l1_ratio};
        const auto check = [&](const auto& solve) {
          std::vector<Index> nonzeros;
          const Status status = regularization_path(
              data, shape, grid, options, silent, solve, [&](const PathPoint& point) {
                REQUIRE(point.number == nonzeros.size());
                REQUIRE(point.lambda == grid[point.number]);
                REQUIRE(point.result.certificate.relative_gap <= 1e-7);
                const Problem<TestType, Bounded> alone{data.matrix,    data.targets,
                                                       data.loss,      shape.at(point.lambda),
                                                       data.intercept, data.weights};
                const Result cold = cd(alone, options, silent);
                const double slack = 2e-7 * objective_at_zero(data, team);
                REQUIRE(std::abs(cold.certificate.objective - point.result.certificate.objective) <=
                        slack);
                nonzeros.push_back(point.result.certificate.nonzeros);
                return true;
              });
          REQUIRE(status == Status::converged);
          REQUIRE(nonzeros.size() == grid.size());
          REQUIRE(nonzeros.front() == 0);
          REQUIRE(nonzeros.back() > 10);
        };
        check(solver);
        check(WarmCd<TestType>(columns));
      }
    }
  }
}

TEMPLATE_TEST_CASE("what a WarmCd keeps serves strengths in any order", "[path][slow]", Squared,
                   Logistic) {
  const auto instance = make_instance<TestType, NoPenalty>(
      {.rows = 300, .columns = 900, .density = 0.05, .intercept = true});
  const auto data = instance.problem();
  const CscMatrix columns(data.matrix, Team(1));
  std::vector<double> strengths = lambda_grid(lambda_max(data, 1.0, Team(1)), 8, 1e-2);
  strengths.insert(strengths.end(), strengths.rbegin(), strengths.rend());
  strengths.insert(strengths.end(), {strengths[0], strengths[5], strengths[1]});
  for (const int threads : {1, 2}) {
    CAPTURE(threads);
    CoordinateOptions options{.threads = threads, .tolerance = 1e-9};
    SilentTrace silent;
    const double slack = 2e-9 * objective_at_zero(data, Team(1));
    const WarmCd<TestType> fresh(columns);
    std::vector<std::vector<double>> walked;
    const auto walk = [&](const auto& visit) {
      return regularization_path(data, {}, strengths, options, silent, fresh, visit);
    };
    REQUIRE(walk([&](const PathPoint& point) {
              CAPTURE(point.number);
              REQUIRE(point.result.status == Status::converged);
              const Problem<TestType, Bounded> alone{data.matrix, data.targets,
                                                     data.loss,   {.l1_strength = point.lambda},
                                                     true,        data.weights};
              const Result cold = cd(alone, options, silent);
              REQUIRE(std::abs(cold.certificate.objective - point.result.certificate.objective) <=
                      slack);
              walked.push_back(point.result.w);
              return true;
            }) == Status::converged);
    // A path has a copy of its own, which starts anew: the same bits.
    REQUIRE((threads > 1 || walk([&](const PathPoint& point) {
                              return walked[point.number] == point.result.w;
                            }) == Status::converged));
  }
}

TEST_CASE("a WarmCd is for one problem, a copy for another", "[path]") {
  const auto instance = make_instance<Squared, NoPenalty>({.rows = 50, .columns = 8});
  const auto data = instance.problem();
  const CscMatrix columns(data.matrix, Team(1));
  const std::vector<double> weights(50, 2.0);
  Problem<Squared, Bounded> problem{data.matrix, data.targets, {}, {.l1_strength = 0.01}};
  SilentTrace silent;
  WarmCd<Squared> solve(columns);
  const CoordinateOptions options{.tolerance = 1e-9};
  const Result first = solve(problem, options, silent);
  const Result again = solve(problem, options, silent);  // from zero
  REQUIRE(again.status == Status::converged);
  REQUIRE(again.certificate.objective == Approx(first.certificate.objective).epsilon(1e-8));
  REQUIRE(again.updates > 0);
  problem.weights = weights;
  REQUIRE_THROWS_WITH(solve(problem, options, silent), Catch::Contains("one problem"));
  WarmCd<Squared> other(solve);
  const Result heavier = other(problem, options, silent);
  solve = other;
  problem.penalty.l1_strength = -1.0;
  REQUIRE_THROWS_AS(solve(problem, options, silent), std::invalid_argument);
  problem.penalty.l1_strength = 0.01;
  REQUIRE(solve(problem, options, silent).w == heavier.w);
}

TEST_CASE("a path tells how it ended", "[path]") {
  const auto instance = make_instance<Squared, NoPenalty>({.rows = 150, .columns = 25});
  const auto data = instance.problem();
  const std::vector<double> grid = lambda_grid(lambda_max(data, 1.0, Team(1)), 5, 1e-3);
  CoordinateOptions options;
  options.tolerance = 1e-12;
  options.max_epochs = 1;
  SilentTrace silent;
  int seen = 0;
  const auto count = [&](const PathPoint& point) {
    ++seen;
    return point.number < 2;
  };
  REQUIRE(regularization_path(data, {}, grid, options, silent, solver, count) ==
          Status::max_epochs);
  REQUIRE(seen == 3);

  class Stop final : public Trace {
    Verdict epoch(const Progress& /*progress*/) override { return Verdict::interrupt; }
  } stop;
  seen = 0;
  REQUIRE(regularization_path(data, {}, grid, options, stop, solver, count) == Status::interrupted);
  REQUIRE(seen == 1);
}

TEST_CASE("folds are even and hold their share of each class", "[path]") {
  std::vector<double> targets(103, -1.0);
  std::fill_n(targets.begin() + 40, 20, 1.0);
  for (const int folds : {2, 5, 10}) {
    const std::vector<int> fold = assign_folds(targets, folds, true, 7);
    REQUIRE(fold == assign_folds(targets, folds, true, 7));
    REQUIRE(fold != assign_folds(targets, folds, true, 8));
    std::vector<int> size(static_cast<std::size_t>(folds));
    std::vector<int> positive(static_cast<std::size_t>(folds));
    for (std::size_t i = 0; i < fold.size(); ++i) {
      ++size.at(static_cast<std::size_t>(fold[i]));
      positive[static_cast<std::size_t>(fold[i])] += targets[i] > 0.0 ? 1 : 0;
    }
    for (std::size_t k = 0; k < size.size(); ++k) {
      REQUIRE(std::abs(size[k] - 103 / folds) <= 1);
      REQUIRE(std::abs(positive[k] - 20 / folds) <= 1);
    }
  }
  REQUIRE_THROWS_AS(assign_folds(targets, 1, true, 1), std::invalid_argument);
  REQUIRE_THROWS_AS(assign_folds(targets, 104, true, 1), std::invalid_argument);
}

TEST_CASE("rows of weight 0 are dealt into no fold", "[path]") {
  std::vector<double> targets;
  std::vector<double> weights;
  std::vector<double> kept;
  for (int i = 0; i < 60; ++i) {
    targets.push_back(i % 4 == 1 ? 1.0 : -1.0);
    weights.push_back(i % 3 == 0 ? 0.0 : 0.5 * i);
    if (i % 3 != 0) {
      kept.push_back(targets.back());
    }
  }
  const std::vector<int> fold = assign_folds(targets, 4, true, 5, weights);
  const std::vector<int> alone = assign_folds(kept, 4, true, 5);
  std::vector<int> counted;
  for (std::size_t i = 0; i < fold.size(); ++i) {
    if (weights[i] == 0.0) {
      REQUIRE(fold[i] == -1);
    } else {
      counted.push_back(fold[i]);
    }
  }
  REQUIRE(counted == alone);  // as if the others were not there
  REQUIRE_THROWS_WITH(assign_folds(targets, 41, true, 1, weights),
                      Catch::Contains("weight above 0"));
}

TEST_CASE("a standard error is that of a weighted mean, without rows of weight 0", "[path]") {
  const CsrMatrix matrix = CsrMatrix::adopt({0, 1, 2, 3, 4}, {0, 0, 0, 0}, {1, 1, 1, 1}, 1);
  const std::vector<double> targets{1, -1, 3, 1000};
  for (const double scale : {1.0, 1e-170, 1e150}) {
    const std::vector<double> weights{scale, 2 * scale, 0.5 * scale, 0};
    const Problem<Squared, NoPenalty> rows{matrix, targets, {}, {}, false, weights};
    const std::vector<double> w{0.5};
    const ValidationScore score = validate(rows, w, 0.25);
    // Losses (0.75 - y)^2 / 2: 1/32, 49/32, 81/32; by hand.
    const double mean = (1.0 + 2 * 49.0 + 0.5 * 81.0) / 32.0 / 3.5;
    const double squares = std::pow(1.0 / 32.0 - mean, 2) + 4 * std::pow(49.0 / 32.0 - mean, 2) +
                           0.25 * std::pow(81.0 / 32.0 - mean, 2);
    REQUIRE(score.loss == Approx(mean).epsilon(1e-14));
    REQUIRE(score.standard_error == Approx(std::sqrt(squares) / 3.5).epsilon(1e-13));
  }
  // Losses far from zero that differ little: nothing cancels.
  ValidationSums<Squared> sums;
  for (const double y : {1e6, 1e6 + 1e-3, 1e6 - 1e-3}) {
    sums.add({}, 1.0, y, 0.0);
  }
  REQUIRE(sums.score().standard_error == Approx(1e3 * std::sqrt(2.0) / 3.0).epsilon(1e-6));
  const std::vector<double> none(4, 0.0);
  const std::vector<double> w{1.0};
  REQUIRE_THROWS_WITH(
      validate(Problem<Squared, NoPenalty>{matrix, targets, {}, {}, false, none}, w, 0.0),
      Catch::Contains("weight above 0"));
}

TEST_CASE("folds that leave one class to train on are left out", "[path]") {
  const auto instance = make_instance<Logistic, NoPenalty>({.rows = 40, .columns = 6});
  const auto whole = instance.problem();
  std::vector<double> targets(40, -1.0);
  targets[7] = targets[21] = 1.0;
  std::vector<double> weights(40, 1.0);
  const Problem<Logistic, NoPenalty> data{whole.matrix, targets, {}, {}, false, weights};
  std::vector<int> fold(40);
  for (std::size_t i = 0; i < fold.size(); ++i) {
    fold[i] = static_cast<int>(i % 4);
  }
  fold[7] = fold[21] = 2;
  REQUIRE(usable_folds(data, fold) == std::vector<int>{0, 1, 3});
  fold[21] = 1;
  REQUIRE(usable_folds(data, fold) == std::vector<int>{0, 1, 2, 3});
  weights[21] = 0.0;
  REQUIRE(usable_folds(data, fold) == std::vector<int>{0, 1, 3});
  for (std::size_t i = 0; i < fold.size(); ++i) {
    weights[i] = fold[i] == 0 ? 0.0 : weights[i];
  }
  REQUIRE(usable_folds(data, fold) == std::vector<int>{1, 3});
  const std::vector<double> grid = lambda_grid(lambda_max(data, 1.0, Team(1)), 2, 0.5);
  const auto never = [] { return false; };
  const auto scores = cross_validate(data, {}, grid, {}, fold, Team(2), solver, never);
  REQUIRE(std::isfinite(scores[1].loss));
  REQUIRE(std::isfinite(scores[1].standard_error));
  weights[21] = 1.0;
  weights[7] = 0.0;
  fold[21] = 3;
  for (std::size_t i = 0; i < fold.size(); ++i) {
    weights[i] = fold[i] == 1 ? 0.0 : weights[i];
  }
  REQUIRE(usable_folds(data, fold) == std::vector<int>{2});
  REQUIRE_THROWS_WITH(cross_validate(data, {}, grid, {}, fold, Team(2), solver, never),
                      Catch::Contains("fewer than two folds"));
  // A regression has no classes.
  const Problem<Squared, NoPenalty> numbers{whole.matrix, targets, {}, {}};
  REQUIRE(usable_folds(numbers, fold) == std::vector<int>{0, 1, 2, 3});
}

TEST_CASE("a row that is scored is read in doubles", "[path]") {
  const CsrMatrix matrix =
      CsrMatrix::adopt(std::vector<Offset>{0, 3}, std::vector<Index>{0, 1, 2},
                       std::vector<double>{1600000000.0, 1600000050.0, 7.0}, 3);
  REQUIRE(decision(matrix.row(0), std::vector<double>{-1.0, 1.0}, -30.0) == 20.0);
}

/// The rows that `keep` chooses, as a problem of their own.
template <class L>
Instance<L, NoPenalty> subset(const Problem<L, NoPenalty>& data, const auto& keep) {
  std::vector<Offset> pointers{0};
  std::vector<Index> indices;
  std::vector<float> values;
  std::vector<double> targets;
  for (Index i = 0; i < data.matrix.rows(); ++i) {
    if (keep(i)) {
      const SparseRow row = data.matrix.row(i);
      indices.insert(indices.end(), row.columns.begin(), row.columns.end());
      values.insert(values.end(), row.values.begin(), row.values.end());
      pointers.push_back(static_cast<Offset>(indices.size()));
      targets.push_back(data.target(i));
    }
  }
  return {CsrMatrix::adopt(std::move(pointers), std::move(indices), std::move(values),
                           data.matrix.columns()),
          std::move(targets),
          {},
          {},
          data.intercept};
}

TEMPLATE_TEST_CASE("cross-validation is training without each fold in turn", "[path]", Squared,
                   Logistic) {
  const auto instance =
      make_instance<TestType, NoPenalty>({.rows = 120, .columns = 15, .intercept = true});
  const auto data = instance.problem();
  const std::vector<double> grid = lambda_grid(lambda_max(data, 1.0, Team(1)), 4, 0.05);
  constexpr int folds = 3;
  const std::vector<int> fold = assign_folds(data.targets, folds, TestType::classification, 3);
  CoordinateOptions options;
  options.tolerance = 1e-9;
  const auto never = [] { return false; };
  const auto scores = cross_validate(data, {}, grid, options, fold, Team(1), solver, never);
  REQUIRE(scores.size() == grid.size());
  for (std::size_t k = 0; k < grid.size(); ++k) {
    std::vector<ValidationScore> apart;
    for (int number = 0; number < folds; ++number) {
      const auto in = [&](Index i) { return fold[static_cast<std::size_t>(i)] == number; };
      const auto rest = subset(data, [&](Index i) { return !in(i); });
      const auto kept_apart = subset(data, in);
      const auto part = rest.problem();
      const Problem<TestType, Bounded> problem{
          part.matrix, part.targets, part.loss, {.l1_strength = grid[k]}, true, {}};
      SilentTrace silent;
      const Result result = cd(problem, options, silent);
      apart.push_back(validate(kept_apart.problem(), result.w, result.intercept));
    }
    const double mean = (apart[0].loss + apart[1].loss + apart[2].loss) / 3.0;
    REQUIRE(scores[k].loss == Approx(mean).epsilon(1e-4));
    REQUIRE(scores[k].standard_error > 0.0);
    REQUIRE(std::isnan(scores[k].accuracy) != TestType::classification);
    if (TestType::classification) {
      REQUIRE(scores[k].accuracy ==
              Approx((apart[0].accuracy + apart[1].accuracy + apart[2].accuracy) / 3.0));
    }
  }
  const CscMatrix columns(data.matrix, Team(1));
  const WarmCd<TestType> warm(columns);
  const auto kept = cross_validate(data, {}, grid, options, fold, Team(2), warm, never);
  for (std::size_t k = 0; k < grid.size(); ++k) {
    REQUIRE(kept[k].loss == Approx(scores[k].loss).epsilon(1e-4));
  }
  for (const int threads : {2, 4, 8}) {
    const auto again = cross_validate(data, {}, grid, options, fold, Team(threads), solver, never);
    for (std::size_t k = 0; k < grid.size(); ++k) {
      REQUIRE(again[k].loss == scores[k].loss);  // one thread a fold: the same bits
    }
  }
  REQUIRE(
      cross_validate(data, {}, grid, options, fold, Team(2), solver, [] { return true; }).empty());
}

TEST_CASE("the best strength, or the strongest within one standard error of it", "[path]") {
  const std::vector<ValidationScore> scores{
      {0.9, 0.1, nan}, {0.6, 0.1, nan}, {nan, nan, nan}, {0.5, 0.1, nan}, {0.55, 0.1, nan}};
  REQUIRE(select(scores, Selection::best) == std::size_t{3});
  REQUIRE(select(scores, Selection::one_standard_error) == std::size_t{1});
  const std::vector<ValidationScore> none{{nan, nan, nan}};
  REQUIRE(!select(none, Selection::best));
  REQUIRE(!select(none, Selection::one_standard_error));
}

}  // namespace
}  // namespace sounder::test
