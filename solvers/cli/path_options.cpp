#include "path_options.hpp"

#include <array>
#include <limits>

#include <sounder/solvers/named/names.hpp>
#include "problem_arguments.hpp"

namespace sounder::cli {
namespace {

constexpr std::array<std::string_view, 2> selection_names = {"best", "1se"};

constexpr const char* description =
    "Solves an l1 or elastic-net problem at many strengths, from lambda_max (the least one that\n"
    "leaves only zeros) downwards, each from the solution before it, and writes a CSV row a "
    "lambda\n"
    "to standard output: its objective, duality gap, nonzero coefficients, and with --validate or\n"
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
    "Exit codes: as sounder train; 1 means that some lambda stopped before the tolerance.\n"
    "\n"
    "Examples:\n"
    "  sounder path a9a > path.csv\n"
    "  sounder path a9a a9a.model --folds 5 --select 1se --csv path.csv\n"
    "  sounder path prices.svm --loss squared --lambdas 50 --validate later.svm --select best\n";

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
  if (train.l1_ratio == 0.0) {
    throw UsageError("a path needs an l1 penalty: --penalty l1, or elastic-net with --l1-ratio");
  }
  if (!loss_row(train.loss).smooth) {
    throw UsageError("a path needs a smooth loss: --loss squared-hinge instead of " + train.loss);
  }
  options.lambdas = static_cast<int>(arguments.integer("lambdas", 1, 100000));
  options.lambda_min_ratio = arguments.number("lambda-min-ratio", 1e-12, 1.0);
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
