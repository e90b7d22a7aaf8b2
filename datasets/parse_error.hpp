// Errors in input files, and their places.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>

namespace sounder {

/// An input that cannot be opened, read or understood. what() is `FILE: reason`.
class InputError : public std::runtime_error {
 public:
  /// @param reason what is wrong, without the path
  InputError(const std::string& path, const std::string& reason)
      : InputError(path + ": " + reason, path, reason) {}

  /// The constructor's arguments. @{
  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  [[nodiscard]] const std::string& reason() const noexcept { return reason_; }
  /// @}

 protected:
  /// For errors whose what() says more than path and reason.
  InputError(const std::string& what, const std::string& path, const std::string& reason)
      : std::runtime_error(what), path_(path), reason_(reason) {}

 private:
  std::string path_;
  std::string reason_;
};

/// Text that breaks its format. what() is `FILE:LINE:COLUMN: reason`; line and column (in bytes)
/// count from 1 and point at the first byte that cannot be accepted.
class ParseError : public InputError {
 public:
  /// @param reason what is wrong, without the place
  ParseError(const std::string& path, std::int64_t line, std::int64_t column,
             const std::string& reason)
      : InputError(path + ":" + std::to_string(line) + ":" + std::to_string(column) + ": " + reason,
                   path, reason),
        line_(line), column_(column) {}

  /// The place where the text breaks its format, from 1. @{
  [[nodiscard]] std::int64_t line() const noexcept { return line_; }
  [[nodiscard]] std::int64_t column() const noexcept { return column_; }
  /// @}

 private:
  std::int64_t line_;
  std::int64_t column_;
};

/// A `label:weight` if plain labels are wanted; or the row has no label and this is its first
/// feature.
class WeightError : public ParseError {
 public:
  using ParseError::ParseError;
};

}  // namespace sounder
