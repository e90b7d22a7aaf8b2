#include <sounder/bench/sweep/limits.hpp>

#include <sounder/engine/matrix/csc_matrix.hpp>

#include <cmath>

#include <sounder/solvers/output/text.hpp>

namespace sounder::sweep {
namespace {

std::string name_of(const Setting& setting) {
  return setting.solver + (setting.update == "plain" ? "" : " (" + setting.update + ")");
}

/// The fastest setting with several threads; prefers one with no more threads than cores.
const Summary* best_parallel(const std::vector<Summary>& summaries) {
  const Summary* best = nullptr;
  for (const Summary& summary : summaries) {
    const double seconds = summary.median.seconds_to_target;
    if (summary.setting.threads == 1 || !std::isfinite(seconds)) {
      continue;
    }
    if (best == nullptr || (best->oversubscribed && !summary.oversubscribed) ||
        (best->oversubscribed == summary.oversubscribed &&
         seconds < best->median.seconds_to_target)) {
      best = &summary;
    }
  }
  return best;
}

std::string conflict_clause(const Summary& best, const Predictors& predictors) {
  std::string text = "updates made at once undo each other";
  const double rate = best.median.collision_rate;
  if (std::isfinite(rate)) {
    text += " (" + digits(100.0 * rate, 2) + " % collide)";
  }
  if (best.setting.solver == "hogwild") {
    return text + ", and rows in flight do no harm " + harmless(predictors.conflicts);
  }
  return text + ", and P* = " + with_commas(predictors.radius.p_star());
}

/// "needs 1.3 times the epochs".
std::string epochs_clause(const Row& row) {
  return "needs " + digits(1.0 / row.statistical_efficiency, 3) + " times the epochs";
}

/// Why the best parallel setting is no faster. Says nothing about unknown numbers.
Limit reason(const Summary& best, const Predictors& predictors) {
  const Row& row = best.median;
  const auto threads = static_cast<double>(best.setting.threads);
  const std::string who =
      name_of(best.setting) + " with " + count_of(best.setting.threads, "thread");
  if (!(row.seconds_to_target > 0.0) || !(row.epochs_to_target > 0.0)) {
    return {"none", who + " is at the target where it starts: there is nothing to limit."};
  }
  if (!std::isfinite(row.own_speedup)) {
    return {"unknown", name_of(best.setting) +
                           " did not reach the target with one thread, so what "
                           "limits it cannot be told."};
  }
  const std::string lead = who + " is " + digits(row.own_speedup, 3) + " times as fast as with one";
  if (row.own_speedup >= 0.75 * threads) {
    return {"none", lead + ": nothing limits it on this data yet."};
  }
  const bool epochs_known = row.statistical_efficiency > 0.0;
  if (!epochs_known || !std::isfinite(row.hardware_efficiency)) {
    return {"unknown", lead + ": what limits it cannot be told."};
  }
  if (row.statistical_efficiency < row.hardware_efficiency) {
    return {"conflicts", lead + ", for it " + epochs_clause(row) + ": " +
                             conflict_clause(best, predictors) + "."};
  }
  constexpr double too_short = 2e-3;
  const double epoch = 1.0 / row.epochs_per_second;
  if (epoch < too_short) {
    return {"work", lead + ": an epoch takes " + digits(1e3 * epoch, 2) +
                        " ms, too little work for threads to share."};
  }
  return {"memory", lead + " though it " + epochs_clause(row) +
                        ": threads share the memory's bandwidth, and take "
                        "cache lines from each other."};
}

/// "3 times as fast as", from the slower and the faster time.
std::string faster(double slow, double fast) {
  const double times = ratio(slow, fast);
  return std::isfinite(times) ? digits(times, 3) + " times as fast as" : "faster than";
}

std::string advice(const Summary& best, const Summary& serial) {
  const double parallel = best.median.seconds_to_target;
  const double alone = serial.median.seconds_to_target;
  if (parallel < alone) {
    return " It is " + faster(alone, parallel) + " the best serial run, " +
           name_of(serial.setting) + ": use it.";
  }
  return " The best serial run, " + name_of(serial.setting) + ", is " +
         (alone < parallel ? faster(parallel, alone) + " that" : "as fast") + ": use --solver " +
         serial.setting.solver + ".";
}

/// The sentence for a sweep in which no run reached the target: what may help, by how the runs
/// ended.
std::string nobody(const std::vector<Summary>& summaries) {
  bool time = false;
  bool epochs = false;
  bool stalled = false;
  for (const Summary& summary : summaries) {
    const std::string& status = summary.median.status;
    time = time || status == "time_limit";
    epochs = epochs || status == "max_epochs";
    stalled = stalled || status == "stalled";
  }
  std::string text = "No run reached the target";
  text += time || epochs || stalled ? ": " : "";
  text += time ? "allow more --time-limit, " : "";
  text += epochs ? "allow more --max-epochs, " : "";
  text += time || epochs ? "or " : "";
  text += time || epochs || stalled ? "ask for a larger --target" : "";
  return text + ".";
}

}  // namespace

Predictors predict(const CsrMatrix& matrix, const Team& team) {
  const CscMatrix columns(matrix, team);
  return {measure_conflicts(matrix, columns, team), spectral_radius(matrix, columns, team)};
}

std::string harmless(const Conflicts& conflicts) {
  const double most = conflicts.max_harmless_staleness;
  return std::isfinite(most) ? "up to a staleness of " + digits(most, 2)
                             : "whatever the staleness: no two rows share a column";
}

Limit limit(const std::vector<Summary>& summaries, const std::optional<Summary>& baseline,
            const Predictors& predictors) {
  const Summary* best = best_parallel(summaries);
  if (best == nullptr) {
    return {"unknown", baseline ? "No run with several threads reached the target: use --solver " +
                                      baseline->setting.solver + "."
                                : nobody(summaries)};
  }
  Limit found = reason(*best, predictors);
  if (baseline) {
    found.sentence += advice(*best, *baseline);
  }
  return found;
}

}  // namespace sounder::sweep
