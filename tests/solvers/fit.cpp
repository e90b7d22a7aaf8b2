#include <sounder/engine/matrix/csr_from_rows.hpp>
#include <sounder/solvers/fit.hpp>
#include <sounder/solvers/loss/hinge.hpp>
#include <sounder/solvers/loss/squared.hpp>
#include <sounder/solvers/penalty/bounded.hpp>
#include <sounder/solvers/penalty/l1.hpp>

#include <algorithm>
#include <utility>
#include <vector>

#include "datasets/scratch.hpp"
#include "solvers/fixtures/instances.hpp"
#include "support/catch.hpp"

using namespace sounder;
using sounder::test::dense;
using sounder::test::make_instance;

extern template Fit sounder::fit(const CsrMatrix&, std::span<const double>,
                                 const FitOptions<Logistic, L2>&, Trace&);

namespace {

/// The same classes with other numbers as labels.
std::vector<double> relabelled(std::span<const double> targets, double up, double down) {
  std::vector<double> labels;
  for (const double y : targets) {
    labels.push_back(y > 0.0 ? up : down);
  }
  return labels;
}

double accuracy(const std::vector<double>& found, const std::vector<double>& labels) {
  double right = 0.0;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    right += found[i] == labels[i] ? 1.0 : 0.0;
  }
  return right / static_cast<double>(labels.size());
}

}  // namespace

TEST_CASE("one call fits a classifier, whatever its two labels are", "[fit]") {
  const auto instance = make_instance<Logistic, L2>({.intercept = true, .weighted = true});
  const auto problem = instance.problem();
  const double best = oracle_minimum(instance.dense_problem()).objective;
  const std::vector<double> weights(problem.weights.begin(), problem.weights.end());
  for (const auto& [up, down] : {std::pair{1.0, -1.0}, {0.0, 1.0}, {7.0, 3.5}}) {
    const std::vector<double> labels = relabelled(problem.targets, up, down);
    for (const Solver solver : {Solver::automatic, Solver::hogwild}) {
      for (const int threads : {1, 2, 4}) {
        CAPTURE(up, down, to_string(solver), threads);
        const Fit made = fit(problem.matrix, labels,
                             {.penalty = {.lambda = 0.01},
                              .intercept = true,
                              .weights = weights,
                              .threads = threads,
                              .tolerance = 1e-6,
                              .max_epochs = 500,
                              .solver = solver});
        REQUIRE(made.result.status == Status::converged);
        REQUIRE(made.result.threads == threads);
        REQUIRE(made.result.certificate.objective == Approx(best).epsilon(1e-5));
        REQUIRE(made.model.solver_type == "L2R_LR");
        const double sign = made.model.labels[0] == std::max(up, down) ? 1.0 : -1.0;
        REQUIRE(made.model.intercepts == std::vector<double>{sign * made.result.intercept});
        std::vector<double> known = made.model.labels;
        std::sort(known.begin(), known.end());
        REQUIRE(known == std::vector<double>{std::min(up, down), std::max(up, down)});
        REQUIRE(accuracy(predictions(made.model, problem.matrix, Team(threads)), labels) > 0.7);
      }
    }
  }
}

TEST_CASE("the larger label is +1, and the model says the same in any order of the rows", "[fit]") {
  // Columns 0 and 1 go with the labels, up and down, whatever the order of the rows.
  for (const auto& [first, second] :
       {std::pair{1.0, 0.0}, {0.0, 1.0}, {1.0, -1.0}, {-1.0, 1.0}, {5.0, -3.0}, {-3.0, 5.0}}) {
    CAPTURE(first, second);
    const double larger = std::max(first, second);
    const float up = first == larger ? 1.0F : -1.0F;
    const CsrMatrix matrix =
        CsrMatrix::adopt({0, 2, 4, 6}, {0, 1, 0, 1, 0, 1}, {up, -up, -up, up, up, -2.0F * up}, 2);
    const std::vector<double> labels{first, second, first};
    const Bounded above{.l2_strength = 0.1, .lower = 0.0};
    const Fit made = fit<Logistic, Bounded>(
        matrix, labels, {.penalty = above, .intercept = true, .threads = 1, .tolerance = 1e-9});
    REQUIRE(made.result.w[0] > 0.1);
    REQUIRE(made.result.w[1] == 0.0);
    REQUIRE(made.model.labels[0] == (first == -1.0 ? 1.0 : first));
    const double sign = made.model.labels[0] == larger ? 1.0 : -1.0;
    REQUIRE(made.model.weights[0] == sign * made.result.w[0]);
    REQUIRE(!std::signbit(made.model.weights[1]));
    REQUIRE(made.model.intercepts[0] == sign * made.result.intercept);
    const Fit again = fit<Logistic, Bounded>(matrix, labels,
                                             {.penalty = above,
                                              .intercept = true,
                                              .max_epochs = 0,
                                              .initial = made.result.w,
                                              .initial_intercept = made.result.intercept});
    REQUIRE(again.model.weights == made.model.weights);
    REQUIRE(predictions(made.model, matrix, Team(1)) == labels);
  }
}

