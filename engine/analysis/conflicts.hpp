// How often two rows of the data share a coordinate, which decides how well Hogwild! works.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <utility>
#include <vector>

#include <sounder/engine/base/random.hpp>
#include <sounder/engine/matrix/csc_matrix.hpp>
#include <sounder/engine/matrix/csr_matrix.hpp>
#include <sounder/engine/threads/team.hpp>

namespace sounder {

/// How much work `measure_conflicts` may do.
struct ConflictOptions {
  /// Entries of column lists that may be read. If all rows would take more (sum_j d_j^2), a random
  /// sample of rows is measured. The default takes a second or so.
  double budget = 5e8;
  /// Least number of rows in a sample, whatever the cost.
  Index minimum_sample = 32;
  std::uint64_t seed = 1;  ///< seed of the sample

  /// @throws std::invalid_argument unless budget >= 0 and minimum_sample >= 1.
  void validate() const {
    if (!(budget >= 0.0)) {
      throw std::invalid_argument("ConflictOptions: the budget must not be negative");
    }
    if (minimum_sample < 1) {
      throw std::invalid_argument("ConflictOptions: a sample needs at least one row");
    }
  }
};

/// The conflict graph of the rows, in which two rows meet when they share a coordinate.
///
/// omega, delta and rho are Omega, Delta and rho of Niu, Recht, Re, Wright, "Hogwild!" (2011);
/// the harmless staleness is that of Mania et al., "Perturbed iterate analysis" (2017).
struct Conflicts {
  Index omega = 0;     ///< most entries in a row, max |e_i|; always exact
  double delta = 0.0;  ///< share of the rows that hold the most frequent column; always exact
  /// Most rows that meet one row, itself included, as a share of n. Over a sample: a lower bound.
  double rho = 0.0;
  double mean_conflict_degree = 0.0;  ///< mean over rows of the number of other rows met
  double mean_error = 0.0;            ///< standard error of that mean; 0 when exact
  Index measured_rows = 0;            ///< rows whose neighbours were counted (each exactly)
  bool exact = true;                  ///< every row was measured; there was no sampling
  /// n / (2 mean_conflict_degree): number of samples in flight at once that do no harm; infinity if
  /// no two rows meet.
  double max_harmless_staleness = std::numeric_limits<double>::infinity();
};

namespace detail {

/// `count` distinct rows out of [0, n), or all of them in order when count >= n.
[[nodiscard]] inline std::vector<Index> sample_rows(Index n, Index count, std::uint64_t seed) {
  std::vector<Index> rows(static_cast<std::size_t>(n));
  std::iota(rows.begin(), rows.end(), Index{0});
  if (count < n) {
    RandomStream random(seed);
    shuffle_front(std::span(rows), static_cast<std::size_t>(count), random);
    rows.resize(static_cast<std::size_t>(count));
  }
  return rows;
}

/// For each of `rows`, the number of rows that it meets, itself included (0 for an empty row). 4 n
/// bytes a thread.
[[nodiscard]] inline std::vector<Index> count_met_rows(const CsrMatrix& matrix,
                                                       const CscMatrix& columns,
                                                       const std::vector<Index>& rows,
                                                       const Team& team) {
  std::vector<Index> met(rows.size());
  team.run([&](Worker worker) {
    std::vector<Index> last_met_by(static_cast<std::size_t>(matrix.rows()), -1);
    // Dealt out in turn, because in sorted data long rows stand together.
    for (auto k = static_cast<std::size_t>(worker.rank); k < rows.size();
         k += static_cast<std::size_t>(worker.size)) {
      Index count = 0;
      for (const Index j : matrix.row(rows[k]).columns) {
        for (const Index other : columns.column(j).rows) {
          Index& stamp = last_met_by[static_cast<std::size_t>(other)];
          count += stamp != rows[k] ? 1 : 0;
          stamp = rows[k];
        }
      }
      met[k] = count;
    }
  });
  return met;
}

/// Fills in the fields that follow from the counts of `count_met_rows`.
inline void summarize_met_rows(const std::vector<Index>& met, Index n, Conflicts& conflicts) {
  const auto count = static_cast<double>(met.size());
  const auto degree = [](Index rows_met) { return static_cast<double>(std::max(rows_met - 1, 0)); };
  double sum = 0.0;
  Index most = 0;
  for (const Index rows_met : met) {
    sum += degree(rows_met);
    most = std::max(most, rows_met);
  }
  const double mean = sum / count;
  conflicts.rho = static_cast<double>(most) / static_cast<double>(n);
  conflicts.mean_conflict_degree = mean;
  conflicts.measured_rows = static_cast<Index>(met.size());
  conflicts.exact = conflicts.measured_rows == n;
  if (!conflicts.exact && met.size() > 1) {
    double squares = 0.0;
    for (const Index rows_met : met) {
      squares += (degree(rows_met) - mean) * (degree(rows_met) - mean);
    }
    conflicts.mean_error = std::sqrt(squares / (count - 1.0) / count);
  }
  if (mean > 0.0) {
    conflicts.max_harmless_staleness = static_cast<double>(n) / (2.0 * mean);
  }
}

}  // namespace detail

/// Measures the conflicts between the rows of `matrix`; `columns` is its CscMatrix.
///
/// The same result for any number of threads. Time min(sum_j d_j^2, budget) / threads, or the time
/// for `minimum_sample` rows; memory 4 n bytes a thread. May be called from several threads at
/// once.
/// @throws std::invalid_argument from options.validate(), or when the two shapes differ.
[[nodiscard]] inline Conflicts measure_conflicts(const CsrMatrix& matrix, const CscMatrix& columns,
                                                 const Team& team,
                                                 const ConflictOptions& options = {}) {
  options.validate();
  if (matrix.rows() != columns.rows() || matrix.columns() != columns.columns() ||
      matrix.nonzeros() != columns.nonzeros()) {
    throw std::invalid_argument("measure_conflicts: the columns are those of another matrix");
  }
  Conflicts conflicts;
  const Index n = matrix.rows();
  if (n == 0) {
    return conflicts;
  }
  for (Index i = 0; i < n; ++i) {
    conflicts.omega = std::max(conflicts.omega, static_cast<Index>(matrix.row(i).size()));
  }
  double most = 0.0;
  double work = 0.0;
  for (Index j = 0; j < columns.columns(); ++j) {
    const auto count = static_cast<double>(columns.column(j).size());
    most = std::max(most, count);
    work += count * count;
  }
  conflicts.delta = most / static_cast<double>(n);
  Index measured = n;
  if (work > options.budget) {
    const double affordable = static_cast<double>(n) * (options.budget / work);
    measured = std::min(n, std::max(options.minimum_sample, static_cast<Index>(affordable)));
  }
  const std::vector<Index> rows = detail::sample_rows(n, measured, options.seed);
  const std::vector<Index> met = detail::count_met_rows(matrix, columns, rows, team);
  detail::summarize_met_rows(met, n, conflicts);
  return conflicts;
}

}  // namespace sounder
