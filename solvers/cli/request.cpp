#include "request.hpp"

#include <sounder/solvers/named/names.hpp>
#include <sounder/solvers/named/solver_row.hpp>

#include "penalty_strength.hpp"

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
  request.run.initial = start.w;
  request.run.initial_intercept = start.intercept;
  request.sgd = options.sgd;
  request.coordinate = options.coordinate;
  request.dual = options.dual;
  if (options.penalty == NoPenalty::name) {
    return request;
  }
  settle_strength(options, request);
  return request;
}

}  // namespace sounder::cli
