#include <sounder/engine/base/random.hpp>
#include <sounder/solvers/loss/hinge.hpp>
#include <sounder/solvers/loss/logistic.hpp>
#include <sounder/solvers/loss/squared.hpp>
#include <sounder/solvers/loss/squared_hinge.hpp>
#include <sounder/solvers/model/liblinear_format.hpp>
#include <sounder/solvers/path/lambda_max.hpp>
#include <sounder/solvers/penalty/none.hpp>

#include <cmath>
#include <limits>

#include "support/catch.hpp"
#include "support/random_matrix.hpp"

using sounder::CsrMatrix;
using sounder::from_liblinear;
using sounder::Index;
using sounder::LinearModel;
using sounder::Team;
using sounder::to_liblinear;

namespace {

const std::string two_classes =
    "solver_type L2R_LR\nnr_class 2\nlabel 1 -1\nnr_feature 3\nbias -1\nw\n0.5 \n-2 \n0 \n";

void refused(const std::string& text, std::int64_t line, std::int64_t column,
             const std::string& reason) {
  INFO(text);
  try {
    static_cast<void>(from_liblinear(text));
    FAIL("the model was accepted");
  } catch (const sounder::ModelFormatError& error) {
    CHECK(std::string(error.what()).find(reason) != std::string::npos);
    CHECK(std::string(error.what()) != "");
    CHECK(error.line() == line);
    CHECK(error.column() == column);
  }
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  return text.replace(text.find(from), from.size(), to);
}

}  // namespace

TEST_CASE("a model of LIBLINEAR is read", "[model]") {
  const LinearModel model = from_liblinear(two_classes);
  REQUIRE(model.solver_type == "L2R_LR");
  REQUIRE(model.labels == std::vector<double>{1.0, -1.0});
  REQUIRE(model.features == 3);
  REQUIRE(model.weights == std::vector<double>{0.5, -2.0, 0.0});
  REQUIRE(model.intercepts.empty());
  REQUIRE(model.probabilistic());
  REQUIRE_FALSE(model.regression());
}

TEST_CASE("the bias is multiplied into the intercept", "[model]") {
  const std::string text = replaced(two_classes, "bias -1", "bias 2.5");
  REQUIRE(from_liblinear(text + "4 \n").intercepts == std::vector<double>{10.0});
  REQUIRE(from_liblinear(replaced(two_classes, "bias -1", "bias 0") + "4\n").intercepts ==
          std::vector<double>{0.0});
}

TEST_CASE("a regression has no labels", "[model]") {
  const std::string text =
      "solver_type L2R_L2LOSS_SVR\r\nnr_class 2\r\nnr_feature 1\r\nbias -1\r\nw\r\n+1e-3\r\n";
  const LinearModel model = from_liblinear(text);
  REQUIRE(model.regression());
  REQUIRE(model.weights == std::vector<double>{1e-3});
  REQUIRE(sounder::prediction(model, std::vector<double>{-3.5}) == -3.5);
}

TEST_CASE("several classes have an output each, and the largest wins", "[model]") {
  const LinearModel model = from_liblinear(
      "solver_type MCSVM_CS\nnr_class 3\nlabel 7 5 6\nnr_feature 2\nbias 1\nw\n"
      "1 0 0 \n0 1 0 \n0.5 0.25 0 \n");
  REQUIRE(model.outputs == 3);
  REQUIRE(model.intercepts == std::vector<double>{0.5, 0.25, 0.0});
  const CsrMatrix rows = CsrMatrix::adopt({0, 1, 2, 2}, {0, 1}, {-1.0F, 2.0F}, 2);
  for (const int threads : {1, 2, 4, 8}) {
    const std::vector<double> values = sounder::decisions(model, rows, Team(threads));
    REQUIRE(values == std::vector<double>{-0.5, 0.25, 0.0, 0.5, 2.25, 0.0, 0.5, 0.25, 0.0});
  }
  REQUIRE(sounder::prediction(model, std::vector<double>{-0.5, 0.25, 0.0}) == 5.0);
  REQUIRE(sounder::prediction(model, std::vector<double>{0.5, 0.5, 0.0}) == 7.0);
  REQUIRE(sounder::prediction(model, std::vector<double>{0.0, 0.0, 1.0}) == 6.0);
}

