// Planted regression: gaussian features, independent or correlated, a sparse truth, gaussian noise.
#pragma once

#include <sounder/datasets/generate_distinct.hpp>
#include <sounder/datasets/generate_rows.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <vector>

namespace sounder {

/// Which features are correlated.
enum class CorrelationShape {
  /// corr(x_j, x_k) = c^|j - k| (autoregressive): spectral radius of X^T X about (1 + c) / (1 - c).
  chain,
  /// corr(x_j, x_k) = c inside a block of neighbours, 0 between blocks of m columns: spectral
  /// radius about 1 + c (m - 1).
  blocks,
};

/// A regression problem to generate. Rows depend only on the seed and their number. To get a
/// held-out set with the same truth, generate again with the same options except first_row (and
/// rows).
struct RegressionOptions {
  Index rows = 1000;         ///< n
  Index columns = 2000;      ///< p
  Index row_nonzeros = 0;    ///< entries in every row, at uniformly drawn columns; 0: all (dense)
  Index support = 0;         ///< k, columns with a true weight; 0: one in a hundred, at least 1
  double noise = 0.1;        ///< standard deviation of the noise, as a share of the signal's
  double correlation = 0.0;  ///< c in [0, 1]; 0: independent features, 1: equal features (in a
                             ///< block)
  CorrelationShape shape = CorrelationShape::blocks;  ///< shape of the correlation
  Index block_columns = 0;     ///< m, for shape blocks; 0: all columns are one block
  std::uint64_t seed = 1;      ///< seed of the truth and of all rows
  std::int64_t first_row = 0;  ///< number of the first row

  /// @throws std::invalid_argument naming the first option out of range.
  void validate() const {
    const auto require = [](bool holds, const char* sentence) {
      if (!holds) {
        throw std::invalid_argument(sentence);
      }
    };
    require(rows >= 1, "RegressionOptions: rows must be at least 1");
    require(columns >= 1, "RegressionOptions: columns must be at least 1");
    require(row_nonzeros >= 0 && row_nonzeros <= columns,
            "RegressionOptions: row_nonzeros must be in [0, columns]");
    require(support >= 0 && support <= columns,
            "RegressionOptions: support must be in [0, columns]");
    require(noise >= 0.0 && noise <= 1e6, "RegressionOptions: noise must be in [0, 1e6]");
    require(correlation >= 0.0 && correlation <= 1.0,
            "RegressionOptions: correlation must be in [0, 1]");
    require(block_columns >= 0 && block_columns <= columns,
            "RegressionOptions: block_columns must be in [0, columns]");
    require(first_row >= 0 && first_row <= std::int64_t{1} << 48,
            "RegressionOptions: first_row must be in [0, 2^48]");
  }
};

namespace detail {

/// k weights of random sign and size in [1, 2), large enough to be found.
[[nodiscard]] inline std::vector<double> sparse_weights(const RegressionOptions& options) {
  const Index support =
      options.support > 0 ? options.support : std::max(Index{1}, options.columns / 100);
  std::vector<Index> columns(static_cast<std::size_t>(support));
  RandomStream random = generator_stream(options.seed, Purpose::truth);
  KeyCounter scratch;
  draw_distinct(random, options.columns, columns, scratch);
  std::vector<double> weights(static_cast<std::size_t>(options.columns));
  for (const Index j : columns) {
    const double size = 1.0 + random.uniform();
    weights[static_cast<std::size_t>(j)] = random.uniform() < 0.5 ? -size : size;
  }
  return weights;
}

/// Gaussian rows of unit variance with the given correlations. One thread an object.
class GaussianRows {
 public:
  explicit GaussianRows(const RegressionOptions& options)
      : options_(options),
        length_(options.row_nonzeros > 0 ? options.row_nonzeros : options.columns),
        block_(options.block_columns > 0 ? options.block_columns : options.columns) {}

  [[nodiscard]] Index length() const noexcept { return length_; }

  void draw(RandomStream& random, std::span<Index> columns, std::span<float> values) {
    draw_distinct(random, options_.columns, columns, scratch_);
    if (options_.correlation == 0.0) {
      for (float& value : values) {
        value = static_cast<float>(random.normal());
      }
    } else if (options_.shape == CorrelationShape::chain) {
      draw_chain(random, columns, values);
    } else {
      draw_blocks(random, columns, values);
    }
  }

