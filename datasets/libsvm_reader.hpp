// Reads LIBSVM files: `label[:weight] [qid:N] index:value ... [# comment]`, one row a line.
#pragma once

#include <sounder/datasets/dataset.hpp>
#include <sounder/datasets/libsvm_chunk.hpp>
#include <sounder/datasets/line_source.hpp>
#include <sounder/datasets/turns.hpp>
#include <sounder/engine/team.hpp>

#include <algorithm>
#include <limits>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sounder {

/// How a LIBSVM file is read.
struct ReadOptions {
  bool zero_based = false;  ///< indices start at 0 instead of 1
  Index columns = 0;        ///< columns of the matrix; 0: as many as the indices need
  bool drop_extra_columns =
      false;        ///< leave out features beyond `columns` instead of refusing them
  int threads = 1;  ///< threads that parse, at least 1
  std::size_t chunk_bytes = std::size_t{1} << 18;  ///< text that a thread parses at a time

  /// @throws std::invalid_argument naming the field.
  void validate() const {
    if (columns < 0) {
      throw std::invalid_argument("ReadOptions: columns must not be negative");
    }
    if (drop_extra_columns && columns == 0) {
      throw std::invalid_argument("ReadOptions: drop_extra_columns needs columns");
    }
    if (threads < 1) {
      throw std::invalid_argument("ReadOptions: threads must be at least 1");
    }
    if (chunk_bytes < 1) {
      throw std::invalid_argument("ReadOptions: chunk_bytes must be at least 1");
    }
  }
};

namespace detail {

/// One file's way into CSR arrays. Each thread takes a piece of the text, parses it into a buffer
/// that stays in its cache and, when the pieces before it are counted, copies its rows to their
/// place. Beyond the arrays that needs one piece of text and its rows a thread, whatever the size
/// of the file.
class LibsvmReading {
 public:
  LibsvmReading(const std::string& path, const ReadOptions& options)
      : path_(path), options_(options), source_(open_lines(path, options.chunk_bytes)) {
    rule_.base = options.zero_based ? 0 : 1;
    rule_.columns = options.columns > 0 ? options.columns : std::numeric_limits<Index>::max();
    rule_.drop_extra = options.drop_extra_columns;
  }

  Dataset read() {
    Team(options_.threads).run([this](Worker) {
      try {
        work();
      } catch (...) {
        turns_.stop();
        throw;
      }
    });
    if (rows_ == 0) {
      throw ParseError(path_, 1, 1, "the file has no rows");
    }
    return finish();
  }

 private:
  struct Piece {
    GrowingArray<char> buffer;
    std::string_view text;
    std::int64_t number = 0;
    ParsedChunk parsed;
    std::size_t first_entry = 0;
    std::size_t first_row = 0;
  };

  struct Arrays {
    GrowingArray<Offset> row_pointers;
    GrowingArray<Index> columns;
    GrowingArray<float> values;
  };

  void work() {
    Piece piece;
    while (take(piece)) {
      if (!piece.parsed.error) {
        ChunkParser(piece.text, rule_, piece.parsed).parse();
        source_->done(piece.text);
      }
      if (!turns_.take(piece.number, [&] { place(piece); })) {
        break;
      }
      copy(piece);
    }
  }

  /// A source that breaks is an error at the head of the piece that it cannot deliver.
  bool take(Piece& piece) {
    const std::lock_guard lock(source_mutex_);
    piece.parsed.reset(0);
    try {
      piece.text = source_->next(piece.buffer);
    } catch (const InputError& error) {
      piece.parsed.error = {1, 1, error.reason()};
    }
    piece.number = taken_++;
    return !piece.text.empty() || piece.parsed.error;
  }

  /// Counts a piece whose turn it is, so that the error that is thrown is the first in the file.
  void place(Piece& piece) {
    const ParsedChunk& parsed = piece.parsed;
    if (parsed.error) {
      throw ParseError(path_, lines_ + parsed.error->line, parsed.error->column,
                       parsed.error->reason);
    }
    piece.first_entry = entries_;
    piece.first_row = rows_;
    entries_ += parsed.entries;
    rows_ += parsed.rows;
    lines_ += parsed.lines;
    bytes_ += piece.text.size();
    last_column_ = std::max(last_column_, parsed.last_column);
    make_room();
    append_labels(piece);
  }

