// Integer types for sparse data.
#pragma once

#include <cstdint>

namespace sounder {

using Index = std::int32_t;   ///< a column (or row) number, 0-based
using Offset = std::int64_t;  ///< a position among the nonzeros

}  // namespace sounder
