// AtomicFile: a file that appears complete or not at all.
#pragma once

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace sounder {

/// Writes to a temporary file beside `path`, which commit() renames to it. Without a commit the
/// temporary file is removed and `path` stays as it was. A link is followed. Standard output (`-`)
/// and whatever is not a regular file (a device, a pipe, anything in /dev or /proc) is written
/// directly.
///
/// Errors are std::system_error with the path and the system's message. One thread at a time.
class AtomicFile {
 public:
  /// @throws std::system_error if the file cannot be made, before anything is written.
  explicit AtomicFile(std::string path) : path_(std::move(path)) {
    if (path_ == "-") {
      handle_ = STDOUT_FILENO;
      return;
    }
    struct stat status {};
    const bool exists = ::stat(path_.c_str(), &status) == 0;
    if (path_.starts_with("/dev/") || path_.starts_with("/proc/") ||
        (exists && !S_ISREG(status.st_mode))) {
      handle_ = check(::open(path_.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC));
      return;
    }
    std::error_code no_link;
    const auto target = std::filesystem::canonical(path_, no_link);
    target_ = no_link ? path_ : target.string();
    make_temporary();
    if (exists) {
      static_cast<void>(::fchmod(handle_, status.st_mode & 07777U));  // failure does no harm
    }
  }
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  ~AtomicFile() {
    if (handle_ > STDERR_FILENO) {
      ::close(handle_);
    }
    if (!temporary_.empty()) {
      ::unlink(temporary_.c_str());
    }
  }

  [[nodiscard]] const std::string& path() const noexcept { return path_; }  ///< as given

  /// Appends. Makes a system call once 64 KiB have gathered. @throws std::system_error
  void write(std::string_view text) {
    if (buffer_.size() + text.size() > buffer_size) {
      flush();
    }
    if (text.size() > buffer_size) {
      write_through(text);
    } else {
      buffer_ += text;
    }
  }

  /// Waits until everything written is on the disk, so that it survives a loss of power.
  /// @throws std::system_error
  void sync() {
    flush();
    if (!temporary_.empty()) {
      check(::fsync(handle_));
    }
  }

  /// Gives the file its name. Nothing may be written afterwards. @throws std::system_error
  void commit() {
    flush();
    if (handle_ > STDERR_FILENO) {
      check(::close(std::exchange(handle_, -1)));
    }
    if (!temporary_.empty()) {
      check(std::rename(temporary_.c_str(), target_.c_str()));
      temporary_.clear();
    }
  }

 private:
  static constexpr std::size_t buffer_size = 1U << 16;

  int check(int result) const {
    if (result < 0) {
      throw std::system_error(errno, std::generic_category(), path_);
    }
    return result;
  }

  void make_temporary() {
    for (int attempt = 0; handle_ < 0; ++attempt) {
      temporary_ = target_ + ".tmp-" + std::to_string(::getpid()) + "-" + std::to_string(attempt);
      handle_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
      if (handle_ < 0) {
        const std::string name = std::exchange(temporary_, {});
        check(errno == EEXIST ? 0 : -1);
      }
    }
  }

  void flush() {
    write_through(buffer_);
    buffer_.clear();
  }

  void write_through(std::string_view text) const {
    while (!text.empty()) {
      const ssize_t count = ::write(handle_, text.data(), text.size());
      if (count < 0 && errno == EINTR) {
        continue;
      }
      text.remove_prefix(static_cast<std::size_t>(check(count < 0 ? -1 : 0) + count));
    }
  }

  std::string path_;
  std::string target_;     ///< path_ with links followed
  std::string temporary_;  ///< empty if there is none
  std::string buffer_;
  int handle_ = -1;
};

}  // namespace sounder
