// How a problem is prepared for solvers, and how results are handed back.
#include <sounder/engine/matrix/centred_matrix.hpp>
#include <sounder/solvers/cd.hpp>
#include <sounder/solvers/driver/prepared_problem.hpp>
#include <sounder/solvers/driver/progress_watch.hpp>
#include <sounder/solvers/driver/separation.hpp>
#include <sounder/solvers/hogwild.hpp>
#include <sounder/solvers/loss/logistic.hpp>
#include <sounder/solvers/loss/squared.hpp>
#include <sounder/solvers/penalty/bounded.hpp>
#include <sounder/solvers/penalty/l1.hpp>
#include <sounder/solvers/penalty/l2.hpp>
#include <sounder/solvers/penalty/none.hpp>

#include <cmath>
#include <vector>

#include "support/catch.hpp"
#include "support/random_matrix.hpp"

using sounder::centred_matrix;
using sounder::CentredMatrix;
using sounder::Certificate;
using sounder::CsrMatrix;
using sounder::Index;
using sounder::L1;
using sounder::L2;
using sounder::Logistic;
using sounder::Offset;
using sounder::PreparedProblem;
using sounder::Problem;
using sounder::Result;
using sounder::SilentTrace;
using sounder::Squared;
using sounder::Status;

namespace {

/// Rows of 3 columns: one near 0 with gaps, one far from zero in all rows but `gap`, one constant.
struct FarColumns {
  std::vector<Offset> pointers{0};
  std::vector<Index> columns;
  std::vector<double> values;
  std::vector<double> targets;

  explicit FarColumns(int gap = -1) {
    for (int i = 0; i < 200; ++i) {
      const double x = std::sin(1.7 * i);
      if (i % 3 != 0) {
        put(0, std::cos(0.9 * i));
      }
      if (i != gap) {
        put(1, 1e6 + x);
      }
      put(2, 0.1);
      pointers.push_back(static_cast<Offset>(columns.size()));
      targets.push_back(x + 0.3 * std::sin(31.0 * i) > 0.0 ? 1.0 : -1.0);
    }
  }
  [[nodiscard]] CsrMatrix matrix() const { return {pointers, columns, values, 3}; }

 private:
  void put(Index column, double value) {
    columns.push_back(column);
    values.push_back(value);
  }
};

/// Like the squared loss, less a constant.
struct BelowZero : Squared {
  static constexpr std::string_view name = "below-zero";
  [[nodiscard]] double value(double y, double z) const noexcept {
    return Squared::value(y, z) - 1.0;
  }
};

}  // namespace

TEST_CASE("columns far from zero come about their means, others as they are", "[prepared]") {
  const FarColumns data;
  const CsrMatrix matrix = data.matrix();
  const std::vector<double> weights(200, 0.5);
  const CentredMatrix found = centred_matrix(matrix, weights);
  REQUIRE(std::vector<Index>(found.columns.begin(), found.columns.end()) ==
          std::vector<Index>{1, 2});
  double sum = 0.0;
  for (Index i = 0; i < 200; ++i) {
    const auto row = found.matrix.row(i);
    const auto old = matrix.row(i);
    REQUIRE(row.columns.back() == 1);  // the constant one is zero
    REQUIRE(row.values[row.size() - 1] == old.values[old.size() - 2] - found.centres[0]);
    REQUIRE(row.size() == old.size() - 1);
    sum += row.values[row.size() - 1];
  }
  REQUIRE(std::abs(sum) < 1e-6);
  // One row in two hundred that does not hold it brings its deviation near its mean.
  REQUIRE(centred_matrix(FarColumns(50).matrix(), {}).columns.size() == 1);
  // Rows of weight 0 do not count.
  std::vector<double> without(200, 1.0);
  without[50] = 0.0;
  const CentredMatrix filled = centred_matrix(FarColumns(50).matrix(), without);
  REQUIRE(filled.columns.size() == 2);
  REQUIRE(filled.matrix.row(50).columns.back() == 1);  // 0 less the mean
  // Nothing to do: the same arrays.
  const CsrMatrix plain = sounder::test::random_matrix(50, 4, 0.5, 2);
  REQUIRE(centred_matrix(plain, {}).matrix.column_indices().data() ==
          plain.column_indices().data());
}

TEST_CASE("a model comes back in the caller's coordinates, with its own objective", "[prepared]") {
  const FarColumns data;
  const CsrMatrix matrix = data.matrix();
  for (const double weight : {1.0, 1e-170, 1e150}) {
    const std::vector<double> weights(200, weight);
    const Problem<Logistic, L2> problem{matrix, data.targets, {}, {0.01 * weight}, true, weights};
    for (const int threads : {1, 2, 4, 8}) {
      CAPTURE(weight, threads);
      SilentTrace trace;
      const auto check = [&](const Result& result) {
        REQUIRE(result.status == Status::converged);
        REQUIRE(result.w[2] == 0.0);
        REQUIRE(std::abs(result.w[1]) > 0.5);
        long double loss = 0.0L;
        for (Index i = 0; i < 200; ++i) {
          long double z = result.intercept;
          const auto row = matrix.row(i);
          for (std::size_t k = 0; k < row.size(); ++k) {
            z += static_cast<long double>(row.values[k]) *
                 result.w[static_cast<std::size_t>(row.columns[k])];
          }
          loss +=
              Logistic{}.value(data.targets[static_cast<std::size_t>(i)], static_cast<double>(z));
        }
        double squares = 0.0;
        for (const double w : result.w) {
          squares += w * w;
        }
        const double objective = weight * (static_cast<double>(loss) / 200.0 + 0.005 * squares);
        REQUIRE(result.certificate.objective == Approx(objective).epsilon(1e-11));
        REQUIRE(result.certificate.dual_objective <= objective * (1.0 + 1e-11));
        REQUIRE(result.certificate.dual_objective >= objective * (1.0 - 1.1e-5));
      };
      sounder::CoordinateOptions options;
      options.threads = threads;
      options.tolerance = 1e-5;
      check(sounder::cd(problem, options, trace));
      sounder::SgdOptions stochastic;
      stochastic.threads = threads;
      stochastic.tolerance = 1e-5;
      stochastic.max_epochs = 500;
      check(sounder::hogwild(problem, stochastic, trace));
    }
  }
}

