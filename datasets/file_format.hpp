// Recognises files that are not plain text by their first bytes, and names a tool that unpacks
// them.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace sounder::detail {

/// A command that turns a file called FILE, or the output of a pipe, into plain text.
struct TextTool {
  std::string_view of_file;
  std::string_view of_pipe;  ///< empty if the tool cannot
};

/// Formats that this library can unpack if built with their libraries.
enum class Packing { none, gzip, bzip2, xz, zstd };

/// The formats that this build can unpack, in words.
inline constexpr std::string_view unpacked_formats =
    "gzip"
#ifdef SOUNDER_WITH_BZIP2
    ", bzip2"
#endif
#ifdef SOUNDER_WITH_LZMA
    ", xz"
#endif
#ifdef SOUNDER_WITH_ZSTD
    ", zstd"
#endif
    ;

/// A format that is not plain text.
struct FileFormat {
  std::string_view name;   ///< with its article
  std::string_view magic;  ///< first bytes of its files
  TextTool tool;
  Packing packing = Packing::none;
};

/// This many bytes at the head of a file are enough to recognise its format.
inline constexpr std::size_t format_head = 512;

inline constexpr TextTool unzip{"unzip -p FILE", "funzip"};
inline constexpr TextTool from_utf16{"iconv -f UTF-16 -t UTF-8 FILE", "iconv -f UTF-16 -t UTF-8"};
inline constexpr TextTool from_utf32{"iconv -f UTF-32 -t UTF-8 FILE", "iconv -f UTF-32 -t UTF-8"};

/// Formats with first bytes of their own. UTF-32 comes before UTF-16, whose first bytes are the
/// same.
inline constexpr auto file_formats = std::to_array<FileFormat>({
    {"a gzip file", "\x1F\x8B", {"gzip -dc FILE", "gzip -dc"}, Packing::gzip},
    {"a bzip2 file", "BZh", {"bzip2 -dc FILE", "bzip2 -dc"}, Packing::bzip2},
    {"an xz file", "\xFD\x37zXZ", {"xz -dc FILE", "xz -dc"}, Packing::xz},
    {"a zstd file", "\x28\xB5\x2F\xFD", {"zstd -dc FILE", "zstd -dc"}, Packing::zstd},
    {"an lzma file", {"\x5D\0\0", 3}, {"xz -dc FILE", "xz -dc"}},
    {"an lzip file", "LZIP", {"lzip -dc FILE", "lzip -dc"}},
    {"an lz4 file", "\x04\x22\x4D\x18", {"lz4 -dc FILE", "lz4 -dc"}},
    {"a file of compress (.Z)", "\x1F\x9D", {"gzip -dc FILE", "gzip -dc"}},
    {"a zip archive", "PK\x03\x04", unzip},
    {"a zip archive", "PK\x05\x06", unzip},  // an empty archive
    {"a zip archive", "PK\x07\x08", unzip},  // a split archive
    {"a 7z archive", "7z\xBC\xAF\x27\x1C", {"7z x -so FILE", ""}},
    {"a rar archive", "Rar!\x1A\x07", {"unrar p -inul FILE", ""}},
    {"UTF-32 text", {"\xFF\xFE\0\0", 4}, from_utf32},
    {"UTF-32 text", {"\0\0\xFE\xFF", 4}, from_utf32},
    {"UTF-16 text", "\xFF\xFE", from_utf16},
    {"UTF-16 text", "\xFE\xFF", from_utf16},
});

inline constexpr FileFormat zstd_skippable{
    "a zstd file", "\x2A\x4D\x18", {"zstd -dc FILE", "zstd -dc"}, Packing::zstd};
inline constexpr FileFormat tar{"a tar archive", "ustar", {"tar -xOf FILE", "tar -xOf -"}};
inline constexpr FileFormat utf16_little{
    "UTF-16 text", "", {"iconv -f UTF-16LE -t UTF-8 FILE", "iconv -f UTF-16LE -t UTF-8"}};
inline constexpr FileFormat utf16_big{
    "UTF-16 text", "", {"iconv -f UTF-16BE -t UTF-8 FILE", "iconv -f UTF-16BE -t UTF-8"}};

/// Whether every other byte, from `first` on, is zero, and the others are not.
[[nodiscard]] inline bool alternates(std::string_view head, std::size_t first) noexcept {
  const std::string_view looked_at = head.substr(0, std::min<std::size_t>(head.size(), 64) / 2 * 2);
  for (std::size_t k = 0; k < looked_at.size(); ++k) {
    if ((looked_at[k] == '\0') != (k % 2 == first)) {
      return false;
    }
  }
  return looked_at.size() >= 4;
}

/// The format of a file that begins with `head`; nullptr if it may be plain text.
[[nodiscard]] inline const FileFormat* find_format(std::string_view head) noexcept {
  for (const FileFormat& format : file_formats) {
    if (head.starts_with(format.magic)) {
      return &format;
    }
  }
  if (head.substr(0, 1) >= "\x50" && head.substr(0, 1) <= "\x5F" &&
      head.substr(1).starts_with(zstd_skippable.magic)) {
    return &zstd_skippable;
  }
  // A tar file begins with a file name padded with zeros; no text does.
  constexpr std::size_t tar_magic = 257;
  if (head.size() > tar_magic && head.substr(tar_magic).starts_with(tar.magic) &&
      head.find('\0') < tar_magic) {
    return &tar;
  }
  if (alternates(head, 1)) {
    return &utf16_little;
  }
  return alternates(head, 0) ? &utf16_big : nullptr;
}

/// The command line of `tool` for FILE; `outer` is the format of FILE around it, or nullptr.
[[nodiscard]] inline std::string command_line(const TextTool& tool, const FileFormat* outer) {
  std::string line = "`";
  if (outer != nullptr) {
    line.append(outer->tool.of_file).append(" | ");
  }
  return line.append(outer != nullptr ? tool.of_pipe : tool.of_file).append("`");
}

inline constexpr std::string_view then_read_it = ", to be read from standard input, `-`";

/// Why a file of this format is not read; `outer` is the format around it, or nullptr.
[[nodiscard]] inline std::string cannot_read(const FileFormat& format, const FileFormat* outer) {
  std::string reason = "this is " + std::string(format.name);
  if (outer != nullptr) {
    reason.append(" in ").append(outer->name);
    if (format.tool.of_pipe.empty()) {
      return reason + ": unpack it";
    }
  } else if (format.packing != Packing::none) {
    reason += ", which this build does not unpack";
  }
  return reason + ": " + command_line(format.tool, outer) + " makes plain text of it" +
         std::string(then_read_it);
}

}  // namespace sounder::detail
