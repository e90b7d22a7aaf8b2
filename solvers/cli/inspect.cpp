// sounder inspect: describes the data, and how parallel training on it can be.
#include <sounder/datasets/libsvm_reader.hpp>
#include <sounder/engine/analysis/conflicts.hpp>
#include <sounder/engine/analysis/spectral_radius.hpp>
#include <sounder/engine/matrix/csc_matrix.hpp>
#include <sounder/solvers/blocks/block_quality.hpp>
#include <sounder/solvers/model/labels.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <nlohmann/json.hpp>

#include <sounder/solvers/named/names.hpp>
#include <sounder/solvers/named/solve.hpp>
#include <sounder/solvers/named/solver_row.hpp>
#include <sounder/solvers/output/output.hpp>
#include <sounder/solvers/output/text.hpp>
#include "command.hpp"
#include "command_line.hpp"
#include "coordinate_arguments.hpp"
#include "memory.hpp"
#include "problem_arguments.hpp"
#include "training_set.hpp"

namespace sounder::cli {
namespace {

constexpr const char* description =
    "Reads DATA and says what it holds, how often its rows share a column (which bounds how far\n"
    "Hogwild!'s threads may run apart), how correlated its columns are (which bounds how many\n"
    "coordinates Shotgun may update at once), and from where on an l1 penalty leaves only zeros.\n";

constexpr const char* epilogue =
    "Where looking at every pair of rows would take long, a random sample of rows is looked at: "
    "the\n"
    "table and the JSON (conflicts_exact) say so.\n"
    "\n"
    "Exit codes: 0 done; 2 usage; 3 a file that cannot be read, understood or written.\n"
    "\n"
    "Examples:\n"
    "  sounder inspect a9a\n"
    "  sounder inspect a9a --json - | jq .max_harmless_staleness\n";

/// One way to split the features into blocks, and how good it is.
struct BlockFindings {
  std::string kind;
  Index blocks = 0;
  Index widest = 0;
  BlockQuality quality;
};

struct Findings {
  Dataset data;
  int hash_bits = 0;  ///< 0: columns are not hashed
  LabelMapping labels;
  Index empty_rows = 0;
  Conflicts conflicts;
  SpectralRadius radius;
  std::string loss;  ///< loss for lambda_max
  double lambda_max = 0.0;
  std::vector<BlockFindings> blocks;  ///< empty unless the user asked for them

