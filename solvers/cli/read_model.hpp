// Reads a model from its file.
#pragma once

#include <string>

#include <sounder/solvers/model/linear_model.hpp>

namespace sounder::cli {

/// @throws InputError if it cannot be read, ParseError if it is not a model.
[[nodiscard]] LinearModel read_model(const std::string& path);

}  // namespace sounder::cli
