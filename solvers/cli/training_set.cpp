#include "training_set.hpp"

#include <sounder/datasets/parse_error.hpp>
#include <sounder/solvers/model/labels.hpp>
#include <sounder/solvers/model/model_file.hpp>

#include <algorithm>
#include <utility>

#include <sounder/engine/base/stopwatch.hpp>
#include <sounder/solvers/named/names.hpp>
#include <sounder/solvers/output/text.hpp>
#include "read_model.hpp"

namespace sounder::cli {
namespace {

/// The label that the model gives to all classes except the positive one.
double label_of_rest(const LabelMapping& mapping, double positive) {
  std::vector<double> classes = mapping.classes;
  if (mapping.kind == LabelKind::binary) {
    return classes[0] == positive ? classes[1] : classes[0];
  }
  classes.insert(classes.end(), mapping.weightless.begin(), mapping.weightless.end());
  const auto taken = [&](double label) {
    return label == positive || std::find(classes.begin(), classes.end(), label) != classes.end();
  };
  double rest = taken(-1.0) && !taken(0.0) ? 0.0 : -1.0;
  while (taken(rest)) {
    rest -= 1.0;
  }
  return rest;
}

void map_labels(const TrainOptions& options, TrainingSet& set) {
  const std::vector<double>& labels = set.data.labels;
  const std::vector<double>& weights = set.data.weights;
  const bool classification = loss_row(options.loss).classification;
  if (options.positive) {
    const LabelMapping mapping = find_labels(labels, weights);
    set.targets = one_against_rest(labels, *options.positive, weights);
    set.positive = *options.positive;
    set.classes = {*options.positive, label_of_rest(mapping, *options.positive)};
    set.mapping = "label " + label_text(set.classes[0]) + " -> +1, all others (" +
                  label_text(set.classes[1]) + " in the model) -> -1";
  } else if (classification) {
    const LabelMapping mapping = find_labels(labels, weights);
    set.targets = binary_targets(labels, mapping);
    set.positive = mapping.positive();
    set.classes = mapping.classes;
    set.mapping = describe(mapping);
    if (set.turned()) {
      set.mapping += "; the model names " + label_text(set.classes[0]) +
                     " first, so w is written with its sign turned";
    }
  } else {
    set.targets = labels;
    set.mapping = "labels are taken as numbers";
  }
}

/// @throws ParseError if every row has weight 0
void refuse_weightless(const std::string& path, const Dataset& data) {
  const std::vector<double>& weights = data.weights;
  if (!weights.empty() &&
      std::all_of(weights.begin(), weights.end(), [](double s) { return s == 0.0; })) {
    throw ParseError(path, 1, 1, "every row has the weight 0");  // the error concerns the whole
                                                                 // file
  }
}

}  // namespace

std::string describe_weights(std::span<const double> weights) {
  const auto [least, most] = std::minmax_element(weights.begin(), weights.end());
  const auto zeros = std::count(weights.begin(), weights.end(), 0.0);
  return "rows are weighted, from " + digits(*least, 6) + " to " + digits(*most, 6) +
         (zeros > 0 ? " (" + count_of(zeros, "row") + " of weight 0)" : "");
}

std::string values_name(const CsrMatrix& matrix) {
  return matrix.values().data<double>() != nullptr ? "double" : "float";
}

std::string explain_values(const Dataset& data, const ReadOptions& read) {
  if (data.double_column < 0) {
    return "";
  }
  const std::int64_t name = std::int64_t{data.double_column} + (read.zero_based ? 0 : 1);
  return "values are kept in double: column " + std::to_string(name) + " is not exact in float";
}

TrainingSet load_training_set(const TrainOptions& options) {
  TrainingSet set;
  const Stopwatch clock = Stopwatch::running();
  set.data = read_libsvm(options.data, options.read);
  set.load_seconds = clock.so_far();
  refuse_weightless(options.data, set.data);
  try {
    map_labels(options, set);
  } catch (const LabelError& error) {
    const LabelKind kind = find_labels(set.data.labels, set.data.weights).kind;
    const bool choice = !options.positive && kind != LabelKind::single;
    const std::string flags = choice ? " (--positive LABEL, --loss squared)" : "";
    throw ParseError(options.data, 1, 1, error.what() + flags);  // the error concerns the whole
                                                                 // file
  }
  return set;
}

ValidationSet load_validation_set(const std::string& path, const TrainOptions& options,
                                  const TrainingSet& set) {
  ReadOptions read = options.read;
  if (read.hash_bits == 0) {
    read.columns = set.data.matrix.columns();
    read.drop_extra_columns = true;
  }
  ValidationSet apart;
  apart.data = read_libsvm(path, read);
  refuse_weightless(path, apart.data);
  apart.targets = apart.data.labels;
  if (set.classes.empty()) {
    return apart;
  }
  const std::vector<double>& weights = apart.data.weights;
  for (std::size_t i = 0; i < apart.targets.size(); ++i) {
    double& label = apart.targets[i];
    const bool known = label == set.classes[0] || label == set.classes[1] || options.positive ||
                       (!weights.empty() && weights[i] == 0.0);
    if (!known) {
      throw ParseError(path, 1, 1,
                       "the label " + label_text(label) + " is not one of the training data's, " +
                           label_text(set.classes[0]) + " and " + label_text(set.classes[1]));
    }
    label = label == set.positive ? 1.0 : -1.0;
  }
  return apart;
}

Start load_start(const TrainOptions& options, const TrainingSet& set) {
  const std::string& path = options.warm_start;
  if (path.empty()) {
    return {};
  }
  LinearModel model = read_model(path);
  const auto columns = static_cast<std::size_t>(set.data.matrix.columns());
  const bool swapped =
      model.labels == std::vector<double>(set.classes.rbegin(), set.classes.rend());
  if (model.outputs != 1 || (model.labels != set.classes && !swapped)) {
    throw InputError(path, "the model's labels are not those of the data");
  }
  if (model.hash_bits != options.read.hash_bits) {
    throw InputError(path, model.hash_bits == 0
                               ? "the model's features are not hashed: leave out --hash-bits"
                               : "the model's features are hashed: use --hash-bits " +
                                     std::to_string(model.hash_bits));
  }
  if (static_cast<std::size_t>(model.features) > columns) {
    throw InputError(path, "the model has " + count_of(model.features, "feature") +
                               ", the data fewer columns: use --columns " +
                               std::to_string(model.features));
  }
  if (!model.intercepts.empty() && !options.intercept) {
    throw InputError(path, "the model has an intercept: use --intercept");
  }
  if (!model.regression() && model.labels[0] != set.positive) {
    model.turn();
  }
  Start start{std::move(model.weights), model.intercepts.empty() ? 0.0 : model.intercepts[0]};
  start.w.resize(columns, 0.0);
  return start;
}

void report_hashing(const ReadOptions& read, const Report& report) {
  if (read.hash_bits > 0) {
    report.line("hashed     to " + count_of(read.hash_bits, "bit") +
                ", which the model says to sounder predict; liblinear-predict cannot use it");
  }
}

LinearModel make_model(const TrainOptions& options, const TrainingSet& set, std::vector<double> w,
                       double intercept) {
  LinearModel model;
  model.solver_type = with_loss(options.loss, {}, [&](auto loss) {
    return liblinear_solver<decltype(loss)>(options.l1_ratio == 1.0, set.classes.empty());
  });
  model.labels = set.classes;
  model.features = static_cast<Index>(w.size());
  model.hash_bits = options.read.hash_bits;
  model.weights = std::move(w);
  if (options.intercept) {
    model.intercepts = {intercept};
  }
  if (set.turned()) {
    model.turn();
  }
  return model;
}

}  // namespace sounder::cli
