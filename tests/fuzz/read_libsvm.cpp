// Reads arbitrary bytes: one thread and many small pieces must agree on the rows or on the error,
// and what was read must be valid and read back the same after writing.
#include <sounder/datasets/libsvm_reader.hpp>
#include <sounder/datasets/libsvm_writer.hpp>

#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <bit>
#include <cstdlib>
#include <span>
#include <utility>

using sounder::CsrMatrix;
using sounder::Dataset;
using sounder::Index;
using sounder::InputError;
using sounder::read_libsvm;
using sounder::ReadOptions;

namespace {

/// A file in memory, with a path.
class MemoryFile {
 public:
  MemoryFile() : handle_(::memfd_create("fuzz", 0)) {}
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  ~MemoryFile() { ::close(handle_); }

  [[nodiscard]] std::string path() const { return "/proc/self/fd/" + std::to_string(handle_); }

  void set(const std::uint8_t* data, std::size_t size) const {
    if (::ftruncate(handle_, 0) != 0 ||
        ::pwrite(handle_, data, size, 0) != static_cast<ssize_t>(size)) {
      std::abort();
    }
  }

 private:
  int handle_;
};

struct Outcome {
  Dataset data;
  std::string error;
};

Outcome read(const MemoryFile& file, const ReadOptions& options) {
  try {
    return {read_libsvm(file.path(), options), {}};
  } catch (const InputError& error) {
    return {{}, error.what()};
  }
}

template <class Range>
std::string_view bytes(const Range& range) {
  return {static_cast<const char*>(static_cast<const void*>(range.data())),
          range.size() * sizeof(*range.data())};
}

void require(bool condition) {
  if (!condition) {
    std::abort();
  }
}

template <class Value>
void require_same_values(const Dataset& a, const Dataset& b) {
  const auto view = [](const Dataset& data) {
    const auto values = data.matrix.values();
    return std::span<const Value>(values.data<Value>(), values.size());
  };
  require(bytes(view(a)) == bytes(view(b)));
}

void require_same(const Dataset& a, const Dataset& b) {
  require(bytes(a.matrix.row_pointers()) == bytes(b.matrix.row_pointers()));
  require(bytes(a.matrix.column_indices()) == bytes(b.matrix.column_indices()));
  require((a.matrix.values().data<double>() == nullptr) ==
          (b.matrix.values().data<double>() == nullptr));
  a.matrix.values().data<double>() == nullptr ? require_same_values<float>(a, b)
                                              : require_same_values<double>(a, b);
  require(a.double_column == b.double_column);
  require(bytes(a.labels) == bytes(b.labels));
  require(bytes(a.weights) == bytes(b.weights));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const MemoryFile file;
  ReadOptions options;
  if (size > 0) {  // the first byte chooses the options, and the text begins after it
    options.zero_based = (*data & 1U) != 0;
    options.columns = (*data & 2U) != 0 ? 12 : 0;
    options.drop_extra_columns = (*data & 6U) == 6U;
    options.values = std::array{sounder::Values::automatic, sounder::Values::floats,
                                sounder::Values::doubles, sounder::Values::automatic}[*data >> 6U];
    options.labels = (*data & 8U) != 0    ? sounder::Labels::none
                     : (*data & 16U) != 0 ? sounder::Labels::plain
                                          : sounder::Labels::weighted;
    options.hash_bits = (*data & 38U) == 36U ? 3 : 0;
    ++data;
    --size;
  }
  file.set(data, size);
  const Outcome whole = read(file, options);
  for (const int threads : {1, 3}) {
    for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{40}}) {
      ReadOptions other = options;
      other.threads = threads;
      other.chunk_bytes = piece;
      const Outcome pieces = read(file, other);
      require(pieces.error == whole.error);
      require_same(pieces.data, whole.data);
    }
  }
  if (whole.error.empty() && options.labels != sounder::Labels::none) {
    const CsrMatrix& matrix = whole.data.matrix;
    static_cast<void>(CsrMatrix(matrix.row_pointers(), matrix.column_indices(), matrix.values(),
                                matrix.columns()));
    file.set(data, 0);
    if (options.hash_bits > 0) {  // what is written are columns, not indices
      options.columns = Index{1} << std::exchange(options.hash_bits, 0);
    }
    sounder::WriteOptions write;
    write.zero_based = options.zero_based;
    sounder::write_libsvm(file.path(), whole.data, write);
    const Outcome again = read(file, options);
    require(again.error.empty());
    require_same(again.data, whole.data);
  }
  return 0;
}
