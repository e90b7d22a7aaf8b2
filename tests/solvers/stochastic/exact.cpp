// The exact passes of sgd and saga against the plain loop and the oracle, and their bits at any
// number of threads.
#include <sounder/engine/base/random.hpp>
#include <sounder/engine/matrix/column_counts.hpp>
#include <sounder/engine/shared/locked.hpp>
#include <sounder/solvers/saga.hpp>
#include <sounder/solvers/sgd.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <vector>

#include "solvers/stochastic/hogwild_checks.hpp"
#include "support/catch.hpp"

using namespace sounder;
using sounder::test::Berhu;
using sounder::test::excess_by;
using sounder::test::make_instance;
using sounder::test::OraclePoint;
using sounder::test::Shape;

namespace {

constexpr std::uint64_t seed = 3;
constexpr double rate = 0.02;

/// Packed rows, and a drift and penalty for every column.
struct Data {
  /// @param doubles values that are no floats
  /// @param hot     columns
  Data(Index n, bool doubles, int hot)
      : matrix(doubles ? test::with_doubles(test::random_matrix(n, 30, 0.3, 5))
                       : test::random_matrix(n, 30, 0.3, 5)),
        targets(static_cast<std::size_t>(n)), weights(targets.size()),
        rows(matrix, order_columns(column_counts(matrix, Team(1)), n, true, hot),
             std::vector<float>(31, 1.0F), true, Team(1)),
        anchors(targets.size()), pull(rows.columns()), terms(rows.columns()) {
    RandomStream random(8);
    for (std::size_t i = 0; i < targets.size(); ++i) {
      targets[i] = random.uniform() < 0.5 ? 1.0 : -1.0;
      weights[i] = i % 10 == 0 ? 0.0 : 2.0 * random.uniform();
      anchors[i] = 0.3 * random.normal();
    }
    for (std::size_t j = 0; j < pull.size(); ++j) {
      pull[j] = 0.1 * random.normal();
      terms[j] = {0.2 * random.normal(), 0.1 * random.uniform(), 0.05 * random.uniform()};
    }
  }

  [[nodiscard]] LabelledRows<Logistic> labelled() const { return {&rows, targets, weights, {}}; }

