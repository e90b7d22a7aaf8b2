// sounder predict: applies a model to every row.
#include <sounder/datasets/libsvm_reader.hpp>
#include <sounder/datasets/parse_error.hpp>
#include <sounder/engine/base/atomic_file.hpp>
#include <sounder/solvers/model/liblinear_format.hpp>

#include <algorithm>
#include <cstdio>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>

#include <sounder/solvers/output/output.hpp>
#include <sounder/solvers/output/text.hpp>
#include "command.hpp"
#include "command_line.hpp"
#include "read_model.hpp"
#include "score.hpp"

namespace sounder::cli {
namespace {

constexpr const char* description =
    "Predicts every row of DATA with MODEL (ours or LIBLINEAR's) and writes one prediction a line "
    "to\n"
    "OUT, or to standard output: a label, or a number when the model is a regression. Features "
    "that\n"
    "the model does not know are ignored. The share of right answers, or the mean squared error,\n"
    "goes to standard error; DATA's labels are used for nothing else.\n"
    "\n"
    "Every row of DATA begins with a label; a row that begins with 1:0.5 is refused, since that "
    "may be\n"
    "a label with a weight (--weighted) or the first feature of a row without a label "
    "(--no-labels).\n"
    "Blank lines are skipped, with --no-labels too, where a row without features is such a line.\n";

constexpr const char* epilogue =
    "Exit codes: 0 done; 2 usage; 3 a file that cannot be read, understood or written.\n"
    "\n"
    "Examples:\n"
    "  sounder predict a9a.t a9a.model predictions.txt\n"
    "  sounder predict a9a.t a9a.model --probability | head\n"
    "  sounder predict new.svm a9a.model predictions.txt --no-labels\n";

enum class Form { prediction, decision_values, probability };

struct PredictOptions {
  std::string data;
  std::string model;
  std::string out;
  Form form = Form::prediction;
  std::optional<double> positive;
  ReadOptions read;
  bool quiet = false;
  std::string json;
};

CommandLine command_line() {
  CommandLine line("predict DATA MODEL [OUT]", description);
  line.group("Output")
      .flag("probability",
            "also the probability of each label (logistic models): a line with the "
            "labels, then prediction and probabilities, as LIBLINEAR's -b 1")
      .flag("decision-values", "also the decision values, after the prediction")
      .flag("quiet", "say nothing but errors")
      .option("json", "FILE",
              "the score, for a script; - is standard output (then OUT must be "
              "named)");
  line.group("Data")
      .option("positive", "LABEL",
              "for a model of LABEL against the rest: every other label in "
              "DATA counts as the rest")
      .flag("no-labels", "rows of index:value alone: there is nothing to score")
      .flag("weighted",
            "label:weight is read, and the score weighted; a row of weight 0 does not "
            "count")
      .flag("zero-based", "indices start at 0 instead of 1")
      .option("threads", "N", "default: the cores that this process may use");
  return line.epilogue(epilogue);
}

PredictOptions predict_options(const Arguments& arguments) {
  PredictOptions options;
  options.data = arguments.text("DATA");
  options.model = arguments.text("MODEL");
  options.out = arguments.given("OUT") ? arguments.text("OUT") : "-";
  if (arguments.given("probability") && arguments.given("decision-values")) {
    throw UsageError("only one of --probability and --decision-values can be given");
  }
  options.form = arguments.given("probability")       ? Form::probability
                 : arguments.given("decision-values") ? Form::decision_values
                                                      : Form::prediction;
  if (arguments.given("positive")) {
    options.positive = arguments.number("positive");
  }
  for (const char* const name : {"positive", "weighted"}) {
    if (arguments.given("no-labels") && arguments.given(name)) {
      throw UsageError("--" + std::string(name) + " needs labels: leave out --no-labels");
    }
  }
  options.read.labels = arguments.given("no-labels")  ? Labels::none
                        : arguments.given("weighted") ? Labels::weighted
                                                      : Labels::plain;
  options.read.values = Values::doubles;
  options.read.zero_based = arguments.given("zero-based");
  options.read.threads = arguments.given("threads")
                             ? static_cast<int>(arguments.integer("threads", 1, 4096))
                             : available_threads();
  options.quiet = arguments.given("quiet");
  options.json = arguments.text("json");
  if (options.json == "-" && options.out == "-") {
    throw UsageError("predictions and --json cannot both go to standard output: name OUT");
  }
  return options;
}

Dataset read(const std::string& path, const ReadOptions& options) {
  try {
    return read_libsvm(path, options);
  } catch (const WeightError& error) {
    throw ParseError(path, error.line(), error.column(),
                     error.reason() + ": say which, by --weighted or --no-labels");
  }
}

/// Loads the data in the form that the model needs: hashed, or with no more columns than the model
/// has features.
Dataset load(const PredictOptions& options, const LinearModel& model) {
  ReadOptions form = options.read;
  form.hash_bits = model.hash_bits;
  if (model.hash_bits == 0) {
    form.columns = model.features;
    form.drop_extra_columns = model.features > 0;
  }
  Dataset data = read(options.data, form);
  if (options.positive) {
    if (model.labels.size() != 2 || model.labels[0] != *options.positive) {
      throw UsageError("--positive must be the model's first label of two");
    }
    for (double& label : data.labels) {
      label = label == *options.positive ? label : model.labels[1];
    }
  }
  return data;
}

/// The lines of the output, in LIBLINEAR's format.
class Lines {
 public:
  Lines(const LinearModel& model, Form form) : model_(model), form_(form) {}

