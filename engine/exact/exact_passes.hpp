// Passes over batches of rows by workers that own columns: the serial method's own steps.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>

#include <sounder/engine/base/aligned_array.hpp>
#include <sounder/engine/base/array.hpp>
#include <sounder/engine/base/call.hpp>
#include <sounder/engine/base/random.hpp>
#include <sounder/engine/base/slots.hpp>
#include <sounder/engine/exact/column_parts.hpp>
#include <sounder/engine/exact/order_free.hpp>
#include <sounder/engine/exact/row_batches.hpp>
#include <sounder/engine/threads/barrier.hpp>
#include <sounder/engine/threads/team.hpp>

namespace sounder {

/// w = sum_i v_i x_i, cut by columns among workers, and passes that step on one v_i after another.
///
/// A batch: each worker gathers its part of z_i = x_i.w for the rows of the batch; a barrier; each
/// adds up all parts, and runs the method's recurrence for itself, the products of the batch's rows
/// telling it what earlier steps do to later rows; each scatters the changes into its own columns.
/// Nobody else reads or writes those: no atomics, no conflicts. Sums are order-free, so that the
/// bits of w and v do not depend on how many workers there are (s-step methods: Devarakonda et al.,
/// SIAM J. Sci. Comput. 2019).
///
/// One thread calls, the team works. 8 bytes a column.
class ExactPasses {
 public:
  /// Views of parts and team, which the caller keeps. w = 0.
  ExactPasses(const ColumnParts& parts, const Team& team)
      : parts_(parts), team_(team), w_(static_cast<std::size_t>(parts.count())) {
    for (int k = 0; k < parts.count(); ++k) {
      w_[static_cast<std::size_t>(k)].assign(parts.part(k).columns(), 0.0);
    }
  }

  /// Adds change_i x_i for some rows, into each part by its worker, in the order of the list; all
  /// rows where there is no list. @{
  void add(std::span<const Index> rows, std::span<const double> change) {
    team_.for_shares(parts_.count(), [&](Range share) {
      for (auto part = static_cast<std::size_t>(share.begin);
           part < static_cast<std::size_t>(share.end); ++part) {
        for (std::size_t k = 0; k < rows.size(); ++k) {
          scatter(part, rows[k], change[k]);
        }
      }
    });
  }
  void add(std::span<const double> change) {
    Array<Index> rows(change.size());
    std::iota(rows.begin(), rows.end(), Index{0});
    add(rows, change);
  }
  /// @}
  /// w = 0.
  void clear() {
    for (Array<double>& own : w_) {
      std::fill(own.begin(), own.end(), 0.0);
    }
  }

  /// w, by the matrix's columns; columns that no row holds stay as they are. O(p).
  void copy_to(std::span<double> w) const noexcept {
    for (int k = 0; k < parts_.count(); ++k) {
      const std::span<const Index> original = parts_.part(k).original();
      const Array<double>& own = w_[static_cast<std::size_t>(k)];
      for (std::size_t j = 0; j < own.size(); ++j) {
        w[static_cast<std::size_t>(original[j])] = own[j];
      }
    }
  }

  /// Runs the batches of `order` with `workers` of the team, at most one a part. `method_of(rank)`
  /// is a Method& of each worker's own: `method.step(i, z, square)` is the change of v_i where row
  /// i has the margin z and x_i.x_i = square, which the method then takes as made. All of them see
  /// the same calls. `method.wants(i)`: false leaves row i out.
  template <class MethodOf>
  void run(const RowBatches& batches, std::span<const std::int64_t> order, std::uint64_t seed,
           int workers, MethodOf&& method_of) {
    const double start = norm();
    // A team inside of a caller's parallel region is smaller: who is not there must not be waited
    // for.
    const Team crew(std::min({workers, team_.size(), parts_.count()}));
    const int active = crew.size();
    const auto room = static_cast<std::size_t>(parts_.count()) * row_room;
    Array<double> partial(2 * room);
    Barrier barrier(active);
    const auto work = [&](Worker worker) {
      auto& method = method_of(worker.rank);
      double size = start;  // at least |w|, so that |x_i| size bounds what z_i is made of
      Index rows[RowBatches::largest];
      std::uint8_t place[RowBatches::largest];
      double change[RowBatches::largest];
      std::size_t turn = 0;  // of batches that are not empty
      for (std::size_t at = 0; at < order.size(); ++at) {
        const std::int64_t number = order[at];
        const RowBatches::Batch batch = batches[number];
        const std::span<const Index> ahead =
            at + 1 < order.size() ? batches[order[at + 1]].rows : std::span<const Index>{};
        std::size_t count = 0;
        for (std::size_t k = 0; k < batch.rows.size(); ++k) {
          if (method.wants(batch.rows[k])) {
            place[count++] = static_cast<std::uint8_t>(k);
          }
        }
        RandomStream random(seed, static_cast<std::uint64_t>(number));
        shuffle(std::span<std::uint8_t>(place, count), random);
        for (std::size_t k = 0; k < count; ++k) {
          rows[k] = batch.rows[place[k]];
        }
        if (count == 0) {
          continue;
        }
        double* const here = partial.data() + (turn++ % 2 == 0 ? 0 : room);
        for (int part = worker.rank; part < parts_.count(); part += active) {
          gather(part, {rows, count}, batch.norms, place, size,
                 here + static_cast<std::size_t>(part) * row_room);
          for (const Index i : ahead) {
            prefetch(parts_.part(part).row(i));
          }
        }
        if (active > 1) {
          barrier.wait();
        }
        bool moved = false;
        for (std::size_t k = 0; k < count; ++k) {
          double z = 0.0;
          for (int part = 0; part < parts_.count(); ++part) {
            z += here[static_cast<std::size_t>(part) * row_room + k];
          }
          for (std::size_t q = 0; q < k; ++q) {
            z += change[q] * batch.product(place[k], place[q]);
          }
          const double norm = batch.norms[place[k]];
          change[k] = method.step(rows[k], z, norm * norm);
          moved = moved || change[k] != 0.0;
          size += std::abs(change[k]) * norm;
        }
        if (!moved) {
          continue;
        }
        for (int part = worker.rank; part < parts_.count(); part += active) {
          for (std::size_t k = 0; k < count; ++k) {
            scatter(static_cast<std::size_t>(part), rows[k], change[k]);
          }
        }
      }
    };
    if (active == 1) {
      work(Worker{0, 1});
    } else {
      crew.run(work);
    }
  }

