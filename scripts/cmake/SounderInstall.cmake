# Install, export and uninstall: headers, the program where it was built, a package for find_package
# and one for pkg-config. Everything is relative to the prefix, so that an installed tree may be
# moved.
include(CMakePackageConfigHelpers)
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/sounder)

install(DIRECTORY engine datasets solvers DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/sounder
        FILES_MATCHING PATTERN "*.hpp" PATTERN cli EXCLUDE PATTERN named EXCLUDE
        PATTERN output EXCLUDE PATTERN sample EXCLUDE PATTERN solvers/sounder.hpp EXCLUDE)
install(FILES solvers/sounder.hpp
        DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/sounder)

foreach(part engine datasets solvers sounder)
  set_target_properties(sounder_${part} PROPERTIES EXPORT_NAME ${part})
  install(TARGETS sounder_${part} EXPORT sounder)
endforeach()
install(EXPORT sounder NAMESPACE sounder:: DESTINATION ${package_dir}
        FILE sounder-targets.cmake)

set(find_format_packages)
foreach(package IN LISTS SOUNDER_FORMAT_PACKAGES)
  string(APPEND find_format_packages "find_dependency(${package})\n")
endforeach()
configure_package_config_file(
  scripts/cmake/sounder-config.cmake.in sounder-config.cmake INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(sounder-config-version.cmake
  COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)
install(FILES ${PROJECT_BINARY_DIR}/sounder-config.cmake
              ${PROJECT_BINARY_DIR}/sounder-config-version.cmake
              scripts/cmake/FindSounderZstd.cmake
        DESTINATION ${package_dir})

set(pkgconfig_dir ${CMAKE_INSTALL_DATADIR}/pkgconfig)  # of no architecture
file(RELATIVE_PATH up_to_prefix
     ${CMAKE_INSTALL_FULL_DATADIR}/pkgconfig ${CMAKE_INSTALL_PREFIX})
set(openmp_flag)
if(OpenMP_CXX_FOUND)
  set(openmp_flag -fopenmp)
endif()
configure_file(scripts/cmake/sounder.pc.in sounder.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/sounder.pc DESTINATION ${pkgconfig_dir})

add_custom_target(uninstall
  COMMAND ${CMAKE_COMMAND} -DMANIFEST=${PROJECT_BINARY_DIR}/install_manifest.txt
          -P ${PROJECT_SOURCE_DIR}/scripts/cmake/uninstall.cmake
  COMMENT "Removing what this build installed last" VERBATIM)
