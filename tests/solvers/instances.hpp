// Small problems of every kind, and what the oracle says about them.
#pragma once

#include <sounder/engine/random.hpp>
#include <sounder/solvers/problem.hpp>

#include <ostream>
#include <utility>
#include <vector>

#include "solvers/pairs.hpp"
#include "support/dense.hpp"
#include "support/oracle.hpp"
#include "support/random_matrix.hpp"

namespace sounder::test {

/// What the data of an instance looks like.
struct Shape {
  Index rows = 400;
  Index columns = 20;
  double density = 0.3;
  bool intercept = false;
  bool weighted = false;
  std::uint64_t seed = 1;
  double lambda = 0.01;
};

inline std::ostream& operator<<(std::ostream& out, const Shape& shape) {
  return out << shape.rows << " x " << shape.columns << (shape.intercept ? ", intercept" : "")
             << (shape.weighted ? ", weights" : "") << ", seed " << shape.seed;
}

/// Owns what a Problem views.
template <class L, class P>
class Instance {
 public:
  Instance(CsrMatrix matrix, std::vector<double> targets, std::vector<double> weights, P penalty,
           bool intercept)
      : matrix_(std::move(matrix)), targets_(std::move(targets)), weights_(std::move(weights)),
        penalty_(penalty), intercept_(intercept) {}

  [[nodiscard]] Problem<L, P> problem() const {
    return {matrix_, targets_, L{}, penalty_, intercept_, weights_};
  }

  [[nodiscard]] DenseProblem dense_problem() const {
    const auto n = static_cast<Eigen::Index>(targets_.size());
    double l1 = 0.0;
    double l2 = 0.0;
    double knee = infinity;
    if constexpr (std::is_same_v<P, Berhu>) {
      l1 = penalty_.lambda;
      knee = penalty_.knee;
    } else {
      l1 = penalty_.l1();
      l2 = penalty_.l2();
    }
    return {dense(matrix_),
            dense(targets_),
            weights_.empty() ? Eigen::VectorXd::Ones(n) : Eigen::VectorXd(dense(weights_)),
            L::name,
            l1,
            l2,
            intercept_,
            penalty_.prox(-1e300, 0.0),
            penalty_.prox(1e300, 0.0),
            knee};
  }

 private:
  CsrMatrix matrix_;
  std::vector<double> targets_;
  std::vector<double> weights_;
  P penalty_;
  bool intercept_;
};

/// A planted linear model with noise enough that classes overlap, off centre, so that an intercept
/// has something to do. Of the weights one in ten is zero.
template <class L, class P>
[[nodiscard]] Instance<L, P> make_instance(const Shape& shape, P penalty) {
  RandomStream random(shape.seed, 77);
  CsrMatrix matrix = random_matrix(shape.rows, shape.columns, shape.density, shape.seed);
  std::vector<double> truth(static_cast<std::size_t>(shape.columns));
  for (std::size_t j = 0; j < truth.size(); j += 2) {
    truth[j] = random.normal();
  }
  std::vector<double> targets;
  std::vector<double> weights;
  for (Index i = 0; i < shape.rows; ++i) {
    const SparseRow row = matrix.row(i);
    double z = 0.5 + 1.5 * random.normal();
    for (std::size_t k = 0; k < row.size(); ++k) {
      z += static_cast<double>(row.values[k]) * truth[static_cast<std::size_t>(row.columns[k])];
    }
    targets.push_back(!L::classification ? z : z > 0.0 ? 1.0 : -1.0);
    if (shape.weighted) {
      weights.push_back(i % 10 == 0 ? 0.0 : 2.0 * random.uniform());
    }
  }
  return {std::move(matrix), std::move(targets), std::move(weights), penalty, shape.intercept};
}

template <class L, class P>
[[nodiscard]] Instance<L, P> make_instance(const Shape& shape) {
  return make_instance<L, P>(shape, make_penalty<P>(shape.lambda));
}

/// With and without intercept and weights.
[[nodiscard]] inline std::vector<Shape> all_shapes(const Shape& base = {}) {
  std::vector<Shape> shapes;
  for (const bool intercept : {false, true}) {
    for (const bool weighted : {false, true}) {
      Shape shape = base;
      shape.intercept = intercept;
      shape.weighted = weighted;
      shapes.push_back(shape);
    }
  }
  return shapes;
}

}  // namespace sounder::test
