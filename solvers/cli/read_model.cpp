#include "read_model.hpp"

#include <sounder/datasets/parse_error.hpp>
#include <sounder/solvers/model/liblinear_format.hpp>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>

namespace sounder::cli {

LinearModel read_model(const std::string& path) {
  std::error_code none;
  if (std::filesystem::is_directory(path, none)) {
    throw InputError(path, "is a directory");
  }
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    throw InputError(path, std::generic_category().message(errno));
  }
  std::ostringstream content;
  content << file.rdbuf();
  if (file.bad()) {
    throw InputError(path, "cannot be read");
  }
  try {
    return from_liblinear(content.view());
  } catch (const ModelFormatError& error) {
    throw ParseError(path, error.line(), error.column(), error.what());
  }
}

}  // namespace sounder::cli
