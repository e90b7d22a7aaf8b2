// How coordinate runs end, which values P may have, where the solvers coincide, and that runs
// repeat to the bit.
#include <sounder/datasets/generate.hpp>
#include <sounder/solvers/path/lambda_max.hpp>

#include <cmath>
#include <string>

#include "solvers/coordinate/coordinate_checks.hpp"
#include "solvers/coordinate/coordinate_solvers.hpp"
#include "solvers/fixtures/correlated.hpp"

using sounder::BlockKind;
using sounder::Bounded;
using sounder::CoordinateOptions;
using sounder::CsrMatrix;
using sounder::Index;
using sounder::L1;
using sounder::L2;
using sounder::Logistic;
using sounder::Problem;
using sounder::Result;
using sounder::shotgun;
using sounder::SilentTrace;
using sounder::Squared;
using sounder::Status;
using sounder::Team;
using sounder::test::by_block;
using sounder::test::by_greed;
using sounder::test::by_shotgun;
using sounder::test::correlated;
using sounder::test::make_instance;
using sounder::test::Memory;
using sounder::test::quietly;

namespace {

Index p_star_of(const CsrMatrix& matrix) {
  const Team team(1);
  return sounder::spectral_radius(matrix, sounder::CscMatrix(matrix, team), team).p_star();
}

/// The method without extensions, which theory describes.
CoordinateOptions bare(int threads, Index parallel) {
  CoordinateOptions options;
  options.threads = threads;
  options.parallel = parallel;
  options.extrapolation = 0;
  return options;
}

}  // namespace

TEST_CASE("rounds up to P* divide shotgun's iterations, far past it they diverge", "[shotgun]") {
  const auto instance = correlated(300, 200, 0.1, 1, 0.3);
  const auto problem = instance.problem();
  const Index p_star = p_star_of(problem.matrix);
  REQUIRE(p_star >= 6);
  REQUIRE(p_star <= 12);
  for (const int threads : {1, 2, 4, 8}) {
    CAPTURE(threads, p_star);
    const auto rounds = [&](Index parallel) {
      const Result result = quietly(by_shotgun, problem, bare(threads, parallel));
      REQUIRE(result.status == Status::converged);
      REQUIRE(result.parallel == parallel);
      return static_cast<double>(result.updates) / parallel;
    };
    const double alone = rounds(1);
    REQUIRE(rounds(p_star) < 2.0 * alone / p_star);
    CoordinateOptions options = bare(threads, 16 * p_star);
    const Result wild = quietly(by_shotgun, problem, options);
    REQUIRE(wild.status == Status::diverged);
    REQUIRE_THAT(wild.message, Catch::Contains("P* = " + std::to_string(p_star)));
    for (const double value : wild.w) {
      REQUIRE(std::isfinite(value));
    }
    REQUIRE(wild.certificate.objective <= objective_at_zero(problem, Team(1)));
  }
}

TEST_CASE("an automatic P never diverges, from uncorrelated columns to equal ones", "[shotgun]") {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const double share = static_cast<double>(seed % 5) / 4.0;
    const auto instance = correlated(60, 40, share, seed);
    const auto problem = instance.problem();
    const int threads = 1 << (seed % 4);
    CAPTURE(seed, share, threads);
    CoordinateOptions options = bare(threads, 0);
    options.max_epochs = 30;
    options.tolerance = 1e-6;
    options.seed = seed;
    Memory trace;
    const Result result = shotgun(problem, options, trace);
    REQUIRE((result.status == Status::converged || result.status == Status::max_epochs));
    REQUIRE(result.parallel <= std::max(p_star_of(problem.matrix), 1));
    for (std::size_t k = 1; k < trace.seen.size(); ++k) {
      REQUIRE(trace.seen[k].certificate.objective <=
              trace.seen[k - 1].certificate.objective * (1.0 + 1e-12) +
                  1e-12 * trace.seen[0].certificate.objective);
    }
  }
}

TEST_CASE("a rise is undone and P halved until it falls", "[block_greedy]") {
  const auto instance = correlated(60, 40, 1.0, 3);  // equal columns: P at once overshoot P times
  for (const int threads : {2, 4, 8}) {
    CAPTURE(threads);
    CoordinateOptions options;
    options.threads = threads;
    options.block_kind = BlockKind::random;
    const Result result = quietly(by_greed, instance.problem(), options);
    // Whether workers met before P went down differs from run to run. If they did, equal columns
    // may hold coefficients of both signs, which one coordinate at a time takes long to settle.
    REQUIRE((result.status == Status::converged || result.status == Status::max_epochs));
    REQUIRE((result.status == Status::converged || result.parallel < threads));
    REQUIRE(result.certificate.objective <= objective_at_zero(instance.problem(), Team(1)));
    options.parallel = 8 * threads;
    options.blocks = 40;
    const Result wild = quietly(by_greed, instance.problem(), options);
    REQUIRE(wild.status == Status::diverged);
  }
}

