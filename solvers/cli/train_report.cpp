#include "train_report.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

#include <sounder/solvers/named/names.hpp>
#include <sounder/solvers/named/solver_row.hpp>
#include <sounder/solvers/output/text.hpp>

namespace sounder::cli {
namespace {

/// LIBLINEAR's objective, F / lambda; NaN if there is no penalty.
double liblinear_objective(const SolveRequest& request, const Result& result) {
  return request.lambda > 0.0 ? result.certificate.objective / request.lambda : std::nan("");
}

std::string penalty_formula(const SolveRequest& request) {
  const double rho = request.l1_ratio;
  if (rho == 1.0) {
    return "|w|_1";
  }
  if (rho == 0.0) {
    return "1/2 |w|_2^2";
  }
  return "[" + shortest(rho) + " |w|_1 + " + digits(0.5 * (1.0 - rho), 6) + " |w|_2^2]";
}

std::string summed_loss(const SolveRequest& request) {
  const std::string weight = request.weights.empty() ? "sum " : "sum s ";
  const std::string z = request.intercept ? "(x.w + b)" : "x.w";
  std::string text = weight;
  for (const char letter : loss_row(request.loss).formula) {
    text += letter == 'z' ? z : std::string(1, letter);
  }
  if (request.loss_parameter) {
    text.append(", ").append(loss_row(request.loss).parameter).append(" = ");
    text += shortest(*request.loss_parameter);
  }
  return text;
}

std::string bounds_clause(const SolveRequest& request) {
  const Interval bounds = request.bounds;
  if (std::isinf(bounds.low) && std::isinf(bounds.high)) {
    return "";
  }
  return ", " + (std::isinf(bounds.low) ? "" : shortest(bounds.low) + " <= ") + "w" +
         (std::isinf(bounds.high) ? "" : " <= " + shortest(bounds.high));
}

void announce_objective(const SolveRequest& request, const Report& report) {
  const std::string loss = summed_loss(request);
  if (request.lambda == 0.0) {
    report.line("minimising (1/n) " + loss + ", no penalty" + bounds_clause(request));
    return;
  }
  const std::string penalty = penalty_formula(request);
  report.line("minimising (1/n) " + loss + " + lambda " + penalty +
              ", lambda = " + digits(request.lambda, 6) + bounds_clause(request));
  report.line("as LIBLINEAR   " + penalty + " + C " + loss + ", C = " + digits(request.c, 6) +
              " (the same divided by lambda = 1/(n C))");
}

std::string describe_solver(const TrainOptions& options, const SolveRequest& request) {
  std::string text = "solver " + request.solver;
  if (options.solver == "auto") {
    text += " (auto: " + options.why + ")";
  }
  text += ", " + count_of(request.run.threads, "thread");
  return text + ", " + request.update + " updates, seed " + std::to_string(request.run.seed);
}

/// Rounded up to two digits, so that "at most" is true.
std::string percent(double share) {
  if (!(share > 0.0)) {
    return "0 %";
  }
  if (share >= 1.0 && share < 1e16) {
    return with_commas(static_cast<std::int64_t>(std::ceil(100.0 * share))) + " %";
  }
  const double unit = std::pow(10.0, std::floor(std::log10(100.0 * share)) - 1.0);
  return digits(std::ceil(100.0 * share / unit * (1.0 - 1e-12)) * unit, 2) + " %";
}

/// The meaning of the certificate, for the user.
std::string gap_in_words(const Certificate& certificate) {
  const double dual = certificate.dual_objective;
  if (certificate.nonzeros == 0) {
    return "no feature lowers the objective by more than " + percent(certificate.relative_gap);
  }
  if (dual > 0.0) {
    return "at most " + percent(std::max(certificate.objective - dual, 0.0) / dual) +
           " above the optimum";
  }
  return "at most " + percent(certificate.relative_gap) + " of the objective could still be gained";
}

std::string how_it_ended(const TrainOptions& options, const Result& result) {
  switch (result.status) {
    case Status::converged:
      return "converged";
    case Status::max_epochs:
      return options.run.tolerance > 0.0
                 ? "stopped before the tolerance: every epoch ran; raise --max-epochs or --tol"
                 : "every epoch ran";
    case Status::stalled:
      return "stopped before the tolerance: further epochs bring no progress";
    case Status::separable:
      return "stopped: the classes are separable, and without a penalty there is no optimum; the "
             "model separates them with a margin of 1";
    case Status::time_limit:
      return "stopped by the time limit";
    case Status::diverged:
      return "diverged";
    case Status::interrupted:
      return "interrupted: this is the best model so far";
  }
  return "";
}

}  // namespace

void announce_rows(const TrainOptions& options, const TrainingSet& set, const Report& report) {
  const std::vector<double>& weights = set.data.weights;
  report.line(set.mapping + (weights.empty() ? "" : "; " + describe_weights(weights)));
  const std::string values = explain_values(set.data, options.read);
  if (!values.empty()) {
    report.line(values);
  }
}

void announce(const TrainOptions& options, const TrainingSet& set, const SolveRequest& request,
              const Report& report) {
  const CsrMatrix& matrix = set.data.matrix;
  const std::string name = options.data == "-" ? "standard input" : options.data;
  report.line(name + ": " + count_of(matrix.rows(), "row") + ", " +
              count_of(matrix.columns(), "column") + ", " + with_commas(matrix.nonzeros()) +
              " nonzeros, read in " + digits(set.load_seconds, 3) + " s");
  announce_rows(options, set, report);
  announce_objective(request, report);
  report.line(describe_solver(options, request));
  if (!options.warm_start.empty()) {
    report.line("starting from " + options.warm_start);
  }
}

void summarise(const TrainOptions& options, const SolveRequest& request, const Result& result,
               const Report& report) {
  if (result.status == Status::diverged) {
    const std::string reason = !result.message.empty() ? result.message : "try a smaller --step";
    std::fputs(("sounder: diverged, no model is written: " + reason + "\n").c_str(), stderr);
    return;
  }
  const Certificate& certificate = result.certificate;
  report.line(how_it_ended(options, result) + (result.message.empty() ? "" : "; ") +
              result.message);
  report.line("epochs     " + std::to_string(result.epochs) + " in " + digits(result.seconds, 3) +
              " s, and " + digits(result.evaluation_seconds, 3) + " s of evaluation");
  std::string objective = "objective  " + digits(certificate.objective, 10);
  if (request.lambda > 0.0) {
    objective += "; LIBLINEAR's " + digits(liblinear_objective(request, result), 10);
  }
  report.line(objective);
  report.line("gap        " + digits(certificate.relative_gap, 3) + ": " +
              gap_in_words(certificate));
  report.line("weights    " + with_commas(certificate.nonzeros) + " of " +
              with_commas(request.matrix.columns()) + " not zero" +
              (request.intercept ? ", intercept " + digits(result.intercept, 6) : ""));
  if (result.support_vectors) {
    report.line("support    " + with_commas(*result.support_vectors) + " of " +
                with_commas(request.matrix.rows()) + " rows");
  }
  report.line("memory     " + digits(static_cast<double>(peak_memory_bytes()) / 1e6, 3) +
              " MB at the peak, reading included");
  report.line("model      " + options.model);
  report_hashing(options.read, report);
  if (!options.trace.empty() && options.trace != "-") {
    report.line("trace      " + options.trace);
  }
}

nlohmann::ordered_json summary_json(const TrainOptions& options, const TrainingSet& set,
                                    const SolveRequest& request, const Result& result) {
  const Certificate& certificate = result.certificate;
  const auto text_or_null = [](const std::string& text) {
    return text.empty() ? nlohmann::ordered_json(nullptr) : nlohmann::ordered_json(text);
  };
  const bool has_model = result.status != Status::diverged;
  nlohmann::ordered_json json;
  json["status"] = to_string(result.status);
  json["message"] = text_or_null(result.message);
  json["solver"] = request.solver;
  json["loss"] = request.loss;
  if (request.loss_parameter) {
    json[request.loss + "_" + std::string(loss_row(request.loss).parameter)] =
        json_number(*request.loss_parameter);
  }
  json["penalty"] = request.penalty;
  json["lambda"] = json_number(request.lambda);
  json["C"] = request.c > 0.0 ? json_number(request.c) : nullptr;
  json["l1_ratio"] = json_number(request.l1_ratio);
  json["threads"] = result.threads;
  json["update"] = request.update;
  json["seed"] = request.run.seed;
  json["reproducible"] =
      is_repeatable(solver_row(request.solver), request.update, result.threads) &&
      result.seconds < request.run.time_limit && result.status != Status::interrupted;
  json["reproducible_given"] = {"seed", "build"};
  json["tolerance"] = request.run.tolerance > 0.0 ? json_number(request.run.tolerance) : nullptr;
  json["max_epochs"] = request.run.max_epochs;
  json["time_limit"] = json_number(request.run.time_limit);
  json["lower"] = json_number(request.bounds.low);
  json["upper"] = json_number(request.bounds.high);
  json["parallel"] =
      result.parallel > 0 ? nlohmann::ordered_json(result.parallel) : nlohmann::ordered_json();
  json["rows"] = request.matrix.rows();
  json["columns"] = request.matrix.columns();
  json["hash_bits"] = hash_bits_json(options.read.hash_bits);
  json["nonzeros"] = request.matrix.nonzeros();
  json["values"] = values_name(request.matrix);
  json["weighted"] = !request.weights.empty();
  json["labels"] =
      set.classes.empty() ? nlohmann::ordered_json(nullptr) : nlohmann::ordered_json(set.classes);
  json["positive_label"] = set.classes.empty() ? nullptr : json_number(set.positive);
  json["load_seconds"] = set.load_seconds;
  json["train_seconds"] = result.seconds;
  json["evaluation_seconds"] = result.evaluation_seconds;
  json["epochs"] = result.epochs;
  json["updates"] = result.updates;
  json["step"] = json_number(result.step);
  json["objective"] = json_number(certificate.objective);
  json["objective_C"] = json_number(liblinear_objective(request, result));
  json["dual_objective"] = json_number(certificate.dual_objective);
  json["gap"] = json_number(certificate.objective - std::max(certificate.dual_objective, 0.0));
  json["relative_gap"] = json_number(certificate.relative_gap);
  json["nonzero_coefficients"] = certificate.nonzeros;
  json["support_vectors"] = result.support_vectors ? nlohmann::ordered_json(*result.support_vectors)
                                                   : nlohmann::ordered_json(nullptr);
  json["intercept"] = request.intercept ? json_number(result.intercept) : nullptr;
  json["data"] = options.data;
  json["model"] = has_model ? nlohmann::ordered_json(options.model) : nullptr;
  json["trace"] = text_or_null(options.trace);
  json["peak_memory_bytes"] = peak_memory_bytes();
  json["version"] = SOUNDER_PROGRAM_VERSION;
  return json;
}

}  // namespace sounder::cli
