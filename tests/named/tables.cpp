// The tables of solvers and losses, from which help, errors, sweeps and README are made.
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <string_view>

#include <sounder/solvers/choose_solver.hpp>
#include <sounder/solvers/named/names.hpp>
#include <sounder/solvers/named/solve.hpp>
#include <sounder/solvers/named/solver_row.hpp>

#include "support/catch.hpp"
#include "support/random_matrix.hpp"

using namespace sounder;

namespace {

std::string readme() {
  std::ifstream file(SOUNDER_README);
  REQUIRE(file);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("README's table of solvers is the program's", "[tables]") {
  const std::string text = readme();
  for (const SolverRow& row : solver_rows()) {
    const std::string line = "| `" + std::string(row.name) + "` | " + std::string(row.method) +
                             " | " + std::string(row.threads) + " |\n";
    CAPTURE(line);
    REQUIRE(holds(text, line));
  }
}

TEST_CASE("README's table of losses is the program's", "[tables]") {
  const std::string text = readme();
  for (const std::string_view name : loss_names) {
    const std::string cells =
        "| `" + std::string(name) + "` | " + std::string(loss_row(name).formula) + " |";
    CAPTURE(cells);
    REQUIRE(holds(text, cells));
  }
}

TEST_CASE("every row of the table of solvers is complete, and its name its own", "[tables]") {
  std::set<std::string_view> seen;
  for (const SolverRow& row : solver_rows()) {
    CAPTURE(row.name);
    REQUIRE(seen.insert(row.name).second);
    REQUIRE(solver_row(row.name).method == row.method);
    REQUIRE_FALSE(row.help.empty());
    REQUIRE(row.bytes_a_column != nullptr);
    REQUIRE(row.bytes_a_column(1) > 0.0);
    REQUIRE(row.bytes_a_column(8) >= row.bytes_a_column(1));
    REQUIRE((row.updates.empty() || row.takes_update(row.default_update())));
  }
  REQUIRE_THROWS_AS(solver_row("gradient-ascent"), std::invalid_argument);
}

TEST_CASE("what an automatic choice may take has a row", "[tables]") {
  for (const Solver solver : {Solver::hogwild, Solver::cd, Solver::dual_cd, Solver::newton}) {
    REQUIRE_NOTHROW(solver_row(to_string(solver)));
  }
}

TEST_CASE("every solver of the table trains every loss that it takes, by name", "[tables]") {
  const CsrMatrix matrix = test::random_matrix(60, 8, 0.5, 1);
  std::vector<double> y(60);
  for (std::size_t i = 0; i < y.size(); ++i) {
    y[i] = i % 3 == 0 ? 1.0 : -1.0;
  }
  SilentTrace trace;
  for (const SolverRow& row : solver_rows()) {
    for (const std::string_view loss : loss_names) {
      for (const int threads : {1, 2}) {
        CAPTURE(row.name, loss, threads);
        SolveRequest request;
        request.solver = row.name;
        request.loss = loss;
        request.penalty = "l2";
        request.update = row.default_update();
        request.lambda = 0.1;
        request.matrix = matrix;
        request.targets = y;
        request.run.threads = threads;
        request.run.max_epochs = 300;
        request.run.tolerance = 0.05;
        if (!row.takes_loss(loss_row(loss).smooth, loss_row(loss).rounded)) {
          REQUIRE_THROWS_AS(solve(request, trace), std::invalid_argument);
        } else {
          REQUIRE(solve(request, trace).status == Status::converged);
        }
      }
    }
  }
}

TEST_CASE("only solvers that say so run on virtual cores", "[tables]") {
  const CsrMatrix matrix = test::random_matrix(30, 4, 0.5, 1);
  std::vector<double> y(30, 1.0);
  y[3] = -1.0;
  SilentTrace trace;
  for (const SolverRow& row : solver_rows()) {
    CAPTURE(row.name);
    SolveRequest request;
    request.solver = row.name;
    request.loss = "logistic";
    request.penalty = "l2";
    request.lambda = 0.1;
    request.matrix = matrix;
    request.targets = y;
    request.run.max_epochs = 2;
    if (row.on_virtual_cores) {
      REQUIRE(simulate(request, {.count = 2}, trace).result.threads == 2);
    } else {
      REQUIRE_THROWS_AS(simulate(request, {.count = 2}, trace), std::invalid_argument);
    }
  }
}
