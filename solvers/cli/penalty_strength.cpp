#include "penalty_strength.hpp"

#include <sounder/datasets/parse_error.hpp>
#include <sounder/solvers/named/names.hpp>

namespace sounder::cli {

void describe_strength(CommandLine& line) {
  line.option("C", "X", "LIBLINEAR's C: lambda = 1/(n C)", "1")
      .option("lambda", "X", "strength of the penalty, instead of --C")
      .option("lambda-ratio", "X",
              "lambda = X lambda_max, the least one that leaves only zeros "
              "(l1 and elastic-net)");
}

void read_strength(const Arguments& arguments, TrainOptions& options) {
  const int strengths = (arguments.given("lambda") ? 1 : 0) + (arguments.given("C") ? 1 : 0) +
                        (arguments.given("lambda-ratio") ? 1 : 0);
  if (strengths > 1) {
    throw UsageError("only one of --lambda, --C and --lambda-ratio can be given");
  }
  if (strengths > 0 && options.penalty == NoPenalty::name) {
    throw UsageError("--penalty none has no strength: leave out --lambda, --C and --lambda-ratio");
  }
  if (arguments.given("lambda")) {
    options.lambda = arguments.positive("lambda");
  } else if (arguments.given("lambda-ratio")) {
    options.lambda_ratio = arguments.positive("lambda-ratio");
  } else {
    options.c = arguments.positive("C");
  }
  if (options.lambda_ratio && options.l1_ratio == 0.0) {
    throw UsageError("--lambda-ratio needs an l1 penalty: there is no lambda_max without one");
  }
}

void settle_strength(const TrainOptions& options, SolveRequest& request) {
  const auto n = static_cast<double>(request.matrix.rows());
  if (options.lambda) {
    request.lambda = *options.lambda;
  } else if (options.lambda_ratio) {
    request.lambda = *options.lambda_ratio * strongest_penalty(request, options.run.threads);
    if (!(request.lambda > 0.0)) {
      throw InputError(options.data,
                       "no feature goes with the labels: every lambda leaves only zeros");
    }
  } else {
    request.lambda = 1.0 / (n * *options.c);
  }
  request.c = options.c ? *options.c : 1.0 / (n * request.lambda);
}

}  // namespace sounder::cli
