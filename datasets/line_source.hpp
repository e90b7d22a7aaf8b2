// Text input as pieces of whole lines, from a mapped file, a pipe or a packed file.
#pragma once

#include <sounder/datasets/number_text.hpp>
#include <sounder/datasets/open_text.hpp>
#include <sounder/engine/base/growing_array.hpp>

#include <sys/mman.h>

#include <algorithm>
#include <exception>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

namespace sounder::detail {

/// Pieces of whole lines (the file's last line may lack its newline), in order, each followed by
/// text_padding readable bytes. One thread at a time may ask for a piece; other threads may read
/// theirs meanwhile.
class LineSource {
 public:
  LineSource() = default;
  LineSource(const LineSource&) = delete;
  LineSource& operator=(const LineSource&) = delete;
  virtual ~LineSource() = default;

  /// The next piece, empty at the end. It may lie in `buffer`, and is valid as long as the buffer's
  /// contents.
  /// @throws InputError after all whole lines that could be read have been handed out.
  virtual std::string_view next(GrowingArray<char>& buffer) = 0;

  /// Says that the piece is no longer needed. Any thread, any time.
  virtual void done(std::string_view) noexcept {}

  /// Total bytes of text; 0 if unknown.
  [[nodiscard]] virtual std::size_t total_bytes() const noexcept { return 0; }
};

/// A plain file from byte `begin` on, memory-mapped. The pages of a piece leave this process's
/// memory after done() (they stay in the system's cache). The file must not shrink meanwhile.
class MappedLines final : public LineSource {
 public:
  MappedLines(const InputFile& file, std::size_t size, std::size_t begin, std::size_t piece_bytes)
      : size_(size), piece_bytes_(piece_bytes), page_(static_cast<std::size_t>(::getpagesize())),
        begin_(begin) {
    // Maps one page more than the file has, so that zeros can be read after the text.
    mapped_ = (size + page_ - 1) / page_ * page_ + page_;
    void* const base = ::mmap(nullptr, mapped_, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (base == MAP_FAILED) {
      throw InputError(file.path(), system_reason(errno));
    }
    text_ = static_cast<char*>(base);
    if (::mmap(base, size, PROT_READ, MAP_PRIVATE | MAP_FIXED, file.handle(), 0) == MAP_FAILED) {
      const int error = errno;
      ::munmap(base, mapped_);
      throw InputError(file.path(), system_reason(error));
    }
    ::madvise(text_, size, MADV_SEQUENTIAL);
  }
  MappedLines(const MappedLines&) = delete;
  MappedLines& operator=(const MappedLines&) = delete;
  ~MappedLines() override { ::munmap(text_, mapped_); }

  std::string_view next(GrowingArray<char>&) override {
    const std::string_view rest(text_ + begin_, size_ - begin_);
    std::size_t count = rest.size();
    if (count > piece_bytes_) {
      const std::size_t newline = rest.find('\n', piece_bytes_ - 1);
      count = newline == std::string_view::npos ? count : newline + 1;
    }
    begin_ += count;
    return rest.substr(0, count);
  }

  void done(std::string_view piece) noexcept override {
    // A page that a neighbouring piece shares is mapped again when it is read.
    const auto first = static_cast<std::size_t>(piece.data() - text_) / page_ * page_;
    const auto last = static_cast<std::size_t>(piece.data() - text_) + piece.size();
    ::madvise(text_ + first, last - first, MADV_DONTNEED);
  }

  [[nodiscard]] std::size_t total_bytes() const noexcept override { return size_; }

 private:
  char* text_ = nullptr;
  std::size_t size_;
  std::size_t piece_bytes_;
  std::size_t page_;
  std::size_t mapped_ = 0;
  std::size_t begin_;
};

/// A pipe or a packed file, read into the caller's buffers.
class StreamedLines final : public LineSource {
 public:
  StreamedLines(std::unique_ptr<ByteStream> stream, std::size_t piece_bytes)
      : stream_(std::move(stream)), piece_bytes_(piece_bytes) {}

  std::string_view next(GrowingArray<char>& buffer) override {
    std::size_t size = rest_size_;  // bytes in the buffer
    std::size_t lines = 0;          // bytes in whole lines
    buffer.reserve(std::max(piece_bytes_, 2 * size) + text_padding);
    std::copy_n(rest_.data(), size, buffer.data());
    while (lines == 0 && !ended_) {
      const std::size_t room = buffer.capacity() - text_padding - size;
      const std::size_t count = read(buffer.data() + size, room);
      const std::size_t newline = std::string_view(buffer.data() + size, count).rfind('\n');
      lines = newline == std::string_view::npos ? 0 : size + newline + 1;
      size += count;
      if (count == room && lines == 0) {
        buffer.reserve(2 * buffer.capacity());
      }
    }
    if (ended_ && lines == 0) {
      if (error_) {
        std::rethrow_exception(error_);
      }
      lines = size;
    }
    rest_size_ = size - lines;
    rest_.reserve(rest_size_);
    std::copy_n(buffer.data() + lines, rest_size_, rest_.data());
    std::fill_n(buffer.data() + size, text_padding, '\0');
    return {buffer.data(), lines};
  }

 private:
  /// Reads, and keeps an error until the whole lines before it have been handed out.
  std::size_t read(char* to, std::size_t size) {
    std::size_t done = 0;
    try {
      while (done < size && !ended_) {
        const std::size_t count = stream_->read(to + done, size - done);
        done += count;
        ended_ = count == 0;
      }
    } catch (const InputError&) {
      error_ = std::current_exception();
      ended_ = true;
    }
    return done;
  }

  std::unique_ptr<ByteStream> stream_;
  std::size_t piece_bytes_;
  GrowingArray<char> rest_;  ///< the beginning of a line whose end has not been read yet
  std::size_t rest_size_ = 0;
  bool ended_ = false;
  std::exception_ptr error_;
};

/// Opens a file (`-`: standard input) to be read in pieces of about `piece_bytes`.
/// @throws InputError if it cannot be opened or read or has a format that cannot be read here,
///        ParseError if its first lines show another kind of text.
[[nodiscard]] inline std::unique_ptr<LineSource> open_lines(const std::string& path,
                                                            std::size_t piece_bytes) {
  auto file = std::make_shared<const InputFile>(path);
  const std::size_t size = file->size();
  std::vector<char> bytes(std::min(size, text_head));
  const ssize_t count = ::pread(file->handle(), bytes.data(), bytes.size(), 0);
  const std::string_view head(bytes.data(), count > 0 ? static_cast<std::size_t>(count) : 0);
  if (!head.empty() && find_format(head) == nullptr) {
    const std::size_t begin = text_begin(head, path, nullptr);
    return std::make_unique<MappedLines>(*file, size, begin, piece_bytes);
  }
  return std::make_unique<StreamedLines>(open_text(std::move(file)), piece_bytes);
}

}  // namespace sounder::detail
