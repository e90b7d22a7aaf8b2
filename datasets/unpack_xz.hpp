// Unpacks xz, by liblzma.
#pragma once

#include <sounder/datasets/unpacker.hpp>

#include <lzma.h>

#include <cstdint>
#include <memory>
#include <new>
#include <string>
#include <utility>

namespace sounder::detail {

/// An xz file of any number of streams.
class UnpackXz final : public Unpacker {
 public:
  UnpackXz(std::unique_ptr<ByteStream> packed, std::string path)
      : Unpacker(std::move(packed), std::move(path), "xz") {
    begin();
  }
  UnpackXz(const UnpackXz&) = delete;
  UnpackXz& operator=(const UnpackXz&) = delete;
  ~UnpackXz() override { lzma_end(&state_); }

 private:
  Progress unpack(Bytes& input, Bytes& output) override {
    state_.next_in = static_cast<std::uint8_t*>(static_cast<void*>(input.next));
    state_.avail_in = input.size;
    state_.next_out = static_cast<std::uint8_t*>(static_cast<void*>(output.next));
    state_.avail_out = output.size;
    const lzma_ret status = lzma_code(&state_, LZMA_RUN);
    input.take(input.size - state_.avail_in);
    output.take(output.size - state_.avail_out);
    switch (status) {
      case LZMA_OK:
      case LZMA_BUF_ERROR:  // no progress without input
        return Progress::inside;
      case LZMA_STREAM_END:
        return Progress::ended;
      case LZMA_MEM_ERROR:
        throw std::bad_alloc();
      default:
        return Progress::damaged;
    }
  }

  void restart() override { begin(); }

  /// Begins a stream; reuses the memory of the stream before.
  void begin() {
    if (lzma_stream_decoder(&state_, UINT64_MAX, 0) != LZMA_OK) {
      throw std::bad_alloc();
    }
  }

  lzma_stream state_ = LZMA_STREAM_INIT;
};

}  // namespace sounder::detail
