// sounder sweep: threads x solvers x update policies; bench/sweep does the work.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>

#include <sounder/bench/sweep/limits.hpp>
#include <sounder/bench/sweep/machine.hpp>
#include <sounder/bench/sweep/report.hpp>
#include <sounder/solvers/named/names.hpp>
#include <sounder/solvers/named/solver_row.hpp>
#include <sounder/solvers/output/output.hpp>
#include <sounder/solvers/output/text.hpp>
#include "command.hpp"
#include "interrupt.hpp"
#include "memory.hpp"
#include "request.hpp"
#include "sweep_options.hpp"
#include "train_report.hpp"
#include "training_set.hpp"

namespace sounder::cli {
namespace {

/// Writes a line for each run on standard error: its setting, its result, and the time left.
class Lines final : public sweep::Watcher {
 public:
  explicit Lines(const Report& report) : report_(report) {}

  void begins(const sweep::Row& row, int number, int total, double left) override {
    const std::string all = std::to_string(total);
    lead_ = right(std::to_string(number), all.size()) + "/" + all + "  ";
    std::string who = row.setting.solver + " " + row.setting.update + ", " +
                      count_of(row.setting.threads, row.measured() ? "thread" : "worker") +
                      (row.oversubscribed != 0 ? "*" : "");
    who.resize(std::max<std::size_t>(who.size(), 36), ' ');
    lead_ += who;
    left_ = std::isfinite(left) ? "   some " + duration(left) + " left" : "";
  }

  void ended(const sweep::Row& row) override {
    const std::string what =
        row.measured() ? right(digits(row.seconds, 3), 9) + " s" : "  simulated";
    report_.line(lead_ + what + right(std::to_string(row.epochs), 7) + " epochs   " + row.status +
                 left_);
  }

 private:
  static std::string duration(double seconds) {
    return seconds < 100.0 ? digits(seconds, 2) + " s" : digits(seconds / 60.0, 2) + " min";
  }

  const Report& report_;
  std::string lead_;
  std::string left_;
};

std::string describe_problem(const TrainOptions& train, const SolveRequest& request,
                             const sweep::Options& options) {
  const CsrMatrix& matrix = request.matrix;
  std::string text = std::filesystem::path(train.data).filename().string() + " " +
                     std::to_string(matrix.rows()) + " x " + std::to_string(matrix.columns()) +
                     ", " + std::to_string(matrix.nonzeros()) + " nonzeros, " + request.loss + " " +
                     request.penalty;
  if (request.lambda > 0.0) {
    text += " " + shortest(request.lambda);
  }
  if (request.l1_ratio > 0.0 && request.l1_ratio < 1.0) {
    text += " (" + shortest(request.l1_ratio) + " l1)";
  }
  text += request.intercept ? ", intercept" : "";
  text += train.read.values == Values::automatic ? "" : ", values " + values_name(matrix);
  text +=
      train.sgd.hot_columns >= 0 ? ", hot columns " + std::to_string(train.sgd.hot_columns) : "";
  if (train.read.hash_bits > 0) {
    text += ", " + count_of(train.read.hash_bits, "hash bit");
  }
  if (train.coordinate.blocks > 0) {
    text += ", " + count_of(train.coordinate.blocks, "block");
  }
  return text + ", gap " + shortest(options.target) + " in " + shortest(options.time_limit) +
         " s, seed " + std::to_string(request.run.seed) + ", sounder " SOUNDER_PROGRAM_VERSION;
}

/// The most bytes a column that any of the runs takes; two serial solvers always run.
double most_bytes_a_column(const SweepOptions& options) {
  const sweep::Wishes& wishes = options.sweep.wishes;
  double most =
      std::max(bytes_a_column_by_columns(options.train.run.threads),
               std::max(solver_row("cd").bytes_a_column(1), solver_row("sgd").bytes_a_column(1)));
  for (const std::string& solver : wishes.solvers) {
    most = std::max(most, solver_row(solver).bytes_a_column(wishes.threads.back()));
  }
  return most;
}

Exit exit_code(const sweep::Story& story) {
  if (!story.complete) {
    return Exit::interrupted;
  }
  for (const sweep::Summary& summary : story.summaries) {
    if (summary.reached > 0) {
      return Exit::success;
    }
  }
  return Exit::stopped;
}

void tell(const SweepOptions& options, const sweep::Story& story) {
  if (!options.report.empty()) {
    write_file(options.report, to_page(story));
  }
  if (!options.train.json.empty()) {
    write_json(options.train.json, to_json(story));
  }
  if (options.train.json != "-") {
    std::fputs(to_table(story).c_str(), stdout);
  }
}

Exit sweep_over(SweepOptions options) {
  const Report report(options.train.quiet);
  for (const std::string& file : {options.sweep.csv, options.train.json, options.report}) {
    require_writable(file);
  }
  TrainingSet set = load_training_set(options.train);
  require_memory(options.train.data, options.train.read, set.data, most_bytes_a_column(options));
  options.train.chosen = "hogwild";
  options.train.update = solver_row(options.train.chosen).default_update();
  const SolveRequest request = make_request(options.train, set, {});
  const sweep::Machine machine = sweep::this_machine();
  options.sweep.problem = describe_problem(options.train, request, options.sweep);
  options.sweep.machine = machine.name();
  report.line(options.sweep.problem);
  announce_rows(options.train, set, report);
  report.line(machine.name() + ", " + machine.compiler);
  const sweep::Predictors predictors =
      sweep::predict(request.matrix, Team(options.train.run.threads));
  sweep::Sweep runs(options.sweep, request, predictors.radius.p_star());
  InterruptTrace interrupt;  // active until everything is written
  Lines progress(report);
  const bool complete = runs.run(interrupt, progress);
  const sweep::Story story(std::filesystem::path(options.train.data).filename().string(),
                           options.command, options.sweep, request, predictors, machine, runs,
                           complete);
  tell(options, story);
  if (!complete) {
    report.line(options.sweep.csv.empty()
                    ? "interrupted; with --csv FILE a sweep can be continued"
                    : "interrupted; the same command goes on from " + options.sweep.csv);
  }
  return exit_code(story);
}

}  // namespace

Exit run_sweep(Words words) {
  const CommandLine line = sweep_command_line();
  const Arguments arguments = line.parse(words);
  if (arguments.given("help")) {
    std::fputs(line.help().c_str(), stdout);
    return Exit::success;
  }
  SweepOptions options = sweep_options(arguments);
  options.command = "sounder sweep";
  for (const std::string& word : words) {
    options.command += " " + word;
  }
  return sweep_over(std::move(options));
}

}  // namespace sounder::cli
