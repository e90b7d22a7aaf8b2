// The template of the report, report.html, which CMake puts into the program.
#pragma once

#include <string_view>

namespace sounder::sweep {

/// Contains "@SWEEP_JSON@" once, to be replaced by the numbers.
extern const std::string_view report_page;

}  // namespace sounder::sweep
