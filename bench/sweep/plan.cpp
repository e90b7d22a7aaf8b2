#include <sounder/bench/sweep/plan.hpp>

#include <algorithm>

#include <sounder/solvers/named/solver_row.hpp>

namespace sounder::sweep {
namespace {

void add(std::vector<Setting>& plan, const Setting& setting) {
  if (std::find(plan.begin(), plan.end(), setting) == plan.end()) {
    plan.push_back(setting);
  }
}

}  // namespace

bool is_plain(const std::string& solver) {
  return solver_row(solver).updates.empty();
}

std::vector<Setting> make_plan(const Wishes& wishes, const LossRow& loss) {
  std::vector<Setting> plan;
  // The serial runs that all others are compared with.
  for (const SolverRow& row : solver_rows()) {
    if (row.updates.empty() && !row.l2_only && row.takes_loss(loss.smooth, loss.rounded)) {
      add(plan, {std::string(row.name), std::string(row.default_update()), 1});
    }
  }
  for (const std::string& solver : wishes.solvers) {
    for (const std::string& update : wishes.updates) {
      const SolverRow& row = solver_row(solver);
      if (!row.updates.empty() && !row.takes_update(update)) {
        continue;
      }
      const std::string policy = row.updates.empty() ? std::string(row.default_update()) : update;
      add(plan, {solver, policy, 1});
      for (const int threads : wishes.threads) {
        add(plan, {solver, policy, threads});
      }
    }
  }
  return plan;
}

}  // namespace sounder::sweep