  /// Grows the arrays: when the text's size is known, to what it will need if it goes on as it
  /// began.
  void make_room() {
    if (rows_ > static_cast<std::size_t>(std::numeric_limits<Index>::max())) {
      throw ParseError(path_, lines_, 1, "the file has more than 2147483647 rows");
    }
    const double whole = static_cast<double>(source_->total_bytes()) / static_cast<double>(bytes_);
    const auto expected = [&](std::size_t count) {
      return std::max(count, static_cast<std::size_t>(1.02 * whole * static_cast<double>(count)));
    };
    if (rows_ + 1 > arrays_->row_pointers.capacity() || entries_ > arrays_->columns.capacity()) {
      const std::lock_guard lock(arrays_mutex_);
      arrays_->row_pointers.reserve(expected(rows_) + 1);
      arrays_->columns.reserve(expected(entries_));
      arrays_->values.reserve(expected(entries_));
      labels_.reserve(expected(rows_));
    }
  }

  void append_labels(const Piece& piece) {
    const ParsedChunk& parsed = piece.parsed;
    labels_.insert(labels_.end(), parsed.labels.data(), parsed.labels.data() + parsed.rows);
    if (parsed.weighted || !weights_.empty()) {
      weights_.resize(piece.first_row, 1.0);
      weights_.insert(weights_.end(), parsed.weights.data(), parsed.weights.data() + parsed.rows);
    }
  }

  void copy(const Piece& piece) {
    const std::shared_lock lock(arrays_mutex_);
    const ParsedChunk& parsed = piece.parsed;
    std::copy_n(parsed.columns.data(), parsed.entries, arrays_->columns.data() + piece.first_entry);
    std::copy_n(parsed.values.data(), parsed.entries, arrays_->values.data() + piece.first_entry);
    std::transform(parsed.row_ends.data(), parsed.row_ends.data() + parsed.rows,
                   arrays_->row_pointers.data() + piece.first_row + 1,
                   [&](Offset end) { return end + static_cast<Offset>(piece.first_entry); });
  }

  Dataset finish() {
    arrays_->row_pointers.data()[0] = 0;
    arrays_->columns.resize(entries_);
    arrays_->values.resize(entries_);
    const Index columns = options_.columns > 0 ? options_.columns : last_column_ + 1;
    return {CsrMatrix::trusted({arrays_->row_pointers.data(), rows_ + 1},
                               {arrays_->columns.data(), entries_},
                               {arrays_->values.data(), entries_}, columns, arrays_),
            std::move(labels_), std::move(weights_)};
  }

  const std::string path_;
  const ReadOptions options_;
  IndexRule rule_;

  std::mutex source_mutex_;  ///< guards the two that follow
  std::unique_ptr<LineSource> source_;
  std::int64_t taken_ = 0;  ///< pieces

  Turns turns_;  ///< guards what follows, but for the arrays
  std::size_t entries_ = 0;
  std::size_t rows_ = 0;
  std::size_t bytes_ = 0;
  std::int64_t lines_ = 0;
  Index last_column_ = -1;
  std::vector<double> labels_;
  std::vector<double> weights_;

  std::shared_mutex arrays_mutex_;  ///< shared to write into the arrays, alone to move them
  std::shared_ptr<Arrays> arrays_ = std::make_shared<Arrays>();
};

}  // namespace detail

/// Reads a LIBSVM file: plain (memory-mapped) or gzip, `-` for standard input; bzip2, xz and zstd
/// where the macros SOUNDER_WITH_BZIP2, SOUNDER_WITH_LZMA and SOUNDER_WITH_ZSTD say that their
/// libraries are linked (by CMake and pkg-config they are set for what was there at build time; all
/// units of a program need the same). The first bytes tell the format, not the name. Blank lines,
/// comments and a UTF-8 byte-order mark are skipped, rows without features kept, `qid:N` is
/// understood and left out.
///
/// Values are rounded correctly to float, labels and weights to double. Needs 8 bytes a nonzero and
/// 16 a row beside a few megabytes a thread; uses `options.threads` threads, which change nothing
/// in the result. A plain file must not shrink while it is read. May be called from several threads
/// at once, standard input apart.
/// @throws ParseError for the first place in the file that breaks the format, InputError for a file
///         that cannot be opened or read or is of another format (the reason names it, and a tool
///         that makes text of it), std::invalid_argument for wrong options.
[[nodiscard]] inline Dataset read_libsvm(const std::string& path, const ReadOptions& options = {}) {
  options.validate();
  return detail::LibsvmReading(path, options).read();
}

}  // namespace sounder
