// Unpacker: what the packed formats share. Each format has its file, unpack_NAME.hpp.
#pragma once

#include <sounder/datasets/byte_stream.hpp>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace sounder::detail {

/// Unpacks a file of one or more streams (members, frames) of a format one after another. There may
/// be zeros between them or after the last, as on tapes.
class Unpacker : public ByteStream {
 public:
  /// @param path, format used in errors
  Unpacker(std::unique_ptr<ByteStream> packed, std::string path, std::string_view format)
      : packed_(std::move(packed)), path_(std::move(path)), format_(format),
        buffer_(std::make_unique<char[]>(buffer_size)) {}

  std::size_t read(char* to, std::size_t most) final {
    const std::size_t size = std::min(most, std::size_t{1} << 30);
    Bytes output{to, size};
    while (output.size == size && problem_.empty() && next_stream()) {
      const bool all_given = input_.size == 0;  // there may be output that did not fit before
      const Progress progress = unpack(input_, output);
      between_ = progress == Progress::ended;
      if (progress == Progress::damaged) {
        problem_ = "is damaged";
      } else if (progress == Progress::inside && all_given && output.size == size) {
        problem_ = "is cut short";
      }
    }
    if (output.size == size && !problem_.empty()) {
      throw InputError(path_, "the " + std::string(format_) + " file " + problem_);
    }
    return size - output.size;
  }

 protected:
  /// Packed bytes that are not used yet, or room for unpacked ones. At most 1 GiB, because some
  /// libraries count in 32 bits.
  struct Bytes {
    char* next;
    std::size_t size;

    void take(std::size_t count) noexcept {
      next += count;
      size -= count;
    }
  };

  enum class Progress { inside, ended, damaged };

  /// Unpacks as far as input and room allow, up to the end of a stream, and moves both on.
  virtual Progress unpack(Bytes& input, Bytes& output) = 0;

  /// Prepares for another stream.
  virtual void restart() = 0;

 private:
  static constexpr std::size_t buffer_size = std::size_t{1} << 18;

  /// Provides input. @returns false if there is no other stream.
  bool next_stream() {
    for (;;) {
      while (between_ && input_.size > 0 && *input_.next == 0) {
        input_.take(1);
      }
      if (input_.size > 0) {
        break;
      }
      input_ = {buffer_.get(), packed_->read(buffer_.get(), buffer_size)};
      if (input_.size == 0) {
        return !between_;
      }
    }
    if (between_) {
      restart();
    }
    between_ = false;
    return true;
  }

  std::unique_ptr<ByteStream> packed_;
  std::string path_;
  std::string_view format_;
  std::unique_ptr<char[]> buffer_;
  Bytes input_{nullptr, 0};
  bool between_ = false;
  std::string problem_;
};

}  // namespace sounder::detail
