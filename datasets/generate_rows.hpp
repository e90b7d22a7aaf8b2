// What a generator returns, and how it draws rows that do not depend on the number of threads.
#pragma once

#include <sounder/datasets/dataset.hpp>
#include <sounder/engine/base/array.hpp>
#include <sounder/engine/base/random.hpp>
#include <sounder/engine/matrix/nonzero_share.hpp>
#include <sounder/engine/matrix/sparse_arrays.hpp>
#include <sounder/engine/threads/team.hpp>

#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace sounder {

/// A data set and the truth that it was made from.
struct GeneratedData {
  Dataset data;               ///< n rows and their labels
  std::vector<double> truth;  ///< p weights of the true linear model, which has no intercept
  /// The error that no model can avoid. Regression: standard deviation of the noise on a label.
  /// Classification: share of these rows whose label is not the sign of the true margin.
  double noise = 0.0;
};

namespace detail {

/// The purpose of a stream of random numbers; purpose and row (or rank) number the stream.
enum class Purpose : std::uint64_t { row, calibration, truth, layout };

[[nodiscard]] inline RandomStream generator_stream(std::uint64_t seed, Purpose purpose,
                                                   std::int64_t number = 0) noexcept {
  return RandomStream(
      seed, (static_cast<std::uint64_t>(purpose) << 56U) + static_cast<std::uint64_t>(number));
}

/// x.w of one row.
[[nodiscard]] inline double margin(std::span<const Index> columns, std::span<const float> values,
                                   const std::vector<double>& weights) noexcept {
  double sum = 0.0;
  for (std::size_t k = 0; k < columns.size(); ++k) {
    sum += static_cast<double>(values[k]) * weights[static_cast<std::size_t>(columns[k])];
  }
  return sum;
}

/// Row pointers from `row_length(i)`, called by all threads for i in [0, rows).
template <class RowLength>
[[nodiscard]] Array<Offset> row_pointers(Index rows, const Team& team,
                                         const RowLength& row_length) {
  Array<Offset> pointers(static_cast<std::size_t>(rows) + 1);
  team.for_shares(rows, [&](Range share) {
    for (std::int64_t i = share.begin; i < share.end; ++i) {
      pointers[static_cast<std::size_t>(i) + 1] = row_length(i);
    }
  });
  for (std::size_t i = 1; i < pointers.size(); ++i) {
    pointers[i] += pointers[i - 1];
  }
  return pointers;
}

/// Fills rows and labels with all threads. `make_filler()` makes one filler a worker, called as
/// `label = filler(i, columns, values)` with the two spans that it must fill for row i.
template <class MakeFiller>
[[nodiscard]] Dataset fill_rows(Array<Offset> pointers, Index columns, const Team& team,
                                const MakeFiller& make_filler) {
  Dataset data;
  data.labels.resize(pointers.size() - 1);
  auto arrays = std::make_shared<SparseArrays>(std::move(pointers));
  team.run([&](Worker worker) {
    auto filler = make_filler();
    const Range share = nonzero_share(arrays->pointers(), worker);
    for (std::int64_t i = share.begin; i < share.end; ++i) {
      const auto row = static_cast<std::size_t>(i);
      const auto first = static_cast<std::size_t>(arrays->pointers()[row]);
      const auto size = static_cast<std::size_t>(arrays->pointers()[row + 1]) - first;
      data.labels[row] =
          filler(i, arrays->indices().subspan(first, size), arrays->values().subspan(first, size));
    }
  });
  data.matrix =
      CsrMatrix::trusted(arrays->pointers(), arrays->indices(), arrays->values(), columns, arrays);
  return data;
}

}  // namespace detail
}  // namespace sounder
