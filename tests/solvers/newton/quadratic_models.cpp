// The models that coordinate descent minimises, and the second-order steps that help it.
#include <sounder/solvers/cd.hpp>
#include <sounder/solvers/loss/logistic.hpp>
#include <sounder/solvers/penalty/bounded.hpp>

#include <algorithm>
#include <cmath>

#include "solvers/fixtures/instances.hpp"
#include "support/catch.hpp"

using sounder::Bounded;
using sounder::CommonRows;
using sounder::CoordinateOptions;
using sounder::CscMatrix;
using sounder::CsrMatrix;
using sounder::GramMatrix;
using sounder::GramModel;
using sounder::GramPrecision;
using sounder::HessianProducts;
using sounder::Index;
using sounder::Logistic;
using sounder::MarginModel;
using sounder::QuadraticTerms;
using sounder::Result;
using sounder::SilentTrace;
using sounder::Status;
using sounder::SupportFactor;
using sounder::Team;
using sounder::test::dense;
using sounder::test::Instance;
using sounder::test::random_matrix;

namespace {

std::vector<Index> all_columns(const CscMatrix& columns) {
  std::vector<Index> list(static_cast<std::size_t>(columns.columns()));
  std::iota(list.begin(), list.end(), Index{0});
  return list;
}

/// A model of all columns of X with row weights d, at a point of the given gradient.
struct Model {
  CsrMatrix matrix;
  CscMatrix columns;
  std::vector<Index> list;
  QuadraticTerms terms;
  Team team;
  Eigen::MatrixXd hessian;

  Model(CsrMatrix x, const std::vector<float>& d, const std::vector<double>& gradient,
        int threads = 1)
      : matrix(std::move(x)), columns(matrix, Team(1)), list(all_columns(columns)), team(threads) {
    terms.d.assign(d);
    terms.gradient.assign(gradient);
    const Eigen::MatrixXd full = dense(matrix);
    Eigen::VectorXd weights(full.rows());
    for (Eigen::Index i = 0; i < full.rows(); ++i) {
      weights[i] = static_cast<double>(terms.d[static_cast<std::size_t>(i)]);
    }
    hessian = full.transpose() * weights.asDiagonal() * full;
    for (Eigen::Index j = 0; j < full.cols(); ++j) {
      terms.diagonal.push_back(hessian(j, j));
    }
  }
  [[nodiscard]] MarginModel by_margins() const { return {terms, matrix, columns, list, team}; }
};

Model random_model(Index rows, Index p, int threads = 1) {
  sounder::RandomStream random(3, 1);
  std::vector<float> d;
  for (Index i = 0; i < rows; ++i) {
    d.push_back(static_cast<float>(0.1 + random.uniform()));
  }
  std::vector<double> gradient;
  for (Index j = 0; j < p; ++j) {
    gradient.push_back(random.normal());
  }
  return {random_matrix(rows, p, 0.3, 5), std::move(d), std::move(gradient), threads};
}

double norm_by_diagonal(const MarginModel& model) {
  double sum = 0.0;
  for (std::size_t k = 0; k < model.size(); ++k) {
    sum += model.gradient(k) * model.gradient(k) / model.diagonal(k);
  }
  return std::sqrt(sum);
}

/// Documents of common words and of two rare ones, one of which only this document has.
Instance<Logistic, Bounded> documents(double l1) {
  constexpr Index n = 300;
  constexpr Index common = 40;
  sounder::RandomStream random(11, 2);
  std::vector<sounder::Offset> pointers{0};
  std::vector<Index> columns;
  std::vector<float> values;
  std::vector<double> targets;
  for (Index i = 0; i < n; ++i) {
    double z = 0.0;
    for (Index j = 0; j < common; ++j) {
      if (random.uniform() < 0.2) {
        columns.push_back(j);
        z += j % 2 == 0 ? 0.5 : -0.5;
      }
    }
    if (i > 0) {
      columns.push_back(common + i - 1);  // a word of two neighbours
    }
    columns.push_back(common + i);
    columns.push_back(common + n + i);
    values.resize(columns.size(), 1.0F);
    targets.push_back(z + random.normal() > 0.0 ? 1.0 : -1.0);
    pointers.push_back(static_cast<sounder::Offset>(columns.size()));
  }
  return {CsrMatrix::adopt(pointers, columns, values, common + 2 * n),
          targets,
          {},
          Bounded{.l1_strength = l1},
          false};
}

}  // namespace