  [[nodiscard]] std::string header() const {
    std::string text;
    if (form_ == Form::probability) {
      text = "labels";
      for (const double label : model_.labels) {
        text += ' ';
        detail::append_label(text, label);
      }
      text += '\n';
    }
    return text;
  }

  void append(std::string& text, double prediction, std::span<const double> decision) const {
    if (model_.regression()) {
      detail::append_double(text, prediction);
    } else {
      detail::append_label(text, prediction);
    }
    if (form_ == Form::decision_values) {
      for (const double value : decision) {
        text += ' ';
        detail::append_double(text, value);
      }
    } else if (form_ == Form::probability) {
      for (const double value : probabilities(model_, decision)) {
        text += ' ' + digits(value, 6);
      }
    }
    text += '\n';
  }

 private:
  const LinearModel& model_;
  Form form_;
};

/// Writes the predictions, and scores them if there are labels.
Score write_predictions(const PredictOptions& options, const LinearModel& model,
                        const Dataset& data) {
  const std::vector<double> values = decisions(model, data.matrix, Team(options.read.threads));
  const auto k = static_cast<std::size_t>(model.outputs);
  const Lines lines(model, options.form);
  AtomicFile file(options.out);
  file.write(lines.header());
  Score score;
  std::string text;
  for (std::size_t i = 0; i * k < values.size(); ++i) {
    const std::span<const double> decision(values.data() + i * k, k);
    const double predicted = prediction(model, decision);
    if (!data.labels.empty()) {
      score.add(data.labels[i], predicted, data.weights.empty() ? 1.0 : data.weights[i]);
    }
    text.clear();
    lines.append(text, predicted, decision);
    file.write(text);
  }
  file.commit();
  return score;
}

void report_score(const LinearModel& model, const Dataset& data, const Score& score,
                  const Report& report) {
  if (data.labels.empty()) {
    return;
  }
  if (score.rows() == 0) {
    report.line("every row has the weight 0: there is nothing to score");
    return;
  }
  if (model.regression()) {
    report.line("Mean squared error = " + digits(score.mean_squared_error(), 6) + " (regression)");
    report.line("Squared correlation coefficient = " + digits(score.squared_correlation(), 6) +
                " (regression)");
    return;
  }
  report.line("Accuracy = " + digits(100.0 * score.accuracy(), 6) + "% (" +
              std::to_string(score.correct()) + "/" + std::to_string(score.rows()) + ")" +
              (data.weights.empty() ? "" : ", rows weighted"));
  std::int64_t unknown = 0;
  for (std::size_t i = 0; i < data.labels.size(); ++i) {
    const bool counts = data.weights.empty() || data.weights[i] > 0.0;
    const auto& known = model.labels;
    unknown +=
        counts && std::find(known.begin(), known.end(), data.labels[i]) == known.end() ? 1 : 0;
  }
  if (unknown > 0) {
    std::string positive;
    detail::append_label(positive, model.labels[0]);
    report.line(count_of(unknown, "row") + " with a label that the model does not know; if it is " +
                positive + " against the rest: --positive " + positive);
  }
}

nlohmann::ordered_json score_json(const PredictOptions& options, const LinearModel& model,
                                  const Dataset& data, const Score& score) {
  const bool scored = !data.labels.empty();
  nlohmann::ordered_json json;
  json["data"] = options.data;
  json["model"] = options.model;
  json["rows"] = data.matrix.rows();
  json["scored_rows"] = score.rows();
  json["weighted"] = !data.weights.empty();
  if (model.regression()) {
    json["mean_squared_error"] = json_number(score.mean_squared_error());
    json["squared_correlation"] = json_number(score.squared_correlation());
  } else {
    json["correct"] = scored ? nlohmann::ordered_json(score.correct()) : nullptr;
    json["accuracy"] = json_number(score.accuracy());
  }
  json["version"] = SOUNDER_PROGRAM_VERSION;
  return json;
}

Exit predict(const PredictOptions& options) {
  const LinearModel model = read_model(options.model);
  if (options.form == Form::probability && !model.probabilistic()) {
    throw UsageError("--probability needs a logistic model, and this one is " + model.solver_type);
  }
  const Dataset data = load(options, model);
  const Score score = write_predictions(options, model, data);
  report_score(model, data, score, Report(options.quiet));
  if (!options.json.empty()) {
    write_json(options.json, score_json(options, model, data, score));
  }
  return Exit::success;
}

}  // namespace

Exit run_predict(Words words) {
  const CommandLine line = command_line();
  const Arguments arguments = line.parse(words);
  if (arguments.given("help")) {
    std::fputs(line.help().c_str(), stdout);
    return Exit::success;
  }
  return predict(predict_options(arguments));
}

}  // namespace sounder::cli
