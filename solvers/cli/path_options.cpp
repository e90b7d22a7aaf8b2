#include "path_options.hpp"

#include <array>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <sounder/solvers/named/names.hpp>
#include <sounder/solvers/named/solver_row.hpp>
#include "problem_arguments.hpp"

namespace sounder::cli {
namespace {

constexpr std::array<std::string_view, 2> selection_names = {"best", "1se"};

constexpr const char* description =
    "Solves a problem at many strengths of the penalty, each from the solution before it: from\n"
    "lambda_max (the least one at which an l1 penalty leaves only zeros) downwards, or along\n"
    "LIBLINEAR's C with --C-grid, which an l2 penalty needs. Writes a CSV row a lambda to "
    "standard\n"
    "output: its objective, duality gap, nonzero coefficients, and with --validate or\n"
    "--folds what it is worth on rows it has not seen. With --select (or a MODEL) the model of "
    "one\n"
    "lambda is written in LIBLINEAR's format.\n";

constexpr const char* epilogue =
    "CSV: lambda,C,objective,relative_gap,nonzero_coefficients,epochs,seconds, and with "
    "validation\n"
    "validation_loss,standard_error,accuracy (empty for a regression, whose loss is half the mean\n"
    "squared error). The standard error is over folds, or over --validate's rows, by weight:\n"
    "sqrt(sum s^2 (loss - mean)^2) / sum s. Rows of weight 0 are in no fold and no score.\n"
    "\n"
    "The folds of --folds share one copy of the data and run on all threads, a fold a thread; "
    "with\n"
    "two classes each fold has its share of both. One that leaves a single class to train on is "
    "left\n"
    "out; fewer than two folds are an error.\n"
    "\n"
    "Which label is +1, and rows of weight 0: as sounder train.\n"
    "\n"
    "The solver is cd, or for an l2 penalty newton or dual-cd where auto would take it: the same "
    "bits\n"
    "at any number of threads. newton copies the rows, in every fold at once.\n"
    "\n"
    "Exit codes: as sounder train; 1 means that some lambda stopped before the tolerance.\n"
    "\n"
    "Examples:\n"
    "  sounder path a9a > path.csv\n"
    "  sounder path a9a a9a.model --folds 5 --select 1se --csv path.csv\n"
    "  sounder path prices.svm --loss squared --lambdas 50 --validate later.svm --select best\n"
    "  sounder path a9a a9a.model --loss hinge --penalty l2 --C-grid 0.01:100:10 --folds 5\n";

/// lo, lo factor, lo factor^2, ... up to hi.
std::vector<double> c_grid(const Arguments& arguments) {
  const std::vector<double> numbers = arguments.positives("C-grid", 3);
  const double low = numbers[0];
  const double high = numbers[1];
  const double factor = numbers[2];
  if (low > high || factor <= 1.0) {
    throw UsageError("--C-grid LO:HI:FACTOR rises: LO is at most HI, and FACTOR above 1");
  }
  constexpr double most = 100000.0;
  constexpr double rounding = 1e-9;
  const double steps = std::floor(std::log(high / low) / std::log(factor) + rounding);
  if (!(steps < most)) {
    throw UsageError("--C-grid " + arguments.text("C-grid") + " has more than 100,000 strengths");
  }
  std::vector<double> grid;
  for (int k = 0; k <= static_cast<int>(steps); ++k) {
    grid.push_back(low * std::pow(factor, k));
  }
  return grid;
}

void read_grid(const Arguments& arguments, PathOptions& options) {
  options.lambdas = static_cast<int>(arguments.integer("lambdas", 1, 100000));
  options.lambda_min_ratio = arguments.number("lambda-min-ratio", 1e-12, 1.0);
  if (arguments.given("C-grid")) {
    for (const char* other : {"lambdas", "lambda-min-ratio"}) {
      if (arguments.given(other)) {
        throw UsageError(std::string("--C-grid says all strengths: leave out --") + other);
      }
    }
    options.c_grid = c_grid(arguments);
  } else if (options.train.l1_ratio == 0.0) {
    throw UsageError(
        "with an l2 penalty no strength leaves only zeros to begin with: say "
        "--C-grid LO:HI:FACTOR");
  }
}

void read_validation(const Arguments& arguments, PathOptions& options) {
  options.validate = arguments.text("validate");
  if (arguments.given("folds")) {
    options.folds = static_cast<int>(arguments.integer("folds", 2, 1000));
  }
  if (!options.validate.empty() && options.folds > 0) {
    throw UsageError("only one of --validate and --folds can be given");
  }
  const bool wanted = arguments.given("select") || arguments.given("MODEL");
  if (wanted && options.validate.empty() && options.folds == 0) {
    throw UsageError("to select a model, --validate FILE or --folds K must say by what");
  }
  if (wanted) {
    options.selection = arguments.choice("select", selection_names) == "best"
                            ? Selection::best
                            : Selection::one_standard_error;
  }
}

}  // namespace

CommandLine path_command_line() {
  CommandLine line("path DATA [MODEL]", description);
  line.group("Path")
      .option("lambdas", "K", "how many strengths", "100")
      .option("lambda-min-ratio", "R", "the last one is R lambda_max", "1e-3")
      .option("C-grid", "LO:HI:FACTOR",
              "instead: C = LO, LO FACTOR, ... up to HI, where lambda = 1/(n C)")
      .option("validate", "FILE", "score every lambda on the rows of FILE")
      .option("folds", "K", "score every lambda by K-fold cross-validation")
      .option("select", "RULE",
              "best: the least validation loss; 1se: the strongest within one standard error of "
              "it",
              "best");
  line.group("Data");
  describe_data_arguments(line);
  line.group("Objective");
  describe_problem_arguments(line, "l1");
  line.option("lower", "X", "no coefficient below X, which is at most 0")
      .option("upper", "X", "no coefficient above X, which is at least 0")
      .flag("non-negative", "--lower 0");
  line.group("Solver")
      .option("threads", "N", "default: the cores that this process may use")
      .option("tol", "GAP", "relative duality gap of every solution", "1e-4")
      .option("max-epochs", "N", "passes over the data for each lambda", "1000")
      .option("seed", "N", "of the folds and the order of updates", "1");
  line.group("Output")
      .option("csv", "FILE", "the path; - is standard output", "-")
      .option("json", "FILE", "a summary, for a script; - is standard output")
      .flag("quiet", "say nothing but errors");
  return line.epilogue(epilogue);
}

PathOptions path_options(const Arguments& arguments) {
  constexpr std::int64_t most = std::numeric_limits<Index>::max();
  PathOptions options;
  TrainOptions& train = options.train;
  read_data_arguments(arguments, train);
  read_problem_arguments(arguments, train);
  if (train.penalty == NoPenalty::name) {
    throw UsageError("a path needs a penalty: --penalty l1, elastic-net or l2");
  }
  if (!solver_row("cd").takes_loss(loss_row(train.loss).smooth, loss_row(train.loss).rounded)) {
    throw UsageError("a path cannot take --loss " + train.loss);
  }
  read_grid(arguments, options);
  read_validation(arguments, options);
  CoordinateOptions& solver = options.solver;
  solver.threads = train.read.threads = read_threads(arguments);
  solver.tolerance = arguments.positive("tol");
  solver.max_epochs = static_cast<int>(arguments.integer("max-epochs", 1, most));
  solver.seed = arguments.seed("seed");
  train.quiet = arguments.given("quiet");
  train.json = arguments.text("json");
  train.trace = arguments.text("csv");
  train.model = arguments.text("MODEL");
  if (train.json == "-" && train.trace == "-") {
    throw UsageError("--json and the CSV cannot both go to standard output: name a --csv FILE");
  }
  if (options.selection) {
    settle_outputs("path", train);
  }
  return options;
}

}  // namespace sounder::cli