TEST_CASE("a warm start means the same where columns are centred", "[prepared]") {
  const FarColumns data;
  const CsrMatrix matrix = data.matrix();
  const Problem<Logistic, L2> problem{matrix, data.targets, {}, {0.01}, true, {}};
  SilentTrace trace;
  const Result cold = sounder::cd(problem, {.tolerance = 1e-9}, trace);
  sounder::CoordinateOptions options;
  options.tolerance = 1e-7;
  options.initial = cold.w;
  options.initial_intercept = cold.intercept;
  const Result warm = sounder::cd(problem, options, trace);
  REQUIRE(warm.epochs == 0);
  REQUIRE(warm.certificate.objective == Approx(cold.certificate.objective).epsilon(1e-9));
}

TEST_CASE("values beyond floats are refused by column; no objective below zero is certified",
          "[prepared]") {
  const std::vector<double> targets{1.0, -1.0};
  SilentTrace trace;
  for (const double value : {1e39, 1e-40}) {
    const CsrMatrix matrix =
        CsrMatrix::adopt<Offset, Index, double>({0, 2, 3}, {0, 1, 1}, {1.0, value, 2.0}, 2);
    const Problem<Logistic, L2> problem{matrix, targets, {}, {0.1}, false, {}};
    REQUIRE_THROWS_WITH(sounder::cd(problem, {}, trace), Catch::Contains("column 2"));
    REQUIRE_THROWS_WITH(sounder::hogwild(problem, {}, trace), Catch::Contains("column 2"));
  }
  const CsrMatrix matrix = sounder::test::random_matrix(20, 3, 0.8, 1);
  const std::vector<double> numbers(20, 0.5);
  const Problem<BelowZero, L1> below{matrix, numbers, {}, {0.1}, false, {}};
  REQUIRE_THROWS_WITH(sounder::cd(below, {}, trace), Catch::Contains("negative"));
  REQUIRE_THROWS_WITH(sounder::hogwild(below, {}, trace), Catch::Contains("negative"));
}

TEST_CASE("a watch ends what gets nowhere, and nothing else", "[prepared]") {
  sounder::ProgressWatch watch(3);
  Certificate point;
  point.objective = 1.0;
  point.relative_gap = 0.5;
  std::vector<double> w{1e-36, 0.0};
  REQUIRE_FALSE(watch.stalled(point, w));
  for (int epoch = 0; epoch < 20; ++epoch) {  // the gap falls, the objective does not
    point.relative_gap *= 0.99;
    REQUIRE_FALSE(watch.stalled(point, w));
  }
  for (int epoch = 0; epoch < 20; ++epoch) {  // a coefficient grows
    w[0] *= 1.01;
    REQUIRE_FALSE(watch.stalled(point, w));
  }
  REQUIRE_FALSE(watch.stalled(point, w));
  REQUIRE_FALSE(watch.stalled(point, w));
  REQUIRE(watch.stalled(point, w));
}

TEST_CASE("a separating point is scaled to a margin of 1, unless a bound is in the way",
          "[prepared]") {
  const CsrMatrix matrix = CsrMatrix::adopt({0, 1, 2, 3}, {0, 0, 0}, {1.0F, 3.0F, -4.0F}, 1);
  const std::vector<double> y{1.0, 1.0, -1.0};
  const std::vector<double> weights{1.0, 1.0, 0.0};
  const std::vector<double> w{0.5};
  const std::vector<double> z{0.5, 1.5, -2.0};
  const std::vector<double> wrong{0.5, 1.5, 2.0};
  const Problem<Logistic, sounder::NoPenalty> free{matrix, y, {}, {}, false, {}};
  REQUIRE(separating_factor(free, w, z) == Approx(2.0));
  REQUIRE(separating_factor(free, w, wrong) == 0.0);
  const Problem<Logistic, sounder::NoPenalty> weighted{matrix, y, {}, {}, false, weights};
  REQUIRE(separating_factor(weighted, w, wrong) == Approx(2.0));  // that row weighs nothing
  const Problem<Logistic, L2> penalised{matrix, y, {}, {0.1}, false, {}};
  REQUIRE(separating_factor(penalised, w, z) == 0.0);
  using sounder::Bounded;
  const Problem<Logistic, Bounded> cone{matrix, y, {}, {.lower = 0.0}, false, {}};
  REQUIRE(separating_factor(cone, w, z) == Approx(2.0));
  const Problem<Logistic, Bounded> box{matrix, y, {}, {.upper = 700.0}, false, {}};
  REQUIRE(separating_factor(box, w, z) == 0.0);
}
