#include <sounder/bench/sweep/sweep.hpp>

#include <sounder/datasets/parse_error.hpp>
#include <sounder/engine/base/stopwatch.hpp>
#include <sounder/engine/shared/shared_vector.hpp>
#include <sounder/engine/threads/team.hpp>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <utility>

#include <sounder/bench/sweep/summary.hpp>
#include <sounder/solvers/named/names.hpp>
#include <sounder/solvers/named/solver_row.hpp>
#include <sounder/solvers/output/output.hpp>
#include <sounder/solvers/output/text.hpp>

namespace sounder::sweep {
namespace {

/// Rates settle within a few epochs, and a counted run has no other purpose.
constexpr int counted_epochs = 10;
constexpr std::size_t points_a_curve = 200;

std::string read_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream content;
  content << file.rdbuf();
  return content.str();
}

bool same_run(const Row& a, const Row& b) {
  return a.kind == b.kind && a.setting == b.setting && a.repeat == b.repeat;
}

void fill_outcome(const Result& result, Row& row) {
  row.status = to_string(result.status);
  row.objective = result.certificate.objective;
  row.relative_gap = result.certificate.relative_gap;
  row.epochs = result.epochs;
  row.parallel = result.parallel;
  if (row.reached()) {
    row.epochs_to_target = result.epochs;
  }
}

void fill_counts(const UpdateCounts& counts, Row& row) {
  row.collision_rate = counts.collision_rate();
  row.retry_rate = counts.retry_rate();
  row.lost_update_rate = counts.lost_update_rate();
  row.staleness_mean = counts.staleness.mean();
  row.staleness_p95 = counts.staleness.quantile(0.95);
  row.staleness_max = counts.staleness.largest();
}

/// Runs a few epochs of the same run with the counting twin. Nothing if the policy has none.
std::optional<UpdateCounts> count(SolveRequest request, int epochs, const Trace& interrupt) {
  request.counted = true;
  request.run.tolerance = 0.0;
  request.run.max_epochs = std::clamp(epochs, 1, counted_epochs);
  CurveTrace unseen(interrupt);
  return solve(request, unseen).counts;
}

/// Remembers how long runs took, to predict how long others will take.
class Forecast {
 public:
  void add(const Row& row, double seconds) {
    known_[key(row)] = seconds;
    total_ += seconds;
    ++count_;
  }
  [[nodiscard]] double left(const std::vector<Row>& todo, std::size_t from) const {
    double sum = 0.0;
    for (std::size_t k = from; k < todo.size(); ++k) {
      const auto place = known_.find(key(todo[k]));
      sum += place != known_.end() ? place->second : total_ / count_;
    }
    return sum;
  }

 private:
  static std::string key(const Row& row) {
    return row.kind + row.setting.solver + row.setting.update + std::to_string(row.setting.threads);
  }

  std::map<std::string, double> known_;
  double total_ = 0.0;
  double count_ = 0.0;
};

}  // namespace

Sweep::Sweep(Options options, SolveRequest request, Index p_star)
    : options_(std::move(options)), request_(std::move(request)), p_star_(p_star),
      planned_(plan()) {
  load();
}

std::string Sweep::curves_path(const std::string& csv) {
  std::filesystem::path path(csv);
  return path.replace_extension(".curves.csv").string();
}

std::string Sweep::virtual_problem() const {
  return options_.problem + ", step times " +
         (options_.measured_step_times ? "measured" : "constant") + ", straggler " +
         shortest(options_.straggler);
}

std::vector<Row> Sweep::plan() const {
  std::vector<Row> rows;
  for (int repeat = 1; repeat <= options_.repeats; ++repeat) {
    for (const Setting& setting : make_plan(options_.wishes, loss_row(request_.loss))) {
      Row& row = rows.emplace_back();
      row.setting = setting;
      row.repeat = repeat;
      row.oversubscribed = setting.threads > available_threads() ? 1 : 0;
      row.seed = static_cast<std::int64_t>(request_.run.seed) + repeat - 1;
      row.problem = options_.problem;
      row.machine = options_.machine;
    }
  }
  for (const std::string& solver : options_.wishes.solvers) {
    for (const int workers : options_.virtual_workers) {
      if (solver_row(solver).on_virtual_cores) {
        Row& row = rows.emplace_back();
        row.kind = "virtual";
        row.setting = {solver, "virtual", workers};
        row.seed = static_cast<std::int64_t>(request_.run.seed);
        row.problem = virtual_problem();
        row.machine = options_.machine;
      }
    }
  }
  return rows;
}

void Sweep::load() {
  if (options_.csv.empty() || !std::filesystem::exists(options_.csv)) {
    return;
  }
  rows_ = from_csv(options_.csv, read_text(options_.csv));
  for (const Row& row : rows_) {
    const std::string& expected = row.measured() ? options_.problem : virtual_problem();
    if (row.problem != expected || row.machine != options_.machine) {
      throw InputError(options_.csv, "it holds runs of another sweep (" + row.problem + "; " +
                                         row.machine + "): name another --csv, or remove it");
    }
  }
  const std::string curves = curves_path(options_.csv);
  if (std::filesystem::exists(curves)) {
    curves_ = curves_from_csv(curves, read_text(curves));
  }
}

