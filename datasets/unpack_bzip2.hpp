// Unpacks bzip2, by libbz2.
#pragma once

#include <sounder/datasets/unpacker.hpp>

#include <bzlib.h>

#include <memory>
#include <new>
#include <string>
#include <utility>

namespace sounder::detail {

/// A bzip2 file of any number of streams; parallel packers write many.
class UnpackBzip2 final : public Unpacker {
 public:
  UnpackBzip2(std::unique_ptr<ByteStream> packed, std::string path)
      : Unpacker(std::move(packed), std::move(path), "bzip2") {
    begin();
  }
  UnpackBzip2(const UnpackBzip2&) = delete;
  UnpackBzip2& operator=(const UnpackBzip2&) = delete;
  ~UnpackBzip2() override { BZ2_bzDecompressEnd(&state_); }

 private:
  Progress unpack(Bytes& input, Bytes& output) override {
    state_.next_in = input.next;
    state_.avail_in = static_cast<unsigned>(input.size);
    state_.next_out = output.next;
    state_.avail_out = static_cast<unsigned>(output.size);
    const int status = BZ2_bzDecompress(&state_);
    input.take(input.size - state_.avail_in);
    output.take(output.size - state_.avail_out);
    switch (status) {
      case BZ_OK:
        return Progress::inside;
      case BZ_STREAM_END:
        return Progress::ended;
      case BZ_MEM_ERROR:
        throw std::bad_alloc();
      default:
        return Progress::damaged;
    }
  }

  void restart() override {
    BZ2_bzDecompressEnd(&state_);
    begin();
  }

  void begin() {
    state_ = {};
    if (BZ2_bzDecompressInit(&state_, 0, 0) != BZ_OK) {
      throw std::bad_alloc();
    }
  }

  bz_stream state_{};
};

}  // namespace sounder::detail
