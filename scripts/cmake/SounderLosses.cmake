# The table of losses, solvers/loss/losses.hpp, for CMake and C++: SOUNDER_LOSS_FILES and
# SOUNDER_LOSS_TYPES, in its order, and a header loss_list.hpp with their TypeList.
set(table ${PROJECT_SOURCE_DIR}/solvers/loss/losses.hpp)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${table})
file(STRINGS ${table} lines REGEX "^#include <sounder/solvers/loss/")
set(SOUNDER_LOSS_FILES)
set(SOUNDER_LOSS_TYPES)
foreach(line IN LISTS lines)
  string(REGEX REPLACE ".*/loss/(.*)\\.hpp>.*" "\\1" loss_file "${line}")
  string(REPLACE "_" ";" words ${loss_file})
  set(loss_type)
  foreach(word IN LISTS words)  # squared_hinge: SquaredHinge
    string(SUBSTRING ${word} 0 1 first)
    string(SUBSTRING ${word} 1 -1 rest)
    string(TOUPPER ${first} first)
    string(APPEND loss_type ${first}${rest})
  endforeach()
  list(APPEND SOUNDER_LOSS_FILES ${loss_file})
  list(APPEND SOUNDER_LOSS_TYPES ${loss_type})
endforeach()

set(SOUNDER_LISTS_DIR ${PROJECT_BINARY_DIR}/lists)
list(JOIN SOUNDER_LOSS_TYPES ", " loss_types)
configure_file(scripts/cmake/loss_list.hpp.in ${SOUNDER_LISTS_DIR}/loss_list.hpp @ONLY)
