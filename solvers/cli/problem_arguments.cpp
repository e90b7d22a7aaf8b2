#include "problem_arguments.hpp"

#include <sounder/engine/threads/team.hpp>

#include <array>
#include <filesystem>
#include <limits>
#include <system_error>

#include <sounder/solvers/named/names.hpp>
#include <sounder/solvers/output/text.hpp>
#include "coordinate_arguments.hpp"

namespace sounder::cli {
namespace {

constexpr std::array<std::string_view, 3> values_names = {"auto", "float", "double"};

bool same_file(const std::string& a, const std::string& b) {
  std::error_code none;
  return std::filesystem::equivalent(a, b, none);
}

/// The parameter of the chosen loss. @throws UsageError if the parameter of another loss was given
std::optional<double> read_loss_parameter(const Arguments& arguments, const std::string& loss) {
  std::optional<double> value;
  for (const LossRow& row : loss_rows) {
    if (row.parameter.empty()) {
      continue;
    }
    const std::string option = row.parameter_option();
    if (row.name == loss) {
      value = arguments.positive(option);
    } else if (arguments.given(option)) {
      throw UsageError("--" + option + " goes with --loss " + std::string(row.name) + " only");
    }
  }
  return value;
}

}  // namespace

void describe_index_arguments(CommandLine& line) {
  line.flag("zero-based", "indices start at 0 instead of 1")
      .option("columns", "N",
              "columns of the matrix; a larger index is an error (default: as many "
              "as the data needs)")
      .option("hash-bits", "B",
              "indices up to 2^63 - 1, each hashed to one of 2^B columns, B from 1 to 30; values "
              "that meet there are added, half of them with the other sign");
}

void describe_data_arguments(CommandLine& line) {
  line.option("positive", "LABEL", "this label is +1, all others are -1");
  describe_index_arguments(line);
  describe_values(line);
}

void describe_values(CommandLine& line) {
  line.option("values", "NAME",
              enumerate(values_names) +
                  ": 4 or 8 bytes a value; auto takes double where the data are small, or rounding "
                  "would falsify a column",
              "auto");
}

Values read_values(const Arguments& arguments) {
  const std::string name = arguments.choice("values", values_names);
  return name == "float" ? Values::floats : name == "double" ? Values::doubles : Values::automatic;
}

void describe_problem_arguments(CommandLine& line, const std::string& default_penalty) {
  line.option("loss", "NAME", enumerate(loss_names), "logistic");
  for (const LossRow& row : loss_rows) {
    if (!row.parameter.empty()) {
      line.option(row.parameter_option(), "X", std::string(row.parameter_help),
                  shortest(row.parameter_default));
    }
  }
  line.option("penalty", "NAME", enumerate(penalty_names), default_penalty)
      .option("l1-ratio", "RHO", "share of l1 in the elastic net, 0 to 1", "0.5")
      .flag("intercept", "fit an intercept b, not penalised");
}

void read_index_arguments(const Arguments& arguments, ReadOptions& read) {
  read.zero_based = arguments.given("zero-based");
  if (arguments.given("columns")) {
    read.columns =
        static_cast<Index>(arguments.integer("columns", 1, std::numeric_limits<Index>::max()));
  }
  if (arguments.given("hash-bits")) {
    if (arguments.given("columns")) {
      throw UsageError("--hash-bits says how many columns there are: leave out --columns");
    }
    read.hash_bits = static_cast<int>(arguments.integer("hash-bits", 1, most_hash_bits));
  }
}

void read_data_arguments(const Arguments& arguments, TrainOptions& options) {
  options.data = arguments.text("DATA");
  read_index_arguments(arguments, options.read);
  options.read.values = read_values(arguments);
  if (arguments.given("positive")) {
    options.positive = arguments.number("positive");
  }
}

void read_problem_arguments(const Arguments& arguments, TrainOptions& options) {
  options.loss = arguments.choice("loss", loss_names);
  options.loss_parameter = read_loss_parameter(arguments, options.loss);
  options.penalty = arguments.choice("penalty", penalty_names);
  options.intercept = arguments.given("intercept");
  options.bounds = read_bounds(arguments);
  if (arguments.given("l1-ratio") && options.penalty != ElasticNet::name) {
    throw UsageError("--l1-ratio goes with --penalty elastic-net only");
  }
  options.l1_ratio = options.penalty == L1::name           ? 1.0
                     : options.penalty == ElasticNet::name ? arguments.number("l1-ratio", 0.0, 1.0)
                                                           : 0.0;
}

int read_threads(const Arguments& arguments) {
  constexpr int most = 4096;
  if (!arguments.given("threads")) {
    return available_threads();
  }
  return Team(static_cast<int>(arguments.integer("threads", 1, most))).size();
}

void settle_outputs(const std::string& command, TrainOptions& options) {
  if (options.model == "-") {
    throw UsageError("a model cannot go to standard output: name a file");
  }
  if (options.model.empty()) {
    if (options.data == "-") {
      throw UsageError("data from standard input needs a MODEL: sounder " + command + " - MODEL");
    }
    options.model = std::filesystem::path(options.data).filename().string() + ".model";
  }
  for (const std::string& output : {options.model, options.json, options.trace}) {
    refuse_overwriting(output, options.data);
  }
}

void refuse_overwriting(const std::string& output, const std::string& data) {
  if (!output.empty() && output != "-" && same_file(output, data)) {
    throw UsageError("'" + output + "' is the data: it would be overwritten");
  }
}

}  // namespace sounder::cli
