// Unpacks Zstandard, by libzstd.
#pragma once

#include <sounder/datasets/unpacker.hpp>

#include <zstd.h>

#include <memory>
#include <new>
#include <string>
#include <utility>

namespace sounder::detail {

/// A Zstandard file of any number of frames; skippable frames are skipped.
class UnpackZstd final : public Unpacker {
 public:
  UnpackZstd(std::unique_ptr<ByteStream> packed, std::string path)
      : Unpacker(std::move(packed), std::move(path), "zstd"), state_(ZSTD_createDCtx()) {
    if (state_ == nullptr) {
      throw std::bad_alloc();
    }
    // Accepts every window that a packer's --long allows; memory is only taken for the file's own.
    ZSTD_DCtx_setParameter(state_.get(), ZSTD_d_windowLogMax,
                           ZSTD_dParam_getBounds(ZSTD_d_windowLogMax).upperBound);
  }

 private:
  Progress unpack(Bytes& input, Bytes& output) override {
    ZSTD_inBuffer from{input.next, input.size, 0};
    ZSTD_outBuffer to{output.next, output.size, 0};
    const std::size_t status = ZSTD_decompressStream(state_.get(), &to, &from);
    input.take(from.pos);
    output.take(to.pos);
    if (ZSTD_isError(status) != 0) {
      return Progress::damaged;
    }
    return status == 0 ? Progress::ended : Progress::inside;
  }

  void restart() override {}  // the decoder is ready for another frame

  struct Free {
    void operator()(ZSTD_DCtx* state) const noexcept { ZSTD_freeDCtx(state); }
  };
  std::unique_ptr<ZSTD_DCtx, Free> state_;
};

}  // namespace sounder::detail
