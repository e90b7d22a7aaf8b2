// The spectral radius of X^T X: how many coordinates Shotgun may update at once.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include <sounder/engine/base/array.hpp>
#include <sounder/engine/base/message.hpp>
#include <sounder/engine/base/random.hpp>
#include <sounder/engine/matrix/csc_matrix.hpp>
#include <sounder/engine/matrix/csr_matrix.hpp>
#include <sounder/engine/matrix/products.hpp>
#include <sounder/engine/threads/team.hpp>

namespace sounder {

/// When the power iteration ends.
struct PowerIterationOptions {
  /// Stop when an iteration raises the estimate by less than this share of it. The estimate only
  /// rises, so it is a lower bound. The error is a few times the last rise if the largest
  /// eigenvalues lie close together, and far less for text data, whose largest eigenvalue stands
  /// apart.
  double tolerance = 1e-4;
  int max_iterations = 200;  ///< most iterations
  std::uint64_t seed = 1;    ///< seed of the first vector

  /// @throws std::invalid_argument unless tolerance > 0 and max_iterations >= 1.
  void validate() const {
    if (!(tolerance > 0.0)) {
      refuse({"PowerIterationOptions: the tolerance must be above 0"});
    }
    if (max_iterations < 1) {
      refuse({"PowerIterationOptions: at least one iteration is needed"});
    }
  }
};

/// The largest eigenvalue of X^T X with columns scaled to unit norm.
struct SpectralRadius {
  double value = 1.0;  ///< in [1, p]; 1 when no two columns share a row
  int iterations = 0;  ///< power iterations done
  double relative_change =
      0.0;  ///< rise of the estimate in the last iteration; above tolerance: not converged
  /// p: columns with a value other than 0. Other columns cannot be normalised, and never move.
  Index active_columns = 0;

  /// Shotgun's P* = ceil(p / value): coordinates that may be updated at once (Bradley, Kyrola,
  /// Bickson, Guestrin 2011, theorem 3.2). At least 1.
  [[nodiscard]] Index p_star() const noexcept {
    // Less a thousandth, because the estimate may be slightly off and 1.0000001 must not become 2.
    return std::max(Index{1}, static_cast<Index>(std::ceil(active_columns / value - 1e-3)));
  }
};

namespace detail {

/// 1 / ||x_j|| for every column, 0 for one without a value.
[[nodiscard]] inline Array<double> inverse_column_norms(const CscMatrix& columns,
                                                        const Team& team) {
  Array<double> inverse(static_cast<std::size_t>(columns.columns()));
  each_column(columns, team, [&](std::size_t j, const SparseColumn& column) {
    double squares = 0.0;
    for (const float value : column.values) {
      squares += static_cast<double>(value) * static_cast<double>(value);
    }
    inverse[j] = squares > 0.0 ? 1.0 / std::sqrt(squares) : 0.0;
  });
  return inverse;
}

[[nodiscard]] inline double norm(const Array<double>& v, const Team& team) {
  return std::sqrt(team.sum(static_cast<std::int64_t>(v.size()), [&](Range range) {
    double squares = 0.0;
    for (auto j = static_cast<std::size_t>(range.begin); j < static_cast<std::size_t>(range.end);
         ++j) {
      squares += v[j] * v[j];
    }
    return squares;
  }));
}

/// v_j *= scale_j * factor.
inline void rescale(Array<double>& v, const Array<double>& scale, double factor, const Team& team) {
  team.for_shares(static_cast<std::int64_t>(v.size()), [&](Range range) {
    for (auto j = static_cast<std::size_t>(range.begin); j < static_cast<std::size_t>(range.end);
         ++j) {
      v[j] *= scale[j] * factor;
    }
  });
}

}  // namespace detail

/// Spectral radius of X^T X with normalised columns, by power iteration; `columns` is the
/// CscMatrix of `matrix`.
///
/// The same bits for any number of threads. Each iteration is a pass over the rows and one over the
/// columns; 8 (n + 2 p) bytes. May be called from several threads at once.
/// @throws std::invalid_argument from options.validate(), or if the two shapes differ.
[[nodiscard]] inline SpectralRadius spectral_radius(const CsrMatrix& matrix,
                                                    const CscMatrix& columns, const Team& team,
                                                    const PowerIterationOptions& options = {}) {
  options.validate();
  if (matrix.rows() != columns.rows() || matrix.columns() != columns.columns() ||
      matrix.nonzeros() != columns.nonzeros()) {
    refuse({"spectral_radius: the columns are those of another matrix"});
  }
  const Array<double> scale = detail::inverse_column_norms(columns, team);
  SpectralRadius result;
  result.active_columns = static_cast<Index>(
      std::count_if(scale.begin(), scale.end(), [](double inverse) { return inverse > 0.0; }));
  if (result.active_columns == 0) {
    return result;
  }
  // All of one sign, so close to the first eigenvector if the data has no negative values.
  Array<double> v(scale.size());
  const RandomStream random(options.seed);
  for (std::size_t j = 0; j < v.size(); ++j) {
    v[j] = scale[j] > 0.0 ? 1.0 + static_cast<double>(random.at(j) >> 11) * 0x1.0p-53 : 0.0;
  }
  Array<double> z(static_cast<std::size_t>(matrix.rows()));
  double length = detail::norm(v, team);
  double estimate = 0.0;
  result.relative_change = std::numeric_limits<double>::infinity();
  while (result.iterations < options.max_iterations &&
         result.relative_change >= options.tolerance) {
    detail::rescale(v, scale, 1.0 / length, team);
    multiply(matrix, v, 0.0, z, team);
    each_column(columns, team, [&](std::size_t j, const SparseColumn& column) {
      v[j] = column.dot(z) * scale[j];
    });
    length = detail::norm(v, team);
    // |A v| for a unit v never falls from one iteration to the next, and never exceeds the radius.
    result.relative_change = std::abs(length - estimate) / length;
    estimate = length;
    ++result.iterations;
  }
  result.value = std::max(1.0, estimate);
  return result;
}

}  // namespace sounder
