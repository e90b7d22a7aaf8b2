// ByteStream: the bytes of an open file, unpacked when they are gzip.
#pragma once

#include <sounder/datasets/parse_error.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <system_error>
#include <utility>

namespace sounder::detail {

/// An error number in words. Thread-safe, unlike std::strerror.
[[nodiscard]] inline std::string system_reason(int error) {
  return std::generic_category().message(error);
}

/// An open file descriptor; `-` is standard input, which is not closed.
class InputFile {
 public:
  /// @throws InputError when the file cannot be opened.
  explicit InputFile(std::string path)
      : path_(std::move(path)),
        handle_(path_ == "-" ? STDIN_FILENO : ::open(path_.c_str(), O_RDONLY | O_CLOEXEC)) {
    if (handle_ < 0) {
      throw InputError(path_, system_reason(errno));
    }
  }
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;
  ~InputFile() {
    if (handle_ > STDIN_FILENO) {
      ::close(handle_);
    }
  }

  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  [[nodiscard]] int handle() const noexcept { return handle_; }

  /// Fills `to` unless the file ends before. @returns the bytes read. @throws InputError
  std::size_t read(char* to, std::size_t size) const {
    std::size_t done = 0;
    while (done < size) {
      const ssize_t count = ::read(handle_, to + done, size - done);
      if (count == 0) {
        break;
      }
      if (count < 0 && errno != EINTR) {
        throw InputError(path_, system_reason(errno));
      }
      done += count > 0 ? static_cast<std::size_t>(count) : 0;
    }
    return done;
  }

 private:
  std::string path_;
  int handle_;
};

/// Two bytes that begin every gzip file and no LIBSVM file.
[[nodiscard]] inline bool is_gzip(const unsigned char* head, std::size_t size) noexcept {
  return size >= 2 && head[0] == 0x1F && head[1] == 0x8B;
}

/// Reads from the file's current position to its end, gzip (of any number of members) unpacked.
class ByteStream {
 public:
  explicit ByteStream(std::shared_ptr<const InputFile> file)
      : file_(std::move(file)), packed_(std::make_unique<unsigned char[]>(packed_size)) {
    fill();
    if (is_gzip(inflate_.next_in, inflate_.avail_in)) {
      constexpr int gzip_only = 16 + MAX_WBITS;
      if (inflateInit2(&inflate_, gzip_only) != Z_OK) {
        throw std::bad_alloc();
      }
      gzip_ = true;
    }
  }
  ByteStream(const ByteStream&) = delete;
  ByteStream& operator=(const ByteStream&) = delete;
  ~ByteStream() {
    if (gzip_) {
      inflateEnd(&inflate_);
    }
  }

  /// Bytes read into `to`: `size` of them, or fewer because the stream ends or is broken there
  /// (then the next call throws InputError, so that what comes before is not lost).
  std::size_t read(char* to, std::size_t size) { return gzip_ ? unpack(to, size) : copy(to, size); }

 private:
  static constexpr std::size_t packed_size = 1U << 18;

  void fill() {
    inflate_.next_in = packed_.get();
    inflate_.avail_in = static_cast<uInt>(
        file_->read(static_cast<char*>(static_cast<void*>(packed_.get())), packed_size));
  }

  std::size_t copy(char* to, std::size_t size) {
    const std::size_t held = std::min<std::size_t>(size, inflate_.avail_in);
    std::memcpy(to, inflate_.next_in, held);
    inflate_.next_in += held;
    inflate_.avail_in -= static_cast<uInt>(held);
    return held + (held < size ? file_->read(to + held, size - held) : 0);
  }

  std::size_t unpack(char* to, std::size_t size) {
    constexpr std::size_t most = 1U << 30;  // zlib counts in 32 bits
    std::size_t done = 0;
    while (done < size && !ended_) {
      const auto room = static_cast<uInt>(std::min(size - done, most));
      inflate_.next_out = static_cast<Bytef*>(static_cast<void*>(to + done));
      inflate_.avail_out = room;
      const char* const problem = unpack_some();
      done += room - inflate_.avail_out;
      if (problem != nullptr) {
        if (done == 0) {
          throw InputError(file_->path(), problem);
        }
        break;
      }
    }
    return done;
  }

  /// @returns what is wrong with the gzip stream, or nullptr.
  const char* unpack_some() {
    if (inflate_.avail_in == 0) {
      fill();
    }
    if (between_members_) {
      while (inflate_.avail_in > 0 && *inflate_.next_in == 0) {  // padding, as on tapes
        ++inflate_.next_in;
        --inflate_.avail_in;
      }
      if (inflate_.avail_in == 0) {
        fill();
        ended_ = inflate_.avail_in == 0;
        return nullptr;
      }
      inflateReset(&inflate_);
      between_members_ = false;
    }
    // Without input there may still be output that did not fit before.
    const int status = inflate(&inflate_, Z_NO_FLUSH);
    if (status == Z_BUF_ERROR) {
      return "the gzip file is cut short";
    }
    between_members_ = status == Z_STREAM_END;
    if (status != Z_OK && status != Z_STREAM_END) {
      return "the gzip file is damaged";
    }
    return nullptr;
  }

  std::shared_ptr<const InputFile> file_;
  std::unique_ptr<unsigned char[]> packed_;
  z_stream inflate_{};
  bool gzip_ = false;
  bool between_members_ = false;
  bool ended_ = false;
};

}  // namespace sounder::detail
