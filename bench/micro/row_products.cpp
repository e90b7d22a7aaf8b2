// CSR by rows, the dot X w and the scatter w += X^T a, against the memory's bandwidth.
//
// The bandwidth is that of a stream triad (McCalpin, 1995) on as many threads. It is registered
// first, so it has run in this process before the products ask for its result; a filter that leaves
// it out leaves out `of_triad` as well.
//
// Bytes are a model, what has to pass at least: 8 a nonzero (index and value) and 8 a row
// (pointer); the dot reads w once and writes the margins, the scatter reads a and reads and writes
// w once. The triad's are 24 a number. Nobody's count has the line that a store fetches first. More
// than the triad means that caches helped, less that the cores or the threads' meetings on w are
// the limit.
#include <sounder/datasets/generate_text.hpp>
#include <sounder/engine/base/aligned_array.hpp>
#include <sounder/engine/base/stopwatch.hpp>
#include <sounder/engine/matrix/csr_matrix.hpp>
#include <sounder/engine/matrix/nonzero_share.hpp>
#include <sounder/engine/shared/shared_vector.hpp>

#include "timing.hpp"

#include <map>
#include <vector>

namespace {

using sounder::Atomic;
using sounder::CsrMatrix;
using sounder::Index;
using sounder::Plain;
using sounder::Range;
using sounder::Relaxed;
using sounder::Team;
using sounder::Worker;

/// Calls `pass` in the timed loop and reports `bytes` for each; returns bytes a second.
template <class Pass>
double time_passes(benchmark::State& state, std::int64_t bytes, const Pass& pass) {
  sounder::Stopwatch watch = sounder::Stopwatch::running();
  for ([[maybe_unused]] auto step : state) {
    pass();
    benchmark::ClobberMemory();
  }
  watch.stop();
  state.SetBytesProcessed(state.iterations() * bytes);
  return static_cast<double>(state.iterations() * bytes) / watch.seconds();
}

/// Bytes a second of the triad, by number of threads: the last run's, which is the one printed.
std::map<std::int64_t, double>& triad_bandwidth() {
  static std::map<std::int64_t, double> measured;
  return measured;
}

struct TriadArrays {
  static constexpr std::size_t size = std::size_t{1} << 24;  // 128 MiB each

  sounder::AlignedArray<double> a{size};
  sounder::AlignedArray<double> b{size};
  sounder::AlignedArray<double> c{size};

