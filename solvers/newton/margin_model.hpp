// A quadratic model of the loss on a large working set, kept as the change of the margins.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include <sounder/engine/base/array.hpp>
#include <sounder/engine/base/slots.hpp>
#include <sounder/engine/matrix/csc_matrix.hpp>
#include <sounder/engine/matrix/csr_matrix.hpp>
#include <sounder/engine/threads/team.hpp>
#include <sounder/solvers/newton/gram_matrix.hpp>
#include <sounder/solvers/newton/hessian_products.hpp>
#include <sounder/solvers/newton/quadratic_model.hpp>

namespace sounder {

/// Keeps the change v = X_W (w - w_0) of the margins: e = d v is stored in float beside d, so a
/// move touches one cache line a row. It starts at zero, so its rounding errors are relative to the
/// step.
class MarginModel final : public QuadraticModel {
 public:
  /// Keeps references to terms, the matrix and its columns, list and team, which must outlive it.
  /// O(n).
  MarginModel(const QuadraticTerms& terms, const CsrMatrix& matrix, const CscMatrix& columns,
              std::span<const Index> list, const Team& team)
      : terms_(terms), matrix_(matrix), columns_(columns), list_(list), team_(team),
        rows_(terms.d.size()), image_(terms.d.size()) {
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      rows_[i] = {terms.d[i], 0.0F};
    }
  }

  /// The constructor's arguments. @{
  [[nodiscard]] const QuadraticTerms& terms() const noexcept { return terms_; }
  [[nodiscard]] const CscMatrix& columns() const noexcept { return columns_; }
  [[nodiscard]] std::span<const Index> list() const noexcept { return list_; }
  [[nodiscard]] const Team& team() const noexcept { return team_; }
  /// @}
  /// The products with the Hessian; the first call of this or of multiply() builds them.
  [[nodiscard, gnu::noinline]] HessianProducts& row_products() {
    if (!row_products_) {
      row_products_ = std::make_unique<HessianProducts>(matrix_, columns_, list_, terms_.d, team_);
    }
    return *row_products_;
  }

  /// |W|.
  [[nodiscard]] std::size_t size() const noexcept { return list_.size(); }
  /// H_kk.
  [[nodiscard]] double diagonal(std::size_t k) const noexcept override {
    return terms_.diagonal[k];
  }
  /// Gradient of the model along k, after the moves so far. O(nonzeros of the column), like move().
  [[nodiscard]] double gradient(std::size_t k) const noexcept override {
    const SparseColumn column = columns_.column(list_[k]);
    const Row* const rows = rows_.data();
    const std::size_t size = column.size();
    double even = 0.0;
    double odd = 0.0;
    std::size_t q = 0;
    for (; q + 1 < size; q += 2) {
      even += static_cast<double>(rows[column.rows[q]].e * column.values[q]);
      odd += static_cast<double>(rows[column.rows[q + 1]].e * column.values[q + 1]);
    }
    if (q < size) {
      even += static_cast<double>(rows[column.rows[q]].e * column.values[q]);
    }
    const double drift = terms_.shift.empty() ? 0.0 : terms_.shift[k] * moved_ / terms_.total;
    return terms_.gradient[k] + even + odd - drift;
  }
  /// Replaces w_k by w_k + change.
  void move(std::size_t k, double change) noexcept {
    const SparseColumn column = columns_.column(list_[k]);
    Row* const rows = rows_.data();
    for (std::size_t q = 0; q < column.size(); ++q) {
      Row& row = rows[column.rows[q]];
      // In double, because a change of 1e-36 in a column of 1e36 matters.
      row.e += static_cast<float>(change * static_cast<double>(row.d) *
                                  static_cast<double>(column.values[q]));
    }
    if (!terms_.shift.empty()) {
      moved_ += change * terms_.shift[k];
    }
  }