TEST_CASE("a decision of exactly 0 is the second label", "[model]") {
  const LinearModel model = from_liblinear(two_classes);
  REQUIRE(sounder::prediction(model, std::vector<double>{0.0}) == -1.0);
  REQUIRE(sounder::prediction(model, std::vector<double>{1e-300}) == 1.0);
}

TEST_CASE("features that a model does not know are ignored", "[model]") {
  const LinearModel model = from_liblinear(two_classes);
  const CsrMatrix row = CsrMatrix::adopt({0, 3}, {1, 3, 9}, {3.0F, 100.0F, 100.0F}, 10);
  REQUIRE(sounder::decisions(model, row, Team(1)) == std::vector<double>{-6.0});
}

TEST_CASE("probabilities add up to 1", "[model]") {
  const LinearModel two = from_liblinear(two_classes);
  const std::vector<double> p = sounder::probabilities(two, std::vector<double>{std::log(3.0)});
  REQUIRE(p[0] == Approx(0.75));
  REQUIRE(p[1] == Approx(0.25));
  LinearModel three = two;
  three.labels = {1.0, 2.0, 3.0};
  three.outputs = 3;
  const std::vector<double> q =
      sounder::probabilities(three, std::vector<double>{std::log(3.0), 0.0, 0.0});
  REQUIRE(q[0] == Approx(0.75 / 1.75));
  REQUIRE(q[0] + q[1] + q[2] == Approx(1.0));
}

TEST_CASE("a model is written as LIBLINEAR writes it", "[model]") {
  REQUIRE(to_liblinear(from_liblinear(two_classes)) == two_classes);
  LinearModel model = from_liblinear(two_classes);
  model.intercepts = {0.25};
  model.labels = {1'000'000.0, -0.5};  // whole labels are never written with an exponent
  REQUIRE(to_liblinear(model) ==
          "solver_type L2R_LR\nnr_class 2\nlabel 1000000 -0.5\nnr_feature 3\nbias 1\nw\n"
          "0.5 \n-2 \n0 \n0.25 \n");
  model.weights.pop_back();
  REQUIRE_THROWS_AS(to_liblinear(model), std::invalid_argument);
}

TEST_CASE("weights read back bit for bit", "[model]") {
  sounder::RandomStream random(7);
  LinearModel model;
  model.labels = {2.0, 1.0};
  model.weights = {std::numeric_limits<double>::denorm_min(),
                   std::numeric_limits<double>::max(),
                   -std::numeric_limits<double>::min(),
                   0.1,
                   1.0 / 3.0,
                   -0.0};
  for (int k = 0; k < 1000; ++k) {
    model.weights.push_back(random.normal() * std::exp(50.0 * random.normal()));
  }
  model.features = static_cast<Index>(model.weights.size());
  model.intercepts = {random.normal()};
  const LinearModel read = from_liblinear(to_liblinear(model));
  REQUIRE(read.weights == model.weights);
  REQUIRE(std::signbit(read.weights[5]));
  REQUIRE(read.intercepts == model.intercepts);
  REQUIRE(read.labels == model.labels);
}

TEST_CASE("decisions are those of doubles where the matrix holds them", "[model]") {
  sounder::LinearModel model;
  model.labels = {1.0, -1.0};
  model.features = 2;
  model.weights = {-1.0, 1.0};
  model.intercepts = {-30.0};
  const CsrMatrix matrix = CsrMatrix::adopt(
      std::vector<sounder::Offset>{0, 2, 4}, std::vector<Index>{0, 1, 0, 1},
      std::vector<double>{1600000000.0, 1600000050.0, 1600000000.0, 1600000010.0}, 2);
  REQUIRE(decisions(model, matrix, Team(2)) == std::vector<double>{20.0, -20.0});
  REQUIRE(predictions(model, matrix, Team(2)) == std::vector<double>{1.0, -1.0});
}

