// Saves and loads a LinearModel as a file in LIBLINEAR's format.
#pragma once

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <system_error>

#include <sounder/engine/base/atomic_file.hpp>
#include <sounder/solvers/loss/loss.hpp>
#include <sounder/solvers/model/liblinear_format.hpp>

namespace sounder {

/// LIBLINEAR's nearest name for a model that was trained with this loss: the loss's own, otherwise
/// that of squared hinge. LIBLINEAR's programs accept no other names, and use them only to
/// recognise regressions and probabilities. Any number of threads.
/// @param sparse     the penalty was l1 alone
/// @param regression the model predicts numbers, not labels
template <Loss L>
[[nodiscard]] std::string liblinear_solver(bool sparse, bool regression) {
  if (regression) {
    return "L2R_L2LOSS_SVR";
  }
  if constexpr (requires { L::liblinear_solver(sparse); }) {
    return std::string(L::liblinear_solver(sparse));
  }
  return sparse ? "L1R_L2LOSS_SVC" : "L2R_L2LOSS_SVC";
}

/// Writes the model to a file, which appears complete or stays as it was (see AtomicFile). The
/// weights read back bit for bit. May be called from several threads at once.
/// @throws std::invalid_argument from model.validate(), std::system_error with the path
inline void save_model(const LinearModel& model, const std::string& path) {
  const std::string text = to_liblinear(model);
  AtomicFile file(path);
  file.write(text);
  file.commit();
}

/// Reads a file from save_model() or LIBLINEAR's programs. May be called from several threads at
/// once.
/// @throws ModelFormatError with line and column of the first word that cannot be understood,
///        std::system_error with the path
[[nodiscard]] inline LinearModel load_model(const std::string& path) {
  const auto fail = [&](int error) {
    throw std::system_error(error, std::generic_category(), path);
  };
  std::error_code none;
  if (std::filesystem::is_directory(path, none)) {
    fail(EISDIR);
  }
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    fail(errno != 0 ? errno : EIO);
  }
  std::ostringstream content;
  content << file.rdbuf();
  if (file.bad()) {
    fail(EIO);
  }
  return from_liblinear(content.view());
}

}  // namespace sounder
