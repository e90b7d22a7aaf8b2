// Texts packed by the libraries themselves, in every format that this build reads.
#pragma once

#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "datasets/scratch.hpp"

#ifdef SOUNDER_WITH_BZIP2
#include <bzlib.h>
#endif
#ifdef SOUNDER_WITH_LZMA
#include <lzma.h>
#endif
#ifdef SOUNDER_WITH_ZSTD
#include <zstd.h>
#endif

#ifdef SOUNDER_WITH_BZIP2
/// `text` as one bzip2 stream.
inline std::string bzip2(std::string_view text) {
  std::string packed(text.size() + text.size() / 100 + 600, '\0');
  std::string input(text);
  auto size = static_cast<unsigned>(packed.size());
  if (BZ2_bzBuffToBuffCompress(packed.data(), &size, input.data(),
                               static_cast<unsigned>(input.size()), 1, 0, 0) != BZ_OK) {
    throw std::runtime_error("bzip2");
  }
  packed.resize(size);
  return packed;
}
#endif

#ifdef SOUNDER_WITH_LZMA
/// `text` as one xz stream.
inline std::string xz(std::string_view text) {
  std::vector<std::uint8_t> packed(lzma_stream_buffer_bound(text.size()));
  const std::vector<std::uint8_t> input(text.begin(), text.end());
  std::size_t size = 0;
  if (lzma_easy_buffer_encode(0, LZMA_CHECK_CRC32, nullptr, input.data(), input.size(),
                              packed.data(), &size, packed.size()) != LZMA_OK) {
    throw std::runtime_error("xz");
  }
  return {packed.begin(), packed.begin() + static_cast<std::ptrdiff_t>(size)};
}
#endif

#ifdef SOUNDER_WITH_ZSTD
/// `text` as one frame with a checksum.
inline std::string zstd(std::string_view text) {
  std::string packed(ZSTD_compressBound(text.size()), '\0');
  ZSTD_CCtx* const state = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(state, ZSTD_c_checksumFlag, 1);
  const std::size_t size =
      ZSTD_compress2(state, packed.data(), packed.size(), text.data(), text.size());
  ZSTD_freeCCtx(state);
  if (ZSTD_isError(size) != 0) {
    throw std::runtime_error("zstd");
  }
  packed.resize(size);
  return packed;
}
#endif

struct Packer {
  std::string name;
  std::function<std::string(std::string_view)> pack;
};

/// The packers of this build.
inline std::vector<Packer> packers() {
  std::vector<Packer> result{{"gzip", [](std::string_view text) { return gzip(Scratch(), text); }}};
#ifdef SOUNDER_WITH_BZIP2
  result.push_back({"bzip2", bzip2});
#endif
#ifdef SOUNDER_WITH_LZMA
  result.push_back({"xz", xz});
#endif
#ifdef SOUNDER_WITH_ZSTD
  result.push_back({"zstd", zstd});
#endif
  return result;
}
