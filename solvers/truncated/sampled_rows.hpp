// Products with all rows of a matrix, or with a sample of them.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include <sounder/engine/base/aligned_array.hpp>
#include <sounder/engine/base/array.hpp>
#include <sounder/engine/base/random.hpp>
#include <sounder/engine/matrix/csr_matrix.hpp>
#include <sounder/engine/matrix/nonzero_share.hpp>
#include <sounder/engine/threads/team.hpp>

namespace sounder {

/// Rows of X, with a column of ones behind the others for an intercept, and products with them.
/// Numbers of a row stand in the order of the sample, numbers of a column in that of the matrix.
/// Sums over rows are made in parts that depend on the sample alone: the same bits for any number
/// of threads. One thread calls, the team works. Memory: a copy of the
/// rows, 8 or 12 bytes a nonzero; 12 a row; 8 a column and part.
class SampledRows {
 public:
  /// Views matrix and team, which the caller keeps. No rows yet.
  SampledRows(const CsrMatrix& matrix, bool unit_column, const Team& team)
      : matrix_(matrix), unit_(unit_column ? 1 : 0), team_(team) {}

  /// How many threads find enough work in passes over a matrix. O(1).
  [[nodiscard]] static int useful_threads(const CsrMatrix& matrix, int threads) noexcept {
    return static_cast<int>(
        std::clamp<Offset>(matrix.nonzeros() / work_a_part, 1, std::max(threads, 1)));
  }

