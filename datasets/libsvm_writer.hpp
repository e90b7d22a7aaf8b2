// Writes LIBSVM files that read back bit for bit.
#pragma once

#include <sounder/datasets/dataset.hpp>
#include <sounder/datasets/turns.hpp>
#include <sounder/engine/base/atomic_file.hpp>
#include <sounder/engine/base/growing_array.hpp>
#include <sounder/engine/threads/team.hpp>

#include <zlib.h>

#include <charconv>
#include <cmath>
#include <cstdint>
#include <mutex>
#include <new>
#include <stdexcept>
#include <string>
#include <string_view>

namespace sounder {

/// Options of write_libsvm().
struct WriteOptions {
  bool zero_based = false;  ///< indices start at 0 instead of 1
  int threads = 1;          ///< threads that format, at least 1
};

namespace detail {

/// Appends the shortest text that reads back as the same number, without a terminator.
template <class Number>
char* append_number(char* to, Number number) noexcept {
  constexpr std::ptrdiff_t longest = 32;
  return std::to_chars(to, to + longest, number).ptr;
}

/// @tparam Value float or double, the type of the stored value
template <class Value>
char* append_value(char* to, Value value) noexcept {
  constexpr Value whole = 1e6F;
  if (value >= Value{1} && value < whole && std::floor(value) == value) {
    return append_number(to, static_cast<std::int32_t>(value));  // takes a third of the time
  }
  return append_number(to, value);
}

/// Rows [rows.begin, rows.end) as text, in `buffer`.
inline std::string_view format_rows(const Dataset& data, Range rows, bool zero_based,
                                    GrowingArray<char>& buffer) {
  constexpr std::size_t longest_row = 64;    // bytes for label, weight and newline
  constexpr std::size_t longest_entry = 40;  // " 2147483647:-2.2250738585072014e-308"
  const auto pointers = data.matrix.row_pointers();
  const auto entries =
      pointers[static_cast<std::size_t>(rows.end)] - pointers[static_cast<std::size_t>(rows.begin)];
  buffer.reserve(static_cast<std::size_t>(rows.size() + 1) * longest_row +
                 static_cast<std::size_t>(entries + 1) * longest_entry);
  const std::int64_t base = zero_based ? 0 : 1;
  char* to = buffer.data();
  for (std::int64_t i = rows.begin; i < rows.end; ++i) {
    to = append_number(to, data.labels[static_cast<std::size_t>(i)]);
    if (!data.weights.empty()) {
      *to++ = ':';
      to = append_number(to, data.weights[static_cast<std::size_t>(i)]);
    }
    const SparseRow row = data.matrix.row(static_cast<Index>(i));
    row.with_stored([&](const auto* values) {
      for (std::size_t k = 0; k < row.size(); ++k) {
        *to++ = ' ';
        to = append_number(to, row.columns[k] + base);
        *to++ = ':';
        to = append_value(to, values[k]);
      }
    });
    *to++ = '\n';
  }
  return {buffer.data(), static_cast<std::size_t>(to - buffer.data())};
}

/// `text` as a gzip member; members one after another make a gzip file.
inline std::string_view gzip_member(std::string_view text, GrowingArray<char>& buffer) {
  z_stream stream{};
  constexpr int gzip = 16 + MAX_WBITS;
  constexpr int memory = 8;
  if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, gzip, memory, Z_DEFAULT_STRATEGY) !=
      Z_OK) {
    throw std::bad_alloc();
  }
  const std::size_t bound = deflateBound(&stream, text.size());
  buffer.reserve(bound);
  std::string input(text);  // zlib's input is not const
  stream.next_in = static_cast<Bytef*>(static_cast<void*>(input.data()));
  stream.avail_in = static_cast<uInt>(input.size());
  stream.next_out = static_cast<Bytef*>(static_cast<void*>(buffer.data()));
  stream.avail_out = static_cast<uInt>(bound);
  deflate(&stream, Z_FINISH);
  const std::size_t size = stream.total_out;
  deflateEnd(&stream);
  return {buffer.data(), size};
}

