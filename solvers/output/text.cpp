#include "text.hpp"

#include <array>
#include <charconv>

namespace sounder {
namespace {

using Buffer = std::array<char, 512>;  // %f of the largest double takes 309 digits

}  // namespace

std::string with_commas(std::int64_t number) {
  std::string text = std::to_string(number);
  const std::size_t first = number < 0 ? 1 : 0;
  for (std::size_t place = text.size(); place > first + 3; place -= 3) {
    text.insert(place - 3, 1, ',');
  }
  return text;
}

std::string shortest(double number) {
  Buffer buffer{};
  return {buffer.data(), std::to_chars(buffer.data(), buffer.data() + buffer.size(), number).ptr};
}

std::string digits(double number, int significant) {
  Buffer buffer{};
  return {buffer.data(), std::to_chars(buffer.data(), buffer.data() + buffer.size(), number,
                                       std::chars_format::general, significant)
                             .ptr};
}

std::string decimals(double number, int places) {
  Buffer buffer{};
  return {buffer.data(), std::to_chars(buffer.data(), buffer.data() + buffer.size(), number,
                                       std::chars_format::fixed, places)
                             .ptr};
}

std::string right(const std::string& text, std::size_t width) {
  return text.size() < width ? std::string(width - text.size(), ' ') + text : text;
}

std::string count_of(std::int64_t number, const std::string& noun) {
  std::string text = with_commas(number) + " " + noun;
  if (number == 1) {
    return text;
  }
  if (noun.back() == 'y') {
    text.back() = 'i';
    return text + "es";
  }
  return text + "s";
}

}  // namespace sounder
