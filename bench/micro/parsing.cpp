// Reading LIBSVM text, whole numbers or decimals, from a file of some 30 MB that the page cache
// holds. The arrays' memory is taken and given back every time.
#include <sounder/datasets/generate_text.hpp>
#include <sounder/datasets/libsvm_reader.hpp>
#include <sounder/datasets/libsvm_writer.hpp>

#include "timing.hpp"

#include <unistd.h>

#include <filesystem>
#include <string>
#include <system_error>

namespace {

using sounder::TextValues;

/// A temporary file of generated text, removed at the end.
class TextFile {
 public:
  TextFile(const std::string& name, const sounder::TextOptions& options)
      : path_(std::filesystem::temp_directory_path() /
              ("sounder-" + name + "-" + std::to_string(::getpid()))) {
    const int threads = sounder::available_threads();
    sounder::write_libsvm(path_.string(),
                          sounder::generate_text(options, sounder::Team(threads)).data,
                          {.threads = threads});
  }
  TextFile(const TextFile&) = delete;
  TextFile& operator=(const TextFile&) = delete;
  ~TextFile() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }

  [[nodiscard]] std::string path() const { return path_.string(); }
  [[nodiscard]] std::int64_t bytes() const {
    return static_cast<std::int64_t>(std::filesystem::file_size(path_));
  }

 private:
  std::filesystem::path path_;
};

const TextFile& counts() {
  static const TextFile file("counts", {.rows = 36'000, .columns = 100'000, .row_nonzeros = 100.0});
  return file;
}

const TextFile& decimals() {
  static const TextFile file(
      "decimals",
      {.rows = 18'000, .columns = 100'000, .row_nonzeros = 100.0, .values = TextValues::tf});
  return file;
}

template <const TextFile& (*text)()>
void read(benchmark::State& state) {
  const TextFile& file = text();
  const sounder::ReadOptions options{.threads = micro::team(state).size()};
  for ([[maybe_unused]] auto step : state) {
    const sounder::Dataset data = sounder::read_libsvm(file.path(), options);
    benchmark::DoNotOptimize(data.matrix.values().data());
  }
  state.SetBytesProcessed(state.iterations() * file.bytes());
}

BENCHMARK_TEMPLATE(read, counts)->Apply(micro::by_team);
BENCHMARK_TEMPLATE(read, decimals)->Apply(micro::by_team);

}  // namespace
