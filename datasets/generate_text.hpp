// Text-like binary classification: Zipf words, term counts, a planted linear model.
#pragma once

#include <sounder/datasets/generate_distinct.hpp>
#include <sounder/datasets/generate_rows.hpp>
#include <sounder/datasets/zipf.hpp>
#include <sounder/engine/base/array.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <span>
#include <stdexcept>
#include <vector>

namespace sounder {

/// The value in a generated row for a word that occurs c times in its document.
enum class TextValues {
  counts,  ///< c
  tf,      ///< 1 + log c, then the row is scaled to unit length
};

/// A corpus to generate. Rows depend only on the seed and their number. To get a held-out set with
/// the same truth, generate again with the same options except first_row (and rows).
struct TextOptions {
  Index rows = 20'000;         ///< n, documents
  Index columns = 50'000;      ///< p, words
  double row_nonzeros = 50.0;  ///< mean number of different words in a document (at least 1 each)
  double row_spread = 0.5;     ///< standard deviation of log(words in a document): log-normal
  double exponent = 1.1;       ///< exponent of Zipf's law, over words in running text
  double signal = 10.0;        ///< standard deviation of the true log-odds; 0: random labels
  double informative = 0.1;    ///< share of the words that carry most of the truth
  TextValues values = TextValues::counts;  ///< values of the entries
  std::uint64_t seed = 1;                  ///< seed of the truth and of all rows
  std::int64_t first_row = 0;              ///< number of the first row

  /// @throws std::invalid_argument naming the first option out of range.
  void validate() const {
    const auto require = [](bool holds, const char* sentence) {
      if (!holds) {
        throw std::invalid_argument(sentence);
      }
    };
    require(rows >= 1, "TextOptions: rows must be at least 1");
    require(columns >= 1, "TextOptions: columns must be at least 1");
    require(row_nonzeros >= 1.0 && row_nonzeros <= columns,
            "TextOptions: row_nonzeros must be in [1, columns]");
    require(row_spread >= 0.0 && row_spread <= 3.0, "TextOptions: row_spread must be in [0, 3]");
    require(exponent >= 0.0 && exponent <= 10.0, "TextOptions: exponent must be in [0, 10]");
    require(signal >= 0.0 && signal <= 1e6, "TextOptions: signal must be in [0, 1e6]");
    require(informative >= 0.0 && informative <= 1.0, "TextOptions: informative must be in [0, 1]");
    require(first_row >= 0 && first_row <= std::int64_t{1} << 48,
            "TextOptions: first_row must be in [0, 2^48]");
  }
};

namespace detail {

/// Gives every rank of Zipf's law a column. Frequent words are spread over the columns, as in a
/// vocabulary in alphabetical order: column = (step * rank + offset) mod p, step coprime to p and
/// near p / golden ratio. Needs no table, which would miss the cache.
class WordOrder {
 public:
  WordOrder(Index columns, std::uint64_t seed)
      : columns_(static_cast<std::uint64_t>(columns)),
        step_(static_cast<std::uint64_t>(0.6180339887498949 * columns)) {
    step_ = std::max<std::uint64_t>(step_, 1);
    while (std::gcd(step_, columns_) != 1) {
      ++step_;
    }
    offset_ = generator_stream(seed, Purpose::layout).below(columns_);
  }

  [[nodiscard]] Index column(Index rank) const noexcept {
    return static_cast<Index>((step_ * static_cast<std::uint64_t>(rank) + offset_) % columns_);
  }

 private:
  std::uint64_t columns_;
  std::uint64_t step_;
  std::uint64_t offset_ = 0;
};

/// Draws documents; one thread an object.
class TextRows {
 public:
  explicit TextRows(const TextOptions& options)
      : options_(options), words_(options.columns, options.exponent),
        order_(options.columns, options.seed) {}

  /// The number of different words in the document that `random` draws next; `random` must be new.
  [[nodiscard]] std::size_t length(RandomStream& random) const noexcept {
    const double spread = options_.row_spread;
    const double words =
        options_.row_nonzeros * std::exp(spread * random.normal() - 0.5 * spread * spread);
    return static_cast<std::size_t>(
        std::clamp(std::round(words), 1.0, static_cast<double>(options_.columns)));
  }

  /// Fills a row of `columns.size()` entries: draws words until there are enough different ones.
  void draw(RandomStream& random, std::span<Index> columns, std::span<float> values) {
    const std::size_t size = columns.size();
    counter_.reset(size);
    for (std::size_t draws = 0; counter_.size() < size && draws < 32 * size; ++draws) {
      counter_.add(words_(random));
    }
    // A document with nearly every word: adds the most frequent ones once more.
    for (Index rank = 0; counter_.size() < size; ++rank) {
      counter_.add(rank);
    }
    std::vector<KeyCounter::Entry>& entries = counter_.entries();
    for (KeyCounter::Entry& entry : entries) {
      entry.key = order_.column(entry.key);
    }
    std::sort(entries.begin(), entries.end(),
              [](const auto& a, const auto& b) { return a.key < b.key; });
    double squares = 0.0;
    for (std::size_t k = 0; k < size; ++k) {
      columns[k] = entries[k].key;
      const double count = entries[k].count;
      const double value = options_.values == TextValues::tf ? 1.0 + std::log(count) : count;
      values[k] = static_cast<float>(value);
      squares += value * value;
    }
    if (options_.values == TextValues::tf) {
      const auto factor = static_cast<float>(1.0 / std::sqrt(squares));
      for (float& value : values) {
        value *= factor;
      }
    }
  }

