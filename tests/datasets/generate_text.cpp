#include <sounder/datasets/generate.hpp>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include <sounder/engine/matrix/column_counts.hpp>

#include "datasets/generated.hpp"
#include "support/catch.hpp"

using sounder::CsrMatrix;
using sounder::Dataset;
using sounder::GeneratedData;
using sounder::Index;
using sounder::Team;
using sounder::TextOptions;
using sounder::TextValues;

namespace {

double positive_share(const Dataset& data) {
  return static_cast<double>(std::count(data.labels.begin(), data.labels.end(), 1.0)) /
         static_cast<double>(data.labels.size());
}

double margin(const CsrMatrix& matrix, Index i, const std::vector<double>& w) {
  double z = 0.0;
  for (std::size_t k = 0; k < matrix.row(i).size(); ++k) {
    z += static_cast<double>(matrix.row(i).values[k]) *
         w[static_cast<std::size_t>(matrix.row(i).columns[k])];
  }
  return z;
}

/// Share of the rows on which the sign of x.w is the label.
double accuracy(const Dataset& data, const std::vector<double>& w) {
  Index right = 0;
  for (Index i = 0; i < data.matrix.rows(); ++i) {
    right += margin(data.matrix, i, w) * data.labels[static_cast<std::size_t>(i)] > 0.0 ? 1 : 0;
  }
  return static_cast<double>(right) / data.matrix.rows();
}

/// Logistic regression by serial AdaGrad, a few passes in order.
std::vector<double> fit(const Dataset& data) {
  std::vector<double> w(static_cast<std::size_t>(data.matrix.columns()));
  std::vector<double> squares(w.size(), 1e-8);
  for (int epoch = 0; epoch < 5; ++epoch) {
    for (Index i = 0; i < data.matrix.rows(); ++i) {
      const double y = data.labels[static_cast<std::size_t>(i)];
      const double slope = -y / (1.0 + std::exp(y * margin(data.matrix, i, w)));
      const auto row = data.matrix.row(i);
      for (std::size_t k = 0; k < row.size(); ++k) {
        const auto j = static_cast<std::size_t>(row.columns[k]);
        const double gradient = slope * static_cast<double>(row.values[k]);
        squares[j] += gradient * gradient;
        w[j] -= 0.3 * gradient / std::sqrt(squares[j]);
      }
    }
  }
  return w;
}

}  // namespace

TEST_CASE("generated text has the same bits for 1, 2, 4 and 8 threads", "[generate]") {
  for (const TextValues values : {TextValues::counts, TextValues::tf}) {
    TextOptions options;
    options.rows = 2000;
    options.columns = 3000;
    options.values = values;
    const GeneratedData expected = sounder::generate_text(options, Team(1));
    for (const int threads : {2, 4, 8}) {
      CAPTURE(threads);
      REQUIRE(sounder::test::same_bits(sounder::generate_text(options, Team(threads)), expected));
    }
    options.seed = 2;
    const GeneratedData other = sounder::generate_text(options, Team(2));
    REQUIRE_FALSE(other.truth == expected.truth);
    REQUIRE_FALSE(other.data.labels == expected.data.labels);
  }
}

TEST_CASE("later rows of the same text are a held-out set of the same truth", "[generate]") {
  TextOptions options;
  options.rows = 700;
  options.columns = 3000;
  const GeneratedData whole = sounder::generate_text(options, Team(2));
  options.first_row = 500;
  options.rows = 200;
  REQUIRE(sounder::test::is_tail(sounder::generate_text(options, Team(2)), whole, 500));
}

