// Opens the text of a file, unpacked if its format can be unpacked here.
#pragma once

#include <sounder/datasets/byte_stream.hpp>
#include <sounder/datasets/file_format.hpp>
#include <sounder/datasets/text_head.hpp>
#include <sounder/datasets/unpack_gzip.hpp>
#ifdef SOUNDER_WITH_BZIP2
#include <sounder/datasets/unpack_bzip2.hpp>
#endif
#ifdef SOUNDER_WITH_LZMA
#include <sounder/datasets/unpack_xz.hpp>
#endif
#ifdef SOUNDER_WITH_ZSTD
#include <sounder/datasets/unpack_zstd.hpp>
#endif

#include <memory>
#include <string>
#include <utility>

namespace sounder::detail {

/// @throws InputError if the format cannot be unpacked here.
[[nodiscard]] inline std::unique_ptr<ByteStream> unpack(std::unique_ptr<ByteStream> packed,
                                                        const FileFormat& format,
                                                        const std::string& path) {
  switch (format.packing) {
    case Packing::gzip:
      return std::make_unique<UnpackGzip>(std::move(packed), path);
#ifdef SOUNDER_WITH_BZIP2
    case Packing::bzip2:
      return std::make_unique<UnpackBzip2>(std::move(packed), path);
#endif
#ifdef SOUNDER_WITH_LZMA
    case Packing::xz:
      return std::make_unique<UnpackXz>(std::move(packed), path);
#endif
#ifdef SOUNDER_WITH_ZSTD
    case Packing::zstd:
      return std::make_unique<UnpackZstd>(std::move(packed), path);
#endif
    default:
      throw InputError(path, cannot_read(format, nullptr));
  }
}

/// The text's bytes in order, without a byte-order mark. Unpacks only one layer of packing.
/// @throws InputError for a file that cannot be read or has another format, ParseError if its first
///        lines show another kind of text.
[[nodiscard]] inline std::unique_ptr<ByteStream> open_text(std::shared_ptr<const InputFile> file) {
  const std::string path = file->path();
  auto bytes =
      std::make_unique<PeekedBytes>(std::make_unique<FileBytes>(std::move(file)), format_head);
  bytes->require_readable();
  const FileFormat* const outer = find_format(bytes->head());
  std::unique_ptr<ByteStream> unpacked = std::move(bytes);
  if (outer != nullptr) {
    unpacked = unpack(std::move(unpacked), *outer, path);
  }
  auto text = std::make_unique<PeekedBytes>(std::move(unpacked), text_head);
  const FileFormat* const inner = find_format(text->head());
  if (inner != nullptr) {
    throw InputError(path, cannot_read(*inner, outer));
  }
  text->skip(text_begin(text->head(), path, outer));
  return text;
}

}  // namespace sounder::detail
