// Unpacks gzip, by zlib.
#pragma once

#include <sounder/datasets/unpacker.hpp>

#include <zlib.h>

#include <memory>
#include <new>
#include <string>
#include <utility>

namespace sounder::detail {

/// A gzip file of any number of members.
class UnpackGzip final : public Unpacker {
 public:
  UnpackGzip(std::unique_ptr<ByteStream> packed, std::string path)
      : Unpacker(std::move(packed), std::move(path), "gzip") {
    constexpr int gzip_only = 16 + MAX_WBITS;
    if (inflateInit2(&state_, gzip_only) != Z_OK) {
      throw std::bad_alloc();
    }
  }
  UnpackGzip(const UnpackGzip&) = delete;
  UnpackGzip& operator=(const UnpackGzip&) = delete;
  ~UnpackGzip() override { inflateEnd(&state_); }

 private:
  Progress unpack(Bytes& input, Bytes& output) override {
    state_.next_in = static_cast<Bytef*>(static_cast<void*>(input.next));
    state_.avail_in = static_cast<uInt>(input.size);
    state_.next_out = static_cast<Bytef*>(static_cast<void*>(output.next));
    state_.avail_out = static_cast<uInt>(output.size);
    const int status = inflate(&state_, Z_NO_FLUSH);
    input.take(input.size - state_.avail_in);
    output.take(output.size - state_.avail_out);
    switch (status) {
      case Z_OK:
      case Z_BUF_ERROR:  // no progress without input
        return Progress::inside;
      case Z_STREAM_END:
        return Progress::ended;
      case Z_MEM_ERROR:
        throw std::bad_alloc();
      default:
        return Progress::damaged;
    }
  }

  void restart() override { inflateReset(&state_); }

  z_stream state_{};
};

}  // namespace sounder::detail
