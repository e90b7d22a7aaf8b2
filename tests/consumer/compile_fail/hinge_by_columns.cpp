// A hinge has a corner, and parallel coordinate descent needs a smooth loss: one error a
// solver.
#include <sounder/solvers/block_cd.hpp>
#include <sounder/solvers/block_greedy.hpp>
#include <sounder/solvers/loss/hinge.hpp>
#include <sounder/solvers/penalty/elastic_net.hpp>
#include <sounder/solvers/penalty/l1.hpp>
#include <sounder/solvers/penalty/l2.hpp>
#include <sounder/solvers/shotgun.hpp>

template <class P>
using HingeProblem = sounder::Problem<sounder::Hinge, P>;

void train(const HingeProblem<sounder::L1>& lasso, const HingeProblem<sounder::L2>& ridge,
           const HingeProblem<sounder::ElasticNet>& net, sounder::Trace& trace) {
  static_cast<void>(sounder::block_cd(lasso, {}, trace));
  static_cast<void>(sounder::shotgun(ridge, {}, trace));
  static_cast<void>(sounder::block_greedy(net, {}, trace));
}
