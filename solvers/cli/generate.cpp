// sounder generate: synthetic data with a known answer.
#include <sounder/datasets/generate.hpp>
#include <sounder/datasets/libsvm_writer.hpp>
#include <sounder/solvers/model/liblinear_format.hpp>

#include <array>
#include <cstdio>
#include <limits>

#include <sounder/engine/base/stopwatch.hpp>
#include <sounder/solvers/output/output.hpp>
#include <sounder/solvers/output/text.hpp>
#include "command.hpp"
#include "command_line.hpp"

namespace sounder::cli {
namespace {

constexpr std::int64_t most = std::numeric_limits<Index>::max();
constexpr double any = 1e300;  // the generators' own validate() is stricter

constexpr std::array<std::string_view, 3> kinds = {"text", "regression", "correlated"};

constexpr const char* description =
    "Writes LIBSVM data drawn from a linear model that is known, to OUT (gzip when it ends in "
    ".gz,\n"
    "- is standard output). KIND is\n"
    "\n"
    "  text        documents: words by Zipf's law, labels 1 and -1 by a logistic model\n"
    "  regression  independent gaussian features, a sparse model, gaussian noise\n"
    "  correlated  the same with correlated features\n"
    "\n"
    "Same options and seed, same bytes, whatever the number of threads.\n";

constexpr const char* epilogue =
    "Exit codes: 0 done; 2 usage; 3 a file that cannot be written.\n"
    "\n"
    "Examples:\n"
    "  sounder generate text news.svm --rows 100000 --test news.test --test-rows 20000\n"
    "  sounder generate regression lasso.svm --columns 5000 --support 50 --truth lasso.truth\n"
    "  sounder generate correlated hard.svm --correlation 0.9 --shape chain\n"
    "  sounder predict news.test news.truth    (after --truth news.truth: the best one can do)\n";

CommandLine command_line() {
  CommandLine line("generate KIND OUT", description);
  line.group("Any kind")
      .option("rows", "N", "default: text 20000, else 1000")
      .option("columns", "N", "default: text 50000, else 2000")
      .option("row-nonzeros", "N",
              "nonzeros in a row; text: on average (default: text 50, else "
              "every column)")
      .option("seed", "N", "what all random numbers come from", "1")
      .option("test", "FILE", "also held-out rows from the same model")
      .option("test-rows", "N", "how many (default: a quarter of --rows)")
      .option("truth", "FILE", "also the true model, in the format of train's models")
      .option("threads", "N", "default: the cores that this process may use")
      .flag("quiet", "say nothing but errors");
  line.group("text")
      .option("exponent", "S", "of Zipf's law (default 1.1)")
      .option("row-spread", "X", "standard deviation of the log of a row's length (default 0.5)")
      .option("signal", "X", "standard deviation of the true log-odds (default 10)")
      .option("informative", "SHARE",
              "share of the words that carry most of the truth "
              "(default 0.1)")
      .option("values", "counts|tf",
              "word counts, or 1 + log(count) in rows of length 1 "
              "(default counts)");
  line.group("regression and correlated")
      .option("support", "N", "columns with a true weight (default: one in a hundred)")
      .option("noise", "X",
              "standard deviation of the noise, as a share of the signal's "
              "(default 0.1)");
  line.group("correlated")
      .option("correlation", "C", "0 to 1 (default 0.5)")
      .option("shape", "blocks|chain",
              "which columns: all in a block, or neighbours "
              "(default blocks)")
      .option("block-columns", "N", "columns in a block (default: all of them)");
  return line.epilogue(epilogue);
}

/// Refuses options that belong to the other kind of data, instead of ignoring them.
void check_kind(const Arguments& arguments, const std::string& kind) {
  const auto refuse = [&](std::span<const char* const> names, bool belongs) {
    for (const char* const name : names) {
      if (!belongs && arguments.given(name)) {
        throw UsageError("--" + std::string(name) + " does not go with " + kind);
      }
    }
  };
  constexpr std::array text = {"exponent", "row-spread", "signal", "informative", "values"};
  constexpr std::array planted = {"support", "noise"};
  constexpr std::array correlated = {"correlation", "shape", "block-columns"};
  refuse(text, kind == "text");
  refuse(planted, kind != "text");
  refuse(correlated, kind == "correlated");
}

void set_index(const Arguments& arguments, const char* name, Index& field) {
  if (arguments.given(name)) {
    field = static_cast<Index>(arguments.integer(name, 1, most));
  }
}

void set_number(const Arguments& arguments, const char* name, double& field) {
  if (arguments.given(name)) {
    field = arguments.number(name, 0.0, any);
  }
}

TextOptions text_options(const Arguments& arguments) {
  TextOptions options;
  set_index(arguments, "rows", options.rows);
  set_index(arguments, "columns", options.columns);
  set_number(arguments, "row-nonzeros", options.row_nonzeros);
  set_number(arguments, "row-spread", options.row_spread);
  set_number(arguments, "exponent", options.exponent);
  set_number(arguments, "signal", options.signal);
  set_number(arguments, "informative", options.informative);
  if (arguments.given("values")) {
    constexpr std::array<std::string_view, 2> names = {"counts", "tf"};
    options.values =
        arguments.choice("values", names) == "tf" ? TextValues::tf : TextValues::counts;
  }
  options.seed = arguments.seed("seed");
  return options;
}

RegressionOptions regression_options(const Arguments& arguments, bool correlated) {
  RegressionOptions options;
  set_index(arguments, "rows", options.rows);
  set_index(arguments, "columns", options.columns);
  set_index(arguments, "row-nonzeros", options.row_nonzeros);
  set_index(arguments, "support", options.support);
  set_number(arguments, "noise", options.noise);
  options.correlation = correlated ? 0.5 : 0.0;
  set_number(arguments, "correlation", options.correlation);
  if (arguments.given("shape")) {
    constexpr std::array<std::string_view, 2> names = {"blocks", "chain"};
    options.shape = arguments.choice("shape", names) == "chain" ? CorrelationShape::chain
                                                                : CorrelationShape::blocks;
  }
  set_index(arguments, "block-columns", options.block_columns);
  options.seed = arguments.seed("seed");
  return options;
}

GeneratedData draw(const TextOptions& options, const Team& team) {
  return generate_text(options, team);
}
GeneratedData draw(const RegressionOptions& options, const Team& team) {
  return generate_regression(options, team);
}

std::string noise_sentence(const TextOptions& /*options*/, const GeneratedData& set) {
  return digits(100.0 * set.noise, 4) + " % of the labels are against the true model";
}
std::string noise_sentence(const RegressionOptions& /*options*/, const GeneratedData& set) {
  return "noise of standard deviation " + digits(set.noise, 4) + " on the labels";
}

/// Draws one file and writes it. @returns the true weights
template <class Options>
std::vector<double> write_set(const Options& options, const std::string& path, int threads,
                              const Report& report) {
  const Stopwatch clock = Stopwatch::running();
  GeneratedData set = draw(options, Team(threads));
  const double drawn = clock.so_far();
  WriteOptions write;
  write.threads = threads;
  write_libsvm(path, set.data, write);
  const CsrMatrix& matrix = set.data.matrix;
  report.line((path == "-" ? "standard output" : path) + ": " + count_of(matrix.rows(), "row") +
              ", " + count_of(matrix.columns(), "column") + ", " + with_commas(matrix.nonzeros()) +
              " nonzeros, drawn in " + digits(drawn, 3) + " s, written in " +
              digits(clock.so_far() - drawn, 3) + " s; " + noise_sentence(options, set));
  return std::move(set.truth);
}

LinearModel true_model(const TextOptions& /*options*/) {
  LinearModel model;
  model.labels = {1.0, -1.0};
  return model;
}
LinearModel true_model(const RegressionOptions& /*options*/) {
  LinearModel model;
  model.solver_type = "L2R_L2LOSS_SVR";
  return model;
}

template <class Options>
void generate(const Arguments& arguments, Options options) {
  try {
    options.validate();
  } catch (const std::invalid_argument& error) {
    throw UsageError(error.what());
  }
  const Report report(arguments.given("quiet"));
  const int threads = arguments.given("threads")
                          ? static_cast<int>(arguments.integer("threads", 1, 4096))
                          : available_threads();
  const std::string truth = arguments.text("truth");
  LinearModel model = true_model(options);
  model.weights = write_set(options, arguments.text("OUT"), threads, report);
  model.features = options.columns;
  if (!truth.empty()) {
    write_file(truth, to_liblinear(model));
    report.line(truth + ": the true model");
  }
  if (arguments.given("test")) {
    options.first_row = options.rows;
    options.rows = std::max<Index>(1, options.rows / 4);
    set_index(arguments, "test-rows", options.rows);
    write_set(options, arguments.text("test"), threads, report);
  }
}

}  // namespace

Exit run_generate(Words words) {
  const CommandLine line = command_line();
  const Arguments arguments = line.parse(words);
  if (arguments.given("help")) {
    std::fputs(line.help().c_str(), stdout);
    return Exit::success;
  }
  const std::string kind = arguments.choice("KIND", kinds);
  check_kind(arguments, kind);
  if (arguments.given("test-rows") && !arguments.given("test")) {
    throw UsageError("--test-rows needs --test FILE");
  }
  if (kind == "text") {
    generate(arguments, text_options(arguments));
  } else {
    generate(arguments, regression_options(arguments, kind == "correlated"));
  }
  return Exit::success;
}

}  // namespace sounder::cli