TEST_CASE("products by rows are the Hessian's", "[model]") {
  for (const int threads : {1, 2, 3}) {
    Model model = random_model(60, 25, threads);
    Eigen::MatrixXd expected = model.hessian;
    SECTION("every row felt, " + std::to_string(threads) + " threads") {}
    SECTION("rows hardly felt act on the diagonal, " + std::to_string(threads) + " threads") {
      const Eigen::MatrixXd x = dense(model.matrix);
      for (Eigen::Index i = 0; i < 30; ++i) {
        float& d = model.terms.d[static_cast<std::size_t>(i)];
        const auto row = x.row(i);
        expected -= static_cast<double>(d) * row.transpose() * row;
        d *= 1e-5F;
        expected.diagonal() += static_cast<double>(d) * row.cwiseAbs2().transpose();
      }
    }
    HessianProducts products(model.matrix, model.columns, model.list, model.terms.d, model.team);
    const std::vector<std::size_t> support{1, 4, 5, 11, 24};
    const std::vector<double> v{1.0, -2.0, 0.5, 3.0, -1.0};
    std::vector<double> out(support.size());
    products.multiply(support, v, out);
    for (std::size_t a = 0; a < support.size(); ++a) {
      double sum = 0.0;
      for (std::size_t b = 0; b < support.size(); ++b) {
        sum +=
            expected(static_cast<Eigen::Index>(support[a]), static_cast<Eigen::Index>(support[b])) *
            v[b];
      }
      REQUIRE(out[a] == Approx(sum).epsilon(1e-5).margin(1e-5));
    }
  }
}

TEST_CASE("a Newton step cut short still shrinks the gradient", "[model]") {
  const Model model = random_model(60, 25);
  const Bounded penalty{};
  double previous = norm_by_diagonal(model.by_margins());
  for (const int products : {2, 3, 5, 9, 17}) {
    MarginModel margins = model.by_margins();
    std::vector<double> w(25, 0.0);
    SupportFactor factor(model.team);
    const auto step = newton_by_residuals(margins, penalty, w, 0.0, products, factor);
    REQUIRE(step.taken);
    const double now = norm_by_diagonal(margins);
    CAPTURE(products, now, previous);
    REQUIRE(now < previous);
    previous = now;
    if (now < 0.1 * norm_by_diagonal(model.by_margins())) {
      return;  // it stops there
    }
  }
  FAIL("a tenth of the gradient was left");
}

TEST_CASE("products with a Gram matrix that a team shares out: 1, 2, 3, 4 and 8 threads",
          "[model]") {
  for (const auto precision : {GramPrecision::single, GramPrecision::full}) {
    std::vector<double> first;
    for (const int threads : {1, 2, 3, 4, 8}) {
      const Model model = random_model(150, 400, threads);
      CommonRows rows(model.columns, model.list);
      GramMatrix gram;
      gram.clear(precision);
      gram.extend(model.columns, model.list, rows, model.terms.d, {}, 1.0, model.team);
      GramModel products(model.terms, gram, model.team);
      std::vector<std::size_t> support;
      std::vector<double> x;
      for (std::size_t k = 0; k < 400; k += k % 7 == 0 ? 2 : 1) {
        support.push_back(k);
        x.push_back(std::cos(static_cast<double>(k)));
      }
      products.focus(support);
      std::vector<double> out(support.size());
      products.multiply(x, out);
      double curvature = 0.0;
      for (std::size_t a = 0; a < support.size(); ++a) {
        double sum = 0.0;
        for (std::size_t b = 0; b < support.size(); ++b) {
          sum += model.hessian(static_cast<Eigen::Index>(support[a]),
                               static_cast<Eigen::Index>(support[b])) *
                 x[b];
        }
        REQUIRE(out[a] == Approx(sum).epsilon(1e-5).margin(1e-4));
        curvature += x[a] * sum;
      }
      REQUIRE(products.curvature(x) == Approx(curvature).epsilon(1e-5));
      products.commit(0.5);
      for (std::size_t k = 0; k < 400; ++k) {
        out.push_back(products.gradient(k));
      }
      if (first.empty()) {
        first = out;
      }
      REQUIRE(out == first);
    }
  }
}

