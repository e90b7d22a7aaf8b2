// Cholesky factors: by rows, by blocks and by a team.
#include <sounder/engine/base/cholesky.hpp>
#include <sounder/engine/threads/team_cholesky.hpp>

#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include <sounder/engine/base/random.hpp>

#include "support/catch.hpp"

using sounder::factor_cholesky;
using sounder::RandomStream;
using sounder::Team;

namespace {

/// B B^T for a random B of size s x rank, plus a ridge; above the diagonal is NaN, as nobody may
/// read it.
std::vector<double> random_gram(std::size_t s, std::size_t rank, double ridge) {
  RandomStream random(5, s);
  std::vector<double> b(s * rank);
  for (double& value : b) {
    value = random.normal();
  }
  std::vector<double> a(s * s, std::numeric_limits<double>::quiet_NaN());
  for (std::size_t i = 0; i < s; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      a[i * s + j] = i == j ? ridge : 0.0;
      for (std::size_t q = 0; q < rank; ++q) {
        a[i * s + j] += b[i * rank + q] * b[j * rank + q];
      }
    }
  }
  return a;
}

/// The largest difference in the lower triangles, and whether what lies above is still NaN.
double difference(const std::vector<double>& one, const std::vector<double>& other, std::size_t s) {
  double most = 0.0;
  for (std::size_t i = 0; i < s; ++i) {
    for (std::size_t j = 0; j < s; ++j) {
      const double away = std::abs(one[i * s + j] - other[i * s + j]);
      if (j > i) {
        most = std::isnan(away) ? most : std::numeric_limits<double>::infinity();
      } else if (!(away <= most)) {
        most = away;
      }
    }
  }
  return most;
}

bool same_lower(const std::vector<double>& one, const std::vector<double>& other, std::size_t s) {
  for (std::size_t i = 0; i < s; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      if (one[i * s + j] != other[i * s + j]) {
        return false;
      }
    }
  }
  return true;
}

}  // namespace

TEST_CASE("blocks give the factor that rows give", "[cholesky]") {
  for (std::size_t s = 1; s <= 200; s += s < 70 ? 1 : 7) {
    const std::vector<double> a = random_gram(s, s, 0.1 * static_cast<double>(s));
    std::vector<double> by_rows = a;
    REQUIRE(sounder::detail::factor_by_rows(by_rows, s, 0.0));
    std::vector<double> by_blocks = a;
    REQUIRE(factor_cholesky(by_blocks, s));
    INFO("s = " << s);
    REQUIRE(difference(by_blocks, by_rows, s) < 1e-12 * std::sqrt(static_cast<double>(s)));
    // A x = b for an x that is known.
    std::vector<double> b(s, 0.0);
    for (std::size_t i = 0; i < s; ++i) {
      for (std::size_t j = 0; j < s; ++j) {
        const double value = j <= i ? a[i * s + j] : a[j * s + i];
        b[i] += value * (1.0 + static_cast<double>(j % 5));
      }
    }
    sounder::solve_factored(by_blocks, b);
    for (std::size_t j = 0; j < s; ++j) {
      REQUIRE(b[j] == Approx(1.0 + static_cast<double>(j % 5)).epsilon(1e-9));
    }
  }
}

TEST_CASE("a team gives the same bits at 1, 2, 3, 4 and 8 threads", "[cholesky]") {
  for (const std::size_t s : {40U, 160U, 257U, 330U}) {
    const std::vector<double> a = random_gram(s, s, 1.0);
    std::vector<double> alone = a;
    REQUIRE(factor_cholesky(alone, s, 1e-13));
    for (const int threads : {1, 2, 3, 4, 8}) {
      const Team team(threads);
      std::vector<double> shared = a;
      REQUIRE(factor_cholesky(shared, s, 1e-13, team));
      INFO("s = " << s << ", threads " << threads);
      REQUIRE(same_lower(shared, alone, s));
    }
  }
}

TEST_CASE("dependent rows are found and get no part of a solution", "[cholesky]") {
  for (const std::size_t s : {10U, 47U, 90U, 163U, 200U}) {
    std::vector<double> a = random_gram(s, s, 1.0);
    // Row and column s / 2 repeat those of 1, and the last ones are zero.
    const std::size_t twin = s / 2;
    for (std::size_t j = 0; j < s; ++j) {
      const double value = j == 0 ? a[s] : a[(j == twin ? 1 : j) * s + 1];
      (j <= twin ? a[twin * s + j] : a[j * s + twin]) = value;
      a[(s - 1) * s + j] = 0.0;
    }
    std::vector<double> by_rows = a;
    REQUIRE_FALSE(sounder::detail::factor_by_rows(by_rows, s, 1e-12));
    REQUIRE_FALSE(factor_cholesky(a, s, 1e-12));
    std::vector<double> b(s, 1.0);
    sounder::solve_factored(a, b);
    REQUIRE(std::abs(b[twin]) < 1e-100);
    REQUIRE(std::abs(b[s - 1]) < 1e-100);
    std::vector<double> c(s, 1.0);
    sounder::solve_factored(by_rows, c);
    for (std::size_t j = 0; j < s; ++j) {
      REQUIRE(b[j] == Approx(c[j]).epsilon(1e-9).margin(1e-12));
    }
  }
}

TEST_CASE("what is not a number is no pivot", "[cholesky]") {
  for (const std::size_t s : {5U, 120U}) {
    std::vector<double> a = random_gram(s, s, 1.0);
    a[(s - 2) * s + 1] = std::numeric_limits<double>::quiet_NaN();
    REQUIRE_FALSE(factor_cholesky(a, s));
  }
}