void Sweep::save() const {
  if (!options_.csv.empty()) {
    write_file(curves_path(options_.csv), curves_to_csv(curves_));
    write_file(options_.csv, to_csv(rows_));
  }
}

bool Sweep::kept(const Row& row) const {
  return std::any_of(rows_.begin(), rows_.end(),
                     [&](const Row& other) { return same_run(row, other); });
}

bool Sweep::run(const Trace& interrupt, Watcher& watcher) {
  std::vector<Row> todo;
  std::copy_if(planned_.begin(), planned_.end(), std::back_inserter(todo),
               [this](const Row& row) { return !kept(row); });
  const int done = planned() - static_cast<int>(todo.size());
  Forecast forecast;
  for (std::size_t k = 0; k < todo.size(); ++k) {
    Row& row = todo[k];
    watcher.begins(row, done + static_cast<int>(k) + 1, planned(), forecast.left(todo, k));
    Stopwatch clock = Stopwatch::running();
    const bool whole = row.measured() ? measure(row, interrupt) : simulate(row, interrupt);
    if (!whole) {
      return false;
    }
    clock.stop();
    forecast.add(row, clock.seconds());
    rows_.push_back(row);
    relate(rows_);
    save();
    watcher.ended(rows_.back());
  }
  return true;
}

SolveRequest Sweep::request_of(const Row& row) const {
  SolveRequest request = request_;
  request.solver = row.setting.solver;
  request.update = row.setting.update;
  request.run.threads = static_cast<int>(row.setting.threads);
  request.run.tolerance = options_.target;
  request.run.time_limit = options_.time_limit;
  request.run.max_epochs = options_.max_epochs;
  request.run.seed = static_cast<std::uint64_t>(row.seed);
  return request;
}

Index Sweep::parallel(const Setting& setting) const {
  const auto workers = static_cast<Index>(setting.threads);
  return setting.solver == "shotgun" ? std::min(workers, std::max<Index>(p_star_, 1)) : workers;
}

bool Sweep::measure(Row& row, const Trace& interrupt) {
  const SolveRequest request = request_of(row);
  CurveTrace curve(interrupt);
  const Result result = solve(request, curve);
  if (interrupt.cancelled()) {
    return false;
  }
  fill_outcome(result, row);
  row.seconds = result.seconds;
  row.epochs_per_second = result.epochs > 0 ? ratio(result.epochs, result.seconds) : unknown;
  if (row.reached()) {
    row.seconds_to_target = result.seconds;
  }
  if (is_plain(row.setting.solver)) {
    if (row.setting.threads == 1) {  // no other worker to meet
      row.collision_rate = row.retry_rate = row.lost_update_rate = 0.0;
      row.staleness_mean = row.staleness_p95 = row.staleness_max = 0.0;
    }
  } else {
    SolveRequest kept_parallel = request;
    kept_parallel.coordinate.parallel = parallel(row.setting);
    const std::optional<UpdateCounts> counts = count(kept_parallel, result.epochs, interrupt);
    if (interrupt.cancelled()) {
      return false;
    }
    if (counts) {
      fill_counts(*counts, row);
    }
  }
  curves_.push_back({row.setting, row.repeat, curve.thinned(points_a_curve)});
  return true;
}

/// A simulation stops after this many times the epochs of one worker, or as many as a thread that
/// did not reach the target.
int Sweep::worthwhile_epochs(const Row& row) const {
  constexpr std::int64_t least = 200;
  constexpr std::int64_t times = 50;
  std::int64_t most = options_.max_epochs;
  for (const Row& other : rows_) {
    if (other.setting.solver != row.setting.solver || other.setting.threads != 1) {
      continue;
    }
    if (!other.measured()) {
      most = std::min(most, std::max(times * other.epochs, least));
    } else if (!other.reached()) {
      most = std::min(most, std::max<std::int64_t>(other.epochs, 1));
    }
  }
  return static_cast<int>(most);
}

bool Sweep::simulate(Row& row, const Trace& interrupt) {
  SolveRequest request = request_of(row);
  request.run.threads = 1;
  request.run.time_limit = infinity;  // the same bits, however long it takes
  request.run.max_epochs = worthwhile_epochs(row);
  VirtualWorkers workers{.straggler = options_.straggler, .seed = request.run.seed};
  workers.count = parallel(row.setting);
  if (options_.measured_step_times) {
    workers.measured = step_times(row, interrupt);
  }
  CurveTrace unseen(interrupt);
  const VirtualRun run = sounder::simulate(request, workers, unseen);
  if (interrupt.cancelled()) {
    return false;
  }
  fill_outcome(run.result, row);
  fill_counts(run.result.counts.value(), row);
  row.parallel = workers.count;
  row.balance = run.balance;
  return true;
}

/// Durations of steps, from a counted run with one thread.
const std::vector<double>& Sweep::step_times(const Row& row, const Trace& interrupt) {
  const auto [place, absent] = step_times_.try_emplace(row.setting.solver);
  if (absent) {
    Row alone = row;
    alone.setting = {row.setting.solver, std::string(Atomic::name), 1};
    const UpdateCounts counts = count(request_of(alone), counted_epochs, interrupt).value();
    for (const float seconds : counts.step_seconds) {
      if (seconds > 0.0F) {
        place->second.push_back(static_cast<double>(seconds));
      }
    }
  }
  return place->second;
}

}  // namespace sounder::sweep
