// Passes in the serial order by workers that own columns: the same bits at any number of threads.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <utility>

#include <sounder/engine/base/aligned_array.hpp>
#include <sounder/engine/base/array.hpp>
#include <sounder/engine/base/call.hpp>
#include <sounder/engine/base/random.hpp>
#include <sounder/engine/base/slots.hpp>
#include <sounder/engine/base/stopwatch.hpp>
#include <sounder/engine/exact/column_parts.hpp>
#include <sounder/engine/exact/order_free.hpp>
#include <sounder/engine/exact/row_batches.hpp>
#include <sounder/engine/exact/worker_choice.hpp>
#include <sounder/engine/threads/barrier.hpp>
#include <sounder/engine/threads/team.hpp>

namespace sounder {

/// What a pass keeps of a column of a plain sum w = sum_i v_i x_i.
struct PlainColumn {
  double w = 0.0;  ///< the coordinate

  /// What a step on a row adds to a column in which the row has this value.
  template <class Step>
  void take(const Step& step, double value) noexcept {
    w += step.along * value;
  }
};

/// Passes that step on one row after another, w cut by columns among workers.
///
/// A batch: each worker gathers its part of z_i = x_i.w for the rows of the batch; a barrier; each
/// adds up all parts, and runs the method's recurrence for itself, the products of the batch's rows
/// telling it what earlier steps do to later rows; each scatters the changes into its own columns.
/// Nobody else reads or writes those: no atomics, no conflicts. Sums are order-free, so that the
/// bits do not depend on how many workers there are (s-step methods: Devarakonda et al., SIAM J.
/// Sci. Comput. 2019).
///
/// One thread calls, the team works; with fewer workers where they are not faster.
/// @tparam Column what is kept of a column: `w`, and `take(step, value)`; with hot columns also
///         `take_hot(step, value)` and `settle(distance)`
template <class Column = PlainColumn>
class ExactPasses {
 public:
  /// Views of parts and team, which the caller keeps. w = 0.
  ExactPasses(const ColumnParts& parts, const Team& team)
      : ExactPasses(parts, team, WorkerChoice(std::min(team.size(), parts.count()))) {}
  /// The same with workers that are chosen in a given way, at most one a part.
  ExactPasses(const ColumnParts& parts, const Team& team, const WorkerChoice& choice)
      : parts_(parts), team_(team), crew_(std::min(team.size(), parts.count())), choice_(choice),
        columns_(static_cast<std::size_t>(parts.count())) {
    for (int k = 0; k < parts.count(); ++k) {
      columns_[static_cast<std::size_t>(k)].assign(parts.part(k).columns(), Column{});
    }
  }

  /// The first `count` columns by rank, which every row must hold first, take steps by take_hot();
  /// what else is due to them they get seldom, by settle(). At first there are none. @{
  void set_hot(std::size_t count) noexcept { hot_ = count; }
  void settle(std::size_t first, std::size_t last, double distance) {
    for_parts([&](std::size_t k) { settle(k, first, last, distance); });
  }
  /// @}

