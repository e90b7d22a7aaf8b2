#include "output.hpp"

#include <sounder/engine/base/atomic_file.hpp>

#include <sys/resource.h>

#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

namespace sounder {

void Report::line(const std::string& text) const {
  if (!quiet_) {
    std::fputs((text + "\n").c_str(), stderr);
  }
}

void write_file(const std::string& path, std::string_view text) {
  AtomicFile file(path);
  file.write(text);
  file.commit();
}

void require_writable(const std::string& path) {
  if (!path.empty() && path != "-") {
    const AtomicFile probe(path);
  }
}

void write_json(const std::string& path, const nlohmann::ordered_json& json) {
  constexpr int indent = 2;
  const auto replace = nlohmann::ordered_json::error_handler_t::replace;
  write_file(path, json.dump(indent, ' ', false, replace) + "\n");
}

nlohmann::ordered_json json_number(double number) {
  return std::isfinite(number) ? nlohmann::ordered_json(number) : nlohmann::ordered_json(nullptr);
}

nlohmann::ordered_json hash_bits_json(int bits) {
  return bits > 0 ? nlohmann::ordered_json(bits) : nlohmann::ordered_json(nullptr);
}

std::int64_t peak_memory_bytes() {
  struct rusage usage {};
  getrusage(RUSAGE_SELF, &usage);
  return std::int64_t{usage.ru_maxrss} * 1024;
}

}  // namespace sounder
