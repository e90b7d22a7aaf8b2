# Finds libzstd, for which CMake has no module: the target SounderZstd::SounderZstd. Installed, too.
find_path(SounderZstd_INCLUDE_DIR zstd.h)
find_library(SounderZstd_LIBRARY zstd)
mark_as_advanced(SounderZstd_INCLUDE_DIR SounderZstd_LIBRARY)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(SounderZstd
  REQUIRED_VARS SounderZstd_LIBRARY SounderZstd_INCLUDE_DIR)
if(SounderZstd_FOUND AND NOT TARGET SounderZstd::SounderZstd)
  add_library(SounderZstd::SounderZstd UNKNOWN IMPORTED)
  set_target_properties(SounderZstd::SounderZstd PROPERTIES
    IMPORTED_LOCATION ${SounderZstd_LIBRARY}
    INTERFACE_INCLUDE_DIRECTORIES ${SounderZstd_INCLUDE_DIR})
endif()