TEST_CASE("text that is no model is refused at its place", "[model]") {
  refused("", 1, 1, "ends before the weights");
  refused("1 1:2\n", 1, 1, "not a field");
  refused(replaced(two_classes, "L2R_LR", "L2R_XX"), 1, 13, "not a solver");
  refused(replaced(two_classes, "L2R_LR", "ONECLASS_SVM"), 1, 13, "one-class");
  refused(replaced(two_classes, "nr_class 2", "nr_class 0"), 2, 10, "whole number");
  refused(replaced(two_classes, "nr_class 2", "nr_class 2.5"), 2, 10, "whole number");
  refused(replaced(two_classes, "nr_class 2\n", ""), 2, 1, "nr_class must come before");
  refused(replaced(two_classes, "label 1 -1", "label 1"), 4, 1, "label is not a finite number");
  refused(replaced(two_classes, "label 1 -1\n", ""), 5, 1, "labels are missing");
  refused(replaced(two_classes, "nr_feature 3", "nr_feature -3"), 4, 12, "whole number");
  refused(replaced(two_classes, "nr_feature 3\n", ""), 5, 1, "must come before w");
  refused(replaced(two_classes, "bias -1", "bias x"), 5, 6, "bias is not a finite number");
  refused(replaced(two_classes, "0.5", "0.5x"), 7, 1, "weight is not a finite number");
  refused(replaced(two_classes, "-2", "nan"), 8, 1, "weight is not a finite number");
  refused(replaced(two_classes, "-2", "1e999"), 8, 1, "out of the range");
  refused(replaced(two_classes, "0 \n", ""), 9, 1, "ends where a weight");
  refused(replaced(two_classes, "bias -1", "bias 1"), 10, 1, "weight of the bias");
  refused(two_classes + "  7\n", 10, 3, "more weights");
  refused(replaced(two_classes, "nr_feature 3", "nr_feature 2147483647"), 10, 1,
          "ends where a weight");
  refused(replaced(two_classes, "L2R_LR", "L2R_L2LOSS_SVR"), 6, 1, "no labels");
}

TEST_CASE("a hashed model ends with its bits", "[model]") {
  LinearModel model = from_liblinear(two_classes);
  REQUIRE(model.hash_bits == 0);
  model.hash_bits = 2;
  REQUIRE_THROWS_AS(to_liblinear(model), std::invalid_argument);  // 3 features, not 4
  model.features = 4;
  model.weights.push_back(7.0);
  const std::string text = to_liblinear(model);
  REQUIRE(text == replaced(two_classes, "nr_feature 3", "nr_feature 4") + "7 \n# hash_bits 2\n");
  REQUIRE(from_liblinear(text).hash_bits == 2);
  REQUIRE(from_liblinear(text).weights == model.weights);
  REQUIRE(from_liblinear(replaced(text, "2\n", "2\r\n")).hash_bits == 2);
  model.intercepts = {0.5};
  REQUIRE(to_liblinear(model).ends_with("7 \n0.5 \n# hash_bits 2\n"));
  REQUIRE(from_liblinear(to_liblinear(model)).intercepts == model.intercepts);
  for (const int bits : {-1, 1, 3, 31, 32}) {
    model.hash_bits = bits;
    REQUIRE_THROWS_AS(model.validate(), std::invalid_argument);
  }

  const auto with = [&](const std::string& last) { return replaced(text, "# hash_bits 2", last); };
  refused(with("# hash_bits"), 12, 1, "ends where hash_bits");
  refused(with("# hash_bits 0"), 11, 13, "hash_bits must be a whole number of at least 1");
  refused(with("# hash_bits 2.5"), 11, 13, "whole number");
  refused(with("# hash_bits 31"), 11, 13, "at most 30");
  refused(with("# hash_bits 3"), 11, 13, "means an nr_feature of 8, and it is 4");
  refused(with("# hash_bits 2 2"), 11, 15, "nothing may stand after");
  refused(with("# hash_bits 2\n# hash_bits 2"), 12, 1, "nothing may stand after");
  refused(with("# trained today"), 11, 3, "only '# hash_bits B'");
  refused(with("#"), 12, 1, "only '# hash_bits B'");
  refused(with("hash_bits 2"), 11, 1, "more weights");
  refused(replaced(text, "7 \n", ""), 10, 1, "weight is not a finite number");
}

