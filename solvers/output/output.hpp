// Where results and reports go: standard output, standard error, files that appear whole.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace sounder {

/// Lines for a person, on standard error; nothing at all when quiet.
class Report {
 public:
  explicit Report(bool quiet) : quiet_(quiet) {}

  [[nodiscard]] bool quiet() const noexcept { return quiet_; }
  void line(const std::string& text) const;

 private:
  bool quiet_;
};

/// Writes a file whole or not at all; `-` is standard output. @throws std::system_error
void write_file(const std::string& path, std::string_view text);

/// Fails now rather than after hours of work when a file could not be written; leaves nothing
/// behind. An empty path and `-` are always fine. @throws std::system_error
void require_writable(const std::string& path);

/// Indented JSON and a newline. @throws std::system_error
void write_json(const std::string& path, const nlohmann::ordered_json& json);

/// A number, or null where JSON has none (not finite).
[[nodiscard]] nlohmann::ordered_json json_number(double number);

/// The bits of hashed columns, null where they are not hashed.
[[nodiscard]] nlohmann::ordered_json hash_bits_json(int bits);

/// The most memory that this process has held so far, in bytes.
[[nodiscard]] std::int64_t peak_memory_bytes();

}  // namespace sounder