  void focus(std::span<const std::size_t> support) override {
    support_.assign(support);
    Offset nonzeros = 0;
    for (const std::size_t k : support_) {
      nonzeros += static_cast<Offset>(columns_.column(list_[k]).size());
    }
    const auto others = static_cast<std::size_t>(Team::parts_of(nonzeros, rows_.size()) - 1);
    if (partial_.size() != others) {
      partial_ = Slots<Array<double>>(others);
    }
  }
  /// Approximate: see HessianProducts, which the first call builds.
  void multiply(std::span<const double> x, std::span<double> out) override {
    const double drift = terms_.shift.empty() ? 0.0 : along(x) / terms_.total;
    row_products().multiply(support_, x, out);
    for (std::size_t a = 0; drift != 0.0 && a < x.size(); ++a) {
      out[a] -= terms_.shift[support_[a]] * drift;
    }
  }
  [[nodiscard]] double product_work() override { return row_products().work(); }
  [[nodiscard]] Array<double> hessian() const override {
    return block(support_, GramPrecision::single);
  }
  /// H on a few coordinates, row-major, nothing above the diagonal. O(n + sum over the rows of
  /// (their entries in these columns)^2).
  [[nodiscard, gnu::cold]] Array<double> block(std::span<const std::size_t> positions,
                                               GramPrecision precision) const {
    Array<Index> list;
    Array<double> shift;
    for (const std::size_t k : positions) {
      list.push_back(list_[k]);
      if (!terms_.shift.empty()) {
        shift.push_back(terms_.shift[k]);
      }
    }
    CommonRows rows(columns_, list);
    GramMatrix gram;
    gram.clear(precision);
    gram.extend(columns_, list, rows, terms_.d, shift, terms_.total, team_);
    const std::size_t s = positions.size();
    Array<double> h(s * s);
    for (std::size_t k = 0; k < s; ++k) {
      for (std::size_t q = 0; q <= k; ++q) {
        h[k * s + q] = gram.at(k, q);
      }
    }
    return h;
  }
  /// curvature(x) returns x^T H_SS x; commit(t) then moves the support by t x. O(n + nonzeros of
  /// the support). @{
  [[nodiscard]] double curvature(std::span<const double> x) override {
    spread(x);
    double sum = 0.0;
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      sum += static_cast<double>(rows_[i].d) * image_[i] * image_[i];
    }
    along_ = terms_.shift.empty() ? 0.0 : along(x);
    return sum - (terms_.shift.empty() ? 0.0 : along_ * along_ / terms_.total);
  }
  void commit(double t) noexcept override {
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      rows_[i].e += static_cast<float>(static_cast<double>(rows_[i].d) * t * image_[i]);
    }
    moved_ += t * along_;
  }
  /// @}

 private:
  struct Row {
    float d;
    float e;
  };

  /// shift . x.
  [[nodiscard]] double along(std::span<const double> x) const noexcept {
    double sum = 0.0;
    for (std::size_t a = 0; a < x.size(); ++a) {
      sum += terms_.shift[support_[a]] * x[a];
    }
    return sum;
  }

  /// image = X_S x; each part of the support has its own sums.
  void spread(std::span<const double> x) {
    team_.for_parts(static_cast<int>(partial_.size()) + 1, [&](Worker worker) {
      Array<double>& sums =
          worker.rank == 0 ? image_ : partial_[static_cast<std::size_t>(worker.rank - 1)];
      sums.assign(rows_.size(), 0.0);
      const auto step = static_cast<std::size_t>(worker.size);
      for (auto a = static_cast<std::size_t>(worker.rank); a < x.size(); a += step) {
        if (x[a] == 0.0) {
          continue;
        }
        const SparseColumn column = columns_.column(list_[support_[a]]);
        for (std::size_t q = 0; q < column.size(); ++q) {
          sums[static_cast<std::size_t>(column.rows[q])] +=
              x[a] * static_cast<double>(column.values[q]);
        }
      }
    });
    for (const Array<double>& sums : partial_) {
      for (std::size_t i = 0; i < image_.size(); ++i) {
        image_[i] += sums[i];
      }
    }
  }

  const QuadraticTerms& terms_;
  const CsrMatrix& matrix_;
  const CscMatrix& columns_;
  std::span<const Index> list_;
  const Team& team_;
  Array<Row> rows_;
  std::unique_ptr<HessianProducts> row_products_;
  Array<double> image_;
  Slots<Array<double>> partial_;
  Array<std::size_t> support_;
  double moved_ = 0.0;  ///< shift . (w - w_0)
  double along_ = 0.0;
};

}  // namespace sounder