  /// All rows. O(n + nnz / threads).
  void take_all() {
    clear();
    take({0, matrix_.rows()});
    finish();
  }
  /// About n / every rows: one of every so many blocks of neighbours, by chance.
  /// O((n + nnz) / every).
  void take_one_of(std::int64_t every, std::uint64_t seed) {
    constexpr std::int64_t block = 16;  // neighbours are read at memory's speed
    RandomStream random(seed);
    clear();
    for (std::int64_t first = 0; first < matrix_.rows(); first += every * block) {
      const std::int64_t begin =
          first +
          block * static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(every)));
      take({begin, std::min<std::int64_t>(begin + block, matrix_.rows())});
    }
    finish();
  }

  /// The number of rows, and which they are. O(1). @{
  [[nodiscard]] std::size_t size() const noexcept { return chosen_.size(); }
  [[nodiscard]] Index operator[](std::size_t k) const noexcept { return chosen_[k]; }
  /// @}
  /// Their nonzeros, and those of one of them. O(1). @{
  [[nodiscard]] Offset nonzeros() const noexcept { return begin_.back(); }
  [[nodiscard]] std::size_t size_of(std::size_t k) const noexcept {
    return static_cast<std::size_t>(begin_[k + 1] - begin_[k]);
  }
  /// @}
  /// The number of columns, with that of ones, which is the last. O(1). @{
  [[nodiscard]] std::size_t columns() const noexcept {
    return static_cast<std::size_t>(matrix_.columns()) + unit_;
  }
  [[nodiscard]] bool has_unit_column() const noexcept { return unit_ == 1; }
  /// @}

  /// z = X v. O(nnz / threads).
  void multiply(std::span<const double> v, std::span<double> z) const {
    with_values([&](const auto* values) {
      team_.for_parts(parts(), [&](Worker part) {
        each_of(part, [&](std::size_t k) { z[k] = dot(values, k, v.data()); });
      });
    });
  }

  /// out = X^T a. O(nnz / threads + p).
  void transpose(std::span<const double> a, std::span<double> out) {
    with_values([&](const auto* values) {
      in_parts(out, [&](std::size_t k, double* sum) { add(values, k, a[k], sum); });
    });
  }

  /// out = X^T (d X v), d a diagonal, in one walk over the rows whose d is not zero.
  /// O(nnz / threads + p).
  void multiply_there_and_back(std::span<const double> d, std::span<const double> v,
                               std::span<double> out) {
    with_values([&](const auto* values) {
      in_parts(out, [&](std::size_t k, double* sum) {
        if (d[k] != 0.0) {
          add(values, k, d[k] * dot(values, k, v.data()), sum);
        }
      });
    });
  }

  /// out = sum_k d_k x_k^2, by column. O(nnz / threads + p).
  void squares(std::span<const double> d, std::span<double> out) {
    with_values([&](const auto* values) {
      in_parts(out, [&](std::size_t k, double* sum) {
        if (d[k] != 0.0) {
          for (auto e = begin_[k]; e < begin_[k + 1]; ++e) {
            const auto x = static_cast<double>(values[e]);
            sum[columns_[static_cast<std::size_t>(e)]] += d[k] * x * x;
          }
          if (unit_ == 1) {
            sum[matrix_.columns()] += d[k];
          }
        }
      });
    });
  }

  /// Adds weight x_k x_k^T to the lower triangle of a matrix, row-major. O(size_of(k)^2).
  void add_square(std::size_t k, double weight, std::span<double> sum) const {
    const std::size_t q = columns();
    with_values([&](const auto* values) {
      for (auto a = begin_[k]; a < begin_[k + 1]; ++a) {
        double* const line =
            sum.data() + static_cast<std::size_t>(columns_[static_cast<std::size_t>(a)]) * q;
        const double x = weight * static_cast<double>(values[a]);
        for (auto b = begin_[k]; b <= a; ++b) {
          line[columns_[static_cast<std::size_t>(b)]] += x * static_cast<double>(values[b]);
        }
      }
      if (unit_ == 1) {
        double* const line = sum.data() + (q - 1) * q;
        for (auto b = begin_[k]; b < begin_[k + 1]; ++b) {
          line[columns_[static_cast<std::size_t>(b)]] += weight * static_cast<double>(values[b]);
        }
        line[q - 1] += weight;
      }
    });
  }

 private:
  static constexpr Offset work_a_part = 100'000;  ///< nonzeros; fewer cost less than a barrier

  /// Calls `use` with the matrix's values as they are stored, and with the place for copies.
  template <class Use>
  void with_stored(Use&& use) {
    if (const float* const floats = matrix_.values().data<float>()) {
      use(floats, floats_);
    } else {
      use(matrix_.values().data<double>(), doubles_);
    }
  }
  /// Calls `use` with the copied values.
  template <class Use>
  void with_values(Use&& use) const {
    if (matrix_.values().data<float>() != nullptr) {
      use(floats_.data());
    } else {
      use(doubles_.data());
    }
  }

  void clear() noexcept { chosen_.clear(); }
  void take(Range rows) {
    for (std::int64_t i = rows.begin; i < rows.end; ++i) {
      chosen_.push_back(static_cast<Index>(i));
    }
  }
  /// Copies the chosen rows, short ones in order of their length: a processor that must guess where
  /// a row ends guesses right then.
  void finish() {
    const OffsetSpan pointers = matrix_.row_pointers();
    constexpr std::size_t most = 256;
    std::size_t first[most + 2] = {};
    const auto length = [&](Index i) {
      return std::min<std::size_t>(
          most, static_cast<std::size_t>(pointers[static_cast<std::size_t>(i) + 1] -
                                         pointers[static_cast<std::size_t>(i)]));
    };
    for (const Index i : chosen_) {
      ++first[length(i) + 1];
    }
    for (std::size_t k = 1; k <= most; ++k) {
      first[k] += first[k - 1];
    }
    Array<Index> sorted(chosen_.size());
    for (const Index i : chosen_) {
      sorted[first[length(i)]++] = i;
    }
    chosen_ = std::move(sorted);
    begin_.resize(chosen_.size() + 1);
    Offset total = 0;
    for (std::size_t k = 0; k < chosen_.size(); ++k) {
      const auto i = static_cast<std::size_t>(chosen_[k]);
      begin_[k] = total;
      total += pointers[i + 1] - pointers[i];
    }
    begin_[chosen_.size()] = total;
    with_stored([&](const auto* values, auto& copy) { this->copy(values, copy); });
  }

  template <class Value>
  void copy(const Value* values, Array<Value>& copies) {
    const OffsetSpan pointers = matrix_.row_pointers();
    const Index* const columns = matrix_.column_indices().data();
    columns_.resize(static_cast<std::size_t>(nonzeros()));
    copies.resize(columns_.size());
    team_.for_parts(parts(), [&](Worker part) {
      each_of(part, [&](std::size_t k) {
        const Offset first = pointers[static_cast<std::size_t>(chosen_[k])];
        const std::size_t size = size_of(k);
        std::copy_n(columns + first, size, columns_.data() + begin_[k]);
        std::copy_n(values + first, size, copies.data() + begin_[k]);
      });
    });
  }

  template <class Value>
  [[nodiscard]] double dot(const Value* values, std::size_t k, const double* v) const noexcept {
    const Offset end = begin_[k + 1];
    Offset e = begin_[k];
    double s0 = unit_ == 1 ? v[matrix_.columns()] : 0.0;
    double s1 = 0.0;
    double s2 = 0.0;
    double s3 = 0.0;
    const Index* const columns = columns_.data();
    const auto product = [&](Offset at) {
      return static_cast<double>(values[at]) * v[columns[at]];
    };
    for (; e + 4 <= end; e += 4) {
      s0 += product(e);
      s1 += product(e + 1);
      s2 += product(e + 2);
      s3 += product(e + 3);
    }
    for (; e < end; ++e) {
      s1 += product(e);
    }
    return (s0 + s1) + (s2 + s3);
  }

  template <class Value>
  void add(const Value* values, std::size_t k, double a, double* sum) const noexcept {
    const Index* const columns = columns_.data();
    const Offset end = begin_[k + 1];
    for (Offset e = begin_[k]; e < end; ++e) {
      sum[columns[e]] += a * static_cast<double>(values[e]);
    }
    if (unit_ == 1) {
      sum[matrix_.columns()] += a;
    }
  }

  /// By the work alone.
  [[nodiscard]] int parts() const noexcept {
    const std::int64_t enough =
        std::max<std::int64_t>(work_a_part, 8 * static_cast<std::int64_t>(columns()));
    return static_cast<int>(std::bit_floor(
        static_cast<std::uint64_t>(std::clamp<std::int64_t>(nonzeros() / enough, 1, 16))));
  }

  template <class Visit>
  void each_of(Worker part, Visit&& visit) const {
    const Range share = nonzero_share(std::span<const Offset>(begin_), part);
    for (auto k = static_cast<std::size_t>(share.begin); k < static_cast<std::size_t>(share.end);
         ++k) {
      visit(k);
    }
  }

  /// out = what `add(k, sum)` adds for every row.
  template <class Add>
  void in_parts(std::span<double> out, Add&& add) {
    const int count = parts();
    const std::size_t stride = (columns() + 15) / 8 * 8;  // parts share no cache line
    if (const std::size_t needed = static_cast<std::size_t>(count - 1) * stride;
        sums_.size() < needed) {
      sums_ = AlignedArray<double>(needed);
    }
    team_.for_parts(count, [&](Worker part) {
      double* const sum = part.rank == 0
                              ? out.data()
                              : sums_.data() + stride * (static_cast<std::size_t>(part.rank) - 1);
      std::fill_n(sum, columns(), 0.0);
      each_of(part, [&](std::size_t k) { add(k, sum); });
    });
    if (count > 1) {
      team_.for_each(columns(), [&](std::size_t j) {
        for (std::size_t k = 0; k + 1 < static_cast<std::size_t>(count); ++k) {
          out[j] += sums_[k * stride + j];
        }
      });
    }
  }

  const CsrMatrix& matrix_;
  std::size_t unit_;
  const Team& team_;
  Array<Index> chosen_;
  Array<Offset> begin_;
  Array<Index> columns_;
  Array<float> floats_;
  Array<double> doubles_;
  AlignedArray<double> sums_;  ///< of all parts but the first
};

}  // namespace sounder