  CsrMatrix matrix;
  std::vector<double> targets;
  std::vector<double> weights;
  PackedRows rows;
  std::vector<double> anchors;
  std::vector<double> pull;
  std::vector<StepTerms> terms;
};

using Batches = std::vector<std::vector<Index>>;

/// The rows of each batch in the order in which an exact pass takes them, by epoch.
std::vector<Batches> batches_of(const Data& data, int batch, int epochs) {
  Array<Index> all(data.targets.size());
  std::iota(all.begin(), all.end(), Index{0});
  const RowBatches batches(data.rows, all, batch, seed, Team(1));
  std::vector<std::int64_t> order(static_cast<std::size_t>(batches.count()));
  std::iota(order.begin(), order.end(), std::int64_t{0});
  std::vector<Batches> found;
  for (std::uint64_t epoch = 1; epoch <= static_cast<std::uint64_t>(epochs); ++epoch) {
    RandomStream random(seed, epoch);
    shuffle(std::span(order), random);
    Batches& own = found.emplace_back();
    for (const std::int64_t number : order) {
      std::vector<std::uint8_t> place(batches[number].rows.size());
      std::iota(place.begin(), place.end(), std::uint8_t{0});
      RandomStream within(seed + epoch, static_cast<std::uint64_t>(number));
      shuffle(std::span(place), within);
      std::vector<Index>& rows = own.emplace_back();
      for (const std::uint8_t k : place) {
        rows.push_back(batches[number].rows[k]);
      }
    }
  }
  return found;
}

/// The plain loop: a row sees the steps on the loss of those before it in its batch, and all else
/// of earlier batches; hot columns get that when HotBands says so. `saga`: the drift is a share of
/// a mean gradient, which the loop keeps.
template <class Terms>
std::vector<double> plain_loop(const Data& data, int batch, int epochs, bool saga) {
  std::vector<double> w(data.pull.size(), 0.0);
  std::vector<double> mean;
  for (const double value : data.pull) {
    mean.push_back(-value);
  }
  std::vector<double> anchors = data.anchors;
  const double n = data.matrix.rows();
  const HotBands bands(data.rows.order(), data.matrix.rows(), data.matrix.rows());
  const auto hot = static_cast<std::size_t>(data.rows.order().hot);
  const auto terms_of = [&](std::size_t j) {
    StepTerms terms = data.terms[j];
    terms.drift *= saga ? mean[j] : 1.0;
    return Terms::from(terms, {});
  };
  const auto take = [&](const std::vector<Index>& rows) {
    std::vector<double> seen = w;
    std::vector<double> along;
    std::vector<double> change;
    for (const Index i : rows) {
      const auto k = static_cast<std::size_t>(i);
      double z = 0.0;
      double square = 0.0;
      data.rows.each(i, [&](std::size_t j, double x) {
        z += seen[j] * x;
        square += x * x;
      });
      const double step = data.weights[k] * rate;
      const double slope = Logistic{}.derivative(data.targets[k], z);
      along.push_back(-(slope + anchors[k]) * step /
                      (1.0 + step * Logistic::curvature_bound * square));
      change.push_back((slope + anchors[k]) * data.weights[k] / n);
      if (saga) {
        anchors[k] = -slope;
      }
      data.rows.each(i, [&](std::size_t j, double x) { seen[j] += along.back() * x; });
    }
    for (std::size_t k = 0; k < rows.size(); ++k) {
      data.rows.each(rows[k], [&](std::size_t j, double x) {
        w[j] += along[k] * x;
        if (j >= hot) {
          w[j] = terms_of(j).moved(w[j], 0.0F, static_cast<float>(rate));
        }
        mean[j] += change[k] * x;
      });
    }
  };
  for (const Batches& epoch : batches_of(data, batch, epochs)) {
    double travelled = 0.0;
    std::array<double, HotBands::most> settled{};
    const auto settle = [&](int count) {
      for (int k = 0; k < count; ++k) {
        double& last = settled[static_cast<std::size_t>(k)];
        for (std::size_t j = bands.begin_of(k); j < bands.end_of(k); ++j) {
          const Terms terms = terms_of(j);
          w[j] = terms.prox(w[j] - (travelled - last) * static_cast<double>(terms.drift),
                            travelled - last);
        }
        last = travelled;
      }
    };
    for (std::size_t tick = 1; tick <= epoch.size(); ++tick) {
      take(epoch[tick - 1]);
      travelled += rate * static_cast<double>(epoch[tick - 1].size());
      settle(bands.due(tick));
    }
    settle(bands.count);
  }
  return w;
}

template <class Pass>
std::vector<double> exact(const Data& data, int batch, int epochs, int threads) {
  const Team team(threads);
  Pass pass(data.labelled(), batch, seed, team);
  pass.remember(data.anchors, data.pull);
  pass.prepare(data.terms);
  const Schedule schedule(1, 1, seed);
  for (int epoch = 0; epoch < epochs; ++epoch) {
    REQUIRE(pass.run(
        schedule, {}, data.anchors, [](double) { return rate; }, SilentTrace()));
  }
  const std::span<const double> w = pass.vector();
  return {w.begin(), w.end()};
}

template <class Pass, class Terms>
void takes_the_steps_of_the_plain_loop(bool saga, bool doubles = false, int hot = 0) {
  const Data data(203, doubles, hot);
  for (const int batch : {1, 4, 16, 64}) {
    const std::vector<double> expected = plain_loop<Terms>(data, batch, 3, saga);
    const std::vector<double> alone = exact<Pass>(data, batch, 3, 1);
    for (std::size_t j = 0; j < alone.size(); ++j) {
      CAPTURE(saga, doubles, hot, batch, j);
      REQUIRE(alone[j] == Approx(expected[j]).margin(1e-6));
    }
    for (const int threads : {2, 3, 4, 8}) {
      CAPTURE(saga, batch, threads);
      REQUIRE(exact<Pass>(data, batch, 3, threads) == alone);
    }
  }
}

const auto by_sgd = [](const auto& problem, const SgdOptions& options, Trace& trace) {
  return sgd(problem, options, trace);
};
const auto by_saga = [](const auto& problem, const SgdOptions& options, Trace& trace) {
  return saga(problem, options, trace);
};

template <class L, class P>
void has_the_same_bits() {
  for (const bool intercept : {false, true}) {
    const auto instance =
        make_instance<L, P>({.rows = 200, .columns = 40, .intercept = intercept, .weighted = true});
    for (const int batch : {0, 8}) {
      for (const bool remembers : {false, true}) {
        const auto solve = [&](int threads) {
          SilentTrace trace;
          const SgdOptions options{.threads = threads, .max_epochs = 6, .batch = batch};
          return remembers ? saga(instance.problem(), options, trace)
                           : sgd(instance.problem(), options, trace);
        };
        const Result alone = solve(1);
        for (const int threads : {2, 3, 4, 8}) {
          CAPTURE(L::name, P::name, intercept, batch, remembers, threads);
          const Result several = solve(threads);
          REQUIRE(several.w == alone.w);
          REQUIRE(several.intercept == alone.intercept);
          REQUIRE(several.certificate.objective == alone.certificate.objective);
          REQUIRE(several.certificate.dual_objective == alone.certificate.dual_objective);
        }
      }
    }
  }
}

}  // namespace

