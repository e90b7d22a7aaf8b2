#include <sounder/bench/sweep/report.hpp>

#include <chrono>
#include <cmath>
#include <ctime>
#include <nlohmann/json.hpp>
#include <utility>

#include <sounder/bench/sweep/page.hpp>
#include <sounder/solvers/output/output.hpp>
#include <sounder/solvers/output/text.hpp>

namespace sounder::sweep {
namespace {

using Json = nlohmann::ordered_json;

std::string now() {
  const std::time_t seconds =
      std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  struct tm utc {};
  gmtime_r(&seconds, &utc);
  char text[32];
  const std::size_t size = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
  return {text, size};
}

Json value_of(const Column& column, Row& row) {
  if (const auto* as_text = std::get_if<Column::Text>(&column.field)) {
    return (*as_text)(row);
  }
  if (const auto* as_count = std::get_if<Column::Count>(&column.field)) {
    return (*as_count)(row);
  }
  return json_number(std::get<Column::Number>(column.field)(row));
}

/// The columns of these names.
Json pick(Row row, std::initializer_list<std::string_view> names) {
  Json json;
  for (const std::string_view name : names) {
    for (const Column& column : columns()) {
      if (column.name == name) {
        json[std::string(name)] = value_of(column, row);
      }
    }
  }
  return json;
}

Json row_json(Row row) {
  Json json;
  for (const Column& column : columns()) {
    if (column.name != "problem" && column.name != "machine") {
      json[std::string(column.name)] = value_of(column, row);
    }
  }
  return json;
}

Json summary_json(const Summary& summary) {
  Json json = pick(summary.median,
                   {"solver", "update", "threads", "seconds_to_target", "epochs_to_target",
                    "epochs_per_second", "speedup", "own_speedup", "statistical_efficiency",
                    "hardware_efficiency", "collision_rate", "retry_rate", "lost_update_rate",
                    "staleness_mean", "staleness_p95", "staleness_max", "status"});
  json["oversubscribed"] = summary.oversubscribed;
  json["serial"] = summary.serial();
  json["runs"] = summary.runs;
  json["reached"] = summary.reached;
  json["seconds_low"] = json_number(summary.seconds_low);
  json["seconds_high"] = json_number(summary.seconds_high);
  json["speedup_low"] = json_number(summary.speedup_low);
  json["speedup_high"] = json_number(summary.speedup_high);
  return json;
}

Json virtual_json(const Row& row, const Options& options) {
  Json json = pick(row, {"solver", "threads", "parallel", "epochs_to_target",
                         "statistical_efficiency", "collision_rate", "staleness_mean",
                         "staleness_p95", "staleness_max", "balance", "predicted_seconds",
                         "predicted_speedup", "status", "epochs", "objective", "relative_gap"});
  json["workers"] = json["threads"];
  json.erase("threads");
  json["durations"] = options.measured_step_times ? "measured" : "constant";
  json["straggler"] = options.straggler;
  return json;
}

Json curve_json(const Curve& curve) {
  Json json{{"solver", curve.setting.solver},
            {"update", curve.setting.update},
            {"threads", curve.setting.threads},
            {"repeat", curve.repeat}};
  for (const Point& point : curve.points) {
    json["epochs"].push_back(point.epoch);
    json["seconds"].push_back(json_number(point.seconds));
    json["objective"].push_back(json_number(point.objective));
    json["relative_gap"].push_back(json_number(point.relative_gap));
  }
  return json;
}

Json predictors_json(const Predictors& predictors) {
  const Conflicts& conflicts = predictors.conflicts;
  return {{"omega", conflicts.omega},
          {"delta", conflicts.delta},
          {"rho", conflicts.rho},
          {"mean_conflict_degree", conflicts.mean_conflict_degree},
          {"max_harmless_staleness", json_number(conflicts.max_harmless_staleness)},
          {"conflicts_exact", conflicts.exact},
          {"spectral_radius", predictors.radius.value},
          {"p_star", predictors.radius.p_star()}};
}

Json problem_json(const SolveRequest& request) {
  return {{"loss", request.loss},
          {"penalty", request.penalty},
          {"l1_ratio", request.l1_ratio},
          {"lambda", json_number(request.lambda)},
          {"C", request.c > 0.0 ? json_number(request.c) : nullptr},
          {"intercept", request.intercept}};
}

/// Adds lists of the rows, the virtual runs and the curves.
void add_runs(const Story& story, Json& json) {
  for (const char* const name : {"runs", "summary", "virtual", "agreement", "curves"}) {
    json[name] = Json::array();
  }
  for (const Row& row : story.sweep.rows()) {
    if (row.measured()) {
      json["runs"].push_back(row_json(row));
    } else {
      json["virtual"].push_back(virtual_json(row, story.options));
    }
  }
  for (const Summary& summary : story.summaries) {
    json["summary"].push_back(summary_json(summary));
  }
  for (const Agreement& pair : agreements(story.sweep.rows())) {
    json["agreement"].push_back({{"solver", pair.solver},
                                 {"update", pair.update},
                                 {"workers", 2},
                                 {"measured_collision_rate", json_number(pair.measured)},
                                 {"simulated_collision_rate", json_number(pair.simulated)},
                                 {"ratio", json_number(ratio(pair.simulated, pair.measured))}});
  }
  for (const Curve& curve : story.sweep.curves()) {
    json["curves"].push_back(curve_json(curve));
  }
}

std::string percent(double share) {
  return std::isfinite(share) ? digits(100.0 * share, 3) : "-";
}

std::string or_dash(double number, int places) {
  return std::isfinite(number) ? decimals(number, places) : "-";
}

std::string line_of(const Summary& summary) {
  const Row& row = summary.median;
  std::string line = summary.setting.solver + " " + summary.setting.update;
  line.resize(22, ' ');
  line += right(std::to_string(summary.setting.threads) + (summary.oversubscribed ? "*" : " "), 6);
  line += right(std::isfinite(row.seconds_to_target) ? digits(row.seconds_to_target, 3) : "-", 10);
  line += right(or_dash(row.epochs_to_target, 0), 8) + right(or_dash(row.speedup, 2), 9);
  line += right(std::isfinite(summary.speedup_low)
                    ? decimals(summary.speedup_low, 2) + "-" + decimals(summary.speedup_high, 2)
                    : "",
                11);
  line += right(or_dash(row.own_speedup, 2), 6) + right(or_dash(row.statistical_efficiency, 2), 6);
  line += right(or_dash(row.hardware_efficiency, 2), 6) + right(percent(row.collision_rate), 9);
  line += right(percent(row.lost_update_rate), 10) + right(or_dash(row.staleness_mean, 1), 7);
  return line + (row.reached() ? "" : "  " + row.status) + "\n";
}

std::string virtual_table(const Story& story) {
  std::string text;
  for (const Row& row : story.sweep.rows()) {
    if (row.measured()) {
      continue;
    }
    if (text.empty()) {
      text =
          "\nPredictions for cores that are not there: simulated epochs, times the measured "
          "hardware's rate\n"
          "solver               workers      P  epochs  stat.  collide %  stale  "
          "predicted speedup\n";
    }
    std::string line = row.setting.solver;
    line.resize(20, ' ');
    text += line + right(std::to_string(row.setting.threads), 8) +
            right(std::to_string(row.parallel), 7) + right(or_dash(row.epochs_to_target, 0), 8) +
            right(or_dash(row.statistical_efficiency, 2), 7) +
            right(percent(row.collision_rate), 11) + right(or_dash(row.staleness_mean, 1), 7) +
            right(or_dash(row.predicted_speedup, 2), 19) +
            (row.reached() ? "" : "  " + row.status) + "\n";
  }
  for (const Agreement& pair : agreements(story.sweep.rows())) {
    text += "two workers of " + pair.solver + " collide in " + percent(pair.simulated) +
            " % of the updates, two threads (" + pair.update + ") in " + percent(pair.measured) +
            " %";
    const double times = ratio(pair.simulated, pair.measured);
    text += std::isfinite(times) ? ": " + digits(times, 3) + " times\n" : "\n";
  }
  return text;
}

/// The predictions of theory beside the measurements.
std::string predictors_table(const Story& story) {
  const Conflicts& conflicts = story.predictors.conflicts;
  double staleness = unknown;
  for (const Summary& summary : story.summaries) {
    if (summary.setting.solver == "hogwild" && !summary.oversubscribed) {
      staleness = std::fmax(staleness, summary.median.staleness_mean);
    }
  }
  std::string text = "\nOmega " + std::to_string(conflicts.omega) + ", Delta " +
                     digits(conflicts.delta, 3) + ", rho " + digits(conflicts.rho, 3) +
                     ", a row meets " + digits(conflicts.mean_conflict_degree, 4) +
                     " others: Hogwild!'s steps overlap harmlessly " + harmless(conflicts);
  if (std::isfinite(staleness)) {
    text += " (measured: " + digits(staleness, 2) + ")";
  }
  return text + "\nP* = " + with_commas(story.predictors.radius.p_star()) +
         ": so many coordinates may be updated at once\n";
}

}  // namespace

Story::Story(std::string data_name, std::string made_by, const Options& all_options,
             const SolveRequest& solved, const Predictors& predicted, const Machine& measured_on,
             const Sweep& runs, bool all)
    : data(std::move(data_name)), command(std::move(made_by)), options(all_options),
      request(solved), predictors(predicted), machine(measured_on), sweep(runs), complete(all),
      summaries(summarise(runs.rows())), baseline(sweep::baseline(summaries)),
      limit(sweep::limit(summaries, baseline, predictors)) {}

Json to_json(const Story& story) {
  Json json;
  json["version"] = SOUNDER_PROGRAM_VERSION;
  json["command"] = story.command;
  json["date"] = now();
  json["machine"] = {{"processor", story.machine.processor},
                     {"cores", story.machine.cores},
                     {"system", story.machine.system},
                     {"compiler", story.machine.compiler}};
  json["data"] = {{"name", story.data},
                  {"rows", story.request.matrix.rows()},
                  {"columns", story.request.matrix.columns()},
                  {"nonzeros", story.request.matrix.nonzeros()}};
  json["problem"] = problem_json(story.request);
  json["target"] = story.options.target;
  json["time_limit"] = story.options.time_limit;
  json["repeats"] = story.options.repeats;
  json["seed"] = story.request.run.seed;
  json["status"] = story.complete ? "complete" : "interrupted";
  json["planned_runs"] = story.sweep.planned();
  json["baseline"] = story.baseline ? pick(story.baseline->median,
                                           {"solver", "update", "threads", "seconds_to_target"})
                                    : Json(nullptr);
  json["predictors"] = predictors_json(story.predictors);
  json["limit"] = {{"kind", story.limit.kind}, {"sentence", story.limit.sentence}};
  add_runs(story, json);
  return json;
}

std::string to_table(const Story& story) {
  std::string text =
      "to a relative gap of " + shortest(story.options.target) + ": medians of " +
      count_of(story.options.repeats, "run") + "; speedup is over the best serial run" +
      (story.baseline ? ", " + story.baseline->setting.solver + " in " +
                            digits(story.baseline->median.seconds_to_target, 3) + " s"
                      : "") +
      "\n\nsolver                threads   seconds  epochs  speedup least-most   own  stat.   hw.  "
      "collide% "
      "    lost%  stale\n";
  bool crowded = false;
  for (const Summary& summary : story.summaries) {
    text += line_of(summary);
    crowded = crowded || summary.oversubscribed;
  }
  text += crowded ? "* more threads than cores\n" : "";
  text += "own: over one thread of the same = threads x stat. (epochs) x hw. (epochs a second)\n";
  return text + virtual_table(story) + predictors_table(story) + "\n" + story.limit.sentence + "\n";
}

std::string to_page(const Story& story) {
  const auto replace = Json::error_handler_t::replace;
  std::string json = to_json(story).dump(-1, ' ', false, replace);
  // "</script>" in a name must not end the element.
  for (std::size_t place = json.find("</"); place != std::string::npos;
       place = json.find("</", place + 3)) {
    json.insert(place + 1, 1, '\\');
  }
  constexpr std::string_view token = "@SWEEP_JSON@";
  std::string page(report_page);
  page.replace(page.find(token), token.size(), json);
  return page;
}

}  // namespace sounder::sweep
