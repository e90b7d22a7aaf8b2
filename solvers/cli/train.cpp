// sounder train: a file in, a model out.
#include <sounder/solvers/liblinear_model.hpp>

#include <cstdio>
#include <nlohmann/json.hpp>
#include <optional>

#include "command.hpp"
#include "interrupt.hpp"
#include "output.hpp"
#include "solve.hpp"
#include "traces.hpp"
#include "train_options.hpp"
#include "train_report.hpp"
#include "training_set.hpp"

namespace sounder::cli {
namespace {

/// Names to types is for dispatch.hpp; this fills in what the data decide.
SolveRequest make_request(const TrainOptions& options, const TrainingSet& set, const Start& start) {
  SolveRequest request;
  request.solver = options.chosen;
  request.loss = options.loss;
  request.penalty = options.penalty;
  request.update = options.update;
  request.l1_ratio = options.l1_ratio;
  request.intercept = options.intercept;
  request.matrix = set.data.matrix;
  request.targets = set.targets;
  request.weights = set.data.weights;
  request.bounds = options.bounds;
  request.run = options.run;
  request.run.threads = request.solver == "sgd" ? 1 : options.run.threads;
  request.sgd = options.sgd;
  request.run.fill(request.sgd);
  request.sgd.initial = start.w;
  request.sgd.initial_intercept = start.intercept;
  request.coordinate = options.coordinate;
  request.run.fill(request.coordinate);
  request.coordinate.initial = start.w;
  request.coordinate.initial_intercept = start.intercept;
  if (options.penalty == "none") {
    return request;
  }
  const auto n = static_cast<double>(set.data.matrix.rows());
  if (options.lambda) {
    request.lambda = *options.lambda;
  } else if (options.lambda_ratio) {
    request.lambda = *options.lambda_ratio * strongest_penalty(request, options.run.threads);
  } else {
    request.lambda = 1.0 / (n * *options.c);
  }
  request.c = options.c ? *options.c : 1.0 / (n * request.lambda);
  return request;
}

/// Trains under the traces that were asked for.
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

Exit train(const TrainOptions& options) {
  const Report report(options.quiet);
  const TrainingSet set = load_training_set(options);
  const Start start = load_start(options, set);
  require_writable(options.model);
  require_writable(options.json);
  const SolveRequest request = make_request(options, set, start);
  announce(options, set, request, report);

  InterruptTrace interrupt;  // stays until the model is written
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
  return train(train_options(arguments));
}

}  // namespace sounder::cli
