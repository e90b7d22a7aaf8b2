#include "request.hpp"

#include <sounder/datasets/parse_error.hpp>

namespace sounder::cli {

SolveRequest make_request(const TrainOptions& options, const TrainingSet& set, const Start& start) {
  SolveRequest request;
  request.solver = options.chosen;
  request.loss = options.loss;
  request.penalty = options.penalty;
  request.update = options.update;
  request.l1_ratio = options.l1_ratio;
  request.intercept = options.intercept;
  request.matrix = set.data.matrix;
  request.targets = set.targets;
  request.weights = set.data.weights;
  request.bounds = options.bounds;
  request.run = options.run;
  request.run.threads = request.solver == "sgd" ? 1 : options.run.threads;
  request.sgd = options.sgd;
  request.sgd.initial = start.w;
  request.sgd.initial_intercept = start.intercept;
  request.coordinate = options.coordinate;
  request.hand_on_run();
  request.coordinate.initial = start.w;
  request.coordinate.initial_intercept = start.intercept;
  if (options.penalty == "none") {
    return request;
  }
  const auto n = static_cast<double>(set.data.matrix.rows());
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
  return request;
}

}  // namespace sounder::cli
