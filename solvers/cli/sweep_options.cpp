#include "sweep_options.hpp"

#include <sounder/engine/threads/team.hpp>

#include <algorithm>
#include <limits>

#include <sounder/solvers/named/names.hpp>
#include <sounder/solvers/named/solver_row.hpp>
#include "coordinate_arguments.hpp"
#include "penalty_strength.hpp"
#include "problem_arguments.hpp"

namespace sounder::cli {
namespace {

constexpr int most_threads = 4096;

constexpr std::array<std::string_view, 2> step_time_names = {"constant", "measured"};

constexpr const char* description =
    "How far does training scale on this data, and what do conflicts cost? Runs solvers with\n"
    "several numbers of threads and update policies, each several times to the same duality gap,\n"
    "in turn, and compares them with the best serial run. How often threads met on a coordinate\n"
    "is counted in runs of their own, so that timed ones pay nothing for it.\n";

constexpr const char* epilogue =
    "Of each run: seconds and epochs to the target; speedup over the best serial run (the serial\n"
    "solvers sgd and cd always run); speedup over the same solver with one thread, split into\n"
    "statistical efficiency (its epochs with one thread / epochs) and hardware efficiency (epochs\n"
    "a second / threads x those with one thread); the shares of updates that collide (another\n"
    "thread wrote the coordinate between a step's read and its write), are retried, or are lost;\n"
    "staleness, the steps that others complete within a step. More threads than cores are run\n"
    "where they are asked for, and marked.\n"
    "\n"
    "--virtual replays hogwild, shotgun and block-greedy with that many virtual workers, in one\n"
    "thread and in virtual time, the same bits each time: epochs, collisions and staleness beyond\n"
    "this machine's cores. A speedup is predicted from the simulated epochs and the measured rate\n"
    "of epochs, extrapolated; it is called a prediction wherever it stands. Shotgun's virtual\n"
    "workers update at most P* coordinates at once. The collision rate of two workers is printed\n"
    "beside that of two threads; where each has a core of its own, expect them within a factor of\n"
    "two.\n"
    "\n"
    "With --csv the rows are kept as they come, and the objective against time beside them\n"
    "(FILE.curves.csv). Ctrl-C ends the sweep and keeps what is done; the same command goes on\n"
    "from there.\n"
    "\n"
    "Exit codes: as sounder train; 1 means that no run reached the target, 130 that it was\n"
    "interrupted.\n"
    "\n"
    "Examples:\n"
    "  sounder sweep a9a\n"
    "  sounder sweep text.svm --threads 1,2,4,8 --updates relaxed,atomic,locked --csv text.csv\n"
    "  sounder sweep text.svm --virtual 8,64,1024 --csv text.csv --report text.html\n";

/// 1, 2, 4, ... and all cores.
std::string default_threads() {
  std::string text = "1";
  const int cores = available_threads();
  for (int threads = 2; threads < cores; threads *= 2) {
    text.append(",").append(std::to_string(threads));
  }
  return cores > 1 ? text + ',' + std::to_string(cores) : text;
}

std::vector<std::string_view> all_solvers() {
  return solver_names_where([](const SolverRow&) { return true; });
}

/// The solvers of a sweep by default.
std::vector<std::string_view> swept_solvers(const LossRow& loss) {
  return solver_names_where(
      [&](const SolverRow& row) { return row.swept && row.takes_loss(loss.smooth, loss.rounded); });
}

void read_wishes(const Arguments& arguments, SweepOptions& options) {
  sweep::Wishes& wishes = options.sweep.wishes;
  wishes.threads = arguments.integers("threads", 1, most_threads);
  for (int& threads : wishes.threads) {
    threads = Team(threads).size();  // OMP_THREAD_LIMIT may allow fewer; a row must say how many
                                     // run
  }
  wishes.updates = arguments.choices("updates", update_names);
  const LossRow& loss = loss_row(options.train.loss);
  if (arguments.given("solvers")) {
    wishes.solvers = arguments.choices("solvers", all_solvers());
  } else {
    for (const std::string_view name : swept_solvers(loss)) {
      wishes.solvers.emplace_back(name);
    }
  }
  for (const std::string& solver : wishes.solvers) {
    const TrainOptions& train = options.train;
    if (solver_row(solver).l2_only && train.penalty != L2::name) {
      throw UsageError("solver " + solver + " needs --penalty l2");
    }
    if (!solver_row(solver).takes_loss(loss.smooth, loss.rounded)) {
      throw UsageError("solver " + solver +
                       " needs a smooth loss: --loss squared-hinge, or --solvers hogwild");
    }
  }
  const auto knows_one = [&](const std::string& solver) {
    const SolverRow& row = solver_row(solver);
    return row.updates.empty() ||
           std::any_of(wishes.updates.begin(), wishes.updates.end(),
                       [&](const std::string& update) { return row.takes_update(update); });
  };
  if (std::none_of(wishes.solvers.begin(), wishes.solvers.end(), knows_one)) {
    const std::string& update = wishes.updates.front();
    throw UsageError("--updates " + update + " goes with --solvers " +
                     enumerate(solver_names_where(
                         [&](const SolverRow& row) { return row.takes_update(update); })) +
                     " only");
  }
}

void read_virtual(const Arguments& arguments, SweepOptions& options) {
  for (const char* const name : {"step-times", "straggler"}) {
    if (arguments.given(name) && !arguments.given("virtual")) {
      throw UsageError("--" + std::string(name) + " goes with --virtual only");
    }
  }
  options.sweep.measured_step_times = arguments.choice("step-times", step_time_names) == "measured";
  options.sweep.straggler = arguments.number("straggler", 0.0, 1e6);
  if (!arguments.given("virtual")) {
    return;
  }
  std::vector<int>& workers = options.sweep.virtual_workers;
  workers = arguments.integers("virtual", 1, most_threads);
  // Results for other numbers refer to one worker; two can be compared with two threads.
  workers.insert(workers.end(), {1, 2});
  std::sort(workers.begin(), workers.end());
  workers.erase(std::unique(workers.begin(), workers.end()), workers.end());
}

void read_outputs(const Arguments& arguments, SweepOptions& options) {
  options.sweep.csv = arguments.text("csv");
  options.report = arguments.text("report");
  options.train.json = arguments.text("json");
  options.train.quiet = arguments.given("quiet");
  for (const std::string& file : {options.sweep.csv, options.report}) {
    if (file == "-") {
      throw UsageError("--csv and --report are kept in files, not on standard output");
    }
  }
  for (const std::string& file : {options.sweep.csv, options.report, options.train.json}) {
    refuse_overwriting(file, options.train.data);
  }
}

}  // namespace

CommandLine sweep_command_line() {
  CommandLine line("sweep DATA", description);
  line.group("Sweep")
      .option("threads", "LIST", "numbers of threads", default_threads())
      .option("solvers", "LIST",
              enumerate(all_solvers()) +
                  " (default: " + enumerate(swept_solvers(loss_row(Logistic::name))) +
                  "; of hinge loss " + enumerate(swept_solvers(loss_row(Hinge::name))) + ")")
      .option("updates", "LIST",
              enumerate(update_names) + "; locked: hogwild only; exact: saga only",
              "relaxed,atomic")
      .option("repeats", "N", "runs of each, with different seeds", "3")
      .option("target", "GAP", "relative duality gap that every run goes to", "1e-3")
      .option("time-limit", "SECONDS", "of training, a run", "60")
      .option("max-epochs", "N", "a run", "10000")
      .option("seed", "N", "of the first repeat", "1")
      .option("virtual", "LIST", "numbers of virtual workers")
      .option("step-times", "NAME",
              "durations of virtual steps: constant, by the numbers that a step reads, or drawn "
              "from measured ones",
              "constant")
      .option("straggler", "X",
              "mean of an exponential delay of every virtual step, as a share of its own time",
              "0.1");
  line.group("Data");
  describe_data_arguments(line);
  line.group("Objective");
  describe_problem_arguments(line, "l2");
  describe_strength(line);
  line.group("Solvers")
      .option("hot-columns", "N",
              "frequent columns that each thread of hogwild keeps copies of; 0: Hogwild! as "
              "published (default: automatic)")
      .option("blocks", "B", "blocks of features of block-greedy and block-cd")
      .option("block-kind", "NAME", enumerate(block_kind_names), "balanced");
  line.group("Output")
      .option("csv", "FILE", "a row a run; a sweep that was interrupted goes on from it")
      .option("json", "FILE", "everything, for a script; - is standard output, without the table")
      .option("report", "FILE.html", "a page with pictures")
      .flag("quiet", "say nothing but errors and the table");
  return line.epilogue(epilogue);
}

SweepOptions sweep_options(const Arguments& arguments) {
  constexpr std::int64_t most = std::numeric_limits<Index>::max();
  SweepOptions options;
  TrainOptions& train = options.train;
  read_data_arguments(arguments, train);
  read_problem_arguments(arguments, train);
  read_strength(arguments, train);
  train.read.threads = train.run.threads = available_threads();
  train.run.seed = arguments.seed("seed");
  if (arguments.given("hot-columns")) {
    train.sgd.hot_columns = static_cast<int>(arguments.integer("hot-columns", 0, most));
  }
  if (arguments.given("blocks")) {
    train.coordinate.blocks = static_cast<Index>(arguments.integer("blocks", 1, most));
  }
  train.coordinate.block_kind = block_kind(arguments.choice("block-kind", block_kind_names));
  read_wishes(arguments, options);
  options.sweep.repeats = static_cast<int>(arguments.integer("repeats", 1, 1000));
  options.sweep.target = arguments.positive("target");
  options.sweep.time_limit = arguments.positive("time-limit");
  options.sweep.max_epochs = static_cast<int>(arguments.integer("max-epochs", 1, most));
  read_virtual(arguments, options);
  read_outputs(arguments, options);
  return options;
}

}  // namespace sounder::cli