TEST_CASE("falls that are small because the end is near do not lower P", "[shotgun]") {
  sounder::RegressionOptions data;
  data.rows = 2500;
  data.columns = 5000;
  data.row_nonzeros = 48;
  const sounder::Dataset set = sounder::generate_regression(data, Team(1)).data;
  Problem<Squared, L1> problem{set.matrix, set.labels, {}, {}};
  problem.penalty.lambda = 0.1 * lambda_max(problem, 1.0, Team(1));
  for (const int threads : {2, 4}) {
    CAPTURE(threads);
    CoordinateOptions options;
    options.threads = threads;
    options.newton = false;
    const Result result = quietly(by_shotgun, problem, options);
    REQUIRE(result.status == Status::converged);
    // Whether one thread is faster depends on the machine.
    REQUIRE_THAT(result.message, !Catch::Contains("hardly fell"));
  }
}

TEST_CASE("p blocks make block-greedy shotgun, bit for bit", "[block_greedy]") {
  const auto instance = make_instance<Logistic, L1>({.intercept = true, .weighted = true});
  for (const BlockKind kind : {BlockKind::random, BlockKind::clustered, BlockKind::balanced}) {
    CoordinateOptions options;
    options.blocks = 20;
    options.block_kind = kind;
    options.max_epochs = 3;
    options.tolerance = 0.0;
    for (const Index parallel : {1, 5, 20}) {
      options.parallel = parallel;
      const Result greedy = quietly(by_greed, instance.problem(), options);
      const Result shot = quietly(by_shotgun, instance.problem(), options);
      REQUIRE(greedy.w == shot.w);
      REQUIRE(greedy.intercept == shot.intercept);
      REQUIRE(greedy.updates == shot.updates);
    }
  }
}

TEST_CASE("one block makes it greedy descent: the steepest coordinate first", "[block_greedy]") {
  const auto instance = make_instance<Squared, L2>({});
  const auto problem = instance.problem();
  const Team alone(1);
  const sounder::CscMatrix columns(problem.matrix, alone);
  const sounder::CoordinateStep<Squared, L2> step(problem, columns, alone);
  CoordinateOptions options;
  options.blocks = 1;
  sounder::GreedyBlocks<Squared, L2> chooser(step, options, alone);
  REQUIRE(chooser.units() == 1);
  std::vector<double> w(20);
  std::vector<double> z(400);
  sounder::LoneVector lone_w{w};
  sounder::LoneVector lone_z{z};
  sounder::CoordinatePoint<sounder::LoneVector, sounder::LoneVector> point{lone_w, lone_z};
  std::vector<sounder::CoordinateMove> moves(1);
  double here = objective_at_zero(problem, alone);
  for (int k = 0; k < 30; ++k) {
    REQUIRE(chooser.choose(0, 0, point, moves) == 1);
    // For squared loss the guarantee is exact: no coordinate's own step gets lower.
    const auto after = [&](Index j) {
      const double g = step.gradient(j, lone_z);
      const auto move = step.move(j, w[static_cast<std::size_t>(j)], g);
      std::vector<double> there = w;
      there[static_cast<std::size_t>(j)] = move.value;
      return oracle_objective(instance.dense_problem(), sounder::test::dense(there), 0.0);
    };
    const double best = after(moves[0].column);
    for (Index j = 0; j < 20; ++j) {
      REQUIRE(best <= after(j) + 1e-12);
    }
    REQUIRE(best <= here);
    here = best;
    lone_w.set(static_cast<std::size_t>(moves[0].column), moves[0].value);
    chooser.apply(moves[0], lone_z);
  }
}

TEST_CASE("as many blocks as updates at once: every block moves each time", "[block_greedy]") {
  const auto instance = make_instance<Logistic, L2>({});
  for (const int threads : {1, 2, 4, 8}) {
    CAPTURE(threads);
    CoordinateOptions options;
    options.threads = threads;
    options.blocks = 4;
    options.parallel = 4;
    options.tolerance = 1e-8;
    const Result result = quietly(by_greed, instance.problem(), options);
    REQUIRE(result.status == Status::converged);
    REQUIRE(result.updates % 4 == 0);
  }
}

TEST_CASE("one thread, same seed: the same bits; another seed: others", "[shotgun]") {
  const auto instance = make_instance<Logistic, L1>({.intercept = true});
  const auto check = [&](const auto& solver) {
    for (const Index parallel : {0, 1, 6}) {
      CoordinateOptions options;
      options.parallel = parallel;
      options.blocks = 5;
      options.max_epochs = 4;
      options.tolerance = 0.0;
      const Result once = quietly(solver, instance.problem(), options);
      const Result again = quietly(solver, instance.problem(), options);
      REQUIRE(once.w == again.w);
      REQUIRE(once.intercept == again.intercept);
      options.seed = 2;
      REQUIRE(quietly(solver, instance.problem(), options).w != once.w);
    }
  };
  check(by_shotgun);
  check(by_greed);
  check(by_block);
}