TEST_CASE("one call fits a lasso, to the oracle's optimum", "[fit]") {
  const auto instance = make_instance<Squared, L1>({.intercept = true, .lambda = 0.05});
  const auto problem = instance.problem();
  const test::OraclePoint best = oracle_minimum(instance.dense_problem());
  for (const int threads : {1, 2, 4}) {
    const Fit made = fit<Squared, L1>(
        problem.matrix, problem.targets,
        {.penalty = {.lambda = 0.05}, .intercept = true, .threads = threads, .tolerance = 1e-9});
    REQUIRE(made.solver == Solver::cd);
    REQUIRE(made.result.certificate.objective == Approx(best.objective).epsilon(1e-8));
    REQUIRE(made.model.regression());
    REQUIRE(made.model.solver_type == "L2R_L2LOSS_SVR");
    const std::vector<double> numbers = predictions(made.model, problem.matrix, Team(1));
    const double first = (dense(problem.matrix) * best.w)[0] + best.b;
    REQUIRE(numbers[0] == Approx(first).epsilon(1e-3));
  }
}

TEST_CASE("the solver is chosen by the problem and the data's shape", "[fit]") {
  const auto chosen = [](const auto& instance) { return choose_solver(instance.problem(), 1e-3); };
  REQUIRE(chosen(make_instance<Logistic, L2>({.rows = 50, .columns = 20})).solver ==
          Solver::newton);
  REQUIRE(
      chosen(make_instance<Logistic, L2>({.rows = 50, .columns = 20, .intercept = true})).solver ==
      Solver::newton);
  REQUIRE(chosen(make_instance<Logistic, Bounded>({.rows = 50, .columns = 20})).solver ==
          Solver::cd);
  REQUIRE(chosen(make_instance<Logistic, L2>({.rows = 19, .columns = 20})).solver ==
          Solver::hogwild);
  REQUIRE(chosen(make_instance<Logistic, L2>({.rows = 1100, .columns = 1025, .density = 0.01}))
              .solver == Solver::dual_cd);  // rows with little in common
  const auto few = make_instance<Logistic, L2>({.rows = 50, .columns = 20});
  REQUIRE(choose_solver(few.problem(), 0.0).solver == Solver::hogwild);  // no gap to reach
  REQUIRE(chosen(make_instance<Logistic, L1>({.rows = 19, .columns = 20})).solver == Solver::cd);
  REQUIRE(chosen(make_instance<Hinge, L1>({.rows = 50, .columns = 20})).solver == Solver::cd);
  REQUIRE(chosen(make_instance<SquaredHinge, L2>({.rows = 50, .columns = 20})).solver ==
          Solver::newton);
  REQUIRE(chosen(make_instance<SquaredHinge, L2>({.rows = 19, .columns = 20})).solver ==
          Solver::hogwild);
  REQUIRE(
      chosen(make_instance<SquaredHinge, L2>({.rows = 19, .columns = 20, .lambda = 1e-4})).solver ==
      Solver::dual_cd);  // weak
  REQUIRE(chosen(make_instance<Squared, Bounded>({.rows = 19, .columns = 20})).solver ==
          Solver::cd);

  const auto narrow = make_instance<Hinge, L2>({.rows = 60, .columns = 5});
  const auto problem = narrow.problem();
  const Fit machine = fit<Hinge>(problem.matrix, problem.targets, {.threads = 2});
  REQUIRE(machine.solver == Solver::dual_cd);
  REQUIRE(machine.result.status == Status::converged);
  REQUIRE(chosen(make_instance<Hinge, L2>({.rows = 60, .columns = 5, .intercept = true})).solver ==
          Solver::newton);
  REQUIRE(chosen(make_instance<Hinge, L2>({.rows = 60, .columns = 5, .lambda = 1e-4})).solver ==
          Solver::newton);  // weak
  const Problem<Hinge, L2> strong{problem.matrix, problem.targets, {}, {.lambda = 1.0}};
  REQUIRE(machine.why == choose_solver(strong, 1e-3).why);
  REQUIRE(machine.model.solver_type == "L2R_L1LOSS_SVC_DUAL");
  const Fit rounded = fit<Hinge>(problem.matrix, problem.targets, {.solver = Solver::cd});
  REQUIRE(rounded.result.status == Status::converged);
  REQUIRE(rounded.result.certificate.objective ==
          Approx(machine.result.certificate.objective).epsilon(2e-3));
}

