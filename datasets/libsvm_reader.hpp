// Reads LIBSVM files: `label[:weight] [qid:N] index:value ... [# comment]`, one row a line.
#pragma once

#include <sounder/datasets/dataset.hpp>
#include <sounder/datasets/libsvm_parser.hpp>
#include <sounder/datasets/line_source.hpp>
#include <sounder/datasets/turns.hpp>
#include <sounder/datasets/value_array.hpp>
#include <sounder/datasets/value_choice.hpp>
#include <sounder/engine/threads/team.hpp>

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

/// Options of read_libsvm().
struct ReadOptions {
  bool zero_based = false;  ///< indices start at 0 instead of 1
  Index columns = 0;        ///< columns of the matrix; 0: as many as the indices need
  bool drop_extra_columns =
      false;  ///< leave out features beyond `columns` instead of refusing them
  Labels labels = Labels::weighted;                ///< what precedes a row's features
  Values values = Values::automatic;               ///< how values are kept
  int threads = 1;                                 ///< threads that parse, at least 1
  std::size_t chunk_bytes = std::size_t{1} << 18;  ///< bytes of text that a thread parses at a time
  /// 0, or B from 1 to 30: indices may be as large as 2^63 - 1, and hash_feature() maps them to 2^B
  /// columns. Cannot be combined with `columns`.
  int hash_bits = 0;

