// The LIBSVM grammar: parses a chunk of whole lines into rows, without files or threads.
#pragma once

#include <sounder/datasets/feature_hash.hpp>
#include <sounder/datasets/number_text.hpp>
#include <sounder/datasets/row_form.hpp>
#include <sounder/engine/base/growing_array.hpp>
#include <sounder/engine/matrix/csr_matrix.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace sounder::detail {

/// Whether a float cannot hold this number exactly.
[[nodiscard]] inline bool is_inexact(double value) noexcept {
  return static_cast<double>(static_cast<float>(value)) != value;
}

/// Whether a number is too large for a float.
[[nodiscard]] inline bool is_beyond(double value) noexcept {
  return std::isinf(static_cast<float>(value));
}

/// Which indices a file may contain.
struct IndexRule {
  std::int64_t base = 1;              ///< index of the first column: 0 or 1
  std::int64_t columns = 0x7FFFFFFF;  ///< columns in [0, columns)
  bool drop_extra = false;            ///< ignore indices beyond `columns` instead of refusing them
  int hash_bits = 0;                  ///< not 0: indices of any size, hashed to this many bits

  /// The largest index.
  [[nodiscard]] std::int64_t last() const noexcept {
    return hash_bits > 0 ? std::numeric_limits<std::int64_t>::max() : columns - 1 + base;
  }
};

/// One column for each index; HashedColumns is the alternative.
struct PlainColumns {
  std::int64_t base;  ///< the first index

  Index operator()(std::int64_t index, double& /*value*/) const noexcept {
    return static_cast<Index>(index - base);
  }
};

/// The rows of one chunk, and the first error in it. Reused for other chunks.
struct ParsedChunk {
  struct Error {
    std::int64_t line;    ///< in this chunk, from 1
    std::int64_t column;  ///< from 1
    std::string reason;
    bool weight = false;  ///< throw a WeightError
  };

  GrowingArray<Index> columns;
  GrowingArray<double> values;
  GrowingArray<Offset> row_ends;  ///< end of each row, in entries of this chunk
  GrowingArray<double> labels;
  GrowingArray<double> weights;
  std::size_t entries = 0;
  std::size_t rows = 0;
  std::int64_t lines = 0;
  Index last_column = -1;
  bool weighted = false;
  bool inexact = false;  ///< a value does not fit exactly into a float
  bool beyond = false;   ///< a value is too large for a float
  std::optional<Error> error;
  HashedRow hashed;  ///< working memory for the current row

  /// Makes room for whatever `bytes` of text can hold: an entry takes 4 bytes (" 1:1"), a row 2.
  void reset(std::size_t bytes) {
    columns.reserve(bytes / 4 + 2);
    values.reserve(bytes / 4 + 2);
    row_ends.reserve(bytes / 2 + 2);
    labels.reserve(bytes / 2 + 2);
    weights.reserve(bytes / 2 + 2);
    entries = 0;
    rows = 0;
    lines = 0;
    last_column = -1;
    weighted = false;
    inexact = false;
    beyond = false;
    error.reset();
  }
};

/// Parses `text`, whole lines followed by text_padding readable bytes, into `chunk`.
class ChunkParser {
 public:
  ChunkParser(std::string_view text, const IndexRule& rule, const RowForm& form, ParsedChunk& chunk)
      : at_(text.data()), end_(text.data() + text.size()), line_(at_), rule_(rule), form_(form),
        chunk_(chunk) {
    chunk.reset(text.size());
  }

  /// Parses up to the first error, which it stores in the chunk.
  void parse() {
    try {
      while (at_ < end_) {
        parse_line();
        ++chunk_.lines;
        line_ = ++at_;
      }
    } catch (const Wrong& wrong) {
      chunk_.error = {chunk_.lines + 1, wrong.place - line_ + 1, wrong.reason, wrong.weight};
    }
  }