TEST_CASE("generated text is a valid matrix with rows of the wanted length", "[generate]") {
  for (const double mean : {3.0, 20.0, 300.0}) {
    CAPTURE(mean);
    TextOptions options;
    options.rows = 2000;
    options.columns = 5000;
    options.row_nonzeros = mean;
    const GeneratedData made = sounder::generate_text(options, Team(2));
    const CsrMatrix& matrix = made.data.matrix;
    sounder::test::check_matrix(matrix);
    REQUIRE(matrix.rows() == 2000);
    REQUIRE(matrix.columns() == 5000);
    REQUIRE(static_cast<double>(matrix.nonzeros()) / 2000 == Approx(mean).epsilon(0.15));
    std::size_t shortest = matrix.row(0).size();
    std::size_t longest = 0;
    for (Index i = 0; i < matrix.rows(); ++i) {
      shortest = std::min(shortest, matrix.row(i).size());
      longest = std::max(longest, matrix.row(i).size());
    }
    REQUIRE(shortest >= 1);
    REQUIRE(static_cast<double>(longest) > 1.5 * mean);
  }
}

TEST_CASE("documents may hold every word of a tiny vocabulary", "[generate]") {
  TextOptions options;
  options.rows = 50;
  options.columns = 8;
  options.row_nonzeros = 8.0;
  options.exponent = 5.0;  // the rarest word would hardly ever be drawn
  const GeneratedData made = sounder::generate_text(options, Team(2));
  sounder::test::check_matrix(made.data.matrix);
  options.columns = 1;
  options.row_nonzeros = 1.0;
  REQUIRE(sounder::generate_text(options, Team(2)).data.matrix.nonzeros() == 50);
}

TEST_CASE("document frequencies fall with rank as Zipf's law", "[generate]") {
  for (const double exponent : {0.9, 1.1, 1.4}) {
    CAPTURE(exponent);
    TextOptions options;
    options.exponent = exponent;
    const GeneratedData made = sounder::generate_text(options, Team(2));
    sounder::Array<Index> counts = sounder::column_counts(made.data.matrix, Team(2));
    // Neighbouring columns are not neighbours in rank: the busiest are spread out.
    const auto busiest = std::max_element(counts.begin(), counts.end()) - counts.begin();
    REQUIRE(counts[static_cast<std::size_t>((busiest + 1) % options.columns)] < options.rows / 10);
    std::sort(counts.begin(), counts.end(), std::greater<>());
    // Past the words that every document holds, before those too rare to count.
    double x_sum = 0.0;
    double y_sum = 0.0;
    double xx = 0.0;
    double xy = 0.0;
    double ranks = 0.0;
    for (std::size_t rank = 100; rank < 1000; ++rank) {
      const double x = std::log(static_cast<double>(rank + 1));
      const double y = std::log(static_cast<double>(counts[rank]));
      x_sum += x;
      y_sum += y;
      xx += x * x;
      xy += x * y;
      ranks += 1.0;
    }
    const double slope = (ranks * xy - x_sum * y_sum) / (ranks * xx - x_sum * x_sum);
    REQUIRE(slope == Approx(-exponent).margin(0.1));
  }
}

TEST_CASE("values are term counts, or tf rows of unit length", "[generate]") {
  TextOptions options;
  options.rows = 300;
  options.columns = 2000;
  const CsrMatrix counts = sounder::generate_text(options, Team(2)).data.matrix;
  bool repeated = false;
  for (const double value : counts.values()) {
    REQUIRE(value >= 1.0F);
    REQUIRE(value == std::round(value));
    repeated = repeated || value > 1.0F;
  }
  REQUIRE(repeated);
  options.values = TextValues::tf;
  const CsrMatrix tf = sounder::generate_text(options, Team(2)).data.matrix;
  REQUIRE(std::equal(tf.column_indices().begin(), tf.column_indices().end(),
                     counts.column_indices().begin(), counts.column_indices().end()));
  for (Index i = 0; i < tf.rows(); ++i) {
    double squares = 0.0;
    for (std::size_t k = 0; k < tf.row(i).size(); ++k) {
      const auto value = static_cast<double>(tf.row(i).values[k]);
      squares += value * value;
      const double ratio = value / static_cast<double>(tf.row(i).values[0]);
      const double c = static_cast<double>(counts.row(i).values[k]);
      const double c0 = static_cast<double>(counts.row(i).values[0]);
      REQUIRE(ratio == Approx((1.0 + std::log(c)) / (1.0 + std::log(c0))).epsilon(1e-5));
    }
    REQUIRE(squares == Approx(1.0).epsilon(1e-5));
  }
}

