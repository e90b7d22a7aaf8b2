// Runs that are watched, cancelled from another thread, or run at the same time as others.
#include <sounder/engine/run/on_epoch.hpp>
#include <sounder/solvers/fit.hpp>

#include <atomic>
#include <limits>
#include <stop_token>
#include <thread>

#include "solvers/fixtures/instances.hpp"
#include "support/catch.hpp"

using namespace sounder;
using sounder::test::Instance;
using sounder::test::make_instance;

// For fit.cpp as well: compiled once.
template Fit sounder::fit(const CsrMatrix&, std::span<const double>,
                          const FitOptions<Logistic, L2>&, Trace&);

namespace {

const Instance<Logistic, L2>& data() {
  static const auto made = make_instance<Logistic, L2>({.rows = 500, .columns = 30});
  return made;
}

FitOptions<> endless(Solver solver, int threads) {
  return {.penalty = {.lambda = 0.01},
          .intercept = true,
          .threads = threads,
          .tolerance = 0.0,
          .max_epochs = std::numeric_limits<int>::max(),
          .solver = solver};
}

}  // namespace

TEST_CASE("a function watches every epoch and may end the run", "[fit]") {
  const auto problem = data().problem();
  for (const Solver solver : {Solver::hogwild, Solver::cd}) {
    for (const int threads : {1, 2, 4}) {
      CAPTURE(to_string(solver), threads);
      std::vector<double> objectives;
      const Fit watched =
          fit(problem.matrix, problem.targets, endless(solver, threads),
              on_epoch([&](const Progress& progress) {
                objectives.push_back(progress.certificate.objective);
                return progress.epoch < 3 ? Trace::Verdict::go_on : Trace::Verdict::interrupt;
              }));
      REQUIRE(watched.result.status == Status::interrupted);
      REQUIRE(watched.result.epochs == 3);
      REQUIRE(objectives.size() == 4);
      const double lowest = *std::min_element(objectives.begin(), objectives.end());
      REQUIRE(watched.result.certificate.objective == Approx(lowest).epsilon(1e-12));
      REQUIRE(watched.model.weights == watched.result.w);

      int calls = 0;
      auto counter = on_epoch([&](const Progress&) { ++calls; });
      FitOptions<> short_run = endless(solver, threads);
      short_run.max_epochs = 2;
      REQUIRE(fit(problem.matrix, problem.targets, short_run, counter).result.status ==
              Status::max_epochs);
      REQUIRE(calls == 3);
    }
  }
}

TEST_CASE("another thread cancels a run", "[fit]") {
  const auto problem = data().problem();
  for (const Solver solver : {Solver::hogwild, Solver::cd}) {
    for (const int threads : {1, 2, 4}) {
      CAPTURE(to_string(solver), threads);
      std::stop_source source;
      std::atomic<int> epochs = 0;
      std::thread impatient([&] {
        while (epochs.load() < 3) {
          std::this_thread::yield();
        }
        source.request_stop();
      });
      const Fit cancelled = fit(
          problem.matrix, problem.targets, endless(solver, threads),
          on_epoch([&](const Progress& progress) { epochs = progress.epoch; }, source.get_token()));
      impatient.join();
      REQUIRE(cancelled.result.status == Status::interrupted);
      REQUIRE(cancelled.result.certificate.objective <
              objective_at_zero(problem, Team(1)));  // the best so far

      REQUIRE(StopTrace(source.get_token()).cancelled());  // which ends an epoch half-way
      REQUIRE(on_epoch([](const Progress&) {}, source.get_token()).cancelled());
      REQUIRE_FALSE(on_epoch([](const Progress&) {}).cancelled());
      REQUIRE(fit(problem.matrix, problem.targets, endless(solver, threads),
                  StopTrace(source.get_token()))
                  .result.status == Status::interrupted);
    }
  }
}

TEST_CASE("two fits run at once from two threads", "[fit]") {
  const auto problem = data().problem();
  const auto run = [&](Solver solver, int threads) {
    return fit(problem.matrix, problem.targets,
               {.penalty = {.lambda = 0.01},
                .threads = threads,
                .tolerance = 1e-5,
                .max_epochs = 1000,
                .solver = solver});
  };
  const double best = run(Solver::cd, 1).result.certificate.objective;
  const double at_zero = objective_at_zero(problem, Team(1));
  for (const int threads : {1, 2, 4}) {
    CAPTURE(threads);
    Fit by_rows;
    Fit by_columns;
    std::thread first([&] { by_rows = run(Solver::hogwild, threads); });
    std::thread second([&] { by_columns = run(Solver::cd, threads); });
    first.join();
    second.join();
    for (const Fit* fitted : {&by_rows, &by_columns}) {
      REQUIRE(fitted->result.status == Status::converged);
      REQUIRE(fitted->result.certificate.objective == Approx(best).margin(2e-5 * at_zero));
    }
    REQUIRE(by_rows.solver == Solver::hogwild);
    REQUIRE(by_columns.solver == Solver::cd);
  }
}