 private:
  struct Wrong {
    const char* place;
    std::string reason;
    bool weight = false;
  };

  /// Parses a line; `at_` is then on the newline, or at the end.
  void parse_line() {
    at_ = skip_blanks(at_);
    if (!at_line_end(at_)) {
      if (form_.labels == Labels::none) {
        refuse_label();
      } else {
        parse_label();
      }
      parse_query();
      if (rule_.hash_bits > 0) {
        parse_hashed_features();
      } else {
        parse_features(PlainColumns{rule_.base});
      }
      chunk_.row_ends.data()[chunk_.rows++] = static_cast<Offset>(chunk_.entries);
    }
    if (at_ < end_ && *at_ == '#') {
      skip_comment();
    }
  }

  [[gnu::noinline]] void skip_comment() {
    const std::string_view rest(at_, static_cast<std::size_t>(end_ - at_));
    const std::string_view comment = rest.substr(0, rest.find('\n'));
    if (const std::size_t place = comment.find('\r'); place != std::string_view::npos) {
      skip_blanks(at_ + place);  // refuses text after a carriage return
    }
    at_ += comment.size();
  }

  /// The kernel: parses ` index:value` up to the end of the line. Anything written in an unusual
  /// way, or wrong, is left to functions outside of its loop.
  template <class Columns>
  void parse_features(Columns column_of) {
    Index* const columns = chunk_.columns.data();
    double* const values = chunk_.values.data();
    std::size_t count = chunk_.entries;
    const std::int64_t last = rule_.last();
    std::int64_t previous = rule_.base - 1;
    const char* text = at_;
    for (;;) {
      const Digits digits = leading_digits(text + 1);
      IndexText index{static_cast<std::int64_t>(digits.value), text + 1 + digits.count};
      if (*text != ' ' || digits.count == 0 || *index.colon != ':') {
        text = skip_blanks(text);
        if (at_line_end(text)) {
          break;
        }
        index = parse_index(text);
      }
      if (index.number <= previous || index.number > last) {
        text = parse_extra(index, previous);
      } else {
        text = parse_value(index.colon + 1, values[count]);
        columns[count] = column_of(index.number, values[count]);
        ++count;
      }
      previous = index.number;
    }
    if (count > chunk_.entries) {
      chunk_.last_column = std::max(chunk_.last_column, columns[count - 1]);
    }
    chunk_.entries = count;
    at_ = text;
  }

  [[gnu::noinline]] void parse_hashed_features() {
    const char* const features = skip_blanks(at_);
    const std::size_t first = chunk_.entries;
    parse_features(HashedColumns{rule_.hash_bits});
    const std::size_t count = chunk_.entries - first;
    double* const values = chunk_.values.data() + first;
    const std::size_t merged =
        chunk_.hashed.merge(chunk_.columns.data() + first, values, count, rule_.hash_bits);
    chunk_.entries = first + merged;
    if (merged < count) {
      take_sums({values, merged}, features);
    }
  }

  /// Checks values, some of which have become sums.
  void take_sums(std::span<const double> values, const char* features) const {
    for (const double value : values) {
      if (!std::isfinite(value) || (form_.floats && is_beyond(value))) {
        throw Wrong{features, std::string("values of one hashed column add up to more than a ") +
                                  (form_.floats ? "float" : "double") + " can hold"};
      }
      chunk_.inexact = chunk_.inexact || is_inexact(value);
      chunk_.beyond = chunk_.beyond || is_beyond(value);
    }
  }