TEST_CASE("bounds hold to the bit, a warm start ends where a cold one does", "[shotgun]") {
  const auto plain = make_instance<Logistic, L2>({.intercept = true, .weighted = true});
  const auto view = plain.problem();
  const Problem<Logistic, Bounded> problem{
      view.matrix, view.targets, {}, {.l2_strength = 0.01, .lower = 0.0, .upper = 0.2},
      true,        view.weights};
  const auto check = [&](const auto& solver) {
    for (const int threads : {1, 2, 4, 8}) {
      CoordinateOptions options;
      options.threads = threads;
      options.tolerance = 1e-9;
      const Result cold = quietly(solver, problem, options);
      REQUIRE(cold.status == Status::converged);
      REQUIRE(std::count(cold.w.begin(), cold.w.end(), 0.0) > 0);
      REQUIRE(std::count(cold.w.begin(), cold.w.end(), 0.2) > 0);
      for (const double value : cold.w) {
        REQUIRE(value >= 0.0);
        REQUIRE(value <= 0.2);
      }
      options.initial = cold.w;
      options.initial_intercept = cold.intercept;
      const Result warm = quietly(solver, problem, options);
      REQUIRE(warm.epochs <= 1);
      REQUIRE(warm.certificate.objective == Approx(cold.certificate.objective).epsilon(1e-8));
      const std::vector<double> outside(20, -3.0);
      options.initial = outside;
      const Result moved = quietly(solver, problem, options);
      REQUIRE(moved.status == Status::converged);
    }
  };
  check(by_shotgun);
  check(by_greed);
  check(by_block);
}

TEST_CASE("coordinate runs end at their epochs, their time, or when asked", "[status]") {
  const auto instance = make_instance<Logistic, L2>({.intercept = true, .lambda = 1e-4});
  class Impatient final : public sounder::Trace {
   public:
    Verdict epoch(const sounder::Progress& progress) override {
      return progress.epoch == 2 ? Verdict::interrupt : Verdict::go_on;
    }
    [[nodiscard]] bool cancelled() const noexcept override { return cancel; }
    bool cancel = false;
  };
  const auto check = [&](const auto& solver) {
    for (const int threads : {1, 2, 4, 8}) {
      CoordinateOptions options;
      options.threads = threads;
      options.tolerance = 0.0;
      options.max_epochs = 3;
      REQUIRE(quietly(solver, instance.problem(), options).status == Status::max_epochs);
      options.time_limit = 1e-9;
      REQUIRE(quietly(solver, instance.problem(), options).status == Status::time_limit);
      options.time_limit = 100.0;
      Impatient trace;
      const Result stopped = solver(instance.problem(), options, trace);
      REQUIRE(stopped.status == Status::interrupted);
      REQUIRE(stopped.epochs == 2);
      trace.cancel = true;
      REQUIRE(solver(instance.problem(), options, trace).status == Status::interrupted);
    }
  };
  check(by_shotgun);
  check(by_greed);
  check(by_block);
}

TEST_CASE("empty columns, rows and equal columns are no trouble", "[shotgun]") {
  // Columns 0 and 3 are empty; 1 and 2 equal; row 1 has no features.
  const CsrMatrix matrix = CsrMatrix::adopt({0, 2, 2, 4}, {1, 2, 1, 2}, {1, 1, -2, -2}, 4);
  const std::vector<double> y{1.0, -1.0, -1.0};
  const auto check = [&](const auto& solver) {
    for (const int threads : {1, 2, 4, 8}) {
      for (const double l1 : {0.0, 0.01, 100.0}) {
        const Problem<Logistic, Bounded> problem{
            matrix, y, {}, {.l1_strength = l1, .l2_strength = 0.01}, true, {}};
        CoordinateOptions options;
        options.threads = threads;
        options.tolerance = 1e-9;
        const std::vector<double> initial{5.0, 0.0, 0.0, -5.0};
        options.initial = initial;
        const Result result = quietly(solver, problem, options);
        REQUIRE(result.status == Status::converged);
        REQUIRE(result.w[0] == 0.0);
        REQUIRE(result.w[3] == 0.0);
      }
    }
  };
  check(by_shotgun);
  check(by_greed);
  check(by_block);
}

TEST_CASE("options and bounds out of range are refused", "[coordinate_options]") {
  const auto instance = make_instance<Squared, L1>({});
  const auto refused = [&](auto change) {
    CoordinateOptions options;
    change(options);
    REQUIRE_THROWS_AS(quietly(by_shotgun, instance.problem(), options), std::invalid_argument);
  };
  refused([](auto& options) { options.threads = 0; });
  refused([](auto& options) { options.parallel = -1; });
  refused([](auto& options) { options.blocks = -1; });
  refused([](auto& options) { options.tolerance = -1.0; });
  refused([](auto& options) { options.time_limit = 0.0; });
  const std::vector<double> three(3);
  refused([&](auto& options) { options.initial = three; });
  const auto view = instance.problem();
  for (const auto& [lower, upper] : {std::pair{0.1, 1.0}, {-1.0, -0.1}, {std::nan(""), 1.0}}) {
    const Problem<Squared, Bounded> problem{
        view.matrix, view.targets, {}, {.lower = lower, .upper = upper}, false, {}};
    REQUIRE_THROWS_AS(quietly(by_shotgun, problem, CoordinateOptions{}), std::invalid_argument);
  }
}
