// Stochastic steps do not support bounds.
#include <sounder/solvers/hogwild.hpp>
#include <sounder/solvers/loss/logistic.hpp>
#include <sounder/solvers/penalty/bounded.hpp>

sounder::Result train(const sounder::Problem<sounder::Logistic, sounder::Bounded>& problem,
                      sounder::Trace& trace) {
  return sounder::hogwild(problem, {}, trace);
}