  /// The labels of all rows except those of weight 0.
  [[nodiscard]] std::vector<double> labels_that_count() const {
    std::vector<double> counted;
    for (std::size_t i = 0; i < data.labels.size(); ++i) {
      if (data.weights.empty() || data.weights[i] > 0.0) {
        counted.push_back(data.labels[i]);
      }
    }
    return counted;
  }
  [[nodiscard]] std::int64_t weightless_rows() const {
    return std::count(data.weights.begin(), data.weights.end(), 0.0);
  }
  [[nodiscard]] double density() const {
    const CsrMatrix& matrix = data.matrix;
    const double size = static_cast<double>(matrix.rows()) * matrix.columns();
    return size > 0.0 ? static_cast<double>(matrix.nonzeros()) / size : 0.0;
  }
};

/// lambda_max without intercept: for the logistic loss if there are two classes, otherwise for the
/// squared loss.
void find_lambda_max(Findings& findings, int threads) {
  const bool binary = findings.labels.kind == LabelKind::binary;
  std::vector<double> targets = findings.data.labels;
  if (binary) {
    targets = binary_targets(findings.data.labels, findings.labels);
  }
  findings.loss = binary ? "logistic" : "squared";
  SolveRequest request;
  request.loss = findings.loss;
  request.l1_ratio = 1.0;
  request.matrix = findings.data.matrix;
  request.targets = targets;
  request.weights = findings.data.weights;
  findings.lambda_max = strongest_penalty(request, threads);
}

/// Every kind of blocks, judged by the same sample of features.
std::vector<BlockFindings> find_blocks(const CsrMatrix& matrix, const CscMatrix& columns,
                                       Index count, const Team& team) {
  constexpr Index sample = 200;
  std::vector<BlockFindings> found;
  for (const std::string_view name : block_kind_names) {
    const FeatureBlocks blocks =
        feature_blocks(matrix, columns, count, block_kind(name), /*seed=*/1, team);
    found.push_back({std::string(name), blocks.count(), blocks.widest(),
                     block_quality(matrix, columns, blocks, sample, /*seed=*/1, team)});
  }
  return found;
}

Findings find(const std::string& path, const ReadOptions& read, Index blocks) {
  Findings findings;
  findings.data = read_libsvm(path, read);
  require_memory(path, read, findings.data, bytes_a_column_by_columns(read.threads));
  findings.hash_bits = read.hash_bits;
  findings.labels = find_labels(findings.data.labels, findings.data.weights);
  const CsrMatrix& matrix = findings.data.matrix;
  for (Index i = 0; i < matrix.rows(); ++i) {
    findings.empty_rows += matrix.row(i).empty() ? 1 : 0;
  }
  const Team team(read.threads);
  const CscMatrix columns(matrix, team);
  findings.conflicts = measure_conflicts(matrix, columns, team);
  findings.radius = spectral_radius(matrix, columns, team);
  find_lambda_max(findings, read.threads);
  if (blocks > 0) {
    findings.blocks = find_blocks(matrix, columns, blocks, team);
  }
  return findings;
}

std::string kind_name(LabelKind kind) {
  switch (kind) {
    case LabelKind::single:
      return "single";
    case LabelKind::binary:
      return "binary";
    case LabelKind::classes:
      return "classes";
    case LabelKind::real:
      return "real";
  }
  return "";
}

nlohmann::ordered_json labels_json(const Findings& findings) {
  const std::vector<double> labels = findings.labels_that_count();
  nlohmann::ordered_json json;
  json["kind"] = kind_name(findings.labels.kind);
  if (findings.labels.kind == LabelKind::real) {
    const auto [low, high] = std::minmax_element(labels.begin(), labels.end());
    json["minimum"] = *low;
    json["maximum"] = *high;
    return json;
  }
  std::vector<std::int64_t> counts;
  for (const double label : findings.labels.classes) {
    counts.push_back(std::count(labels.begin(), labels.end(), label));
  }
  json["classes"] = findings.labels.classes;
  json["counts"] = counts;
  return json;
}

nlohmann::ordered_json findings_json(const std::string& path, const Findings& findings) {
  const CsrMatrix& matrix = findings.data.matrix;
  const Conflicts& conflicts = findings.conflicts;
  nlohmann::ordered_json json;
  json["data"] = path;
  json["rows"] = matrix.rows();
  json["columns"] = matrix.columns();
  json["hash_bits"] = hash_bits_json(findings.hash_bits);
  json["nonzeros"] = matrix.nonzeros();
  json["density"] = findings.density();
  json["empty_rows"] = findings.empty_rows;
  json["values"] = values_name(matrix);
  json["weighted"] = !findings.data.weights.empty();
  json["weightless_rows"] = findings.weightless_rows();
  json["labels"] = labels_json(findings);
  json["omega"] = conflicts.omega;
  json["delta"] = conflicts.delta;
  json["rho"] = conflicts.rho;
  json["mean_conflict_degree"] = conflicts.mean_conflict_degree;
  json["max_harmless_staleness"] = json_number(conflicts.max_harmless_staleness);
  json["conflicts_exact"] = conflicts.exact;
  json["conflicts_measured_rows"] = conflicts.measured_rows;
  json["spectral_radius"] = findings.radius.value;
  json["active_columns"] = findings.radius.active_columns;
  json["p_star"] = findings.radius.p_star();
  json["lambda_max"] = json_number(findings.lambda_max);
  json["lambda_max_loss"] = findings.loss;
  for (const BlockFindings& found : findings.blocks) {
    json["blocks"].push_back({{"kind", found.kind},
                              {"blocks", found.blocks},
                              {"widest", found.widest},
                              {"imbalance", found.quality.imbalance},
                              {"largest_inner_product", found.quality.largest},
                              {"mean_largest_inner_product", found.quality.mean_largest},
                              {"sampled_columns", found.quality.sampled}});
  }
  json["version"] = SOUNDER_PROGRAM_VERSION;
  return json;
}

std::string table_line(const std::string& name, const std::string& value,
                       const std::string& meaning = "") {
  constexpr std::size_t name_width = 24;
  constexpr std::size_t value_width = 14;
  std::string line = "  " + name;
  line.resize(std::max(line.size(), name_width), ' ');
  line += right(value, value_width);
  return line + (meaning.empty() ? "" : "   " + meaning) + "\n";
}

std::string staleness_sentence(const Conflicts& conflicts) {
  const double bound = conflicts.max_harmless_staleness;
  if (std::isinf(bound)) {
    return "No two rows share a column: Hogwild!'s threads can never meet.\n";
  }
  if (bound < 1.0) {
    return "Nearly every row shares a column with nearly every other one, so the bound promises\n"
           "nothing here. It is a worst case: the gap that train prints tells what is lost, and\n"
           "--update atomic loses no update.\n";
  }
  return "Up to " + with_commas(static_cast<std::int64_t>(bound)) +
         " steps of Hogwild! may overlap without harm: about as many threads, when rows are of\n"
         "similar length.\n";
}

std::string blocks_table(const Findings& findings) {
  if (findings.blocks.empty()) {
    return "";
  }
  const BlockFindings& first = findings.blocks.front();
  std::string text = "\nBlocks of columns: how far block-greedy's threads are apart, in " +
                     count_of(first.blocks, "block") + "\n  inner products of " +
                     count_of(first.quality.sampled, "column") +
                     " with those of other blocks, scaled to unit length\n";
  for (const BlockFindings& found : findings.blocks) {
    text += table_line(found.kind, digits(found.quality.mean_largest, 4),
                       "mean largest inner product; largest " + digits(found.quality.largest, 4) +
                           "; fullest block " + digits(found.quality.imbalance, 3) +
                           " times the mean nonzeros");
  }
  return text;
}

std::string findings_table(const std::string& path, const ReadOptions& read,
                           const Findings& findings) {
  const std::vector<double>& weights = findings.data.weights;
  const CsrMatrix& matrix = findings.data.matrix;
  const Conflicts& conflicts = findings.conflicts;
  const std::string about = conflicts.exact ? "" : "about ";
  std::string text = (path == "-" ? "standard input" : path) + "\n";
  text += table_line("rows", with_commas(matrix.rows()),
                     weights.empty() ? "" : describe_weights(weights));
  text += table_line("columns", with_commas(matrix.columns()),
                     with_commas(findings.radius.active_columns) + " of them not empty");
  text +=
      table_line("nonzeros", with_commas(matrix.nonzeros()),
                 digits(100.0 * findings.density(), 4) + " % of the matrix, " +
                     digits(static_cast<double>(matrix.nonzeros()) / matrix.rows(), 4) + " a row");
  text += table_line("values", values_name(matrix), explain_values(findings.data, read));
  text += table_line("empty rows", with_commas(findings.empty_rows));
  text += table_line("labels", kind_name(findings.labels.kind), describe(findings.labels));
  text += "\nRows: how far Hogwild!'s threads may run apart\n";
  text += table_line("omega", with_commas(conflicts.omega), "most nonzeros in a row");
  text += table_line("delta", digits(conflicts.delta, 4),
                     "share of the rows that hold the most frequent column");
  text += table_line("rho", digits(conflicts.rho, 4),
                     "largest share of the rows that meet one row (share a column with it)");
  text += table_line("mean conflict degree", digits(conflicts.mean_conflict_degree, 6),
                     "other rows that a row meets, on average");
  text += table_line("harmless staleness", digits(conflicts.max_harmless_staleness, 4),
                     "rows / (2 x mean conflict degree): steps that may overlap");
  if (!conflicts.exact) {
    text += "  (rho, degree and staleness from a sample of " +
            count_of(conflicts.measured_rows, "row") + ")\n";
  }
  text += "\nColumns: how many coordinates may be updated at once\n";
  text += table_line("spectral radius", digits(findings.radius.value, 5),
                     "of X^T X, columns scaled to unit length");
  text += table_line("P*", with_commas(findings.radius.p_star()),
                     "columns / spectral radius: parallel updates that help Shotgun");
  text += table_line("lambda_max", digits(findings.lambda_max, 6),
                     "(" + findings.loss + " loss) from here on an l1 penalty leaves only zeros");
  return text + blocks_table(findings) + "\n" + staleness_sentence(conflicts);
}

CommandLine command_line() {
  CommandLine line("inspect DATA", description);
  line.group("Options")
      .option("json", "FILE", "the findings, for a script; - is standard output, without the table")
      .option("blocks", "B", "try B blocks of columns, random, clustered and balanced")
      .option("threads", "N", "default: the cores that this process may use");
  describe_index_arguments(line);
  describe_values(line);
  return line.epilogue(epilogue);
}

}  // namespace

Exit run_inspect(Words words) {
  const CommandLine line = command_line();
  const Arguments arguments = line.parse(words);
  if (arguments.given("help")) {
    std::fputs(line.help().c_str(), stdout);
    return Exit::success;
  }
  ReadOptions read;
  read_index_arguments(arguments, read);
  read.values = read_values(arguments);
  read.threads = arguments.given("threads")
                     ? static_cast<int>(arguments.integer("threads", 1, 4096))
                     : available_threads();
  const std::string path = arguments.text("DATA");
  const auto most = std::numeric_limits<Index>::max();
  const auto blocks =
      static_cast<Index>(arguments.given("blocks") ? arguments.integer("blocks", 1, most) : 0);
  const Findings findings = find(path, read, blocks);
  const std::string json = arguments.text("json");
  if (json != "-") {
    std::fputs(findings_table(path, read, findings).c_str(), stdout);
  }
  if (!json.empty()) {
    write_json(json, findings_json(path, findings));
  }
  return Exit::success;
}

}  // namespace sounder::cli
