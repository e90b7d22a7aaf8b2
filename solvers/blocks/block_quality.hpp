// How good a partition of the features is for block-greedy descent.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include <sounder/engine/base/array.hpp>
#include <sounder/engine/base/random.hpp>
#include <sounder/solvers/blocks/column_products.hpp>
#include <sounder/solvers/blocks/feature_blocks.hpp>

namespace sounder {

/// Normalised inner products between features of different blocks, which limit how many blocks may
/// move at once, and how evenly the work is spread.
struct BlockQuality {
  double largest = 0.0;       ///< between a sampled feature and one of another block, absolute
  double mean_largest = 0.0;  ///< mean over the sampled features of their largest product
  double imbalance = 1.0;     ///< nonzeros of the fullest block over the mean
  Index sampled = 0;          ///< number of features compared with all others
};

/// Compares at most `sample` nonempty features, drawn by the seed, with all others. The same for
/// any number of threads. O(nonzeros of the rows that hold one, summed / threads). May be called
/// from several threads at once.
[[nodiscard]] inline BlockQuality block_quality(const CsrMatrix& rows, const CscMatrix& columns,
                                                const FeatureBlocks& blocks, Index sample,
                                                std::uint64_t seed, const Team& team) {
  std::vector<Index> features;
  for (Index j = 0; j < columns.columns(); ++j) {
    if (!columns.column(j).empty()) {
      features.push_back(j);
    }
  }
  RandomStream random(seed, 0x5A3BU);
  BlockQuality result;
  result.imbalance = blocks.imbalance(columns);
  result.sampled = std::min(sample, static_cast<Index>(features.size()));
  const Array<Index> block_of = blocks.block_of();
  const auto sampled = static_cast<std::size_t>(result.sampled);
  shuffle_front(std::span<Index>(features), sampled, random);
  std::vector<double> largest(sampled);
  ColumnProducts products(rows, columns, team);
  products.hand_out(sampled, columns.nonzeros(), [&](std::size_t k, int rank) {
    const Index own = block_of[static_cast<std::size_t>(features[k])];
    double most = 0.0;
    products.visit(features[k], rank, [&](Index j, double product) {
      most = std::max(most, block_of[static_cast<std::size_t>(j)] != own ? std::abs(product) : 0.0);
    });
    largest[k] = most;
  });
  for (const double one : largest) {
    result.largest = std::max(result.largest, one);
    result.mean_largest += one / result.sampled;
  }
  return result;
}

}  // namespace sounder