 private:
  TextOptions options_;
  ZipfDistribution words_;
  WordOrder order_;
  KeyCounter counter_;
};

/// The truth before scaling. Informative words weigh ten times as much as the others. The few words
/// in nearly every document (the, and, of) weigh little, and so do rare words, which no training
/// set could teach. Signs balance in order of frequency, so a document's length says nothing about
/// its class, and no intercept is needed.
[[nodiscard]] inline std::vector<double> text_weights(const TextOptions& options) {
  std::vector<double> weights(static_cast<std::size_t>(options.columns));
  const WordOrder order(options.columns, options.seed);
  RandomStream random = generator_stream(options.seed, Purpose::truth);
  double expected = random.uniform() < 0.5 ? -1e-9 : 1e-9;  // sum of frequency x weight
  for (Index rank = 0; rank < options.columns; ++rank) {
    const double r = rank + 1.0;
    const double scale = random.uniform() < options.informative ? 1.0 : 0.1;
    const double size = scale * std::abs(random.normal()) * r / (r + 20.0) / (1.0 + r / 500.0);
    const double weight = expected > 0.0 ? -size : size;
    expected += weight * std::pow(r, -options.exponent);
    weights[static_cast<std::size_t>(order.column(rank))] = weight;
  }
  return weights;
}

/// Scales the truth so that the margins' standard deviation (their mean is near 0) is `signal`,
/// measured on documents that are not rows of any data set.
inline void calibrate(const TextOptions& options, std::vector<double>& weights, const Team& team) {
  const auto documents =
      static_cast<std::int64_t>(std::clamp(2e6 / options.row_nonzeros, 64.0, 2048.0));
  std::vector<double> margins(static_cast<std::size_t>(documents));
  team.for_shares(documents, [&](Range share) {
    TextRows rows(options);
    std::vector<Index> columns;
    std::vector<float> values;
    for (std::int64_t i = share.begin; i < share.end; ++i) {
      RandomStream random = generator_stream(options.seed, Purpose::calibration, i);
      columns.resize(rows.length(random));
      values.resize(columns.size());
      rows.draw(random, columns, values);
      margins[static_cast<std::size_t>(i)] = margin(columns, values, weights);
    }
  });
  const double squares = std::inner_product(margins.begin(), margins.end(), margins.begin(), 0.0);
  const double scale = options.signal / std::sqrt(squares / static_cast<double>(documents));
  for (double& weight : weights) {
    weight *= scale;
  }
}

}  // namespace detail

/// Generates labelled documents: y = +1 with probability 1 / (1 + exp(-x.truth)), otherwise -1;
/// about half of each.
///
/// Words are drawn by Zipf's law until a document holds as many different ones as its log-normal
/// length requires; values are their counts (or tf). The same bits for any number of threads. About
/// 150 ns of one thread and 8 bytes a nonzero. With small vocabularies (tens of words) the classes
/// may be unbalanced. May be called from several threads at once.
/// @throws std::invalid_argument from options.validate().
[[nodiscard]] inline GeneratedData generate_text(const TextOptions& options, const Team& team) {
  options.validate();
  GeneratedData result;
  result.truth = detail::text_weights(options);
  detail::calibrate(options, result.truth, team);
  const auto row_stream = [&](std::int64_t row) {
    return detail::generator_stream(options.seed, detail::Purpose::row, options.first_row + row);
  };
  const detail::TextRows lengths(options);
  Array<Offset> pointers = detail::row_pointers(options.rows, team, [&](std::int64_t row) {
    RandomStream random = row_stream(row);
    return static_cast<Offset>(lengths.length(random));
  });
  std::vector<char> wrong(static_cast<std::size_t>(options.rows));
  const auto make_filler = [&] {
    return [&, rows = detail::TextRows(options)](std::int64_t row, std::span<Index> columns,
                                                 std::span<float> values) mutable {
      RandomStream random = row_stream(row);
      static_cast<void>(rows.length(random));  // skip the draw of the length
      rows.draw(random, columns, values);
      const double z = detail::margin(columns, values, result.truth);
      const bool positive = random.uniform() < 1.0 / (1.0 + std::exp(-z));
      wrong[static_cast<std::size_t>(row)] = positive != (z > 0.0) ? 1 : 0;
      return positive ? 1.0 : -1.0;
    };
  };
  result.data = detail::fill_rows(std::move(pointers), options.columns, team, make_filler);
  result.noise = static_cast<double>(std::count(wrong.begin(), wrong.end(), char{1})) /
                 static_cast<double>(options.rows);
  return result;
}

}  // namespace sounder
