// Passes over text-like data: the margins (a gather), X^T a (a scatter), and an epoch of Hogwild!.
#include <sounder/datasets/generate_text.hpp>
#include <sounder/engine/shared/locked.hpp>
#include <sounder/solvers/loss/logistic.hpp>
#include <sounder/solvers/penalty/l2.hpp>
#include <sounder/solvers/stochastic/packed_evaluator.hpp>
#include <sounder/solvers/stochastic/row_pass.hpp>

#include "timing.hpp"

#include <vector>

namespace {

using Problem = sounder::Problem<sounder::Logistic, sounder::L2>;

const sounder::Dataset& text() {
  static const sounder::Dataset data =
      sounder::generate_text({.rows = 20'000, .columns = 80'000, .row_nonzeros = 100.0},
                             sounder::Team(2))
          .data;
  return data;
}

Problem problem() {
  return {text().matrix, text().labels, {}, sounder::L2{1e-4}, false, {}};
}

void per_nonzero(benchmark::State& state) {
  state.SetItemsProcessed(state.iterations() * text().matrix.nonzeros());
}

void margins(benchmark::State& state) {
  const sounder::Team team = micro::team(state);
  const Problem of = problem();
  sounder::PackedEvaluator<sounder::Logistic, sounder::L2> point(of, -1, true, team);
  const std::vector<double> w(point.rows().columns(), 0.1);
  for ([[maybe_unused]] auto step : state) {
    point.rows().margins(w, point.margins(), team);
  }
  per_nonzero(state);
}

void transpose_product(benchmark::State& state) {
  const sounder::Team team = micro::team(state);
  const Problem of = problem();
  const sounder::PackedEvaluator<sounder::Logistic, sounder::L2> point(of, -1, true, team);
  sounder::TransposeProduct product(point.rows(), team);
  const std::vector<double> a(static_cast<std::size_t>(of.matrix.rows()), 0.1);
  std::vector<double> u(point.rows().columns());
  for ([[maybe_unused]] auto step : state) {
    product(a, u);
  }
  per_nonzero(state);
}

template <class Update>
void epoch(benchmark::State& state) {
  const sounder::Team team = micro::team(state);
  const Problem of = problem();
  const sounder::PackedEvaluator<sounder::Logistic, sounder::L2> point(
      of, std::is_same_v<Update, sounder::Locked> ? 0 : -1, true, team);
  const sounder::LabelledRows<sounder::Logistic> rows{&point.rows(), of.targets, of.weights, {}};
  const sounder::PassMaker<Update, sounder::Logistic, sounder::L2> make(of.penalty);
  const auto pass = make(rows, false, false, point.rows().rows(), team);
  pass->prepare(std::vector<sounder::StepTerms>(point.rows().columns()));
  sounder::Schedule schedule(point.rows().rows(), 16, 1);
  schedule.shuffle(1);
  const sounder::SilentTrace trace;
  for ([[maybe_unused]] auto step : state) {
    pass->run(
        schedule, {0, schedule.positions()}, {}, [](double) { return 0.01; }, trace);
  }
  per_nonzero(state);
}

BENCHMARK(margins)->Apply(micro::by_team);
BENCHMARK(transpose_product)->Apply(micro::by_team);
BENCHMARK_TEMPLATE(epoch, sounder::Relaxed)->Apply(micro::by_team);
BENCHMARK_TEMPLATE(epoch, sounder::Atomic)->Apply(micro::by_team);
BENCHMARK_TEMPLATE(epoch, sounder::Locked)->Apply(micro::by_team);

}  // namespace
