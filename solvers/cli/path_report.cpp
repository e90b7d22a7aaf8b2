#include "path_report.hpp"

#include <cerrno>
#include <cmath>
#include <nlohmann/json.hpp>
#include <system_error>

#include <sounder/solvers/output/text.hpp>
#include "train_report.hpp"

namespace sounder::cli {
namespace {

/// LIBLINEAR's C for a lambda.
double c_of(const TrainingSet& set, double lambda) {
  return 1.0 / (static_cast<double>(set.data.matrix.rows()) * lambda);
}

bool validated(const PathOptions& options) {
  return options.folds > 0 || !options.validate.empty();
}

std::string or_nothing(double number) {
  return std::isfinite(number) ? shortest(number) : "";
}

nlohmann::ordered_json point_json(const TrainingSet& set, const PathOutcome& outcome,
                                  std::size_t k) {
  nlohmann::ordered_json json;
  json["lambda"] = json_number(outcome.lambdas[k]);
  json["C"] = json_number(c_of(set, outcome.lambdas[k]));
  const Certificate& certificate = outcome.results[k].certificate;
  json["status"] = to_string(outcome.results[k].status);
  json["objective"] = json_number(certificate.objective);
  json["relative_gap"] = json_number(certificate.relative_gap);
  json["nonzero_coefficients"] = certificate.nonzeros;
  if (k < outcome.scores.size()) {
    json["validation_loss"] = json_number(outcome.scores[k].loss);
    json["standard_error"] = json_number(outcome.scores[k].standard_error);
    json["accuracy"] = json_number(outcome.scores[k].accuracy);
  }
  return json;
}

}  // namespace

PathReport::PathReport(const PathOptions& options, const TrainingSet& set)
    : options_(options), set_(set), report_(options.train.quiet), csv_(stdout) {
  if (options.train.trace != "-") {
    csv_ = std::fopen(options.train.trace.c_str(), "we");
    if (csv_ == nullptr) {
      throw std::system_error(errno, std::generic_category(), options.train.trace);
    }
  }
  write(std::string("lambda,C,objective,relative_gap,nonzero_coefficients,epochs,seconds") +
        (validated(options) ? ",validation_loss,standard_error,accuracy\n" : "\n"));
}

PathReport::~PathReport() {
  if (csv_ != stdout) {
    std::fclose(csv_);
  }
}

void PathReport::write(const std::string& text) {
  if (std::fputs(text.c_str(), csv_) < 0 || std::fflush(csv_) != 0) {
    throw std::system_error(errno, std::generic_category(), options_.train.trace);
  }
}

void PathReport::announce(const PathOutcome& outcome) const {
  const std::vector<double>& lambdas = outcome.lambdas;
  const TrainOptions& train = options_.train;
  const CsrMatrix& matrix = set_.data.matrix;
  report_.line((train.data == "-" ? "standard input" : train.data) + ": " +
               count_of(matrix.rows(), "row") + ", " + count_of(matrix.columns(), "column") + ", " +
               with_commas(matrix.nonzeros()) + " nonzeros, read in " +
               digits(set_.load_seconds, 3) + " s");
  announce_rows(train, set_, report_);
  report_.line("loss " + train.loss + ", penalty " + train.penalty +
               (train.l1_ratio < 1.0 ? " (l1 ratio " + shortest(train.l1_ratio) + ")" : "") +
               (train.intercept ? ", intercept" : "") + "; " +
               count_of(static_cast<std::int64_t>(lambdas.size()), "lambda") + " from " +
               digits(lambdas.front(), 4) + " to " + digits(lambdas.back(), 4) + ", " +
               count_of(options_.solver.threads, "thread"));
  if (outcome.folds_left_out > 0) {
    report_.line("warning: " + count_of(outcome.folds_left_out, "fold") + " of " +
                 std::to_string(options_.folds) +
                 " left out of the scores: without its rows one class is all there is to train on");
  }
}

void PathReport::folds_done(double seconds) const {
  report_.line(std::to_string(options_.folds) + " folds done in " + digits(seconds, 3) + " s");
}

void PathReport::add(const PathPoint& point, const ValidationScore* score) {
  const Certificate& certificate = point.result.certificate;
  std::string row = shortest(point.lambda) + "," + shortest(c_of(set_, point.lambda)) + "," +
                    shortest(certificate.objective) + "," + shortest(certificate.relative_gap) +
                    "," + std::to_string(certificate.nonzeros) + "," +
                    std::to_string(point.result.epochs) + "," + shortest(point.result.seconds);
  if (score != nullptr) {
    for (const double number : {score->loss, score->standard_error, score->accuracy}) {
      row.append(",").append(or_nothing(number));
    }
  } else if (validated(options_)) {
    row += ",,,";
  }
  write(row + "\n");
  if (point.number == 0) {
    report_.line(std::string("\n     lambda        objective   relative gap    nonzeros") +
                 (score != nullptr ? "   validation" : ""));
  }
  report_.line(right(digits(point.lambda, 4), 11) + right(digits(certificate.objective, 8), 17) +
               right(digits(certificate.relative_gap, 3), 15) +
               right(with_commas(certificate.nonzeros), 12) +
               (score != nullptr ? right(digits(score->loss, 6), 13) : ""));
}

void PathReport::summarise(const PathOutcome& outcome) const {
  const auto walked = static_cast<std::int64_t>(outcome.results.size());
  const auto all = static_cast<std::int64_t>(outcome.lambdas.size());
  std::string ending = count_of(walked, "lambda").insert(0, 1, '\n');
  if (walked < all) {
    ending += " of " + std::to_string(all);
  }
  ending += " in " + digits(outcome.seconds, 3) + " s";
  switch (outcome.status) {
    case Status::converged:
      break;
    case Status::interrupted:
      ending += ", interrupted";
      break;
    case Status::diverged:
      ending += ", diverged";
      break;
    case Status::stalled:
      ending += "; at some further epochs brought no progress before the tolerance";
      break;
    case Status::max_epochs:
      ending += "; some stopped before the tolerance: raise --max-epochs or --tol";
      break;
    case Status::time_limit:
    case Status::separable:
      ending += "; some stopped before the tolerance";
      break;
  }
  report_.line(ending);
  if (outcome.selected) {
    const ValidationScore& score = outcome.scores[*outcome.selected];
    report_.line(
        "selected   lambda " + digits(outcome.lambdas[*outcome.selected], 6) +
        ": validation loss " + digits(score.loss, 6) + " +- " + digits(score.standard_error, 2) +
        (std::isfinite(score.accuracy) ? ", accuracy " + digits(100.0 * score.accuracy, 4) + " %"
                                       : ""));
    report_.line("model      " + options_.train.model);
    report_hashing(options_.train.read, report_);
  }
}

nlohmann::ordered_json path_json(const PathOptions& options, const TrainingSet& set,
                                 const PathOutcome& outcome) {
  const TrainOptions& train = options.train;
  nlohmann::ordered_json json;
  json["status"] = to_string(outcome.status);
  json["loss"] = train.loss;
  json["penalty"] = train.penalty;
  json["l1_ratio"] = json_number(train.l1_ratio);
  json["threads"] = options.solver.threads;
  json["seed"] = options.solver.seed;
  json["tolerance"] = json_number(options.solver.tolerance);
  json["rows"] = set.data.matrix.rows();
  json["columns"] = set.data.matrix.columns();
  json["hash_bits"] = hash_bits_json(train.read.hash_bits);
  json["nonzeros"] = set.data.matrix.nonzeros();
  json["values"] = values_name(set.data.matrix);
  json["labels"] =
      set.classes.empty() ? nlohmann::ordered_json(nullptr) : nlohmann::ordered_json(set.classes);
  json["positive_label"] = set.classes.empty() ? nullptr : json_number(set.positive);
  json["folds"] = options.folds > 0 ? nlohmann::ordered_json(options.folds) : nullptr;
  json["folds_left_out"] =
      options.folds > 0 ? nlohmann::ordered_json(outcome.folds_left_out) : nullptr;
  json["load_seconds"] = set.load_seconds;
  json["path_seconds"] = outcome.seconds;
  json["path"] = nlohmann::ordered_json::array();
  for (std::size_t k = 0; k < outcome.results.size(); ++k) {
    json["path"].push_back(point_json(set, outcome, k));
  }
  json["selected"] =
      outcome.selected ? point_json(set, outcome, *outcome.selected) : nlohmann::ordered_json();
  json["model"] = outcome.selected ? nlohmann::ordered_json(train.model) : nullptr;
  json["peak_memory_bytes"] = peak_memory_bytes();
  json["version"] = SOUNDER_PROGRAM_VERSION;
  return json;
}

}  // namespace sounder::cli
