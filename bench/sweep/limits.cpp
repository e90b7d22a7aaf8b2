#include "limits.hpp"

#include <sounder/engine/csc_matrix.hpp>

#include <cmath>

#include "text.hpp"

namespace sounder::sweep {
namespace {

using cli::count_of;
using cli::digits;
using cli::with_commas;

std::string name_of(const Setting& setting) {
  return setting.solver + (setting.update == "plain" ? "" : " (" + setting.update + ")");
}

/// The fastest with several threads; one that does not crowd the cores, if there is any.
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
    return text + ", and rows in flight do no harm only up to a staleness of " +
           digits(predictors.conflicts.max_harmless_staleness, 2);
  }
  return text + ", and P* = " + with_commas(predictors.radius.p_star());
}

/// Why the best parallel setting is no faster.
Limit reason(const Summary& best, const Predictors& predictors) {
  const Row& row = best.median;
  const auto threads = static_cast<double>(best.setting.threads);
  const std::string lead = name_of(best.setting) + " with " +
                           count_of(best.setting.threads, "thread") + " is " +
                           digits(row.own_speedup, 3) + " times as fast as with one";
  if (!std::isfinite(row.own_speedup)) {
    return {"unknown", name_of(best.setting) +
                           " did not reach the target with one thread, so what "
                           "limits it cannot be told."};
  }
  if (row.own_speedup >= 0.75 * threads) {
    return {"none", lead + ": nothing limits it on this data yet."};
  }
  if (row.statistical_efficiency < row.hardware_efficiency) {
    return {"conflicts", lead + ", for it needs " + digits(1.0 / row.statistical_efficiency, 3) +
                             " times the epochs: " + conflict_clause(best, predictors) + "."};
  }
  constexpr double too_short = 2e-3;
  const double epoch = 1.0 / row.epochs_per_second;
  if (epoch < too_short) {
    return {"work", lead + ": an epoch takes " + digits(1e3 * epoch, 2) +
                        " ms, too little work for threads to share."};
  }
  return {"memory", lead + " though it needs " + digits(1.0 / row.statistical_efficiency, 3) +
                        " times the epochs: threads share the memory's bandwidth, and take "
                        "cache lines from each other."};
}

std::string advice(const Summary& best, const Summary& serial) {
  const double gain = serial.median.seconds_to_target / best.median.seconds_to_target;
  if (gain > 1.0) {
    return " It is " + digits(gain, 3) + " times as fast as the best serial run, " +
           name_of(serial.setting) + ": use it.";
  }
  return " The best serial run, " + name_of(serial.setting) + ", is " + digits(1.0 / gain, 3) +
         " times as fast as that: use --solver " + serial.setting.solver + ".";
}

}  // namespace

Predictors predict(const CsrMatrix& matrix, const Team& team) {
  const CscMatrix columns(matrix, team);
  return {measure_conflicts(matrix, columns, team), spectral_radius(matrix, columns, team)};
}

Limit limit(const std::vector<Summary>& summaries, const std::optional<Summary>& baseline,
            const Predictors& predictors) {
  const Summary* best = best_parallel(summaries);
  if (best == nullptr) {
    return {"unknown", baseline ? "No run with several threads reached the target: use --solver " +
                                      baseline->setting.solver + "."
                                : "No run reached the target: allow more --time-limit, or ask for "
                                  "a larger --target."};
  }
  Limit found = reason(*best, predictors);
  if (baseline) {
    found.sentence += advice(*best, *baseline);
  }
  return found;
}

}  // namespace sounder::sweep
