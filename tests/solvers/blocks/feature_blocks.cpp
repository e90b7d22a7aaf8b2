#include <cmath>
#include <numeric>

#include <sounder/solvers/blocks/block_quality.hpp>
#include <sounder/solvers/blocks/feature_blocks.hpp>

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

/// `heads` features of 16 rows, of which they share 4 with all the others: each wants the same
/// ones.
CsrMatrix rivals(Index heads, Index others) {
  std::vector<sounder::Offset> pointers{0};
  std::vector<Index> columns;
  const auto row_of = [&](Index begin, Index end) {
    for (Index j = begin; j < end; ++j) {
      columns.push_back(j);
    }
    pointers.push_back(static_cast<sounder::Offset>(columns.size()));
  };
  for (Index k = 0; k < 4; ++k) {
    row_of(0, heads + others);
  }
  for (Index k = 0; k < 12 * heads; ++k) {
    row_of(k / 12, k / 12 + 1);
  }
  const std::vector<float> values(columns.size(), 1.0F);
  return CsrMatrix::adopt(pointers, columns, values, heads + others);
}

/// Values 1 and -1, column j with probability 1 / (1 + j / 8): ties, sums that go through 0, some
/// empty columns.
CsrMatrix signs(Index n, Index p) {
  sounder::RandomStream random(11);
  std::vector<sounder::Offset> pointers{0};
  std::vector<Index> columns;
  std::vector<float> values;
  for (Index i = 0; i < n; ++i) {
    for (Index j = 0; j < p; ++j) {
      if (random.uniform() * (1.0 + j / 8.0) < 1.0) {
        columns.push_back(j);
        values.push_back(random.uniform() < 0.5 ? 1.0F : -1.0F);
      }
    }
    pointers.push_back(static_cast<sounder::Offset>(columns.size()));
  }
  return CsrMatrix::adopt(pointers, columns, values, p);
}

/// The definition, one seed after the other, on a dense matrix. The block of every feature.
std::vector<Index> plain_blocks(const Eigen::MatrixXd& x, Index count, bool balanced) {
  const auto p = static_cast<Index>(x.cols());
  std::vector<double> inverse;
  std::vector<std::int64_t> load;
  std::vector<Index> order;
  for (Index j = 0; j < p; ++j) {
    double squares = 0.0;
    for (Eigen::Index i = 0; i < x.rows(); ++i) {
      squares += x(i, j) * x(i, j);
    }
    inverse.push_back(squares > 0.0 ? 1.0 / std::sqrt(squares) : 0.0);
    load.push_back(balanced ? 1 + (x.col(j).array() != 0.0).count() : 1);
    order.push_back(j);
  }
  std::stable_sort(order.begin(), order.end(), [&](Index a, Index b) {
    return (x.col(a).array() != 0.0).count() > (x.col(b).array() != 0.0).count();
  });
  const auto at = [](auto& values, Index j) -> auto& {
    return values[static_cast<std::size_t>(j)];
  };
  std::vector<Index> block_of(static_cast<std::size_t>(p), -1);
  std::vector<std::int64_t> filled(static_cast<std::size_t>(count), 0);
  std::int64_t left = std::accumulate(load.begin(), load.end(), std::int64_t{0});
  for (Index b = 0; b < count; ++b) {
    const std::int64_t room = (left + count - b - 1) / (count - b);
    const auto seed =
        std::find_if(order.begin(), order.end(), [&](Index j) { return at(block_of, j) < 0; });
    if (seed == order.end()) {
      break;
    }
    at(block_of, *seed) = b;
    at(filled, b) = at(load, *seed);
    std::vector<std::pair<double, Index>> alike;
    for (Index j = 0; j < p; ++j) {
      double sum = 0.0;
      for (Eigen::Index i = 0; i < x.rows(); ++i) {
        sum += x(i, *seed) * at(inverse, *seed) * x(i, j);
      }
      if (sum * at(inverse, j) != 0.0 && at(block_of, j) < 0) {
        alike.emplace_back(-std::abs(sum * at(inverse, j)), j);
      }
    }
    std::sort(alike.begin(), alike.end());
    for (const auto& [product, j] : alike) {
      if (at(filled, b) + at(load, j) > room) {
        break;
      }
      at(block_of, j) = b;
      at(filled, b) += at(load, j);
    }
    left -= at(filled, b);
  }
  for (const Index j : order) {
    if (at(block_of, j) < 0) {
      const auto b =
          static_cast<Index>(std::min_element(filled.begin(), filled.end()) - filled.begin());
      at(block_of, j) = b;
      at(filled, b) += at(load, j);
    }
  }
  return block_of;
}

}  // namespace

TEST_CASE("clusters are those of the plain definition", "[feature_blocks]") {
  for (const CsrMatrix& matrix :
       {sounder::test::random_matrix(80, 300, 0.05, 3),
        sounder::test::random_matrix(30, 700, 0.02, 7),
        sounder::test::random_matrix(200, 12, 0.5, 9), paired(40), rivals(40, 500), signs(150, 400),
        CsrMatrix::adopt({0, 0}, {}, {}, 20)}) {
    const CscMatrix columns(matrix, Team(1));
    const Eigen::MatrixXd x = sounder::test::dense(matrix);
    for (const Index most : {1, 2, 9, 40, 200}) {
      const Index count = std::min(most, matrix.columns());
      for (const BlockKind kind : {BlockKind::clustered, BlockKind::balanced}) {
        const std::vector<Index> plain = plain_blocks(x, count, kind == BlockKind::balanced);
        const FeatureBlocks expected = sounder::detail::blocks_from(plain, count);
        for (const int threads : {1, 2, 4, 8}) {
          CAPTURE(matrix.rows(), matrix.columns(), static_cast<int>(kind), count, threads);
          const FeatureBlocks blocks =
              feature_blocks(matrix, columns, count, kind, 1, Team(threads));
          REQUIRE(blocks.members == expected.members);
          REQUIRE(blocks.begins == expected.begins);
        }
      }
    }
  }
}

TEST_CASE("blocks are a partition, the same for any number of threads", "[feature_blocks]") {
  const CsrMatrix matrix = sounder::test::random_matrix(80, 300, 0.05, 3);
  const CscMatrix columns(matrix, Team(1));
  for (const BlockKind kind : kinds) {
    for (const Index count : {1, 7, 64, 300, 1000}) {
      CAPTURE(static_cast<int>(kind), count);
      const FeatureBlocks blocks = feature_blocks(matrix, columns, count, kind, 1, Team(1));
      REQUIRE(blocks.count() == std::min<Index>(count, 300));
      sounder::Array<Index> all = blocks.members;
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
  const sounder::Array<Index> block_of = blocks.block_of();
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
