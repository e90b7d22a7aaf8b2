#include "coordinate_arguments.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include <sounder/solvers/named/names.hpp>
#include <sounder/solvers/named/solver_row.hpp>

namespace sounder::cli {
namespace {

constexpr std::int64_t most = std::numeric_limits<Index>::max();

constexpr std::array<std::string_view, 4> rule_names = {"shuffled", "cyclic", "random", "greedy"};
constexpr std::array rules = {CoordinateRule::shuffled, CoordinateRule::cyclic,
                              CoordinateRule::random, CoordinateRule::greedy};

CoordinateRule rule(const Arguments& arguments) {
  const std::string name = arguments.choice("rule", rule_names);
  return rules[static_cast<std::size_t>(std::find(rule_names.begin(), rule_names.end(), name) -
                                        rule_names.begin())];
}

/// Checks that the chosen solver takes the options and that the problem suits it, by the table.
void require_suitable(const Arguments& arguments, const TrainOptions& options) {
  const SolverRow& solver = solver_row(options.chosen);
  for (const SolverRow& other : solver_rows()) {
    for (const std::string_view option : other.options) {
      if (arguments.given(std::string(option)) && !solver.takes(option)) {
        throw UsageError(
            "--" + std::string(option) + " goes with --solver " +
            enumerate(solver_names_where([&](const SolverRow& row) { return row.takes(option); })) +
            " only");
      }
    }
  }
  // At the corner of a hinge, coordinates can block each other.
  const LossRow& loss = loss_row(options.loss);
  if (!solver.takes_loss(loss.smooth, loss.rounded)) {
    throw UsageError(
        "--solver " + options.chosen + " needs a smooth loss" +
        (loss.rounded ? ": --loss squared-hinge, or --solver cd" : ": take --solver hogwild"));
  }
  if (solver.l2_only) {
    if (options.l1_ratio != 0.0 || options.penalty == NoPenalty::name) {
      throw UsageError("--solver " + options.chosen + " needs --penalty l2");
    }
  }
  if (arguments.given("update") && !solver.updates.empty() &&
      !solver.takes_update(options.update)) {
    throw UsageError("--update " + options.update + " goes with --solver " +
                     enumerate(solver_names_where(
                         [&](const SolverRow& row) { return row.takes_update(options.update); })) +
                     " only");
  }
}

}  // namespace

BlockKind block_kind(std::string_view name) {
  if (name == "random") {
    return BlockKind::random;
  }
  return name == "clustered" ? BlockKind::clustered : BlockKind::balanced;
}

Interval read_bounds(const Arguments& arguments) {
  Interval bounds = everywhere;
  if (arguments.given("non-negative")) {
    if (arguments.given("lower")) {
      throw UsageError("--non-negative is --lower 0: give one of them");
    }
    bounds.low = 0.0;
  }
  if (arguments.given("lower")) {
    bounds.low = arguments.number("lower", -std::numeric_limits<double>::max(), 0.0);
  }
  if (arguments.given("upper")) {
    bounds.high = arguments.number("upper", 0.0, std::numeric_limits<double>::max());
  }
  return bounds;
}

void describe_coordinate_arguments(CommandLine& line) {
  line.group("Coordinate solvers")
      .option("lower", "X", "no coefficient below X, which is at most 0")
      .option("upper", "X", "no coefficient above X, which is at least 0")
      .flag("non-negative", "--lower 0")
      .option("parallel", "P",
              "coordinates (or blocks) updated at once; more than --threads: in rounds, all from "
              "the same margins (default: the threads, but no more than P*, and fewer where the "
              "objective rises)")
      .option("blocks", "B",
              "blocks of features of block-greedy and block-cd (default: some 16 "
              "and 8 features a block)")
      .option("block-kind", "NAME",
              enumerate(block_kind_names) + ": balanced clusters have equally many nonzeros",
              "balanced")
      .option("rule", "NAME", "the order of cd's updates: " + enumerate(rule_names), "shuffled")
      .option("working-set", "on|off", "cd: work on the most promising features only", "on")
      .option("screening", "on|off", "cd: rule out features that the gap proves to be zero", "on");
}

void read_coordinate_arguments(const Arguments& arguments, TrainOptions& options) {
  require_suitable(arguments, options);
  CoordinateOptions& coordinate = options.coordinate;
  coordinate.rule = rule(arguments);
  coordinate.working_set = arguments.on_off("working-set");
  coordinate.screening = arguments.on_off("screening");
  if (arguments.given("parallel")) {
    coordinate.parallel = static_cast<Index>(arguments.integer("parallel", 1, most));
  }
  if (arguments.given("blocks")) {
    coordinate.blocks = static_cast<Index>(arguments.integer("blocks", 1, most));
  }
  coordinate.block_kind = block_kind(arguments.choice("block-kind", block_kind_names));
}

}  // namespace sounder::cli
