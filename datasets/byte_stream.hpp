// ByteStream: bytes in order from any source; a file, or a stream whose head is looked at first.
#pragma once

#include <sounder/datasets/input_file.hpp>

#include <algorithm>
#include <cstring>
#include <exception>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

namespace sounder::detail {

/// Bytes in order. Read by one thread at a time.
class ByteStream {
 public:
  ByteStream() = default;
  ByteStream(const ByteStream&) = delete;
  ByteStream& operator=(const ByteStream&) = delete;
  virtual ~ByteStream() = default;

  /// Reads up to `size` bytes (at least one) into `to`.
  /// @returns how many were read; 0 only at the end. @throws InputError if the stream is broken,
  ///        after everything before that place has been read.
  virtual std::size_t read(char* to, std::size_t size) = 0;
};

/// A file from its current position to its end.
class FileBytes final : public ByteStream {
 public:
  explicit FileBytes(std::shared_ptr<const InputFile> file) : file_(std::move(file)) {}

  std::size_t read(char* to, std::size_t size) override {
    const std::size_t count = ended_ ? 0 : file_->read(to, size);
    ended_ = count < size;  // remembered, because a terminal would ask for more input
    return count;
  }

 private:
  std::shared_ptr<const InputFile> file_;
  bool ended_ = false;
};

/// A stream whose head can be looked at before it is read.
class PeekedBytes final : public ByteStream {
 public:
  /// Reads the head: `size` bytes, or all there are.
  PeekedBytes(std::unique_ptr<ByteStream> stream, std::size_t size)
      : stream_(std::move(stream)), bytes_(size) {
    std::size_t held = 0;
    try {
      for (std::size_t count = 1; held < size && count > 0; held += count) {
        count = stream_->read(bytes_.data() + held, size - held);
      }
    } catch (const InputError&) {
      error_ = std::current_exception();
    }
    bytes_.resize(held);
  }

  /// The part of the head that has not been read yet.
  [[nodiscard]] std::string_view head() const noexcept {
    return std::string_view(bytes_.data(), bytes_.size()).substr(begin_);
  }

  /// Skips the first `count` bytes, which must be in the head.
  void skip(std::size_t count) noexcept { begin_ += count; }

  /// @throws InputError if not even the first byte can be read; read() would throw the same.
  void require_readable() const {
    if (error_ && head().empty()) {
      std::rethrow_exception(error_);
    }
  }

  std::size_t read(char* to, std::size_t size) override {
    require_readable();
    const std::size_t held = std::min(size, head().size());
    std::copy_n(head().data(), held, to);
    begin_ += held;
    return held > 0 ? held : stream_->read(to, size);
  }

 private:
  std::unique_ptr<ByteStream> stream_;
  std::vector<char> bytes_;
  std::size_t begin_ = 0;
  std::exception_ptr error_;
};

}  // namespace sounder::detail
