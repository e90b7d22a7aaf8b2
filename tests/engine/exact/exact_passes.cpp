// Exact passes against the plain serial loop, and their bits at any number of workers.
#include <sounder/engine/exact/exact_passes.hpp>
#include <sounder/engine/exact/ordered_rows.hpp>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <numeric>
#include <vector>

#include "support/catch.hpp"
#include "support/random_matrix.hpp"

using namespace sounder;

namespace {

/// A method that steps by a tenth of what is left to the target 1.
struct Towards {
  struct Step {
    double along = 0.0;
    double reach = 0.0;
    [[nodiscard]] bool idle() const { return along == 0.0; }
  };
  struct Carry {};
  std::vector<double> v;
  Carry none;
  explicit Towards(Index rows) : v(static_cast<std::size_t>(rows)) {}
  [[nodiscard]] bool wants(Index i) const { return i % 7 != 3; }
  [[nodiscard]] Step step(Index /*i*/, double z, double norm, Carry& /*none*/,
                          double /*done*/) const {
    const double change = 0.1 * (1.0 - z) / (norm * norm + 1.0);
    return {change, std::abs(change) * norm};
  }
  void take(Index i, double /*z*/, const Step& step) {
    v[static_cast<std::size_t>(i)] += step.along;
  }
  Carry& carry() { return none; }
};

struct Passed {
  std::vector<double> w;
  std::vector<double> v;
};

Passed pass(const CsrMatrix& matrix, int parts, int workers, int batch, int epochs) {
  const Team team(workers);
  const OrderedRows ordered(matrix, team);
  const ColumnParts columns(ordered, parts, team);
  std::vector<Index> rows(static_cast<std::size_t>(matrix.rows()));
  std::iota(rows.begin(), rows.end(), 0);
  const RowBatches batches(ordered, rows, batch, /*seed=*/7, team);
  std::vector<std::int64_t> order(static_cast<std::size_t>(batches.count()));
  std::iota(order.begin(), order.end(), 0);
  // In short stretches, by all workers: on a machine of few cores one would soon go on alone.
  ExactPasses<> passes(columns, team, WorkerChoice::always(std::min(workers, parts), 7));
  Towards method(matrix.rows());
  for (int epoch = 0; epoch < epochs; ++epoch) {
    REQUIRE(passes.run(batches, order, static_cast<std::uint64_t>(epoch), method,
                       [] { return false; }));
  }
  Passed result{std::vector<double>(static_cast<std::size_t>(matrix.columns())), method.v};
  passes.copy_to(result.w);
  return result;
}

}  // namespace

TEST_CASE("w is what the steps add up to", "[exact]") {
  for (const double density : {0.02, 0.5}) {
    const CsrMatrix matrix = test::random_matrix(120, 60, density, 3);
    for (const int batch : {1, 8, 64}) {
      CAPTURE(density, batch);
      const Passed found = pass(matrix, 2, 2, batch, 20);
      std::vector<double> w(60, 0.0);
      for (Index i = 0; i < matrix.rows(); ++i) {
        matrix.row(i).for_each_double([&](Index j, double x) {
          w[static_cast<std::size_t>(j)] += found.v[static_cast<std::size_t>(i)] * x;
        });
      }
      for (std::size_t j = 0; j < w.size(); ++j) {
        REQUIRE(found.w[j] == Approx(w[j]).margin(1e-12));
      }
    }
  }
}

TEST_CASE("in batches the steps are those of one row after another", "[exact]") {
  // With a method whose fixed point is unique, many epochs come to the same place; the products of
  // a batch are floats.
  const CsrMatrix matrix = test::random_matrix(40, 80, 0.3, 5);
  const Passed plain = pass(matrix, 1, 1, 1, 4000);
  for (const int batch : {4, 16, 40}) {
    CAPTURE(batch);
    const Passed batched = pass(matrix, 1, 1, batch, 4000);
    for (std::size_t i = 0; i < plain.v.size(); ++i) {
      REQUIRE(batched.v[i] == Approx(plain.v[i]).margin(1e-6));
    }
  }
}