TEST_CASE("rows that are nearly orthogonal go to dual_cd, and fit() takes it", "[fit]") {
  // Every row has a column of its own, and one that it shares.
  std::vector<std::vector<std::pair<Index, double>>> rows;
  std::vector<double> y;
  for (Index i = 0; i < 40; ++i) {
    rows.push_back({{i, 1.0}, {40 + i / 4, 0.5}});
    y.push_back(i % 3 == 0 ? 1.0 : -1.0);
  }
  const CsrMatrix matrix = csr_from_rows(rows);
  REQUIRE(mean_squared_cosine(matrix) < 0.05);
  const Problem<Logistic, L2> problem{matrix, y, {}, {0.025}};
  REQUIRE(choose_solver(problem, 1e-3).solver == Solver::dual_cd);
  for (const int threads : {1, 2}) {
    const Fit made = fit(matrix, y, {.penalty = {.lambda = 0.025}, .threads = threads});
    REQUIRE(made.solver == Solver::dual_cd);
    REQUIRE(made.result.status == Status::converged);
  }
  const Problem<Logistic, L2> centred{matrix, y, {}, {0.025}, true};
  REQUIRE(choose_solver(centred, 1e-3).solver == Solver::dual_cd);
  const Fit shifted = fit(matrix, y, {.penalty = {.lambda = 0.025}, .intercept = true});
  REQUIRE(shifted.solver == Solver::dual_cd);
  REQUIRE(shifted.result.status == Status::converged);
  REQUIRE(shifted.model.intercepts == std::vector<double>{shifted.result.intercept});
  REQUIRE(shifted.result.intercept < 0.0);  // two thirds are -1
  // Copies of one row point in one direction.
  const std::vector<std::vector<std::pair<Index, double>>> same(10, {{0, 1.0}, {3, 2.0}});
  REQUIRE(mean_squared_cosine(csr_from_rows(same)) == Approx(1.0));
  REQUIRE(mean_squared_cosine(CsrMatrix()) == 0.0);
}

TEST_CASE("a deterministic fit gives the same model with 1, 2 and 4 threads, or refuses", "[fit]") {
  const auto instance = make_instance<Logistic, L2>({.rows = 19, .columns = 20});
  const auto problem = instance.problem();
  REQUIRE(fit(problem.matrix, problem.targets, {.threads = 1}).solver == Solver::hogwild);
  std::vector<double> first;
  for (const int threads : {1, 2, 4}) {
    const Fit made =
        fit(problem.matrix, problem.targets, {.threads = threads, .deterministic = true});
    REQUIRE(made.solver == Solver::dual_cd);
    first = first.empty() ? made.result.w : first;
    REQUIRE(made.result.w == first);
  }
  const FitOptions<> asked{.threads = 2, .solver = Solver::hogwild, .deterministic = true};
  REQUIRE_THROWS_WITH(fit(problem.matrix, problem.targets, asked), Catch::Contains("Solver::cd"));
}