  /// @throws std::invalid_argument naming the field.
  void validate() const {
    if (columns < 0) {
      throw std::invalid_argument("ReadOptions: columns must not be negative");
    }
    if (drop_extra_columns && columns == 0) {
      throw std::invalid_argument("ReadOptions: drop_extra_columns needs columns");
    }
    if (hash_bits < 0 || hash_bits > most_hash_bits) {
      throw std::invalid_argument("ReadOptions: hash_bits must be from 1 to 30, or 0 for none");
    }
    if (hash_bits > 0 && columns > 0) {
      throw std::invalid_argument("ReadOptions: hash_bits says how many columns there are");
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

/// Reads one file into CSR arrays. Each thread takes a piece of the text and parses it into a
/// buffer that stays in its cache. Once the pieces before it are counted, it copies its rows to
/// their place. Beyond the arrays this needs one piece of text and its rows a thread, whatever the
/// size of the file.
class LibsvmReading {
 public:
  /// @param again the file has been read before, and floats changed its values too much
  LibsvmReading(const std::string& path, const ReadOptions& options, bool again)
      : path_(path), options_(options), source_(open_lines(path, options.chunk_bytes)),
        choice_(options.values, !again && source_->total_bytes() > 0) {
    form_.labels = options.labels;
    form_.floats = options.values == Values::floats;
    rule_.base = options.zero_based ? 0 : 1;
    rule_.columns = options.columns > 0 ? options.columns : std::numeric_limits<Index>::max();
    rule_.drop_extra = options.drop_extra_columns;
    rule_.hash_bits = options.hash_bits;
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

  /// Whether floats changed the values too much, so that the file has to be read again. Only true
  /// for a file that can be read again; call it after read().
  [[nodiscard]] bool falsified() const { return choice_.falsified(); }

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
    ValueArray values;
  };

  void work() {
    Piece piece;
    while (take(piece)) {
      if (!piece.parsed.error) {
        ChunkParser(piece.text, rule_, form_, piece.parsed).parse();
        source_->done(piece.text);
      }
      if (!turns_.take(piece.number, [&] { place(piece); })) {
        break;
      }
      copy(piece);
    }
  }

  /// If the source breaks, the error belongs to the head of the piece that is missing.
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

  /// Counts a piece when its turn comes, so that the error thrown is the first in the file.
  void place(Piece& piece) {
    const ParsedChunk& parsed = piece.parsed;
    if (parsed.error) {
      fail(*parsed.error);
    }
    piece.first_entry = entries_;
    piece.first_row = rows_;
    entries_ += parsed.entries;
    rows_ += parsed.rows;
    lines_ += parsed.lines;
    bytes_ += piece.text.size();
    last_column_ = std::max(last_column_, parsed.last_column);
    if (choice_.doubles_from(parsed, entries_) != arrays_->values.doubles()) {
      convert(piece.first_entry);
    }
    make_room();
    append_labels(piece);
  }

  [[noreturn]] void fail(const ParsedChunk::Error& error) const {
    const std::int64_t line = lines_ + error.line;
    if (error.weight) {
      throw WeightError(path_, line, error.column, error.reason);
    }
    throw ParseError(path_, line, error.column, error.reason);
  }

  /// Turns the values read so far into doubles, or into floats.
  void convert(std::size_t entries) {
    const std::lock_guard lock(arrays_mutex_);
    ValueArray& values = arrays_->values;
    values.doubles() ? values.narrow(entries) : values.widen(entries);
  }

  /// Grows the arrays; if the text's size is known, to the size that they need if the text goes on
  /// as it began.
  void make_room() {
    if (rows_ > static_cast<std::size_t>(std::numeric_limits<Index>::max())) {
      throw ParseError(path_, lines_, 1, "the file has more than 2147483647 rows");
    }
    const double whole = static_cast<double>(source_->total_bytes()) / static_cast<double>(bytes_);
    const auto expected = [&](std::size_t count) {
      return std::max(count, static_cast<std::size_t>(1.02 * whole * static_cast<double>(count)));
    };
    if (rows_ + 1 > arrays_->row_pointers.capacity() || entries_ > arrays_->columns.capacity() ||
        entries_ > arrays_->values.capacity()) {
      const std::lock_guard lock(arrays_mutex_);
      arrays_->row_pointers.reserve(expected(rows_) + 1);
      arrays_->columns.reserve(expected(entries_));
      arrays_->values.reserve(expected(entries_));
      labels_.reserve(expected(rows_));
    }
  }

  void append_labels(const Piece& piece) {
    const ParsedChunk& parsed = piece.parsed;
    if (options_.labels == Labels::none) {
      return;
    }
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
    arrays_->values.put(piece.first_entry, {parsed.values.data(), parsed.entries});
    std::transform(parsed.row_ends.data(), parsed.row_ends.data() + parsed.rows,
                   arrays_->row_pointers.data() + piece.first_row + 1,
                   [&](Offset end) { return end + static_cast<Offset>(piece.first_entry); });
  }

  Dataset finish() {
    arrays_->row_pointers.data()[0] = 0;
    arrays_->columns.resize(entries_);
    Dataset data{matrix(), std::move(labels_), std::move(weights_)};
    data.double_column = choice_.changed_column(data.matrix);
    if (options_.values == Values::automatic && data.double_column < 0 &&
        arrays_->values.doubles()) {
      convert(entries_);
    }
    arrays_->values.resize(entries_);
    data.matrix = matrix();
    return data;
  }

  [[nodiscard]] CsrMatrix matrix() const {
    const Index columns = options_.hash_bits > 0 ? Index{1} << options_.hash_bits
                          : options_.columns > 0 ? options_.columns
                                                 : last_column_ + 1;
    return CsrMatrix::trusted({arrays_->row_pointers.data(), rows_ + 1},
                              {arrays_->columns.data(), entries_}, arrays_->values.view(entries_),
                              columns, arrays_);
  }

  const std::string path_;
  const ReadOptions options_;
  IndexRule rule_;
  RowForm form_;

  std::mutex source_mutex_;  ///< guards the next two members
  std::unique_ptr<LineSource> source_;
  std::int64_t taken_ = 0;  ///< number of pieces taken

  Turns turns_;  ///< guards the members below, except the arrays
  std::size_t entries_ = 0;
  std::size_t rows_ = 0;
  std::size_t bytes_ = 0;
  std::int64_t lines_ = 0;
  Index last_column_ = -1;
  std::vector<double> labels_;
  std::vector<double> weights_;
  ValueChoice choice_;

  std::shared_mutex arrays_mutex_;  ///< held shared to write into the arrays, exclusively to move
                                    ///< them
  std::shared_ptr<Arrays> arrays_ = std::make_shared<Arrays>();
};

}  // namespace detail

/// Reads a LIBSVM file, plain (memory-mapped) or gzip; `-` is standard input. bzip2, xz and zstd
/// are read if the macros SOUNDER_WITH_BZIP2, SOUNDER_WITH_LZMA and SOUNDER_WITH_ZSTD say that
/// their libraries are linked. (CMake and pkg-config set them for the libraries found at build
/// time; all units of a program need the same setting.) The format is recognised by the first
/// bytes, not by the name. Blank lines, comments and a UTF-8 byte-order mark are skipped, rows
/// without features are kept, `qid:N` is ignored.
///
/// With `options.hash_bits` the values of a row's features that share a column are added (in
/// double; a sum of 0 is kept), and the matrix has 2^hash_bits columns, however few of them are
/// used.
///
/// Labels and weights are doubles. Values are too, unless floats are asked for or are good enough
/// (`Values::automatic`). Floats are good enough if every value is a float. In data of more than
/// 2^20 nonzeros they also are if no value is too large for a float, and no column that more than
/// half of the rows hold has values that rounding would move by more than 1e-5 of their deviation.
/// Such columns are looked for in a sample of the rows. If one is found in a plain file after
/// values have been rounded, the file is read again.
///
/// Needs 8 bytes a nonzero (12 if values are doubles, or may have to be while it reads) and 16 a
/// row, and a few megabytes a thread. Uses `options.threads` threads, whose number does not change
/// the result. A plain file must not shrink while it is read. May be called from several threads at
/// once, except for standard input.
/// @throws WeightError for a `label:weight` if `Labels::plain` are wanted, ParseError for the first
///        place in the file that breaks the format, InputError for a file that cannot be opened or
///        read or has another format (the reason names it, and a tool that turns it into text),
///        std::invalid_argument for wrong options.
[[nodiscard]] inline Dataset read_libsvm(const std::string& path, const ReadOptions& options = {}) {
  options.validate();
  {
    detail::LibsvmReading reading(path, options, false);
    Dataset data = reading.read();
    if (!reading.falsified()) {
      return data;
    }
  }
  return detail::LibsvmReading(path, options, true).read();
}

}  // namespace sounder
