// Exact solutions for what remains when a model by margins has nearly been minimised: groups of
// nearly collinear columns, and the heaviest columns.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>

#include <sounder/engine/base/array.hpp>
#include <sounder/engine/base/falling_order.hpp>
#include <sounder/engine/matrix/csc_matrix.hpp>
#include <sounder/solvers/newton/cholesky_newton.hpp>
#include <sounder/solvers/newton/gram_matrix.hpp>
#include <sounder/solvers/newton/margin_model.hpp>
#include <sounder/solvers/newton/quadratic_model.hpp>
#include <sounder/solvers/newton/support_newton.hpp>
#include <sounder/solvers/penalty/penalty.hpp>

namespace sounder {
namespace detail {

/// Columns that get most of their curvature from one row: positions on the list, by rising row (the
/// key is minus the row). O(nonzeros of the columns that are looked at).
inline Array<Ranked> leaning_columns(const MarginModel& model) {
  constexpr std::size_t most_nonzeros = 64;
  constexpr double most_of_it = 0.7;
  Array<Ranked> found;
  for (std::size_t k = 0; k < model.size(); ++k) {
    const SparseColumn column = model.columns().column(model.list()[k]);
    if (column.size() > most_nonzeros || !(model.diagonal(k) > 0.0)) {
      continue;
    }
    for (std::size_t q = 0; q < column.size(); ++q) {
      const auto x = static_cast<double>(column.values[q]);
      const auto d = static_cast<double>(model.terms().d[static_cast<std::size_t>(column.rows[q])]);
      if (d * x * x >= most_of_it * model.diagonal(k)) {
        found.push_back({-static_cast<double>(column.rows[q]), k});
        break;
      }
    }
  }
  sort_falling(found);
  return found;
}

/// The minimiser in the coordinates `group` alone (positions on the list), to full precision.
template <ElasticPenalty P>
void minimise_group(MarginModel& model, const P& penalty, std::span<const std::size_t> group,
                    GramMatrix& gram, std::span<double> w) {
  const std::size_t m = group.size();
  Array<Index> list(m);
  for (std::size_t k = 0; k < m; ++k) {
    list[k] = model.list()[group[k]];
  }
  gram.clear(GramPrecision::full);
  gram.assign(model.columns(), list, model.terms().d);
  QuadraticTerms terms;
  Array<double> value(m);
  for (std::size_t k = 0; k < m; ++k) {
    terms.gradient.push_back(model.gradient(group[k]));
    terms.diagonal.push_back(gram.at(k, k));
    value[k] = w[group[k]];
  }
  GramModel small(terms, gram, model.team());
  constexpr int most_rounds = 10;
  for (int round = 0; round < most_rounds; ++round) {
    double violation = 0.0;
    for (std::size_t k = 0; k < m; ++k) {
      const double change = stepped(small, penalty, k, value[k]) - value[k];
      if (change != 0.0) {
        violation += std::abs(change) * small.diagonal(k);
        small.move(k, change);
        value[k] += change;
      }
    }
    if (violation <= 1e-9 * penalty.l1()) {
      break;
    }
    newton_by_cholesky(small, penalty, value, 100);
  }
  for (std::size_t k = 0; k < m; ++k) {
    const std::size_t position = group[k];
    if (value[k] != w[position]) {
      model.move(position, value[k] - w[position]);
      w[position] = value[k];
    }
  }
}

}  // namespace detail

/// Solves exactly, group by group, for columns that get most of their curvature from the same row.
/// An example are rare words of one document, which differ only in rows that matter little to the
/// loss. Along their difference H is nearly zero and the optimum is far away: coordinate descent is
/// slow there, and conjugate residuals resolve this direction last. O(nonzeros of the list), and
/// cubes of the groups' sizes.
template <ElasticPenalty P>
void minimise_collinear(MarginModel& model, const P& penalty, std::span<double> w) {
  constexpr std::size_t most = 64;
  const Array<detail::Ranked> leaning = detail::leaning_columns(model);
  GramMatrix gram;
  Array<std::size_t> group;
  for (std::size_t k = 0; k < leaning.size();) {
    group.clear();
    const double row = leaning[k].key;
    for (; k < leaning.size() && leaning[k].key == row; ++k) {
      if (group.size() < most) {
        group.push_back(leaning[k].position);
      }
    }
    if (group.size() > 1) {
      detail::minimise_group(model, penalty, group, gram, w);
    }
  }
}

/// A Newton step by Cholesky on the heaviest columns of the support. A small change of any
/// coefficient moves their gradients, and this keeps the dual point from being feasible.
template <ElasticPenalty P>
void minimise_heaviest(MarginModel& model, const P& penalty, std::span<double> w) {
  constexpr std::size_t most = 32;
  Support support;
  for (const std::size_t k : model.row_products().heaviest_first()) {
    if (support.size() == most) {
      break;
    }
    support.add(model, penalty, k, w[k]);
  }
  if (support.size() == 0) {
    return;
  }
  const Array<double> x =
      detail::newton_direction(model.block(support.positions, GramPrecision::full), support,
                               penalty.l2(), GramPrecision::full);
  model.focus(support.positions);
  detail::projected_step(model, penalty, support, x, w, 3);
}

}  // namespace sounder
