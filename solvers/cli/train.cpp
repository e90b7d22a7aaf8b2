// sounder train: reads data, trains, and writes a model.
#include <sounder/solvers/model/liblinear_format.hpp>

#include <cstdio>
#include <nlohmann/json.hpp>
#include <optional>

#include <sounder/solvers/named/solve.hpp>
#include <sounder/solvers/named/solver_row.hpp>
#include <sounder/solvers/output/output.hpp>
#include "command.hpp"
#include "interrupt.hpp"
#include "memory.hpp"
#include "request.hpp"
#include "traces.hpp"
#include "train_options.hpp"
#include "train_report.hpp"
#include "training_set.hpp"

namespace sounder::cli {
namespace {

/// Trains with the traces that the options ask for.
Result run(const TrainOptions& options, const SolveRequest& request, InterruptTrace& interrupt) {
  Traces traces;
  traces.add(interrupt);
  std::optional<CsvTrace> csv;
  if (!options.trace.empty()) {
    traces.add(csv.emplace(options.trace));
  }
  std::optional<ProgressTable> table;
  if (!options.quiet) {
    traces.add(table.emplace());
  }
  Result result = solve(request, traces);
  if (table) {
    table->finish();
  }
  return result;
}

Exit train(const Arguments& arguments) {
  TrainOptions options = train_options(arguments);
  const Report report(options.quiet);
  TrainingSet set = load_training_set(options);
  reconsider_solver(arguments, set.data.matrix, options);
  require_memory(options.data, options.read, set.data,
                 solver_row(options.chosen).bytes_a_column(options.run.threads));
  const Start start = load_start(options, set);
  require_writable(options.model);
  require_writable(options.json);
  const SolveRequest request = make_request(options, set, start);
  announce(options, set, request, report);

  InterruptTrace interrupt;  // active until the model is written
  Result result = run(options, request, interrupt);
  if (result.status != Status::diverged) {
    write_file(options.model, to_liblinear(make_model(options, set, result.w, result.intercept)));
  }
  if (!options.json.empty()) {
    write_json(options.json, summary_json(options, set, request, result));
  }
  summarise(options, request, result, report);
  return exit_code(result.status, options.run.tolerance > 0.0);
}

}  // namespace

Exit run_train(Words words) {
  const CommandLine line = train_command_line();
  const Arguments arguments = line.parse(words);
  if (arguments.given("help")) {
    std::fputs(line.help().c_str(), stdout);
    return Exit::success;
  }
  return train(arguments);
}

}  // namespace sounder::cli
