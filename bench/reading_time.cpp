// Reads a LIBSVM file once and prints how long that took and how much memory, as one line of JSON.
//   reading_time FILE [THREADS]
#include <sounder/datasets/libsvm_reader.hpp>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iostream>

namespace {

/// Largest resident size of this process so far, in bytes (VmHWM, mapped files included).
long peak_memory() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    if (word == "VmHWM:") {
      long kilobytes = 0;
      status >> kilobytes;
      return kilobytes * 1024;
    }
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::cerr << "usage: reading_time FILE [THREADS]\n";
    return 2;
  }
  try {
    sounder::ReadOptions options;
    options.threads = argc > 2 ? std::atoi(argv[2]) : 1;
    const long before = peak_memory();
    const auto start = std::chrono::steady_clock::now();
    const sounder::Dataset data = sounder::read_libsvm(argv[1], options);
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    const auto& matrix = data.matrix;
    const auto arrays = matrix.row_pointers().size_bytes() + matrix.column_indices().size_bytes() +
                        matrix.values().size_bytes();
    std::cout << "{\"seconds\": " << seconds.count() << ", \"rows\": " << matrix.rows()
              << ", \"nonzeros\": " << matrix.nonzeros() << ", \"array_bytes\": " << arrays
              << ", \"peak_bytes\": " << peak_memory() << ", \"peak_bytes_before\": " << before
              << "}\n";
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 3;
  }
}
