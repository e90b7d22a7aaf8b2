// The template of the report, report.html, as CMake puts it into the program.
#pragma once

#include <string_view>

namespace sounder::sweep {

/// Holds "@SWEEP_JSON@" once, for the numbers.
extern const std::string_view report_page;

}  // namespace sounder::sweep