TEST_CASE("exact passes take the steps of the plain loop: 1, 2, 3, 4 and 8 threads", "[exact]") {
  takes_the_steps_of_the_plain_loop<ExactSgdPass<SmoothTerms, Logistic>, SmoothTerms>(false);
  takes_the_steps_of_the_plain_loop<ExactSgdPass<SparseTerms, Logistic>, SparseTerms>(false);
  takes_the_steps_of_the_plain_loop<ExactSagaPass<SmoothTerms, Logistic>, SmoothTerms>(true);
  takes_the_steps_of_the_plain_loop<ExactSagaPass<SparseTerms, Logistic>, SparseTerms>(true);
  for (const int hot : {5, 31}) {
    takes_the_steps_of_the_plain_loop<ExactSgdPass<SparseTerms, Logistic>, SparseTerms>(false, true,
                                                                                        hot);
    takes_the_steps_of_the_plain_loop<ExactSagaPass<SparseTerms, Logistic>, SparseTerms>(
        true, false, hot);
  }
  takes_the_steps_of_the_plain_loop<ExactSagaPass<SmoothTerms, Logistic>, SmoothTerms>(true, true);
}

TEST_CASE("sgd and saga have the same bits with 1, 2, 3, 4 and 8 threads", "[exact]") {
  has_the_same_bits<Logistic, L2>();
  has_the_same_bits<Hinge, L1>();
  has_the_same_bits<Squared, NoPenalty>();
  has_the_same_bits<mine::Huber, Berhu>();
}

TEST_CASE("sgd and saga in batches reach the optimum with 1, 2 and 4 threads", "[exact]") {
  const auto reach = [](const auto& instance, double bound) {
    const OraclePoint best = oracle_minimum(instance.dense_problem());
    for (const int threads : {1, 2, 4}) {
      CAPTURE(threads);
      const SgdOptions options{.threads = threads, .max_epochs = 60, .batch = 8};
      REQUIRE(excess_by(instance, best, options, by_sgd) <= bound);
      REQUIRE(excess_by(instance, best, options, by_saga) <= bound);
    }
  };
  for (const Shape& shape : test::all_shapes({.rows = 200})) {
    CAPTURE(shape);
    reach(make_instance<Logistic, L2>(shape), 1e-6);
    reach(make_instance<Squared, L1>(shape), 1e-4);
  }
}

TEMPLATE_TEST_CASE("saga without waiting reaches the optimum with 1, 2, 4 and 8 threads", "[exact]",
                   Relaxed, Atomic, Locked) {
  const auto instance = make_instance<Logistic, L2>(
      {.rows = 2000, .columns = 80, .density = 0.1, .intercept = true, .weighted = true});
  const OraclePoint best = oracle_minimum(instance.dense_problem());
  for (const int threads : {1, 2, 4, 8}) {
    CAPTURE(threads);
    const SgdOptions options{.threads = threads, .max_epochs = 40};
    REQUIRE(excess_by(instance, best, options,
                      [](const auto& problem, const SgdOptions& given, Trace& trace) {
                        return saga<TestType>(problem, given, trace);
                      }) <= 1e-4);
  }
  SilentTrace trace;
  const SgdOptions one{.max_epochs = 5};
  REQUIRE(saga<TestType>(instance.problem(), one, trace).w ==
          saga(instance.problem(), one, trace).w);
}