TEST_CASE("both classes are about as frequent, whatever the seed", "[generate]") {
  for (const TextValues values : {TextValues::counts, TextValues::tf}) {
    for (const std::uint64_t seed : {1U, 2U, 3U, 4U, 5U, 6U}) {
      CAPTURE(seed);
      TextOptions options;
      options.rows = 5000;
      options.seed = seed;
      options.values = values;
      const GeneratedData made = sounder::generate_text(options, Team(2));
      REQUIRE(positive_share(made.data) > 0.35);
      REQUIRE(positive_share(made.data) < 0.65);
      REQUIRE(accuracy(made.data, made.truth) == Approx(1.0 - made.noise));
      REQUIRE(made.noise > 0.03);
      REQUIRE(made.noise < 0.15);
    }
  }
}

TEST_CASE("labels follow the logistic model of the truth", "[generate]") {
  TextOptions options;
  options.signal = 2.0;
  const GeneratedData made = sounder::generate_text(options, Team(2));
  // Rows in bins by their true probability: as many positive labels as it says.
  std::vector<double> expected(5);
  std::vector<double> found(5);
  std::vector<double> rows(5);
  for (Index i = 0; i < options.rows; ++i) {
    const double probability = 1.0 / (1.0 + std::exp(-margin(made.data.matrix, i, made.truth)));
    const auto bin = static_cast<std::size_t>(std::min(4.0, std::floor(probability * 5.0)));
    expected[bin] += probability;
    found[bin] += made.data.labels[static_cast<std::size_t>(i)] > 0.0 ? 1.0 : 0.0;
    rows[bin] += 1.0;
  }
  for (std::size_t bin = 0; bin < 5; ++bin) {
    CAPTURE(bin);
    REQUIRE(rows[bin] > 500.0);
    REQUIRE(found[bin] == Approx(expected[bin]).margin(2.5 * std::sqrt(rows[bin])));
  }
  options.signal = 0.0;
  REQUIRE(sounder::generate_text(options, Team(2)).noise == Approx(0.5).margin(0.02));
}

TEST_CASE("a linear model learns the text, and not everything of it", "[generate]") {
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    CAPTURE(seed);
    TextOptions options;
    options.seed = seed;
    const GeneratedData train = sounder::generate_text(options, Team(2));
    options.first_row = options.rows;
    const GeneratedData test = sounder::generate_text(options, Team(2));
    const double reached = accuracy(test.data, fit(train.data));
    REQUIRE(reached > 0.80);
    REQUIRE(reached < 1.0 - test.noise + 0.01);
    REQUIRE(reached < 0.96);
  }
}

TEST_CASE("text options out of range are refused by name", "[generate]") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const auto refused = [](const std::function<void(TextOptions&)>& spoil, const char* name) {
    TextOptions options;
    spoil(options);
    REQUIRE_THROWS_WITH(sounder::generate_text(options, Team(1)), Catch::Contains(name));
  };
  refused([](TextOptions& o) { o.rows = 0; }, "rows");
  refused([](TextOptions& o) { o.columns = 0; }, "columns");
  refused([](TextOptions& o) { o.row_nonzeros = 0.5; }, "row_nonzeros");
  refused([](TextOptions& o) { o.row_nonzeros = o.columns + 1.0; }, "row_nonzeros");
  refused([=](TextOptions& o) { o.row_nonzeros = nan; }, "row_nonzeros");
  refused([](TextOptions& o) { o.row_spread = -1.0; }, "row_spread");
  refused([=](TextOptions& o) { o.exponent = nan; }, "exponent");
  refused([](TextOptions& o) { o.signal = -1.0; }, "signal");
  refused([](TextOptions& o) { o.informative = 1.5; }, "informative");
  refused([](TextOptions& o) { o.first_row = -1; }, "first_row");
}