TEST_CASE("a factor makes Newton steps accurate, also of a support that has changed", "[model]") {
  std::vector<double> first;
  for (const int threads : {1, 2, 3, 4, 8}) {
    const Model model = random_model(700, 240, threads);
    const Bounded penalty{.l1_strength = 0.01};
    MarginModel margins = model.by_margins();
    SupportFactor factor(model.team);
    std::vector<double> w(240, 50.0);  // far from zero: no sign changes
    for (std::size_t k = 0; k < 240; k += 60) {
      w[k] = 0.0;
    }
    const auto step_and_norm = [&](double damping) {
      REQUIRE(newton_by_residuals(margins, penalty, w, damping, 200, factor).taken);
      double squares = 0.0;
      for (std::size_t k = 0; k < 240; ++k) {
        const double left = w[k] == 0.0 ? 0.0 : margins.gradient(k) + 0.01;
        squares += left * left / margins.diagonal(k);
      }
      return std::sqrt(squares);
    };
    double before = step_and_norm(1e-2);
    for (int k = 0; k < 20 && !factor.fits(); ++k) {
      before = step_and_norm(1e-2);
    }
    REQUIRE(factor.fits());
    w[0] = 50.0;  // one coordinate comes, another leaves
    w[1] = 0.0;
    const double after = step_and_norm(1e-6);
    CAPTURE(threads, before, after);
    REQUIRE(factor.fits());
    REQUIRE(after < 1e-3);
    if (first.empty()) {
      first = w;
    }
    REQUIRE(w == first);
  }
}

TEST_CASE("columns that lean on one row are settled exactly", "[model]") {
  // Word 0 and word 1 differ in row 5 alone, which the loss hardly feels.
  const std::vector<sounder::Offset> pointers{0, 0, 2, 3, 3, 3, 4, 4};
  const std::vector<Index> columns{0, 1, 2, 1};
  const std::vector<float> values{1.0F, 1.0F, 1.0F, 1.0F};
  const Model model(CsrMatrix::adopt(pointers, columns, values, 3),
                    {1.0F, 1.0F, 1.0F, 1.0F, 1.0F, 1e-4F, 1.0F}, {-0.5, -0.5002, 0.3});
  const Bounded penalty{.l1_strength = 0.5};
  MarginModel margins = model.by_margins();
  std::vector<double> w{1.0, 1.0, 0.25};
  sounder::minimise_collinear(margins, penalty, w);
  for (std::size_t k = 0; k < 2; ++k) {
    CAPTURE(k, w[k], margins.gradient(k));
    // A proximal step moves nothing; margins are floats.
    REQUIRE(std::abs(penalty.prox(w[k] - margins.gradient(k), 1.0) - w[k]) < 1e-7);
  }
  REQUIRE(w[0] == 0.0);  // word 1 takes over
  REQUIRE(w[1] > 1.9);
  REQUIRE(w[2] == 0.25);
}

TEST_CASE("the heaviest columns' gradients are settled", "[model]") {
  const Model model = random_model(200, 25);
  const Bounded penalty{.l1_strength = 0.01};
  MarginModel margins = model.by_margins();
  std::vector<double> w(25, 5.0);  // far from zero: no sign changes
  w[7] = 0.0;
  sounder::minimise_heaviest(margins, penalty, w);
  for (std::size_t k = 0; k < 25; ++k) {
    CAPTURE(k);
    if (k == 7) {
      REQUIRE(w[k] == 0.0);
    } else {
      REQUIRE(std::abs(margins.gradient(k) + 0.01) < 1e-4);
    }
  }
}

TEST_CASE("words that few documents have do not hold up the certificate", "[model]") {
  const auto instance = documents(1e-4);
  for (const int threads : {1, 2, 4}) {
    CoordinateOptions options;
    options.threads = threads;
    options.tolerance = 1e-9;
    options.max_epochs = 40;
    SilentTrace trace;
    const Result result = cd(instance.problem(), options, trace);
    CAPTURE(threads, result.epochs, result.certificate.relative_gap);
    REQUIRE(result.status == Status::converged);
  }
}
