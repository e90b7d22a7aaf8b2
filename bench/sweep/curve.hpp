// Objective and gap over time, for each run of a sweep.
#pragma once

#include <sounder/engine/run/trace.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <sounder/bench/sweep/row.hpp>

namespace sounder::sweep {

struct Point {
  std::int64_t epoch = 0;
  double seconds = 0.0;
  double objective = 0.0;
  double relative_gap = 0.0;
};

struct Curve {
  Setting setting;
  std::int64_t repeat = 1;
  std::vector<Point> points;
};

/// Records a run's points; `other` may end the run.
class CurveTrace final : public Trace {
 public:
  explicit CurveTrace(const Trace& other) : other_(other) {}

  Verdict epoch(const Progress& progress) override {
    points_.push_back({progress.epoch, progress.seconds, progress.certificate.objective,
                       progress.certificate.relative_gap});
    return cancelled() ? Verdict::interrupt : Verdict::go_on;
  }
  [[nodiscard]] bool cancelled() const noexcept override { return other_.cancelled(); }

  /// At most `most` of the points, evenly spaced, with the first and the last.
  [[nodiscard]] std::vector<Point> thinned(std::size_t most) const;

 private:
  const Trace& other_;
  std::vector<Point> points_;
};

/// CSV with the columns solver,update,threads,repeat,epoch,seconds,objective,relative_gap.
[[nodiscard]] std::string curves_to_csv(const std::vector<Curve>& curves);

/// Reads curves_to_csv(). @throws ParseError
[[nodiscard]] std::vector<Curve> curves_from_csv(const std::string& path, std::string_view text);

}  // namespace sounder::sweep
