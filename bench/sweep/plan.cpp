#include "plan.hpp"

#include <algorithm>

#include <sounder/solvers/named/names.hpp>

namespace sounder::sweep {
namespace {

bool knows(const std::string& solver, const std::string& update) {
  return solver == "hogwild" || update != Locked::name;
}

void add(std::vector<Setting>& plan, const Setting& setting) {
  if (std::find(plan.begin(), plan.end(), setting) == plan.end()) {
    plan.push_back(setting);
  }
}

}  // namespace

bool is_plain(const std::string& solver) {
  return solver == "sgd" || solver == "cd";
}

std::vector<Setting> make_plan(const Wishes& wishes, bool smooth) {
  std::vector<Setting> plan;
  const std::string plain(Plain::name);
  add(plan, {"sgd", plain, 1});
  if (smooth) {
    add(plan, {"cd", plain, 1});
  }
  for (const std::string& solver : wishes.solvers) {
    for (const std::string& update : wishes.updates) {
      if (!is_plain(solver) && !knows(solver, update)) {
        continue;
      }
      const std::string policy = is_plain(solver) ? plain : update;
      add(plan, {solver, policy, 1});
      for (const int threads : wishes.threads) {
        if (solver != "sgd") {
          add(plan, {solver, policy, threads});
        }
      }
    }
  }
  return plan;
}

}  // namespace sounder::sweep
