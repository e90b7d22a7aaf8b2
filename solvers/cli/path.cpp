// sounder path: solutions for many strengths of the penalty, and which of them to select.
#include <sounder/datasets/parse_error.hpp>
#include <sounder/engine/matrix/csc_matrix.hpp>
#include <sounder/solvers/model/liblinear_format.hpp>
#include <sounder/solvers/path/cross_validation.hpp>
#include <sounder/solvers/path/lambda_max.hpp>
#include <sounder/solvers/path/regularization_path.hpp>

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <sounder/engine/base/stopwatch.hpp>
#include <sounder/solvers/named/names.hpp>
#include <sounder/solvers/named/solver_row.hpp>
#include <sounder/solvers/output/output.hpp>
#include <sounder/solvers/output/text.hpp>
#include "command.hpp"
#include "interrupt.hpp"
#include "memory.hpp"
#include "path_options.hpp"
#include "path_report.hpp"
#include "path_solver.hpp"
#include "training_set.hpp"

namespace sounder::cli {
namespace {

/// The nonzero coefficients of one solution.
struct SparseSolution {
  std::vector<std::pair<Index, double>> coefficients;
  double intercept = 0.0;

  explicit SparseSolution(const Result& result) : intercept(result.intercept) {
    for (std::size_t j = 0; j < result.w.size(); ++j) {
      if (result.w[j] != 0.0) {
        coefficients.emplace_back(static_cast<Index>(j), result.w[j]);
      }
    }
  }
  [[nodiscard]] std::vector<double> dense(Index columns) const {
    std::vector<double> w(static_cast<std::size_t>(columns));
    for (const auto& [j, value] : coefficients) {
      w[static_cast<std::size_t>(j)] = value;
    }
    return w;
  }
};

/// One run of the command, with one loss.
template <Loss L>
class PathRun {
 public:
  PathRun(const PathOptions& options, const TrainingSet& set, const ValidationSet* apart, L loss,
          Trace& interrupt)
      : options_(options), set_(set), apart_(apart), interrupt_(interrupt),
        team_(options.solver.threads), data_{set.data.matrix,         set.targets,     loss, {},
                                             options.train.intercept, set.data.weights},
        columns_(set.data.matrix, team_), shape_{options.train.l1_ratio, options.train.bounds.low,
                                                 options.train.bounds.high} {}

  /// Checks everything that may fail, before anything is written. @throws InputError
  void prepare() {
    deal_out_folds();
    if (!options_.c_grid.empty()) {
      for (const double c : options_.c_grid) {
        outcome_.lambdas.push_back(1.0 / (data_.matrix.rows() * c));
      }
      return;
    }
    const double largest = lambda_max(data_, shape_.l1_ratio, team_);
    if (!(largest > 0.0)) {
      throw InputError(options_.train.data,
                       "no feature goes with the labels: every lambda leaves only zeros");
    }
    outcome_.lambdas = lambda_grid(largest, options_.lambdas, options_.lambda_min_ratio);
  }

  PathOutcome run(PathReport& report) {
    report.announce(outcome_);
    if (options_.folds > 0 && !fold_by_fold(report)) {
      outcome_.status = Status::interrupted;
    } else {
      outcome_.status =
          regularization_path(data_, shape_, outcome_.lambdas, options_.solver, interrupt_,
                              solver(), [&](const PathPoint& point) { return add(point, report); });
    }
    outcome_.seconds = clock_.so_far();
    return std::move(outcome_);
  }

  /// Selects one of the solved lambdas and returns its model. None: no model.
  [[nodiscard]] std::optional<LinearModel> select_model(PathOutcome& outcome) const {
    const std::size_t walked = std::min(outcome.scores.size(), solutions_.size());
    outcome.selected = select({outcome.scores.data(), walked}, *options_.selection);
    if (!outcome.selected) {
      return std::nullopt;
    }
    const SparseSolution& solution = solutions_[*outcome.selected];
    return make_model(options_.train, set_, solution.dense(set_.data.matrix.columns()),
                      solution.intercept);
  }

 private:
  /// A solver on the columns, of which all runs share one copy.
  [[nodiscard]] PathSolver<L> solver() const { return PathSolver<L>(columns_); }

