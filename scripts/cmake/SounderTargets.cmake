# The header-only targets. A header is included as <sounder/FOLDER/NAME.hpp>; links in the build tree
# give every consumer that path, and <sounder/sounder.hpp>.
include(GNUInstallDirs)

set(SOUNDER_INCLUDE_DIR ${PROJECT_BINARY_DIR}/include)
file(MAKE_DIRECTORY ${SOUNDER_INCLUDE_DIR}/sounder)
foreach(folder engine datasets solvers)
  file(CREATE_LINK ${PROJECT_SOURCE_DIR}/${folder} ${SOUNDER_INCLUDE_DIR}/sounder/${folder}
       SYMBOLIC)
endforeach()
file(CREATE_LINK ${PROJECT_SOURCE_DIR}/solvers/sounder.hpp
     ${SOUNDER_INCLUDE_DIR}/sounder/sounder.hpp SYMBOLIC)

if(SOUNDER_STATIC)
  set(CMAKE_FIND_LIBRARY_SUFFIXES .a)
endif()
find_package(OpenMP COMPONENTS CXX)
find_package(ZLIB REQUIRED)
find_package(Eigen3 QUIET NO_MODULE)  # for those who include the adapters, eigen_*.hpp

add_library(sounder_engine INTERFACE)
add_library(sounder::engine ALIAS sounder_engine)
target_compile_features(sounder_engine INTERFACE cxx_std_20)
target_include_directories(sounder_engine INTERFACE
  $<BUILD_INTERFACE:${SOUNDER_INCLUDE_DIR}> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
if(OpenMP_CXX_FOUND)
  # An installed sounder looks for it again: other compilers have another.
  target_link_libraries(sounder_engine INTERFACE $<BUILD_INTERFACE:OpenMP::OpenMP_CXX>)
else()
  message(WARNING "OpenMP was not found: sounder will run with one thread")
endif()

add_library(sounder_datasets INTERFACE)
add_library(sounder::datasets ALIAS sounder_datasets)
target_link_libraries(sounder_datasets INTERFACE sounder::engine ZLIB::ZLIB)
include(SounderFormats)  # and what else it unpacks

add_library(sounder_solvers INTERFACE)
add_library(sounder::solvers ALIAS sounder_solvers)
target_link_libraries(sounder_solvers INTERFACE sounder::engine)

add_library(sounder_sounder INTERFACE)
add_library(sounder::sounder ALIAS sounder_sounder)
target_link_libraries(sounder_sounder INTERFACE sounder::solvers sounder::datasets)

if(Eigen3_FOUND)
  add_library(sounder_eigen INTERFACE)
  add_library(sounder::eigen ALIAS sounder_eigen)
  target_link_libraries(sounder_eigen INTERFACE sounder::engine Eigen3::Eigen)
endif()
