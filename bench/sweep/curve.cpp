#include <sounder/bench/sweep/curve.hpp>

#include <sounder/datasets/parse_error.hpp>

#include <sounder/bench/sweep/csv.hpp>

namespace sounder::sweep {
namespace {

constexpr std::string_view header =
    "solver,update,threads,repeat,epoch,seconds,objective,relative_gap";
constexpr std::size_t cells_a_line = 8;

}  // namespace

std::vector<Point> CurveTrace::thinned(std::size_t most) const {
  if (points_.size() <= most) {
    return points_;
  }
  std::vector<Point> some;
  for (std::size_t k = 0; k < most; ++k) {
    some.push_back(points_[k * (points_.size() - 1) / (most - 1)]);
  }
  return some;
}

std::string curves_to_csv(const std::vector<Curve>& curves) {
  std::string out = std::string(header) + "\n";
  for (const Curve& curve : curves) {
    const Setting& setting = curve.setting;
    const std::string lead = quoted(setting.solver) + "," + quoted(setting.update) + "," +
                             std::to_string(setting.threads) + "," + std::to_string(curve.repeat);
    for (const Point& point : curve.points) {
      out += lead + "," + std::to_string(point.epoch) + "," + number_cell(point.seconds) + "," +
             number_cell(point.objective) + "," + number_cell(point.relative_gap) + "\n";
    }
  }
  return out;
}

std::vector<Curve> curves_from_csv(const std::string& path, std::string_view text) {
  if (!text.empty() && !text.starts_with(header)) {
    throw ParseError(path, 1, 1, "these are not the curves of a sweep; name another --csv");
  }
  std::vector<Curve> curves;
  const std::vector<std::vector<Cell>> table = split_csv(path, text);
  for (std::size_t k = 1; k < table.size(); ++k) {
    const std::vector<Cell>& cells = table[k];
    if (cells.size() != cells_a_line) {
      throw ParseError(path, cells.front().line, 1, "a curve's line has 8 cells");
    }
    const Setting setting{cells[0].text, cells[1].text,
                          static_cast<std::int64_t>(read_number(cells[2], path))};
    const auto repeat = static_cast<std::int64_t>(read_number(cells[3], path));
    if (curves.empty() || curves.back().setting != setting || curves.back().repeat != repeat) {
      curves.push_back({setting, repeat, {}});
    }
    curves.back().points.push_back({static_cast<std::int64_t>(read_number(cells[4], path)),
                                    read_number(cells[5], path), read_number(cells[6], path),
                                    read_number(cells[7], path)});
  }
  return curves;
}

}  // namespace sounder::sweep