namespace {

/// max_j |sum_i s_i loss'(y_i, b) x_ij| / (n rho), the dense and slow way.
template <class L>
double dense_lambda_max(const sounder::Problem<L, sounder::NoPenalty>& problem, double b,
                        double l1_ratio) {
  double largest = 0.0;
  for (Index j = 0; j < problem.matrix.columns(); ++j) {
    double sum = 0.0;
    for (Index i = 0; i < problem.matrix.rows(); ++i) {
      const sounder::SparseRow row = problem.matrix.row(i);
      for (std::size_t k = 0; k < row.size(); ++k) {
        if (row.columns[k] == j) {
          sum += problem.weight(i) * problem.loss.derivative(problem.target(i), b) *
                 static_cast<double>(row.values[k]);
        }
      }
    }
    largest = std::max(largest, std::abs(sum));
  }
  return largest / (problem.matrix.rows() * l1_ratio);
}

struct Data {
  CsrMatrix matrix = sounder::test::random_matrix(300, 20, 0.3, 5);
  std::vector<double> targets;
  std::vector<double> weights;

  explicit Data(bool classification) {
    sounder::RandomStream random(9);
    for (int i = 0; i < 300; ++i) {
      targets.push_back(classification ? (random.uniform() < 0.3 ? 1.0 : -1.0)
                                       : 2.0 + random.normal());
      weights.push_back(0.5 + random.uniform());
    }
  }
};

/// The intercept alone, by ternary search of the objective.
template <class L>
double slow_intercept(const sounder::Problem<L, sounder::NoPenalty>& problem) {
  const auto objective = [&](double b) {
    double sum = 0.0;
    for (Index i = 0; i < problem.matrix.rows(); ++i) {
      sum += problem.weight(i) * problem.loss.value(problem.target(i), b);
    }
    return sum;
  };
  double low = -10.0;
  double high = 10.0;
  while (high - low > 1e-9) {
    const double third = (high - low) / 3.0;
    if (objective(low + third) < objective(high - third)) {
      high -= third;
    } else {
      low += third;
    }
  }
  return 0.5 * (low + high);
}

template <class L>
void check_lambda_max() {
  const Data data(L::classification);
  for (const int threads : {1, 2, 4, 8}) {
    const Team team(threads);
    sounder::Problem<L, sounder::NoPenalty> problem{data.matrix, data.targets, {},
                                                    {},          false,        data.weights};
    REQUIRE(lambda_max(problem, 1.0, team) ==
            Approx(dense_lambda_max(problem, 0.0, 1.0)).epsilon(1e-12));
    REQUIRE(lambda_max(problem, 0.25, team) ==
            Approx(dense_lambda_max(problem, 0.0, 0.25)).epsilon(1e-12));
    REQUIRE(lambda_max(problem, 1.0, team) == lambda_max(problem, 1.0, Team(1)));
    problem.intercept = true;
    if (L::smooth) {
      REQUIRE(lambda_max(problem, 1.0, team) ==
              Approx(dense_lambda_max(problem, slow_intercept(problem), 1.0)).epsilon(1e-6));
    }
  }
}

}  // namespace

TEST_CASE("lambda_max is the largest slope at zero", "[lambda_max]") {
  check_lambda_max<sounder::Logistic>();
  check_lambda_max<sounder::Squared>();
  check_lambda_max<sounder::SquaredHinge>();
  check_lambda_max<sounder::Hinge>();
}

TEST_CASE("lambda_max of a hinge with intercept balances the classes", "[lambda_max]") {
  // Rows 0 and 1 are +1, row 2 is -1: at b = 1 the -1 has slope 1, the two others share -1.
  const CsrMatrix matrix = CsrMatrix::adopt({0, 1, 2, 3}, {0, 0, 1}, {2.0F, 4.0F, 5.0F}, 2);
  const std::vector<double> targets{1.0, 1.0, -1.0};
  const sounder::Problem<sounder::Hinge, sounder::NoPenalty> problem{matrix, targets, {}, {}, true};
  REQUIRE(lambda_max(problem, 1.0, Team(2)) == Approx(5.0 / 3.0));
}

TEST_CASE("there is no lambda_max without an l1 penalty", "[lambda_max]") {
  const CsrMatrix matrix = CsrMatrix::adopt({0, 1}, {0}, {1.0F}, 1);
  const std::vector<double> targets{1.0};
  const sounder::Problem<sounder::Squared, sounder::NoPenalty> problem{matrix, targets, {}, {}};
  REQUIRE_THROWS_WITH(lambda_max(problem, 0.0, Team(1)), Catch::Contains("l1 penalty"));
}