  TriadArrays() {
    Team(sounder::available_threads()).for_each(size, [this](std::size_t k) {
      a[k] = 0.0;
      b[k] = 1.0;
      c[k] = 2.0;
    });
  }
};

/// a = b + s c.
void triad(benchmark::State& state) {
  static TriadArrays arrays;
  const Team team = micro::team(state);
  constexpr std::int64_t bytes = 3 * sizeof(double) * TriadArrays::size;
  triad_bandwidth()[team.size()] = time_passes(state, bytes, [&] {
    team.for_shares(TriadArrays::size, [&](Range share) {
      double* const a = arrays.a.data();
      const double* const b = arrays.b.data();
      const double* const c = arrays.c.data();
      for (std::int64_t k = share.begin; k < share.end; ++k) {
        a[k] = b[k] + 3.0 * c[k];
      }
    });
  });
}

CsrMatrix text(Index rows, Index columns) {
  return sounder::generate_text({.rows = rows, .columns = columns, .row_nonzeros = 100.0},
                                Team(sounder::available_threads()))
      .data.matrix;
}

/// 128 MB of text.
const CsrMatrix& beyond_cache() {
  static const CsrMatrix matrix = text(160'000, 100'000);
  return matrix;
}

/// 0.8 MB: a second-level cache holds it.
const CsrMatrix& in_cache() {
  static const CsrMatrix matrix = text(1'000, 10'000);
  return matrix;
}

using Matrix = const CsrMatrix& (*)();

/// Calls `work(i)` for every row, the workers' shares equal in nonzeros.
template <class Work>
void for_each_row(const CsrMatrix& matrix, Worker worker, const Work& work) {
  const Range share = sounder::nonzero_share(matrix.row_pointers(), worker);
  for (std::int64_t i = share.begin; i < share.end; ++i) {
    work(static_cast<Index>(i));
  }
}

/// Times a pass over the matrix that also moves `numbers` doubles, against the triad.
template <class Pass>
void time_product(benchmark::State& state, const CsrMatrix& matrix, std::int64_t numbers,
                  const Pass& pass) {
  const std::int64_t bytes = 8 * (matrix.nonzeros() + matrix.rows() + numbers);
  const double bandwidth = time_passes(state, bytes, pass);
  const auto measured = triad_bandwidth().find(state.range(0));
  if (measured != triad_bandwidth().end()) {
    state.counters["of_triad"] = bandwidth / measured->second;
  }
}

/// x.w in four sums, as the packed rows' kernel has it.
double dot_product(const sounder::SparseRow& row, const std::vector<double>& w) {
  const float* const values = row.values.data();
  const auto product = [&](std::size_t k) {
    return static_cast<double>(values[k]) * w[static_cast<std::size_t>(row.columns[k])];
  };
  double s0 = 0.0;
  double s1 = 0.0;
  double s2 = 0.0;
  double s3 = 0.0;
  std::size_t k = 0;
  for (; k + 4 <= row.size(); k += 4) {
    s0 += product(k);
    s1 += product(k + 1);
    s2 += product(k + 2);
    s3 += product(k + 3);
  }
  for (; k < row.size(); ++k) {
    s0 += product(k);
  }
  return (s0 + s1) + (s2 + s3);
}

template <Matrix matrix>
void dot(benchmark::State& state) {
  const CsrMatrix& x = matrix();
  const Team team = micro::team(state);
  const std::vector<double> w(static_cast<std::size_t>(x.columns()), 0.1);
  std::vector<double> margins(static_cast<std::size_t>(x.rows()));
  time_product(state, x, x.columns() + x.rows(), [&] {
    team.run([&](Worker worker) {
      for_each_row(x, worker, [&](Index i) {
        margins[static_cast<std::size_t>(i)] = dot_product(x.row(i), w);
      });
    });
  });
}

template <class Update, Matrix matrix>
void scatter(benchmark::State& state) {
  const CsrMatrix& x = matrix();
  const Team team = micro::team(state);
  const std::vector<double> a(static_cast<std::size_t>(x.rows()), 0.1);
  sounder::SharedVector<Update> w(static_cast<std::size_t>(x.columns()));
  time_product(state, x, x.rows() + 2 * std::int64_t{x.columns()}, [&] {
    team.run([&](Worker worker) {
      for_each_row(x, worker, [&](Index i) {
        const double scale = a[static_cast<std::size_t>(i)];
        x.row(i).for_each([&](Index j, float value) {
          w.add(static_cast<std::size_t>(j), scale * static_cast<double>(value));
        });
      });
    });
  });
}

BENCHMARK(triad)->Apply(micro::by_team);
BENCHMARK_TEMPLATE(dot, beyond_cache)->Apply(micro::by_team);
BENCHMARK_TEMPLATE(dot, in_cache)->Apply(micro::by_team);
BENCHMARK_TEMPLATE(scatter, Plain, beyond_cache)->Apply(micro::by_team_of_one);
BENCHMARK_TEMPLATE(scatter, Relaxed, beyond_cache)->Apply(micro::by_team);
BENCHMARK_TEMPLATE(scatter, Atomic, beyond_cache)->Apply(micro::by_team);
BENCHMARK_TEMPLATE(scatter, Plain, in_cache)->Apply(micro::by_team_of_one);
BENCHMARK_TEMPLATE(scatter, Relaxed, in_cache)->Apply(micro::by_team);
BENCHMARK_TEMPLATE(scatter, Atomic, in_cache)->Apply(micro::by_team);

}  // namespace