  void deal_out_folds() {
    if (options_.folds == 0) {
      return;
    }
    Index rows = 0;  // rows that count
    for (Index i = 0; i < data_.matrix.rows(); ++i) {
      rows += data_.weight(i) > 0.0 ? 1 : 0;
    }
    const std::string folds = "--folds " + std::to_string(options_.folds);
    if (options_.folds > rows) {
      throw InputError(options_.train.data, folds +
                                                " needs as many rows of a weight above 0, and " +
                                                "there are " + with_commas(rows));
    }
    fold_ = assign_folds(data_.targets, options_.folds, L::classification, options_.solver.seed,
                         data_.weights);
    const auto usable = static_cast<int>(usable_folds(data_, fold_).size());
    outcome_.folds_left_out = options_.folds - usable;
    if (usable < 2) {
      throw InputError(options_.train.data,
                       "a class is too rare for " + folds + ": of these folds " +
                           std::to_string(usable) +
                           " would be trained on both classes, and at least two must be");
    }
  }

  bool fold_by_fold(PathReport& report) {
    const Stopwatch clock = Stopwatch::running();
    outcome_.scores = cross_validate(data_, shape_, outcome_.lambdas, options_.solver, fold_, team_,
                                     solver(), [this] { return interrupt_.cancelled(); });
    if (outcome_.scores.empty()) {
      return false;
    }
    report.folds_done(clock.so_far());
    return true;
  }

  bool add(const PathPoint& point, PathReport& report) {
    if (apart_ != nullptr) {
      const Problem<L, NoPenalty> rows{apart_->data.matrix, apart_->targets,     data_.loss, {},
                                       data_.intercept,     apart_->data.weights};
      outcome_.scores.push_back(validate(rows, point.result.w, point.result.intercept));
    }
    solutions_.emplace_back(point.result);
    report.add(point,
               point.number < outcome_.scores.size() ? &outcome_.scores[point.number] : nullptr);
    outcome_.results.push_back(point.result);
    std::vector<double>().swap(outcome_.results.back().w);  // `= {}` would keep the memory
    return !interrupt_.cancelled();
  }

  Stopwatch clock_ = Stopwatch::running();  // first, because laying out the data is part of a path
  const PathOptions& options_;
  const TrainingSet& set_;
  const ValidationSet* apart_;
  Trace& interrupt_;
  Team team_;
  Problem<L, NoPenalty> data_;
  CscMatrix columns_;
  PenaltyShape shape_;
  std::vector<int> fold_;  // fold of every row, with --folds
  PathOutcome outcome_;
  std::vector<SparseSolution> solutions_;
};

template <Loss L>
Exit walk(const PathOptions& options, const TrainingSet& set, L loss) {
  std::optional<ValidationSet> apart;
  if (!options.validate.empty()) {
    apart = load_validation_set(options.validate, options.train, set);
  }
  require_writable(options.selection ? options.train.model : "");
  require_writable(options.train.json);
  InterruptTrace interrupt;  // active until the model is written
  PathRun<L> run(options, set, apart ? &*apart : nullptr, loss, interrupt);
  run.prepare();
  PathReport report(options, set);
  PathOutcome outcome = run.run(report);
  if (options.selection) {
    if (const std::optional<LinearModel> model = run.select_model(outcome)) {
      write_file(options.train.model, to_liblinear(*model));
    }
  }
  if (!options.train.json.empty()) {
    write_json(options.train.json, path_json(options, set, outcome));
  }
  report.summarise(outcome);
  return exit_code(outcome.status, true);
}

}  // namespace

Exit run_path(Words words) {
  const CommandLine line = path_command_line();
  const Arguments arguments = line.parse(words);
  if (arguments.given("help")) {
    std::fputs(line.help().c_str(), stdout);
    return Exit::success;
  }
  const PathOptions options = path_options(arguments);
  TrainingSet set = load_training_set(options.train);
  const int threads = options.solver.threads;
  require_memory(
      options.train.data, options.train.read, set.data,
      std::max(solver_row("cd").bytes_a_column(threads), bytes_a_column_by_columns(threads)));
  return with_loss(options.train.loss, options.train.loss_parameter, [&](auto loss) {
    if constexpr (decltype(loss)::smooth || CornerLoss<decltype(loss)>) {
      return walk(options, set, loss);
    } else {
      return Exit::usage;  // not reached: path_options has refused it
    }
  });
}

}  // namespace sounder::cli
