// Where results and reports go: standard output, standard error, and files that appear complete.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace sounder {

/// Lines for the user on standard error; nothing if quiet.
class Report {
 public:
  explicit Report(bool quiet) : quiet_(quiet) {}

  [[nodiscard]] bool quiet() const noexcept { return quiet_; }
  void line(const std::string& text) const;

 private:
  bool quiet_;
};

/// Writes a file completely or not at all; `-` is standard output. @throws std::system_error
void write_file(const std::string& path, std::string_view text);

/// Checks that a file can be written, so that a command fails now rather than after hours of work;
/// leaves nothing behind. An empty path and `-` are always accepted. @throws std::system_error
void require_writable(const std::string& path);

/// Writes indented JSON and a newline. @throws std::system_error
void write_json(const std::string& path, const nlohmann::ordered_json& json);

/// A number, or null if it is not finite.
[[nodiscard]] nlohmann::ordered_json json_number(double number);

/// The bits of hashed columns, or null if they are not hashed.
[[nodiscard]] nlohmann::ordered_json hash_bits_json(int bits);

/// The peak memory of this process so far, in bytes.
[[nodiscard]] std::int64_t peak_memory_bytes();

}  // namespace sounder