  /// Inlined, because a call for each value would cost a quarter of the parsing.
  [[gnu::always_inline]] const char* parse_value(const char* text, double& value) const {
    if (is_digit(*text) && ends_token(text[1])) {  // most values of text data are like this
      value = static_cast<double>(*text - '0');
      return text + 1;
    }
    if (text >= end_ || ends_token(*text)) {
      fail_cut(text, "a value is missing after ':'");
    }
    const char* const end =
        form_.floats ? parse_float(text, value) : parse_number(text, end_, value);
    if (end == nullptr) {
      fail(text, "the value", "is not a number");
    }
    if (!at_token_end(end)) {
      fail_garbage(end);
    }
    if (!(std::abs(value) <= double{std::numeric_limits<float>::max()})) {
      take_large(text, value);
    }
    chunk_.inexact = chunk_.inexact || is_inexact(value);
    return end;
  }

  /// Handles a value that is too large for a float or a double.
  [[gnu::noinline]] void take_large(const char* text, double value) const {
    if (!std::isfinite(value)) {
      fail(text, "the value", form_.floats ? "is not finite as a float" : "is not finite");
    }
    chunk_.beyond = chunk_.beyond || is_beyond(value);
  }

  /// Parses to the nearest float, which may differ from the float nearest to the nearest double.
  [[gnu::noinline]] const char* parse_float(const char* text, double& value) const {
    float rounded = 0.0F;
    const char* const end = parse_number(text, end_, rounded);
    value = static_cast<double>(rounded);
    return end;
  }

  struct IndexText {
    std::int64_t number;
    const char* colon;  ///< just after the number's last digit
  };

