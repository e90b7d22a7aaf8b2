#include <sounder/solvers/block_quality.hpp>
#include <sounder/solvers/feature_blocks.hpp>

#include "support/catch.hpp"
#include "support/dense.hpp"
#include "support/random_matrix.hpp"

using sounder::BlockKind;
using sounder::CscMatrix;
using sounder::CsrMatrix;
using sounder::feature_blocks;
using sounder::FeatureBlocks;
using sounder::Index;
using sounder::Team;

namespace {

constexpr std::array kinds = {BlockKind::random, BlockKind::clustered, BlockKind::balanced};

/// Pairs (2k, 2k + 1) of equal columns, different pairs on different rows.
CsrMatrix paired(Index pairs) {
  std::vector<sounder::Offset> pointers{0};
  std::vector<Index> columns;
  std::vector<float> values;
  for (Index k = 0; k < pairs; ++k) {
    columns.insert(columns.end(), {k, 2 * pairs - 1 - k});
    values.insert(values.end(), {1.0F, -2.0F});
    pointers.push_back(static_cast<sounder::Offset>(columns.size()));
  }
  return CsrMatrix::adopt(pointers, columns, values, 2 * pairs);
}

}  // namespace

TEST_CASE("blocks are a partition, the same for any number of threads", "[feature_blocks]") {
  const CsrMatrix matrix = sounder::test::random_matrix(80, 300, 0.05, 3);
  const CscMatrix columns(matrix, Team(1));
  for (const BlockKind kind : kinds) {
    for (const Index count : {1, 7, 64, 300, 1000}) {
      CAPTURE(static_cast<int>(kind), count);
      const FeatureBlocks blocks = feature_blocks(matrix, columns, count, kind, 1, Team(1));
      REQUIRE(blocks.count() == std::min<Index>(count, 300));
      std::vector<Index> all = blocks.members;
      std::sort(all.begin(), all.end());
      for (Index j = 0; j < 300; ++j) {
        REQUIRE(all[static_cast<std::size_t>(j)] == j);
      }
      for (const int threads : {2, 4, 8}) {
        const FeatureBlocks same = feature_blocks(matrix, columns, count, kind, 1, Team(threads));
        REQUIRE(same.members == blocks.members);
        REQUIRE(same.begins == blocks.begins);
      }
      if (kind != BlockKind::balanced && count <= 300) {
        REQUIRE(blocks.widest() <= (300 + count - 1) / count);
      }
    }
  }
}

TEST_CASE("clusters gather equal columns, random blocks do not", "[feature_blocks]") {
  const CsrMatrix matrix = paired(50);
  const CscMatrix columns(matrix, Team(1));
  for (const BlockKind kind : kinds) {
    const FeatureBlocks blocks = feature_blocks(matrix, columns, 50, kind, 1, Team(2));
    const sounder::BlockQuality quality =
        sounder::block_quality(matrix, columns, blocks, 100, 1, Team(2));
    REQUIRE(quality.sampled == 100);
    if (kind == BlockKind::random) {
      REQUIRE(quality.largest == Approx(1.0));
    } else {
      REQUIRE(quality.largest == 0.0);
      REQUIRE(quality.mean_largest == 0.0);
      REQUIRE(quality.imbalance == 1.0);
    }
  }
}

TEST_CASE("the largest product between blocks is that of the dense Gram matrix",
          "[feature_blocks]") {
  const CsrMatrix matrix = sounder::test::random_matrix(60, 40, 0.2, 5);
  const CscMatrix columns(matrix, Team(1));
  Eigen::MatrixXd x = sounder::test::dense(matrix);
  for (Index j = 0; j < 40; ++j) {
    x.col(j) /= std::max(x.col(j).norm(), 1e-300);
  }
  const Eigen::MatrixXd gram = x.transpose() * x;
  const FeatureBlocks blocks = feature_blocks(matrix, columns, 8, BlockKind::clustered, 1, Team(1));
  const std::vector<Index> block_of = blocks.block_of();
  double largest = 0.0;
  for (Index a = 0; a < 40; ++a) {
    for (Index b = 0; b < 40; ++b) {
      if (block_of[static_cast<std::size_t>(a)] != block_of[static_cast<std::size_t>(b)]) {
        largest = std::max(largest, std::abs(gram(a, b)));
      }
    }
  }
  for (const int threads : {1, 2, 4, 8}) {
    const auto quality = sounder::block_quality(matrix, columns, blocks, 40, 1, Team(threads));
    REQUIRE(quality.largest == Approx(largest).epsilon(1e-12));
  }
}

TEST_CASE("balanced blocks hold about equally many nonzeros", "[feature_blocks]") {
  // Columns of 1 to 200 nonzeros.
  std::vector<sounder::Offset> pointers{0};
  std::vector<Index> columns;
  for (Index i = 0; i < 200; ++i) {
    for (Index j = 0; j < 200; ++j) {
      if (j <= i || (i * 31 + j * 17) % 97 == 0) {
        columns.push_back(j);
      }
    }
    pointers.push_back(static_cast<sounder::Offset>(columns.size()));
  }
  const std::vector<float> values(columns.size(), 1.0F);
  const CsrMatrix matrix = CsrMatrix::adopt(pointers, columns, values, 200);
  const CscMatrix by_column(matrix, Team(1));
  for (const Index count : {2, 8, 20}) {
    const auto imbalance = [&](BlockKind kind) {
      return feature_blocks(matrix, by_column, count, kind, 1, Team(2)).imbalance(by_column);
    };
    REQUIRE(imbalance(BlockKind::balanced) < 1.2);
    REQUIRE(imbalance(BlockKind::balanced) < imbalance(BlockKind::clustered));
  }
}