  /// The same where batches are of one row and there is one part: nothing is rounded, nobody waits.
  template <class Method>
  void run_alone(const RowBatches& batches, std::span<const std::int64_t> order, Method& method) {
    const ColumnParts::Part& own = parts_.part(0);
    const double* const w = w_[0].data();
    for (std::size_t at = 0; at < order.size(); ++at) {
      if (at + 1 < order.size()) {
        prefetch(own.row(batches[order[at + 1]].rows[0]));
      }
      const RowBatches::Batch batch = batches[order[at]];
      const Index i = batch.rows[0];
      if (method.wants(i)) {
        const double z = product(w, own.row(i), [](double term) { return term; });
        scatter(0, i, method.step(i, z, batch.norms[0] * batch.norms[0]));
      }
    }
  }

 private:
  static constexpr std::size_t row_room = RowBatches::largest;  ///< whole cache lines

  void gather(int part, std::span<const Index> rows, std::span<const double> norms,
              const std::uint8_t* place, double size, double* out) const noexcept {
    const double* const w = w_[static_cast<std::size_t>(part)].data();
    const ColumnParts::Part& own = parts_.part(part);
    for (std::size_t k = 0; k < rows.size(); ++k) {
      const OrderFree sums(norms[place[k]] * size);
      out[k] = product(w, own.row(rows[k]), [&](double term) { return sums.rounded(term); });
    }
  }

  /// The sum of w_j x_ij over a row's entries, each term passed through `round`; in four lanes.
  template <class Round>
  [[nodiscard]] static double product(const double* w, std::span<const ColumnParts::Entry> row,
                                      Round&& round) noexcept {
    double lanes[4] = {};
    const std::size_t whole = row.size() / 4 * 4;
    for (std::size_t e = 0; e < whole; e += 4) {
      for (std::size_t lane = 0; lane < 4; ++lane) {
        const ColumnParts::Entry& entry = row[e + lane];
        lanes[lane] += round(w[entry.column] * static_cast<double>(entry.value));
      }
    }
    for (std::size_t e = whole; e < row.size(); ++e) {
      lanes[0] += round(w[row[e].column] * static_cast<double>(row[e].value));
    }
    return (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]);
  }

  /// Rows come in random order: no hardware sees the next one coming.
  static void prefetch(std::span<const ColumnParts::Entry> row) noexcept {
    constexpr std::size_t a_line = 64 / sizeof(ColumnParts::Entry);
    for (std::size_t e = 0; e < row.size(); e += a_line) {
      __builtin_prefetch(row.data() + e);
    }
  }

  void scatter(std::size_t part, Index i, double change) noexcept {
    if (change == 0.0) {
      return;
    }
    double* const w = w_[part].data();
    for (const ColumnParts::Entry& entry : parts_.part(static_cast<int>(part)).row(i)) {
      w[entry.column] += change * static_cast<double>(entry.value);
    }
  }

  /// |w| and a little more, added up by rank, so that it does not depend on the parts. O(p).
  [[nodiscard]] double norm() const noexcept {
    double largest = 0.0;
    for (const Array<double>& own : w_) {
      for (const double value : own) {
        largest = std::max(largest, std::abs(value));
      }
    }
    if (!(largest > 0.0)) {
      return 0.0;
    }
    double sum = 0.0;  // of squares in units of the largest one's: nothing overflows
    for (std::size_t rank = 0; rank < parts_.order().size(); ++rank) {
      const double value = w_[parts_.part_of(rank)][parts_.number_of(rank)] / largest;
      sum += value * value;
    }
    return 1.0001 * largest * std::sqrt(sum);
  }

  const ColumnParts& parts_;
  const Team& team_;
  Slots<Array<double>> w_;  ///< by part
};

}  // namespace sounder