TEST_CASE("the bits do not depend on parts and workers: 1, 2, 3, 4 and 8", "[exact]") {
  for (const double density : {0.05, 0.6}) {
    const CsrMatrix matrix = test::random_matrix(200, 90, density, 11);
    for (const int batch : {1, 5, 32}) {
      const Passed alone = pass(matrix, 1, 1, batch, 30);
      for (const int workers : {2, 3, 4, 8}) {
        CAPTURE(density, batch, workers);
        const Passed several = pass(matrix, workers, workers, batch, 30);
        REQUIRE(several.w == alone.w);
        REQUIRE(several.v == alone.v);
        REQUIRE(pass(matrix, workers, 1, batch, 30).w == alone.w);
      }
    }
  }
}

TEST_CASE("sums of rounded terms have the same bits in any order", "[exact]") {
  RandomStream random(3);
  std::vector<double> terms(1000);
  double size = 0.0;
  for (double& term : terms) {
    term = random.normal() * std::exp(5.0 * random.normal());
    size += std::abs(term);
  }
  const OrderFree sums(size);
  const auto total = [&] {
    double sum = 0.0;
    for (const double term : terms) {
      sum += sums.rounded(term);
    }
    return sum;
  };
  const double first = total();
  for (int again = 0; again < 20; ++again) {
    shuffle(std::span(terms), random);
    REQUIRE(total() == first);
  }
  REQUIRE(first == Approx(std::accumulate(terms.begin(), terms.end(), 0.0)).margin(1e-12 * size));
  // No window is too small or too large.
  for (const double window : {0.0, 1e-320, 1e-300, 1e300, 1.7e308}) {
    CAPTURE(window);
    REQUIRE(std::isfinite(OrderFree(window).rounded(0.25 * window)));
    REQUIRE(OrderFree(window).rounded(0.0) == 0.0);
  }
}

TEST_CASE("a barrier holds everybody until all have come: 2, 4 and 8 threads", "[exact]") {
  for (const int threads : {2, 4, 8}) {
    Barrier barrier(threads);
    std::vector<int> seen(static_cast<std::size_t>(threads) * 16);
    std::atomic<int> wrong = 0;
    Team(threads).run([&](Worker worker) {
      for (int round = 1; round <= 200; ++round) {
        seen[static_cast<std::size_t>(worker.rank) * 16] = round;
        barrier.wait();
        for (int other = 0; other < threads; ++other) {
          wrong += seen[static_cast<std::size_t>(other) * 16] != round ? 1 : 0;
        }
        barrier.wait();
      }
    });
    REQUIRE(wrong == 0);
  }
}

TEST_CASE("parts hold every entry once, doubles in two", "[exact]") {
  const std::vector<Offset> pointers{0, 2, 3};
  const std::vector<Index> columns{0, 2, 1};
  const std::vector<double> values{1.0 / 3.0, 2.0, -0.1};
  const CsrMatrix matrix(pointers, columns, values, 4);
  for (const int parts : {1, 2, 3}) {
    const ColumnParts cut(OrderedRows(matrix, Team(2)), parts, Team(2));
    std::vector<double> sum(4, 0.0);
    for (int k = 0; k < parts; ++k) {
      for (Index i = 0; i < 2; ++i) {
        for (const ColumnParts::Entry& entry : cut.part(k).row(i)) {
          sum[static_cast<std::size_t>(cut.part(k).names()[entry.column])] +=
              static_cast<double>(entry.value);
        }
      }
    }
    REQUIRE(sum[0] == Approx(1.0 / 3.0).epsilon(1e-14));
    REQUIRE(sum[1] == Approx(-0.1).epsilon(1e-14));
    REQUIRE(sum[2] == 2.0);
    REQUIRE(sum[3] == 0.0);
  }
}