  /// Adds change_i x_i for some rows, into each part by its worker, in the order of the list; all
  /// rows where there is no list. @{
  void add(std::span<const Index> rows, std::span<const double> change) {
    for_columns([&](const ColumnParts::Part& part, std::span<Column> own) {
      for (std::size_t k = 0; k < rows.size(); ++k) {
        if (change[k] != 0.0) {
          for (const ColumnParts::Entry& entry : part.row(rows[k])) {
            own[entry.column].w += change[k] * static_cast<double>(entry.value);
          }
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

  /// u = X^T a, by the source's columns. The bits do not depend on parts and workers. O(nnz /
  /// threads); 8 bytes a column from the first call on.
  void transpose(std::span<const double> a, std::span<double> u) {
    if (sums_.size() == 0) {
      sums_ = Slots<Array<double>>(columns_.size());
    }
    for_parts([&](std::size_t k) {
      const ColumnParts::Part& part = parts_.part(static_cast<int>(k));
      Array<double>& sums = sums_[k];
      sums.assign(part.columns(), 0.0);
      for (std::size_t i = 0; i < a.size(); ++i) {
        if (a[i] != 0.0) {
          for (const ColumnParts::Entry& entry : part.row(static_cast<Index>(i))) {
            sums[entry.column] += a[i] * static_cast<double>(entry.value);
          }
        }
      }
      for (std::size_t j = 0; j < sums.size(); ++j) {
        u[static_cast<std::size_t>(part.names()[j])] = sums[j];
      }
    });
  }

  /// Calls `visit(j, column)` for every column, j by the source of the parts, each part by its
  /// worker. O(p / threads).
  template <class Visit>
  void each_column(Visit&& visit) {
    for_columns([&](const ColumnParts::Part& part, std::span<Column> own) {
      const std::span<const Index> names = part.names();
      for (std::size_t j = 0; j < own.size(); ++j) {
        visit(static_cast<std::size_t>(names[j]), own[j]);
      }
    });
  }
  /// The largest value(column), or 0. O(p / threads).
  template <class Value>
  [[nodiscard]] double largest(Value&& value) const {
    Array<double> found(columns_.size());
    for_parts([&](std::size_t k) {
      double most = 0.0;
      for (const Column& column : columns_[k]) {
        most = std::max(most, value(column));
      }
      found[k] = most;
    });
    return *std::max_element(found.begin(), found.end());
  }
  /// w = 0.
  void clear() {
    each_column([](std::size_t, Column& column) { column.w = 0.0; });
  }
  /// w, by the source's columns; columns that no row holds stay as they are. O(p).
  void copy_to(std::span<double> w) {
    each_column([w](std::size_t j, const Column& column) { w[j] = column.w; });
  }

  /// The root of the sum of value(column)^2 over the first `count` columns by rank, and a little
  /// more; does not depend on the parts. O(count).
  template <class Value>
  [[nodiscard]] double norm(std::size_t count, Value&& value) const {
    const double most = largest([&](const Column& column) { return std::abs(value(column)); });
    if (!(most > 0.0)) {
      return 0.0;
    }
    double sum = 0.0;  // of squares in units of the largest one's: nothing overflows
    for (std::size_t rank = 0; rank < count; ++rank) {
      const double part = value(columns_[parts_.part_of(rank)][parts_.number_of(rank)]) / most;
      sum += part * part;
    }
    return 1.0001 * most * std::sqrt(sum);
  }

  /// Runs the batches of `order`.
  ///
  /// `method.wants(i)`: false leaves row i out. `method.step(i, z, norm, carry, done)` is the step
  /// where row i has the margin z and |x_i| = norm, and the share `done` of the pass is behind:
  /// `step.along` is the multiple of x_i, `step.reach` bounds how much |w| grows, `step.idle()`
  /// says that nothing moves. Every worker asks for every step, so these two are const; what they
  /// carry from row to row is in a `Method::Carry`, of which each has its own. `method.take(i, z,
  /// step)` is called for each step once, by one worker, when all have asked for it.
  /// With hot columns `method.settle(batches, carry, visit)` calls `visit(first, last, distance)`
  /// for the ranks that are to be settled after so many batches.
  /// @param cancelled asked now and then by the caller's thread; true ends the pass early
  /// @return false if it was ended
  template <class Method>
  bool run(const RowBatches& batches, std::span<const std::int64_t> order, std::uint64_t seed,
           Method& method, Call<bool()> cancelled) {
    double size = norm(parts_.columns(), [](const Column& column) { return column.w; });
    for (std::size_t at = 0; at < order.size();) {
      if (cancelled()) {
        return false;
      }
      const WorkerChoice::Stretch stretch = choice_.next(order.size(), order.size() - at);
      const std::size_t first = at;
      double seconds = 0.0;
      at = walk(Walk{batches, order, first, first + stretch.batches, seed, stretch.limit},
                stretch.workers, method, size, seconds);
      choice_.note(stretch, at - first, seconds);
    }
    return true;
  }

  /// The same where batches are of one row and there is one part: nothing is rounded, nobody waits.
  template <class Method>
  void run_alone(const RowBatches& batches, std::span<const std::int64_t> order, Method& method) {
    const ColumnParts::Part& part = parts_.part(0);
    const std::span<Column> own(columns_[0]);
    for (std::size_t at = 0; at < order.size(); ++at) {
      if (at + 1 < order.size()) {
        prefetch(part.row(batches[order[at + 1]].rows[0]));
      }
      const RowBatches::Batch batch = batches[order[at]];
      const Index i = batch.rows[0];
      if (method.wants(i)) {
        const double z = product(own.data(), part.row(i), [](double term) { return term; });
        const auto step =
            method.step(i, z, batch.norms[0], method.carry(), share(at, order.size()));
        scatter(part.row(i), step, own.data(), 0);
        method.take(i, z, step);
      }
    }
  }

 private:
  static constexpr std::size_t row_room = RowBatches::largest;  ///< whole cache lines
  static constexpr bool has_hot = requires(Column column) { column.settle(0.0); };

  /// Batches to be walked through.
  struct Walk {
    const RowBatches& batches;
    std::span<const std::int64_t> order;
    std::size_t begin;
    std::size_t end;
    std::uint64_t seed;
    double limit;  ///< seconds a batch

    /// The rows of a batch, or none after the last.
    [[nodiscard]] std::span<const Index> rows_at(std::size_t at) const noexcept {
      return at < order.size() ? batches[order[at]].rows : std::span<const Index>{};
    }
    [[nodiscard]] bool is_late(double seconds, std::size_t at) const noexcept {
      constexpr double slice = 1e-3;  // of time that somebody else may have got
      return seconds > slice + limit * static_cast<double>(at - begin);
    }
  };

  /// The rows of a batch that take steps, in the order in which they do, and what became of them.
  template <class Step>
  struct Turn {
    RowBatches::Batch batch{};
    std::size_t count = 0;
    std::uint8_t place[RowBatches::largest] = {};
    double z[RowBatches::largest] = {};
    Step steps[RowBatches::largest] = {};

    [[nodiscard]] Index row(std::size_t k) const noexcept { return batch.rows[place[k]]; }
    [[nodiscard]] double norm(std::size_t k) const noexcept { return batch.norms[place[k]]; }

    template <class Method>
    void draw(const Walk& walk, std::size_t at, const Method& method) {
      const std::int64_t number = walk.order[at];
      batch = walk.batches[number];
      count = 0;
      for (std::size_t k = 0; k < batch.rows.size(); ++k) {
        if (method.wants(batch.rows[k])) {
          place[count++] = static_cast<std::uint8_t>(k);
        }
      }
      RandomStream random(walk.seed, static_cast<std::uint64_t>(number));
      shuffle(std::span<std::uint8_t>(place, count), random);
    }
    /// z from what each part gathered.
    void add_up(const double* partial, int parts) {
      for (std::size_t k = 0; k < count; ++k) {
        z[k] = 0.0;
        for (int part = 0; part < parts; ++part) {
          z[k] += partial[static_cast<std::size_t>(part) * row_room + k];
        }
      }
    }
    /// The serial recurrence; z holds what was gathered before it. Returns a bound on how far w
    /// moves.
    template <class Method>
    double recur(const Method& method, typename Method::Carry& carry, double done) {
      double reach = 0.0;
      for (std::size_t k = 0; k < count; ++k) {
        for (std::size_t q = 0; q < k; ++q) {
          z[k] += steps[q].along * batch.product(place[k], place[q]);
        }
        steps[k] = method.step(row(k), z[k], norm(k), carry, done);
        reach += steps[k].reach;
      }
      return reach;
    }
    template <class Method>
    void hand_in(Method& method) const {
      for (std::size_t k = 0; k < count; ++k) {
        method.take(row(k), z[k], steps[k]);
      }
    }
  };

  /// Lets the workers walk until the end, or until they part company. Returns how far they came.
  /// @param size    bounds |w|, and grows
  /// @param seconds from when the first worker began
  template <class Method>
  std::size_t walk(const Walk& todo, int workers, Method& method, double& size, double& seconds) {
    using Step = typename Method::Step;
    const auto room = static_cast<std::size_t>(parts_.count()) * row_room;
    Array<double> partial(2 * room);
    bool parting[2] = {};  // the first worker's word to all
    Barrier barrier(workers);
    // What the first worker leaves behind.
    std::size_t reached = todo.begin;
    double bound_left = size;
    typename Method::Carry carry_left = method.carry();
    Turn<Step> last;
    const auto work = [&](Worker worker) {
      const Stopwatch clock = Stopwatch::running();
      typename Method::Carry carry = method.carry();
      double bound = size;  // at least |w|, so that |x_i| bound bounds what z_i is made of
      Turn<Step> turns[2];  // the older one is handed in when all have passed the next barrier
      std::size_t parity = 0;
      std::size_t at = todo.begin;
      for (bool leave = false; at < todo.end && !leave; ++at) {
        Turn<Step>& turn = turns[parity];
        turn.draw(todo, at, std::as_const(method));
        if (turn.count == 0) {
          continue;
        }
        double* const here = partial.data() + parity * room;
        for (int part = worker.rank; part < parts_.count(); part += workers) {
          gather(part, turn, bound, todo.rows_at(at + 1),
                 here + static_cast<std::size_t>(part) * row_room);
        }
        if (workers > 1) {
          if (worker.rank == 0) {
            parting[parity] = at % seldom == 0 && todo.is_late(clock.so_far(), at);
          }
          barrier.wait();
          leave = parting[parity];
        }
        turn.add_up(here, parts_.count());
        if (worker.rank == 0) {
          turns[1 - parity].hand_in(method);
        }
        bound += turn.recur(std::as_const(method), carry, share(at, todo.order.size()));
        for (int part = worker.rank; part < parts_.count(); part += workers) {
          scatter(part, turn);
        }
        if constexpr (has_hot) {
          std::as_const(method).settle(
              at + 1, carry, [&](std::size_t from, std::size_t to, double distance) {
                for (int part = worker.rank; part < parts_.count(); part += workers) {
                  settle(static_cast<std::size_t>(part), from, to, distance);
                }
              });
        }
        parity = 1 - parity;
      }
      if (worker.rank == 0) {
        reached = at;
        bound_left = bound;
        seconds = clock.so_far();
        carry_left = carry;
        last = turns[1 - parity];
      }
    };
    if (workers == 1) {
      work(Worker{0, 1});
    } else {
      crew_.run(work);
    }
    last.hand_in(method);
    size = bound_left;
    method.carry() = carry_left;
    return reached;
  }

  static double share(std::size_t part, std::size_t whole) noexcept {
    return static_cast<double>(part) / static_cast<double>(whole);
  }

  /// The part of each row's margin. Rows come in random order, no hardware sees the next one
  /// coming: one of the `next` batch is prefetched meanwhile.
  template <class Step>
  void gather(int part, const Turn<Step>& turn, double bound, std::span<const Index> next,
              double* out) const noexcept {
    const Column* const own = columns_[static_cast<std::size_t>(part)].data();
    for (std::size_t k = 0; k < turn.count; ++k) {
      if (k < next.size()) {
        prefetch(parts_.part(part).row(next[k]));
      }
      const OrderFree sums(turn.norm(k) * bound);
      out[k] = product(own, parts_.part(part).row(turn.row(k)),
                       [&](double term) { return sums.rounded(term); });
    }
  }

  /// The sum of w_j x_ij over a row's entries, each term passed through `round`; in four lanes.
  template <class Round>
  [[nodiscard]] static double product(const Column* own, std::span<const ColumnParts::Entry> row,
                                      Round&& round) noexcept {
    double lanes[4] = {};
    const std::size_t whole = row.size() / 4 * 4;
    for (std::size_t e = 0; e < whole; e += 4) {
      for (std::size_t lane = 0; lane < 4; ++lane) {
        const ColumnParts::Entry& entry = row[e + lane];
        lanes[lane] += round(own[entry.column].w * static_cast<double>(entry.value));
      }
    }
    for (std::size_t e = whole; e < row.size(); ++e) {
      lanes[0] += round(own[row[e].column].w * static_cast<double>(row[e].value));
    }
    return (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]);
  }

  template <class Step>
  void scatter(int part, const Turn<Step>& turn) noexcept {
    Column* const own = columns_[static_cast<std::size_t>(part)].data();
    const std::size_t hot = parts_.columns_before(static_cast<std::size_t>(part), hot_);
    for (std::size_t k = 0; k < turn.count; ++k) {
      scatter(parts_.part(part).row(turn.row(k)), turn.steps[k], own, hot);
    }
  }
  /// @param hot that many columns of the part are
  template <class Step>
  static void scatter(std::span<const ColumnParts::Entry> row, const Step& step, Column* own,
                      std::size_t hot) noexcept {
    if (step.idle()) {
      return;
    }
    std::size_t e = 0;
    if constexpr (has_hot) {
      for (; e < row.size() && row[e].column < hot; ++e) {
        own[row[e].column].take_hot(step, static_cast<double>(row[e].value));
      }
    }
    for (; e < row.size(); ++e) {
      own[row[e].column].take(step, static_cast<double>(row[e].value));
    }
  }
  void settle(std::size_t k, std::size_t first, std::size_t last, double distance) noexcept {
    if constexpr (has_hot) {
      Column* const own = columns_[k].data();
      const std::size_t end = parts_.columns_before(k, last);
      for (std::size_t j = parts_.columns_before(k, first); j < end; ++j) {
        own[j].settle(distance);
      }
    }
  }

  static void prefetch(std::span<const ColumnParts::Entry> row) noexcept {
    constexpr std::size_t a_line = 64 / sizeof(ColumnParts::Entry);
    for (std::size_t e = 0; e < row.size(); e += a_line) {
      __builtin_prefetch(row.data() + e);
    }
  }

  /// Calls `work(part, its columns)` for every part, each by its worker.
  template <class Work>
  void for_columns(Work&& work) {
    for_parts([&](std::size_t k) {
      work(parts_.part(static_cast<int>(k)), std::span<Column>(columns_[k]));
    });
  }
  template <class Work>
  void for_parts(Work&& work) const {
    team_.for_parts(parts_.count(),
                    [&](Worker part) { work(static_cast<std::size_t>(part.rank)); });
  }

  static constexpr std::size_t seldom = 16;  ///< batches between looks at the clock

  const ColumnParts& parts_;
  const Team& team_;
  Team crew_;  ///< those of the team who have a part
  WorkerChoice choice_;
  Slots<Array<Column>> columns_;  ///< by part
  std::size_t hot_ = 0;           ///< columns by rank
  Slots<Array<double>> sums_;     ///< of transpose(), once it was called
};

}  // namespace sounder