  /// Variance of x.w over rows: the sum over j, k of E[present j and k] corr(j, k) w_j w_k. O(p).
  [[nodiscard]] double signal_variance(const std::vector<double>& weights) const {
    const double c = options_.correlation;
    double squares = 0.0;
    double pairs = 0.0;  // sum over j < k of corr(j, k) w_j w_k
    double met = 0.0;    // sum over j < k of corr(j, k) w_j, for the current k
    for (std::size_t k = 0; k < weights.size(); ++k) {
      if (options_.shape == CorrelationShape::chain) {
        met *= c;
      } else if (k % static_cast<std::size_t>(block_) == 0) {
        met = 0.0;
      }
      squares += weights[k] * weights[k];
      pairs += met * weights[k];
      met += options_.shape == CorrelationShape::chain ? weights[k] : c * weights[k];
    }
    const auto length = static_cast<double>(length_);
    const auto p = static_cast<double>(options_.columns);
    const double present = length / p;
    const double both = p > 1.0 ? present * (length - 1.0) / (p - 1.0) : 0.0;
    return std::max(0.0, present * squares + 2.0 * both * pairs);
  }

 private:
  /// Going from one drawn column to the next, h further on, keeps the chain's distribution: x_next
  /// = c^h x + sqrt(1 - c^2h) e.
  void draw_chain(RandomStream& random, std::span<const Index> columns,
                  std::span<float> values) const {
    double x = random.normal();
    for (std::size_t k = 0; k < columns.size(); ++k) {
      if (k > 0) {
        const Index skip = columns[k] - columns[k - 1];
        const double kept = skip == 1 ? options_.correlation : std::pow(options_.correlation, skip);
        x = kept * x + std::sqrt(1.0 - kept * kept) * random.normal();
      }
      values[k] = static_cast<float>(x);
    }
  }

  /// The block shares a factor g: x_j = sqrt(c) g + sqrt(1 - c) e_j.
  void draw_blocks(RandomStream& random, std::span<const Index> columns,
                   std::span<float> values) const {
    const double shared = std::sqrt(options_.correlation);
    const double own = std::sqrt(1.0 - options_.correlation);
    Index block = -1;
    double factor = 0.0;
    for (std::size_t k = 0; k < columns.size(); ++k) {
      if (columns[k] / block_ != block) {
        block = columns[k] / block_;
        factor = random.normal();
      }
      values[k] = static_cast<float>(shared * factor + own * random.normal());
    }
  }

  RegressionOptions options_;
  Index length_;
  Index block_;
  KeyCounter scratch_;
};

}  // namespace detail

/// Generates y = x.truth + noise, x gaussian with variance 1 where it has an entry.
///
/// With correlation 0 this is planted sparse regression. As the correlation goes to 1 all features
/// become equal, the spectral radius of X^T X grows, and fewer coordinates may be updated in
/// parallel. The same bits for any number of threads. About 100 ns of one thread and 8 bytes a
/// nonzero. May be called from several threads at once.
/// @throws std::invalid_argument from options.validate().
[[nodiscard]] inline GeneratedData generate_regression(const RegressionOptions& options,
                                                       const Team& team) {
  options.validate();
  GeneratedData result;
  result.truth = detail::sparse_weights(options);
  const detail::GaussianRows model(options);
  result.noise = options.noise * std::sqrt(model.signal_variance(result.truth));
  const auto make_filler = [&] {
    return [&, rows = detail::GaussianRows(options)](std::int64_t row, std::span<Index> columns,
                                                     std::span<float> values) mutable {
      RandomStream random =
          detail::generator_stream(options.seed, detail::Purpose::row, options.first_row + row);
      rows.draw(random, columns, values);
      return detail::margin(columns, values, result.truth) + result.noise * random.normal();
    };
  };
  result.data =
      detail::fill_rows(detail::row_pointers(options.rows, team,
                                             [&](std::int64_t) { return Offset{model.length()}; }),
                        options.columns, team, make_filler);
  return result;
}

}  // namespace sounder
