// Messages made of words and numbers, for errors and results.
#pragma once

#include <concepts>
#include <cstdio>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <string_view>

namespace sounder {

/// A part of a message: text or a whole number. Views the text.
class Word {
 public:
  /// The text or the number. @{
  Word(const char* text) noexcept : text_(text) {}
  Word(std::string_view text) noexcept : text_(text) {}
  Word(const std::string& text) noexcept : text_(text) {}
  template <std::integral Number>
  Word(Number number) noexcept : number_(static_cast<long long>(number)), is_number_(true) {}
  /// @}

  /// Appends it to the sentence. @throws std::bad_alloc
  void append_to(std::string& sentence) const {
    if (is_number_) {
      char digits[24];
      const int length = std::snprintf(digits, sizeof digits, "%lld", number_);
      sentence.append(digits, static_cast<std::size_t>(length));
    } else {
      sentence.append(text_);
    }
  }

 private:
  std::string_view text_;
  long long number_ = 0;
  bool is_number_ = false;
};

/// Joins the words. Calls of it compile fast, while sums of strings take the compiler half a
/// second. Any number of threads. @throws std::bad_alloc
[[nodiscard, gnu::noinline]] inline std::string message(std::initializer_list<Word> words) {
  std::string sentence;
  for (const Word& word : words) {
    word.append_to(sentence);
  }
  return sentence;
}

/// Throws std::invalid_argument with the words as its message.
[[noreturn, gnu::noinline, gnu::cold]] inline void refuse(std::initializer_list<Word> words) {
  throw std::invalid_argument(message(words));
}

}  // namespace sounder