inline void check_writable(const Dataset& data, const WriteOptions& options) {
  const auto rows = static_cast<std::size_t>(data.matrix.rows());
  if (data.labels.size() != rows || (!data.weights.empty() && data.weights.size() != rows)) {
    throw std::invalid_argument("write_libsvm: labels or weights differ in length from the rows");
  }
  for (const double label : data.labels) {
    if (!std::isfinite(label)) {
      throw std::invalid_argument("write_libsvm: a label is not finite");
    }
  }
  for (const double weight : data.weights) {
    if (!std::isfinite(weight) || weight < 0.0) {
      throw std::invalid_argument("write_libsvm: a weight is not a finite number of at least 0");
    }
  }
  if (options.threads < 1) {
    throw std::invalid_argument("WriteOptions: threads must be at least 1");
  }
}

/// The end of the block of rows that begins at `begin`: after about 32,768 entries and rows, or at
/// the last row.
inline std::int64_t block_end(const CsrMatrix& matrix, std::int64_t begin) noexcept {
  constexpr Offset block = 32768;
  const auto pointers = matrix.row_pointers();
  const auto size = [&](std::int64_t end) {
    return pointers[static_cast<std::size_t>(end)] - pointers[static_cast<std::size_t>(begin)] +
           (end - begin);
  };
  std::int64_t end = begin;
  while (end < matrix.rows() && size(end) < block) {
    ++end;
  }
  return end;
}

/// Writes one data set to a file: blocks of rows are formatted in any order and written in order.
class LibsvmWriting {
 public:
  LibsvmWriting(const std::string& path, const Dataset& data, const WriteOptions& options)
      : data_(data), options_(options), gzip_(path.ends_with(".gz")), file_(path) {}

  void write() {
    Team(options_.threads).run([this](Worker) {
      try {
        work();
      } catch (...) {
        turns_.stop();
        throw;
      }
    });
    file_.commit();
  }

 private:
  struct Block {
    std::int64_t number = 0;
    Range rows;
  };

  void work() {
    GrowingArray<char> text;
    GrowingArray<char> packed;
    for (Block block = take(); block.rows.size() > 0; block = take()) {
      std::string_view bytes = format_rows(data_, block.rows, options_.zero_based, text);
      bytes = gzip_ ? gzip_member(bytes, packed) : bytes;
      if (!turns_.take(block.number, [&] { file_.write(bytes); })) {
        break;
      }
    }
  }

  Block take() {
    const std::lock_guard lock(mutex_);
    const Range rows{next_row_, block_end(data_.matrix, next_row_)};
    next_row_ = rows.end;
    return {taken_++, rows};
  }

  const Dataset& data_;
  const WriteOptions options_;
  const bool gzip_;
  AtomicFile file_;
  std::mutex mutex_;  ///< guards the next two members
  std::int64_t next_row_ = 0;
  std::int64_t taken_ = 0;
  Turns turns_;
};

}  // namespace detail

/// Writes a data set as LIBSVM text, as gzip if `path` ends in `.gz`; `-` is standard output. The
/// file appears complete or not at all (AtomicFile). Reading gives the same bits if the base is the
/// same, `Values::floats` or `Values::doubles` match the stored values and, if the last columns are
/// empty, `ReadOptions::columns` is set.
///
/// The threads share the formatting; the bytes do not depend on their number. May be called from
/// several threads at once, except for standard output.
/// @throws std::invalid_argument for an inconsistent data set, std::system_error if the file cannot
///        be written.
inline void write_libsvm(const std::string& path, const Dataset& data,
                         const WriteOptions& options = {}) {
  detail::check_writable(data, options);
  detail::LibsvmWriting(path, data, options).write();
}

}  // namespace sounder
