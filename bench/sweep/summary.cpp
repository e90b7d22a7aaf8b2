#include <sounder/bench/sweep/summary.hpp>

#include <sounder/engine/shared/locked.hpp>

#include <algorithm>
#include <cmath>
#include <iterator>

namespace sounder::sweep {
namespace {

const Summary* find(const std::vector<Summary>& summaries, const Setting& setting) {
  const auto place = std::find_if(summaries.begin(), summaries.end(),
                                  [&](const Summary& s) { return s.setting == setting; });
  return place == summaries.end() ? nullptr : &*place;
}

/// The measured rows of a setting.
std::vector<Row> rows_of(const std::vector<Row>& rows, const Setting& setting) {
  std::vector<Row> found;
  std::copy_if(rows.begin(), rows.end(), std::back_inserter(found),
               [&](const Row& row) { return row.measured() && row.setting == setting; });
  return found;
}

template <class Get>
std::vector<double> known(std::vector<Row>& rows, Get&& get) {
  std::vector<double> numbers;
  for (Row& row : rows) {
    if (const double number = get(row); std::isfinite(number)) {
      numbers.push_back(number);
    }
  }
  return numbers;
}

void spread(std::vector<Row>& rows, double& (*get)(Row&), double& low, double& high) {
  const std::vector<double> numbers = known(rows, get);
  if (!numbers.empty()) {
    const auto [least, most] = std::minmax_element(numbers.begin(), numbers.end());
    low = *least;
    high = *most;
  }
}

Summary summarise_setting(std::vector<Row> rows) {
  Summary summary;
  summary.setting = rows.front().setting;
  summary.median = rows.front();
  summary.runs = static_cast<int>(rows.size());
  for (const Row& row : rows) {
    summary.oversubscribed = summary.oversubscribed || row.oversubscribed != 0;
    summary.reached += row.reached() ? 1 : 0;
    if (!row.reached()) {
      summary.median.status = row.status;
    }
  }
  for (const Column& column : columns()) {
    if (const auto* get = std::get_if<Column::Number>(&column.field)) {
      (*get)(summary.median) = median(known(rows, *get));
    }
  }
  spread(
      rows, [](Row& row) -> double& { return row.seconds_to_target; }, summary.seconds_low,
      summary.seconds_high);
  spread(
      rows, [](Row& row) -> double& { return row.speedup; }, summary.speedup_low,
      summary.speedup_high);
  return summary;
}

void relate_measured(Row& row, const std::vector<Summary>& summaries, double serial_seconds) {
  row.speedup = ratio(serial_seconds, row.seconds_to_target);
  const Summary* own = find(summaries, {row.setting.solver, row.setting.update, 1});
  if (own == nullptr) {
    return;
  }
  const Row& alone = own->median;
  const auto threads = static_cast<double>(row.setting.threads);
  row.own_speedup = ratio(alone.seconds_to_target, row.seconds_to_target);
  row.statistical_efficiency = ratio(alone.epochs_to_target, row.epochs_to_target);
  row.hardware_efficiency = ratio(row.epochs_per_second, threads * alone.epochs_per_second);
}

void relate_virtual(Row& row, const std::vector<Row>& rows, const std::vector<Summary>& summaries,
                    double serial_seconds) {
  const auto alone = std::find_if(rows.begin(), rows.end(), [&](const Row& other) {
    return !other.measured() && other.setting.solver == row.setting.solver &&
           other.setting.threads == 1;
  });
  if (alone != rows.end()) {
    row.statistical_efficiency = ratio(alone->epochs_to_target, row.epochs_to_target);
  }
  const HardwareModel hardware = hardware_model(summaries, row.setting.solver);
  const auto workers = static_cast<double>(std::max<std::int64_t>(row.parallel, 1));
  row.predicted_seconds = ratio(row.epochs_to_target, hardware.rate(workers) * row.balance);
  row.predicted_speedup = ratio(serial_seconds, row.predicted_seconds);
}

}  // namespace

double median(std::vector<double> numbers) {
  if (numbers.empty()) {
    return unknown;
  }
  std::sort(numbers.begin(), numbers.end());
  const std::size_t middle = numbers.size() / 2;
  return numbers.size() % 2 == 1 ? numbers[middle] : 0.5 * (numbers[middle - 1] + numbers[middle]);
}

std::vector<Summary> summarise(const std::vector<Row>& rows) {
  std::vector<Summary> summaries;
  for (const Row& row : rows) {
    if (row.measured() && find(summaries, row.setting) == nullptr) {
      summaries.push_back(summarise_setting(rows_of(rows, row.setting)));
    }
  }
  return summaries;
}

std::optional<Summary> baseline(const std::vector<Summary>& summaries) {
  const Summary* best = nullptr;
  for (const Summary& summary : summaries) {
    const double seconds = summary.median.seconds_to_target;
    if (summary.setting.threads == 1 && std::isfinite(seconds) &&
        (best == nullptr || seconds < best->median.seconds_to_target)) {
      best = &summary;
    }
  }
  return best == nullptr ? std::nullopt : std::optional(*best);
}

void relate(std::vector<Row>& rows) {
  const std::vector<Summary> summaries = summarise(rows);
  const std::optional<Summary> serial = baseline(summaries);
  const double seconds = serial ? serial->median.seconds_to_target : unknown;
  for (Row& row : rows) {
    if (row.measured()) {
      relate_measured(row, summaries, seconds);
    } else {
      relate_virtual(row, rows, summaries, seconds);
    }
  }
}

HardwareModel hardware_model(const std::vector<Summary>& summaries, const std::string& solver) {
  HardwareModel model;
  std::string update;
  double weights = 0.0;
  double sum = 0.0;
  for (const Summary& summary : summaries) {
    const Setting& setting = summary.setting;
    if (setting.solver != solver || (!update.empty() && setting.update != update) ||
        summary.oversubscribed) {
      continue;
    }
    const double rate = summary.median.epochs_per_second;
    if (setting.threads == 1) {
      update = setting.update;
      model.epochs_per_second = rate;
      continue;
    }
    // Fits P / speedup - 1 = contention (P - 1) by least squares.
    const auto threads = static_cast<double>(setting.threads);
    const double excess = ratio(threads * model.epochs_per_second, rate) - 1.0;
    if (std::isfinite(excess)) {
      sum += (threads - 1.0) * excess;
      weights += (threads - 1.0) * (threads - 1.0);
    }
  }
  if (weights > 0.0) {
    model.contention = std::max(0.0, sum / weights);
  }
  return model;
}

std::vector<Agreement> agreements(const std::vector<Row>& rows) {
  std::vector<Agreement> found;
  const std::vector<Summary> summaries = summarise(rows);
  for (const Row& row : rows) {
    if (row.measured() || row.setting.threads != 2) {
      continue;
    }
    for (const Summary& summary : summaries) {
      const Setting& setting = summary.setting;
      if (setting.solver == row.setting.solver && setting.threads == 2 &&
          setting.update != Locked::name && std::isfinite(summary.median.collision_rate) &&
          std::isfinite(row.collision_rate)) {
        found.push_back(
            {setting.solver, setting.update, summary.median.collision_rate, row.collision_rate});
      }
    }
  }
  return found;
}

}  // namespace sounder::sweep
