// The head of a text: finds a byte-order mark, and first lines that show another kind of file.
#pragma once

#include <sounder/datasets/file_format.hpp>
#include <sounder/datasets/number_text.hpp>
#include <sounder/datasets/parse_error.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace sounder::detail {

/// This many bytes of a text are looked at before it is parsed.
inline constexpr std::size_t text_head = std::size_t{1} << 16;

/// A line without its comment and without blanks at its ends.
struct HeadLine {
  std::string_view text;
  std::int64_t number = 0;  ///< from 1
  std::int64_t column = 0;  ///< column of the text's first byte, from 1
};

/// Goes through the lines that are not empty.
class HeadLines {
 public:
  explicit HeadLines(std::string_view head) : rest_(head) {}

  /// The next line; its text is empty at the end.
  HeadLine next() {
    while (!rest_.empty()) {
      const std::string_view line = rest_.substr(0, rest_.find('\n'));
      rest_.remove_prefix(std::min(line.size() + 1, rest_.size()));
      ++number_;
      const std::string_view content = line.substr(0, line.find('#'));
      const std::size_t first = content.find_first_not_of(blanks);
      if (first != std::string_view::npos) {
        const std::size_t last = content.find_last_not_of(blanks);
        return {content.substr(first, last + 1 - first), number_,
                static_cast<std::int64_t>(first) + 1};
      }
    }
    return {};
  }

  static constexpr std::string_view blanks = " \t\r";

 private:
  std::string_view rest_;
  std::int64_t number_ = 0;
};

/// What kinds of words a line has.
struct LineShape {
  explicit LineShape(std::string_view line) {
    for (std::size_t at = 0; at < line.size(); ++words) {
      const std::size_t end = std::min(line.find_first_of(HeadLines::blanks, at), line.size());
      const std::string_view word = line.substr(at, end - at);
      double value = 0.0;
      const char* const last = word.data() + word.size();
      numbers += parse_any_number(word.data(), last, value) == last ? 1 : 0;
      whole += word.find_first_not_of("0123456789") == std::string_view::npos ? 1 : 0;
      named = named || (words == 0 && numbers == 0);
      at = std::min(line.find_first_not_of(HeadLines::blanks, end), line.size());
    }
  }

  std::size_t words = 0;
  std::size_t numbers = 0;  ///< number of words that are numbers
  std::size_t whole = 0;    ///< number of words that are whole numbers without a sign
  bool named = false;       ///< the first word is not a number
};

/// Recognises files of other kinds by typical lines. Judges only lines that cannot be a row: more
/// than one word, and no colon.
class HeadJudge {
 public:
  /// @param outer the format that the text was packed in, nullptr for none
  HeadJudge(std::string_view head, const FileFormat* outer) : outer_(outer) {
    HeadLines lines(head);
    first_ = lines.next();
    second_ = lines.next();
    if (head.find('\0') != std::string_view::npos) {
      first_ = {};  // not text: the parser reports the place
    }
  }

  /// The first line that is not empty.
  [[nodiscard]] const HeadLine& line() const noexcept { return first_; }

  /// What is wrong with the line; empty if nothing is.
  [[nodiscard]] std::string reason() const {
    const std::string_view text = first_.text;
    if (text.starts_with('<')) {
      return "this looks like a web page or XML, not like LIBSVM rows, " + std::string(row_form);
    }
    if (text.find(':') != std::string_view::npos) {
      return {};
    }
    for (const auto& [separator, name] : {std::pair{',', "commas"}, std::pair{';', "semicolons"}}) {
      if (text.find(separator) != std::string_view::npos) {
        return "this looks like CSV, values separated by " + std::string(name) + elsewhere();
      }
    }
    const LineShape shape(text);
    const bool rows_follow = second_.text.find(':') != std::string_view::npos;
    if (shape.words < 2) {
      return {};
    }
    if (shape.named) {
      return quoted() + " looks like a line of column names" +
             (rows_follow ? remove_it() : elsewhere());
    }
    const LineShape next(second_.text);
    const bool alike = next.words == shape.words && next.numbers == next.words;
    const bool few = shape.whole == shape.words && shape.words <= 3;
    if (shape.numbers == shape.words && (rows_follow || (few && !alike && next.words > 0))) {
      return quoted() + " looks like a header line of sizes, not like a row" + remove_it();
    }
    if (shape.numbers == shape.words && (alike || !few)) {
      return "this looks like a table of numbers without indices" + elsewhere();
    }
    return {};
  }

 private:
  static constexpr std::string_view row_form = "`label index:value index:value ...`";

  [[nodiscard]] std::string quoted() const {
    std::string text = "'";
    for (const char c : first_.text.substr(0, 40)) {
      text += c >= ' ' && c <= '~' ? c : '?';
    }
    return text + (first_.text.size() > 40 ? "...'" : "'");
  }

  [[nodiscard]] std::string remove_it() const {
    const std::string tail = "tail -n +" + std::to_string(first_.number + 1);
    return ": " + command_line({tail + " FILE", tail}, outer_) + " leaves it out" +
           std::string(then_read_it);
  }

  static std::string elsewhere() {
    return "; LIBSVM rows are " + std::string(row_form) +
           ", as scikit-learn's dump_svmlight_file writes them";
  }

  HeadLine first_;
  HeadLine second_;
  const FileFormat* outer_;
};

/// The place of the first carriage return, if it is followed by text and there is no newline;
/// otherwise npos.
[[nodiscard]] inline std::size_t find_lone_return(std::string_view head) noexcept {
  const std::size_t place = head.find('\r');
  const bool alone = head.find('\n') == std::string_view::npos &&
                     head.find_first_not_of(HeadLines::blanks, place) != std::string_view::npos;
  return alone ? place : std::string_view::npos;
}

/// Where the text with this head begins, after a byte-order mark if there is one.
/// @param outer the format that it was packed in, nullptr for none
/// @throws ParseError if the first lines are of a known kind other than LIBSVM's.
[[nodiscard]] inline std::size_t text_begin(std::string_view head, const std::string& path,
                                            const FileFormat* outer) {
  constexpr std::string_view mark = "\xEF\xBB\xBF";
  const std::size_t begin = head.starts_with(mark) ? mark.size() : 0;
  const std::string_view text = head.substr(begin);
  const std::size_t lone = find_lone_return(text);
  if (lone != std::string_view::npos) {
    constexpr TextTool tool{"tr '\\r' '\\n' < FILE", "tr '\\r' '\\n'"};
    throw ParseError(
        path, 1, static_cast<std::int64_t>(lone) + 1,
        "a carriage return alone ends this line, as on old Macs: " + command_line(tool, outer) +
            " makes newlines of them" + std::string(then_read_it));
  }
  const HeadJudge judge(text, outer);
  const std::string reason = judge.reason();
  if (!reason.empty()) {
    throw ParseError(path, judge.line().number, judge.line().column, reason);
  }
  return begin;
}

}  // namespace sounder::detail
