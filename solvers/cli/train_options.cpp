#include "train_options.hpp"

#include <sounder/solvers/choose_solver.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include <sounder/solvers/named/names.hpp>
#include <sounder/solvers/named/solver_row.hpp>
#include "coordinate_arguments.hpp"
#include "penalty_strength.hpp"
#include "problem_arguments.hpp"

namespace sounder::cli {
namespace {

constexpr std::int64_t most = std::numeric_limits<Index>::max();

constexpr std::array<std::string_view, 5> schedule_names = {"auto", "constant", "epoch-decay",
                                                            "inverse", "linear"};
constexpr std::array schedules = {StepSchedule::automatic, StepSchedule::constant,
                                  StepSchedule::epoch_decay, StepSchedule::inverse,
                                  StepSchedule::linear};

constexpr const char* description =
    "Fits a linear model to a LIBSVM file (plain, packed, or - for standard input) and writes it "
    "in\n"
    "LIBLINEAR's format. MODEL defaults to DATA's file name + .model, in this directory.\n"
    "\n"
    "It minimises, over weights w (and b, with --intercept),\n"
    "\n"
    "    F = (1/n) sum_i s_i loss(y_i, x_i.w + b) + lambda [rho |w|_1 + (1 - rho)/2 |w|_2^2]\n"
    "\n"
    "n rows, sample weights s_i (1 unless the file has label:weight), rho the l1 ratio. "
    "LIBLINEAR's\n"
    "C is the same thing in another scale: lambda = 1/(n C), and its objective is F / lambda.\n";

constexpr const char* epilogue =
    "Labels of two kinds (1/-1, 0/1, 1/2, ...) become +1 and -1: the larger of the two is +1, in\n"
    "whatever order the rows stand. With --positive LABEL that label is +1 and all others are -1;\n"
    "the model calls the rest by the other label where there are two, else by -1 (or 0, or the "
    "next\n"
    "negative number, where -1 is a class). Bounds on weights (--non-negative) are on those for "
    "+1.\n"
    "As LIBLINEAR's, a model names first the label of the first row, except that 1 comes before "
    "-1,\n"
    "and a decision > 0 means that one: where it is the smaller, w is written with its sign "
    "turned.\n"
    "Rows of weight 0 do not tell what labels there are.\n"
    "\n"
    "Stopping: after --max-epochs, after --time-limit seconds of training, or when the relative\n"
    "duality gap (F - D) / F is at most --tol: D >= 0 is a lower bound of the optimum, so at most\n"
    "this share of the objective could still be gained. (Where F is less than a millionth of what\n"
    "the best constant model has, the gap is relative to that millionth.) A run also stops where\n"
    "epochs bring no progress (\"stalled\"), and without a penalty where the classes prove to be\n"
    "separable and the logistic loss has no optimum (\"separable\"). The first Ctrl-C ends the "
    "run\n"
    "and writes the best model so far.\n"
    "\n"
    "Exit codes: 0 the tolerance was reached, or none was asked for and every epoch ran; 1 "
    "stopped\n"
    "before (the model is written); 2 usage; 3 a file that cannot be read, understood or written\n"
    "(no model); 4 diverged (no model); 130 interrupted (the best model so far is written).\n"
    "\n"
    "Examples:\n"
    "  sounder train a9a\n"
    "  sounder train a9a a9a.model --loss hinge --C 0.1 --intercept --threads 4\n"
    "  sounder train prices.svm --loss squared --penalty l1 --lambda-ratio 0.01 --json run.json\n"
    "  zcat news.gz | sounder train - news.model --positive 3 --trace news.csv\n";

StepSchedule schedule(const Arguments& arguments) {
  const std::string name = arguments.choice("step-schedule", schedule_names);
  if (arguments.given("step-decay") && !arguments.given("step-schedule")) {
    return StepSchedule::epoch_decay;
  }
  std::size_t k = 0;
  while (schedule_names[k] != name) {
    ++k;
  }
  if (arguments.given("step-decay") && schedules[k] != StepSchedule::epoch_decay) {
    throw UsageError("--step-decay goes with --step-schedule epoch-decay only");
  }
  return schedules[k];
}

/// "auto" and the names in the table.
std::vector<std::string_view> solver_names() {
  std::vector<std::string_view> names = solver_names_where([](const SolverRow&) { return true; });
  names.insert(names.begin(), "auto");
  return names;
}

/// "sgd is ...; hogwild is ...".
std::string solvers_in_words() {
  std::string text;
  for (const SolverRow& row : solver_rows()) {
    text += (text.empty() ? "" : "; ") + std::string(row.help);
  }
  return text;
}

/// A line a loss: "  logistic: log(1 + exp(-y z))".
std::string losses_in_words() {
  std::string text;
  for (const std::string_view name : loss_names) {
    text.append("  ").append(name).append(": ").append(loss_row(name).formula).append("\n");
  }
  return text;
}

/// Options that only the stochastic gradient solvers take.
constexpr std::array<const char*, 8> names_of_sgd = {
    "update",  "step",      "step-schedule", "step-decay", "variance-reduction",
    "adagrad", "row-block", "hot-columns"};

/// Whether an option is given that only stochastic gradient descent has.
bool asks_for_sgd(const Arguments& arguments) {
  return std::any_of(names_of_sgd.begin(), names_of_sgd.end(),
                     [&](const char* name) { return arguments.given(name); });
}

ProblemKind kind_of_problem(const TrainOptions& options) {
  const LossRow& loss = loss_row(options.loss);
  return {
      .smooth = loss.smooth,
      .rounded = loss.rounded,
      .hinge = loss.hinge,
      .sparse = options.l1_ratio > 0.0,
      .bounded = !std::isinf(options.bounds.low) || !std::isinf(options.bounds.high),
      .c = options.penalty == NoPenalty::name ? infinity : options.c.value_or(1.0),
      .ridge = (loss.smooth || loss.rounded) && options.penalty != NoPenalty::name &&
               options.l1_ratio == 0.0,
      .dual = loss.has_dual_steps && options.penalty != NoPenalty::name && options.l1_ratio == 0.0};
}

/// Resolves "auto" as far as the problem decides it, with the reason.
void choose_solver(const Arguments& arguments, TrainOptions& options) {
  options.chosen = options.solver;
  if (options.solver != "auto") {
    return;
  }
  const ProblemKind kind = kind_of_problem(options);
  SolverChoice choice = sounder::choose_solver(kind);
  if (options.deterministic) {
    choice = repeatable(choice, kind.dual);
  } else if (!kind.smooth && !kind.bounded && asks_for_sgd(arguments)) {
    choice = {Solver::hogwild, "options of its own are given"};
  }
  options.chosen = to_string(choice.solver);
  options.why = choice.why;
}

/// Reads the options of every solver; their defaults depend on the solver.
void read_run(const Arguments& arguments, TrainOptions& options) {
  const SolverRow& solver = solver_row(options.chosen);
  options.update = arguments.choice("update", update_names);
  if (solver.updates.empty() || !arguments.given("update")) {
    options.update = solver.default_update();
  }
  RunOptions& run = options.run;
  run.threads = read_threads(arguments);
  // Stochastic gradient solvers chosen by name run the papers' number of epochs; solvers chosen by
  // "auto" run to a gap.
  const bool to_a_gap = solver.runs_to_a_gap || options.solver == "auto";
  run.max_epochs = to_a_gap ? CoordinateOptions{}.max_epochs : SgdOptions{}.max_epochs;
  if (arguments.given("max-epochs")) {
    run.max_epochs = static_cast<int>(arguments.integer("max-epochs", 0, most));
  }
  run.tolerance = to_a_gap ? CoordinateOptions{}.tolerance : SgdOptions{}.tolerance;
  if (arguments.given("tol")) {
    run.tolerance = arguments.positive("tol");
  }
  if (arguments.given("time-limit")) {
    run.time_limit = arguments.positive("time-limit");
  }
  run.seed = arguments.seed("seed");
}

void read_stochastic(const Arguments& arguments, TrainOptions& options) {
  SgdOptions& sgd = options.sgd;
  if (arguments.given("step")) {
    sgd.step = arguments.positive("step");
  }
  sgd.schedule = schedule(arguments);
  sgd.step_decay = arguments.positive("step-decay");
  sgd.adagrad = arguments.given("adagrad");
  if (sgd.adagrad && arguments.given("variance-reduction") &&
      arguments.on_off("variance-reduction")) {
    throw UsageError("--adagrad rules out --variance-reduction on");
  }
  if (options.chosen == "saga" && (sgd.adagrad || !arguments.on_off("variance-reduction"))) {
    throw UsageError(
        "--solver saga is variance reduction, and has no AdaGrad steps: take --solver "
        "sgd with --adagrad or --variance-reduction off");
  }
  sgd.variance_reduction = arguments.on_off("variance-reduction") && !sgd.adagrad;
  if (arguments.given("extrapolation")) {
    sgd.extrapolation = static_cast<int>(arguments.integer("extrapolation", 0, 64));
    options.coordinate.extrapolation = sgd.extrapolation;
  }
  sgd.newton = arguments.on_off("newton");
  options.coordinate.newton = sgd.newton;
  options.dual.second_order = sgd.newton;
  sgd.row_block = static_cast<Index>(arguments.integer("row-block", 1, most));
  if (arguments.given("hot-columns")) {
    sgd.hot_columns = static_cast<int>(arguments.integer("hot-columns", 0, most));
  }
}

void read_outputs(const Arguments& arguments, TrainOptions& options) {
  options.quiet = arguments.given("quiet");
  options.json = arguments.text("json");
  options.trace = arguments.text("trace");
  options.model = arguments.text("MODEL");
  if (options.json == "-" && options.trace == "-") {
    throw UsageError("--json and --trace cannot both go to standard output");
  }
  settle_outputs("train", options);
}

}  // namespace

CommandLine train_command_line() {
  CommandLine line("train DATA [MODEL]", description);
  line.group("Data");
  describe_data_arguments(line);
  line.option("warm-start", "MODEL", "start from this model instead of zero");
  line.group("Objective");
  describe_problem_arguments(line, "l2");
  describe_strength(line);
  line.group("Solver")
      .option("solver", "NAME",
              enumerate(solver_names()) + ": " + solvers_in_words() +
                  "; auto takes cd where there is an l1 penalty or a bound; newton for an l2 "
                  "penalty where columns are few; dual-cd for the hinge with an l2 penalty, for "
                  "its square where C is 10 or more, and for other losses where rows are nearly "
                  "orthogonal; else hogwild, or cd for the hinge",
              "auto")
      .option("threads", "N", "default: the cores that this process may use")
      .option(
          "update", "NAME",
          enumerate(update_names) +
              ": how threads share the weights; relaxed (default of hogwild) may lose an "
              "update, atomic (default of the others) loses none, locked waits; exact (default of "
              "saga) shares none",
          "relaxed")
      .option("max-epochs", "N",
              "passes over the data, or steps of newton (default: 1000; 20 for sgd, saga and "
              "hogwild asked for by "
              "name)")
      .option("tol", "GAP",
              "stop at this relative duality gap (default: 1e-3; none for sgd, saga and hogwild "
              "asked for by name)")
      .option("time-limit", "SECONDS", "stop after this much training")
      .option("seed", "N", "of every random choice", "1")
      .flag("deterministic",
            "the same model, bit for bit, from the same data, options and program, at any number "
            "of threads: refuses solvers that cannot, and auto takes one that can");
  describe_coordinate_arguments(line);
  line.group("Output")
      .flag("quiet", "say nothing but errors")
      .option("json", "FILE", "what happened, for a script; - is standard output")
      .option("trace", "FILE", "CSV, a row an epoch; - is standard output");
  line.group("Advanced")
      .option("extrapolation", "K",
              "iterates combined between epochs; 0: none (default: 8 for sgd, saga and hogwild, "
              "5 for the others)")
      .option(
          "newton", "on|off",
          "Newton steps: cd's on the coefficients that are not zero, at the end also the others'; "
          "sgd's, saga's and hogwild's at the end on the most frequent columns; dual-cd's on the "
          "dual "
          "variables within their bounds",
          "on");
  line.group("Advanced, of sgd, saga and hogwild")
      .option("step", "X", "step size, in units of the inverse curvature (default: found by trial)")
      .option("step-schedule", "NAME", enumerate(schedule_names), "auto")
      .option("step-decay", "X", "factor an epoch; implies --step-schedule epoch-decay", "0.9")
      .option("variance-reduction", "on|off",
              "subtract each row's gradient at the last epoch's end (sparse SVRG)", "on")
      .flag("adagrad", "a step size a coordinate; turns variance reduction off")
      .option(
          "row-block", "N",
          "neighbouring rows that stay together in the shuffle, at most; not of sgd and saga on "
          "large data",
          "16")
      .option("hot-columns", "N",
              "frequent columns that get penalty and variance reduction for many rows at once, and "
              "of which hogwild's threads keep copies; 0: Hogwild! as published (default: "
              "automatic)");
  return line.epilogue("Losses, in the label y and z = x.w + b:\n" + losses_in_words() + "\n" +
                       epilogue);
}

void reconsider_solver(const Arguments& arguments, const CsrMatrix& matrix, TrainOptions& options) {
  ProblemKind kind = kind_of_problem(options);
  if (options.lambda && options.penalty != NoPenalty::name) {
    kind.c = c_of(*options.lambda, matrix.rows());
  }
  SolverChoice choice = sounder::choose_solver(kind, matrix, options.run.tolerance);
  if (options.deterministic) {
    choice = repeatable(choice, kind.dual);
  }
  if (options.solver != "auto" || asks_for_sgd(arguments) ||
      options.chosen == to_string(choice.solver)) {
    return;
  }
  options.chosen = to_string(choice.solver);
  options.why = choice.why;
  read_run(arguments, options);
}

TrainOptions train_options(const Arguments& arguments) {
  TrainOptions options;
  read_data_arguments(arguments, options);
  options.warm_start = arguments.text("warm-start");
  read_problem_arguments(arguments, options);
  read_strength(arguments, options);
  options.solver = arguments.choice("solver", solver_names());
  options.deterministic = arguments.given("deterministic");
  choose_solver(arguments, options);
  read_run(arguments, options);
  if (options.deterministic &&
      !is_repeatable(solver_row(options.chosen), options.update, options.run.threads)) {
    throw UsageError("--solver " + options.chosen +
                     " with several threads does not give the same model twice: leave out "
                     "--deterministic, or take --threads 1 or --solver auto");
  }
  read_stochastic(arguments, options);
  read_coordinate_arguments(arguments, options);
  read_outputs(arguments, options);
  options.read.threads = options.run.threads;
  try {
    options.sgd.validate();
    options.coordinate.validate();
  } catch (const std::invalid_argument& error) {
    throw UsageError(error.what());
  }
  return options;
}

}  // namespace sounder::cli
