# What an installed sounder says of itself: include paths, the standard, real dependencies, and which
# packed formats it reads; no more.
foreach(part engine datasets solvers sounder)
  foreach(property COMPILE_OPTIONS COMPILE_DEFINITIONS LINK_OPTIONS SOURCES)
    get_target_property(exported sounder::${part} INTERFACE_${property})
    list(FILTER exported EXCLUDE REGEX "^(SOUNDER_WITH_(BZIP2|LZMA|ZSTD)|exported-NOTFOUND)$")
    if(exported)
      message(FATAL_ERROR "sounder::${part} exports ${property}: ${exported}")
    endif()
  endforeach()
  get_target_property(libraries sounder::${part} INTERFACE_LINK_LIBRARIES)
  list(FILTER libraries EXCLUDE REGEX
       "^(sounder::(engine|datasets|solvers)|ZLIB::ZLIB|BZip2::BZip2|LibLZMA::LibLZMA|\
SounderZstd::SounderZstd|OpenMP::OpenMP_CXX|libraries-NOTFOUND)$")
  if(libraries)
    message(FATAL_ERROR "sounder::${part} exports what it does not need: ${libraries}")
  endif()
endforeach()
get_target_property(standard sounder::engine INTERFACE_COMPILE_FEATURES)
if(NOT standard STREQUAL cxx_std_20)
  message(FATAL_ERROR "sounder::engine exports the features ${standard}")
endif()

# Eigen is for those who ask for it, and nothing fails where it is missing.
find_package(Eigen3 QUIET NO_MODULE)
if(Eigen3_FOUND AND NOT TARGET sounder::eigen)
  message(FATAL_ERROR "Eigen is here, but no sounder::eigen")
elseif(NOT Eigen3_FOUND AND TARGET sounder::eigen)
  message(FATAL_ERROR "sounder::eigen is here, but no Eigen")
endif()
