# The packed formats that sounder::datasets unpacks where their libraries are here, each under a
# macro, as CMake and pkg-config say it to those who use sounder.
set(SOUNDER_FORMATS gzip)          # all of them, for the tests
set(SOUNDER_FORMAT_PACKAGES ZLIB)  # for find_dependency
set(SOUNDER_FORMAT_MACROS)         # for pkg-config, as the next two
set(SOUNDER_FORMAT_REQUIRES zlib)
set(SOUNDER_FORMAT_LIBRARIES)

# sounder_format(NAME MACRO PACKAGE TARGET PKG_CONFIG DEBIAN_PACKAGE): PKG_CONFIG is the name of its
# .pc file, or -lNAME where many systems have none.
macro(sounder_format name macro package target pkg_config debian_package)
  find_package(${package} QUIET)
  if(TARGET ${target})
    message(STATUS "Files packed by ${name} will be read")
    target_compile_definitions(sounder_datasets INTERFACE ${macro})
    target_link_libraries(sounder_datasets INTERFACE ${target})
    list(APPEND SOUNDER_FORMATS ${name})
    list(APPEND SOUNDER_FORMAT_PACKAGES ${package})
    string(APPEND SOUNDER_FORMAT_MACROS " -D${macro}")
    if("${pkg_config}" MATCHES "^-l")
      string(APPEND SOUNDER_FORMAT_LIBRARIES " ${pkg_config}")
    else()
      string(APPEND SOUNDER_FORMAT_REQUIRES ", ${pkg_config}")
    endif()
  else()
    message(STATUS "Files packed by ${name} will not be read: ${debian_package} was not found")
  endif()
endmacro()

sounder_format(bzip2 SOUNDER_WITH_BZIP2 BZip2 BZip2::BZip2 -lbz2 libbz2-dev)
sounder_format(xz SOUNDER_WITH_LZMA LibLZMA LibLZMA::LibLZMA liblzma liblzma-dev)
sounder_format(zstd SOUNDER_WITH_ZSTD SounderZstd SounderZstd::SounderZstd libzstd libzstd-dev)
