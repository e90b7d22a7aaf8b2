// InputFile: an open file, or standard input.
#pragma once

#include <sounder/datasets/parse_error.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <string>
#include <system_error>
#include <utility>

namespace sounder::detail {

/// The system's message for an error number. Thread-safe, unlike std::strerror.
[[nodiscard]] inline std::string system_reason(int error) {
  return std::generic_category().message(error);
}

/// An open file descriptor; `-` is standard input, which is not closed.
class InputFile {
 public:
  /// @throws InputError if the file cannot be opened.
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

  /// Size in bytes of a regular file; 0 for anything else.
  [[nodiscard]] std::size_t size() const noexcept {
    struct stat status {};
    const bool plain = path_ != "-" && ::fstat(handle_, &status) == 0 && S_ISREG(status.st_mode);
    return plain ? static_cast<std::size_t>(status.st_size) : 0;
  }

  /// Fills `to` unless the file ends before. @returns the number of bytes read. @throws InputError
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

}  // namespace sounder::detail
