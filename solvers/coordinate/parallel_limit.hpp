// The limit P* on how many coordinates are updated at once on this data. Its formula is
// SpectralRadius::p_star(), in spectral_radius.hpp.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>

#include <sounder/engine/analysis/spectral_radius.hpp>
#include <sounder/engine/base/message.hpp>
#include <sounder/engine/matrix/csc_matrix.hpp>
#include <sounder/engine/matrix/csr_matrix.hpp>
#include <sounder/engine/threads/team.hpp>

namespace sounder {
namespace detail {

/// The spectral radius by a few iterations, because P* needs only its size.
[[nodiscard]] inline SpectralRadius rough_radius(const CsrMatrix& rows, const CscMatrix& columns,
                                                 const Team& team) {
  return spectral_radius(rows, columns, team, {.tolerance = 1e-2, .max_iterations = 30});
}

/// min(wanted, P*), with as little work as possible: with unit columns the radius is at most omega,
/// the largest number of entries in a row, because (sum_j x_ij v_j)^2 <= omega sum_j (x_ij v_j)^2.
[[nodiscard]] inline Index at_most_p_star(Index wanted, const CsrMatrix& rows,
                                          const CscMatrix& columns, const Team& team) {
  std::size_t omega = 1;
  for (Index i = 0; i < rows.rows(); ++i) {
    omega = std::max(omega, rows.row(i).size());
  }
  Index active = 0;
  for (Index j = 0; j < columns.columns(); ++j) {
    active += columns.column(j).size() > 0 ? 1 : 0;
  }
  if (static_cast<std::size_t>(wanted) * omega <= static_cast<std::size_t>(active)) {
    return wanted;
  }
  return std::min(wanted, rough_radius(rows, columns, team).p_star());
}

/// "; these data bear P* = ..." and what P* counts. Computes P*, so call it only if the message is
/// needed.
[[nodiscard]] inline std::string p_star_clause(const CsrMatrix& rows, const CscMatrix& columns,
                                               const Team& team, const char* what) {
  return message({"; these data bear P* = ", rough_radius(rows, columns, team).p_star(), what});
}

}  // namespace detail

}  // namespace sounder
