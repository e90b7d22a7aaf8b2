// A model from its file.
#pragma once

#include <string>

#include <sounder/solvers/model/linear_model.hpp>

namespace sounder::cli {

/// @throws InputError when it cannot be read, ParseError when it is no model.
[[nodiscard]] LinearModel read_model(const std::string& path);

}  // namespace sounder::cli