TEST_CASE("the defaults of a fit are what its options say", "[fit]") {
  const auto instance = make_instance<Logistic, L2>({.lambda = 1.0});
  const auto problem = instance.problem();
  const Fit made = fit(problem.matrix, problem.targets);
  REQUIRE(made.result.status == Status::converged);
  REQUIRE(made.result.certificate.relative_gap <= 1e-3);
  REQUIRE(made.result.threads == available_threads());
  REQUIRE(made.model.intercepts.empty());
  const std::vector<double> start(20, 0.5);
  const Fit none = fit(problem.matrix, problem.targets,
                       {.max_epochs = 0, .initial = start, .solver = Solver::hogwild});
  REQUIRE(none.model.weights == start);
}

TEST_CASE("labels and shapes that do not suit are refused", "[fit]") {
  const CsrMatrix matrix = CsrMatrix::adopt({0, 1, 2, 3}, {0, 0, 0}, {1, 2, 3}, 1);
  const auto refused = [&](const std::vector<double>& labels, const std::string& words) {
    CAPTURE(words);
    REQUIRE_THROWS_WITH(fit(matrix, labels), Catch::Contains(words));
  };
  refused({1, 2, 3}, "two classes (3 classes: 1, 2, 3); one_against_rest()");
  refused({4, 4, 4}, "one label only: 4");
  refused({0.5, 1.5, 2.5}, "labels are real numbers");
  refused({1, std::nan(""), 1}, "the label of row 1 is not finite");
  refused({1, -1}, "one number a row");
  REQUIRE_THROWS_AS(fit(matrix, std::vector<double>{1, 2, 3}), LabelError);
  const std::vector<double> fine{1, -1, 1};
  const std::vector<double> one_class{1, 0, 2};
  REQUIRE_THROWS_WITH(fit(matrix, fine, {.weights = one_class}),
                      Catch::Contains("one label only: 1 (-1 on rows of weight 0 only)"));
  const std::vector<double> short_of_one{1, 1};
  REQUIRE_THROWS_WITH(fit(matrix, fine, {.weights = short_of_one}),
                      Catch::Contains("weights must hold one number a row"));
  const std::vector<double> negative{1, -1, 1};
  REQUIRE_THROWS_WITH(fit(matrix, fine, {.weights = negative}), Catch::Contains("not negative"));
  REQUIRE_THROWS_AS(fit(matrix, fine, {.penalty = {.lambda = -1.0}}), std::invalid_argument);
  REQUIRE_THROWS_AS(fit(matrix, fine, {.threads = -1}), std::invalid_argument);
  REQUIRE_THROWS_AS(fit(matrix, fine, {.initial = fine}), std::invalid_argument);
}

TEST_CASE("a fitted model is saved whole, and loaded the same", "[fit]") {
  const auto instance = make_instance<Logistic, L2>({.rows = 60, .columns = 5});
  const auto problem = instance.problem();
  const std::vector<double> labels = relabelled(problem.targets, 2.0, 1.0);
  const LinearModel model = fit(problem.matrix, labels, {.intercept = true}).model;
  const Scratch scratch;
  const std::string path = scratch.path("model");
  save_model(model, path);
  REQUIRE(Scratch::content(path) == to_liblinear(model));
  const LinearModel loaded = load_model(path);
  REQUIRE(loaded.weights == model.weights);
  REQUIRE(loaded.intercepts == model.intercepts);
  REQUIRE(loaded.labels == model.labels);
  const std::vector<double> values = decisions(loaded, problem.matrix, Team(2));
  REQUIRE(values == decisions(model, problem.matrix, Team(1)));
  REQUIRE(probabilities(loaded, {values.data(), 1})[0] ==
          Approx(1.0 / (1.0 + std::exp(-values[0]))));

  LinearModel broken = model;
  broken.weights.pop_back();
  REQUIRE_THROWS_AS(save_model(broken, path), std::invalid_argument);
  REQUIRE(Scratch::content(path) == to_liblinear(model));  // as it was
  REQUIRE_THROWS_AS(save_model(model, scratch.path("no/folder")), std::system_error);
  REQUIRE_THROWS_WITH(load_model(scratch.path("nothing")), Catch::Contains("nothing"));
  REQUIRE_THROWS_AS(load_model(scratch.folder().string()), std::system_error);
  REQUIRE_THROWS_AS(load_model(scratch.file("not a model", "text")), ModelFormatError);
}