TEST_CASE("sgd and saga start from a model, and refuse what they cannot do", "[exact]") {
  const auto instance = make_instance<Logistic, L2>({.rows = 300, .columns = 10});
  SilentTrace trace;
  const Result cold =
      sgd(instance.problem(), {.max_epochs = 200, .tolerance = 1e-6, .batch = 8}, trace);
  REQUIRE(cold.status == Status::converged);
  for (const int threads : {1, 2}) {
    const SgdOptions warm{.threads = threads, .tolerance = 1e-5, .batch = 8, .initial = cold.w};
    REQUIRE(sgd(instance.problem(), warm, trace).epochs == 0);
    REQUIRE(saga(instance.problem(), warm, trace).epochs == 0);
  }
  REQUIRE_THROWS_AS(saga(instance.problem(), {.adagrad = true}, trace), std::invalid_argument);
  REQUIRE_THROWS_AS(sgd(instance.problem(), {.batch = 65}, trace), std::invalid_argument);
  // AdaGrad has no batches.
  REQUIRE(sgd(instance.problem(), {.threads = 2, .adagrad = true, .batch = 8}, trace).w ==
          sgd(instance.problem(), {.adagrad = true}, trace).w);
}

TEST_CASE("sgd in batches on doubles, with and without variance reduction, 1 and 2 threads",
          "[exact]") {
  const auto plain = make_instance<Logistic, L2>({.rows = 400, .columns = 10}, L2{0.1});
  const CsrMatrix matrix = test::with_doubles(plain.problem().matrix);
  const Problem<Logistic, L2> problem{matrix, plain.problem().targets, {}, {0.1}};
  SilentTrace trace;
  const double best =
      sgd(problem, {.max_epochs = 1000, .tolerance = 1e-9}, trace).certificate.objective;
  for (const int threads : {1, 2}) {
    for (const bool reduced : {false, true}) {
      CAPTURE(threads, reduced);
      const SgdOptions options{.threads = threads,
                               .max_epochs = 60,
                               .variance_reduction = reduced,
                               .extrapolation = 0,
                               .newton = false,
                               .batch = 8};
      const double found = sgd(problem, options, trace).certificate.objective;
      REQUIRE(found >= best * (1.0 - 1e-9));
      REQUIRE(found <= best * (reduced ? 1.0 + 1e-6 : 1.01));
    }
  }
}

TEST_CASE("rows without entries, and fewer rows than a batch holds: 1 and 3 threads", "[exact]") {
  const std::vector<Offset> pointers{0, 2, 2, 3, 3};
  const std::vector<Index> columns{0, 2, 2};
  const std::vector<double> values{1.0 / 3.0, -2.0, 0.7};
  const CsrMatrix matrix(pointers, columns, values, 4);
  const std::vector<double> y{1.0, -1.0, -1.0, 1.0};
  SilentTrace trace;
  for (const bool intercept : {false, true}) {
    const Problem<Squared, L2> problem{matrix, y, {}, {0.1}, intercept};
    const Result alone = sgd(problem, {.max_epochs = 500, .tolerance = 1e-6, .batch = 64}, trace);
    REQUIRE(alone.status == Status::converged);
    const SgdOptions many{.threads = 3, .max_epochs = 500, .tolerance = 1e-6, .batch = 64};
    REQUIRE(sgd(problem, many, trace).w == alone.w);
    REQUIRE(saga(problem, many, trace).status == Status::converged);
  }
}

TEST_CASE("steps of any size come to the same objectives: 1 and 2 threads", "[exact]") {
  const auto instance = make_instance<Squared, L2>({.rows = 300, .columns = 10}, L2{1e-4});
  struct Steps final : Trace {
    std::vector<double> objectives;
    Verdict epoch(const Progress& progress) override {
      objectives.push_back(progress.certificate.objective);
      return Verdict::go_on;
    }
  };
  const auto solve = [&](int threads, double step) {
    Steps trace;
    const SgdOptions options{.threads = threads, .max_epochs = 5, .step = step, .batch = 8};
    static_cast<void>(sgd(instance.problem(), options, trace));
    return trace.objectives;
  };
  for (const double step : {0.5, 5.0, 50.0, 1e6}) {
    CAPTURE(step);
    REQUIRE(solve(2, step) == solve(1, step));
  }
}