  /// Parses an index that the kernel does not handle: after unusual blanks, long, or wrong.
  [[gnu::noinline]] IndexText parse_index(const char* text) const {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text, end_, number);
    if (!is_digit(*text)) {
      fail(text, "expected index:value, but found", "");
    }
    if (error == std::errc::result_out_of_range) {
      fail(text, "the index", "is too large");
    }
    if (at_token_end(end)) {
      fail_cut(end, "index " + std::to_string(number) + " has no value");
    }
    if (*end != ':') {
      fail(end, "expected ':' after an index, but found", "");
    }
    return {number, end};
  }

  /// Handles an index that is to be ignored (then returns the end of its value) or is wrong.
  [[gnu::noinline]] const char* parse_extra(IndexText index, std::int64_t previous) const {
    if (rule_.drop_extra && index.number > previous) {
      double value = 0.0;
      return parse_value(index.colon + 1, value);
    }
    const char* place = index.colon;
    while (place > line_ && is_digit(place[-1])) {
      --place;
    }
    const std::string name = "index " + std::to_string(index.number);
    if (index.number < rule_.base) {
      throw Wrong{place, name + ", but indices start at 1 (is the file zero-based?)"};
    }
    if (index.number == previous) {
      throw Wrong{place, name + " is repeated"};
    }
    if (index.number < previous) {
      throw Wrong{place, name + " after " + std::to_string(previous) + " is out of order"};
    }
    const bool given = rule_.columns < IndexRule{}.columns;
    throw Wrong{place, name + " is too large: the largest allowed is " +
                           std::to_string(rule_.last()) +
                           (given ? "" : "; hashed (--hash-bits B) it may be larger")};
  }

  /// If rows have no labels: checks that the first token is not just a number.
  void refuse_label() const {
    double label = 0.0;
    const char* const end = parse_number(at_, end_, label);
    if (end != nullptr && at_token_end(end)) {
      fail(at_, "rows were to have no labels, but here is", "");
    }
  }

  void parse_label() {
    const char* const token = at_;
    double& label = chunk_.labels.data()[chunk_.rows];
    const char* const end = parse_number(at_, end_, label);
    if (end == nullptr || (!at_token_end(end) && *end != ':') || !std::isfinite(label)) {
      fail(at_, "the label", "is not a finite number");
    }
    at_ = end;
    double weight = 1.0;
    if (at_ < end_ && *at_ == ':') {
      if (form_.labels == Labels::plain) {
        refuse_weight(token);
      }
      ++at_;
      const char* const weight_end = parse_number(at_, end_, weight);
      if (at_ >= end_ || ends_token(*at_)) {
        fail_cut(at_, "a weight is missing after ':'");
      }
      if (weight_end == nullptr || !at_token_end(weight_end) || !std::isfinite(weight) ||
          weight < 0.0) {
        fail(at_, "the weight", "is not a finite number of at least 0");
      }
      at_ = weight_end;
      chunk_.weighted = true;
    }
    chunk_.weights.data()[chunk_.rows] = weight;
  }

  [[noreturn]] void refuse_weight(const char* place) const {
    throw Wrong{place,
                quoted(token_at(place)) +
                    " is a label with a weight, or a feature of a row without a label",
                true};
  }

  /// Parses `qid:N` and ignores it.
  void parse_query() {
    const char* const token = skip_blanks(at_);
    if (end_ - token < 4 || std::string_view(token, 4) != "qid:") {
      return;
    }
    std::int64_t query = 0;
    at_ = std::from_chars(token + 4, end_, query).ptr;
    if (at_ == token + 4 || !at_token_end(at_)) {
      fail(token + 4, "the query number", "is not a whole number");
    }
  }

  static bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
  static bool is_blank(char c) noexcept { return c == ' ' || c == '\t' || c == '\r'; }
  static bool ends_token(char c) noexcept { return is_blank(c) || c == '\n' || c == '#'; }
  bool at_token_end(const char* text) const noexcept { return text >= end_ || ends_token(*text); }
  bool at_line_end(const char* text) const noexcept {
    return text >= end_ || *text == '\n' || *text == '#';
  }

  /// A carriage return counts as a blank only before the end of the line.
  const char* skip_blanks(const char* text) const {
    const char* carriage_return = nullptr;
    while (text < end_ && is_blank(*text)) {
      carriage_return = *text == '\r' ? text : carriage_return;
      ++text;
    }
    if (carriage_return != nullptr && text < end_ && *text != '\n') {
      fail_lone_return(carriage_return);
    }
    return text;
  }

  [[noreturn, gnu::noinline]] static void fail_lone_return(const char* place) {
    throw Wrong{place,
                "a carriage return alone ends a line here, as on old Macs: "
                "`tr '\\r' '\\n'` makes newlines of them"};
  }

  /// Reports the token at `place`, or that the file was cut off in the middle of a number there.
  [[noreturn]] void fail(const char* place, const std::string& before,
                         const std::string& after) const {
    const std::string_view token = token_at(place);
    if (place + token.size() == end_ &&
        token.find_first_not_of("0123456789+-.eE:") == std::string_view::npos) {
      fail_cut(end_, "");
    }
    throw Wrong{place, before + " " + quoted(token) + (after.empty() ? "" : " " + after)};
  }

  [[nodiscard]] std::string_view token_at(const char* place) const {
    const char* end = place;
    while (!at_token_end(end)) {
      ++end;
    }
    return {place, static_cast<std::size_t>(end - place)};
  }

  /// A token for a message, shortened and printable.
  [[nodiscard]] static std::string quoted(std::string_view token) {
    std::string text = "'";
    for (const char c : token.substr(0, 32)) {
      text += c > ' ' && c <= '~' ? c : '?';
    }
    return text + "'";
  }

  [[noreturn]] void fail_garbage(const char* garbage) const {
    const std::string_view rest(garbage, static_cast<std::size_t>(end_ - garbage));
    if (rest.size() <= 2 && rest.find_first_not_of("eE+-") == std::string_view::npos) {
      fail_cut(end_, "");
    }
    fail(garbage, "garbage after a value:", "");
  }

  /// Reports what is missing at `place`, or that the file ends there without a newline.
  [[noreturn]] void fail_cut(const char* place, const std::string& reason) const {
    throw Wrong{place, place >= end_ ? "the file ends in the middle of a number" : reason};
  }

  const char* at_;
  const char* const end_;
  const char* line_;
  const IndexRule rule_;
  const RowForm form_;
  ParsedChunk& chunk_;
};

}  // namespace sounder::detail
