#include "request.hpp"

#include <sounder/datasets/parse_error.hpp>
#include <sounder/solvers/named/names.hpp>
#include <sounder/solvers/named/solver_row.hpp>

namespace sounder::cli {

SolveRequest make_request(const TrainOptions& options, const TrainingSet& set, const Start& start) {
  SolveRequest request;
  request.solver = options.chosen;
  request.loss = options.loss;
  request.loss_parameter = options.loss_parameter;
  request.penalty = options.penalty;
  request.update = options.update;
  request.l1_ratio = options.l1_ratio;
  request.intercept = options.intercept;
  request.matrix = set.data.matrix;
  request.targets = set.targets;
  request.weights = set.data.weights;
  request.bounds = options.bounds;
  request.run = options.run;
  request.run.threads = solver_row(request.solver).one_thread ? 1 : options.run.threads;
  request.run.initial = start.w;
  request.run.initial_intercept = start.intercept;
  request.sgd = options.sgd;
  request.coordinate = options.coordinate;
  request.dual = options.dual;
  if (options.penalty == NoPenalty::name) {
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
