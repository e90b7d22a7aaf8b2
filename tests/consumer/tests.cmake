# What a user's project sees of sounder. The installed tree is moved before it is used.
set(consumer ${CMAKE_CURRENT_SOURCE_DIR}/consumer)
set(scratch ${CMAKE_CURRENT_BINARY_DIR}/consumer)
set(data ${PROJECT_SOURCE_DIR}/datasets/sample/text.train)
set(formats ${SOUNDER_FORMATS})
list(REMOVE_ITEM formats gzip)  # is always read
find_program(SOUNDER_gcc g++)
find_program(SOUNDER_clang clang++)

add_test(NAME consumer_install COMMAND ${CMAKE_COMMAND}
  -DBUILD=${PROJECT_BINARY_DIR} -DPREFIX=${scratch}/prefix -P ${consumer}/install_and_move.cmake)
set_tests_properties(consumer_install PROPERTIES FIXTURES_SETUP installed)
add_test(NAME consumer_uninstall COMMAND ${CMAKE_COMMAND}
  -DBUILD=${PROJECT_BINARY_DIR} -DPREFIX=${scratch}/uninstalled -P ${consumer}/uninstall.cmake)
set_tests_properties(consumer_install consumer_uninstall PROPERTIES
  RESOURCE_LOCK install_manifest LABELS slow)

# sounder_skipped_test(NAME WHAT): says what is missing.
function(sounder_skipped_test name what)
  add_test(NAME ${name} COMMAND ${CMAKE_COMMAND} -E echo "skipped: ${what} is not installed")
  set_tests_properties(${name} PROPERTIES SKIP_REGULAR_EXPRESSION skipped LABELS slow)
endfunction()

# sounder_consumer_test(WAY COMPILER CACHE_ENTRIES...): configures, builds and runs the consumer.
function(sounder_consumer_test way compiler)
  set(name consumer_${way}_${compiler})
  add_test(NAME ${name} COMMAND ${CMAKE_CTEST_COMMAND}
    --build-and-test ${consumer} ${scratch}/${way}_${compiler} --build-generator ${CMAKE_GENERATOR}
    --build-options -DCMAKE_CXX_COMPILER=${SOUNDER_${compiler}} ${ARGN}
    --test-command consumer ${data} ${formats})
  set_tests_properties(${name} PROPERTIES LABELS slow)
endfunction()

foreach(compiler gcc clang)
  if(NOT SOUNDER_${compiler})
    sounder_skipped_test(consumer_${compiler} ${compiler})
    continue()
  endif()
  string(COMPARE EQUAL ${compiler} clang eigen_is_missing)
  sounder_consumer_test(find_package ${compiler} -DCMAKE_PREFIX_PATH=${scratch}/prefix
    -DCMAKE_DISABLE_FIND_PACKAGE_Eigen3=${eigen_is_missing})
  sounder_consumer_test(add_subdirectory ${compiler} -DSOUNDER_SUBDIRECTORY=${PROJECT_SOURCE_DIR}
    -DCMAKE_DISABLE_FIND_PACKAGE_Eigen3=${eigen_is_missing})
  sounder_consumer_test(fetch_content ${compiler} -DSOUNDER_FETCHED=${PROJECT_SOURCE_DIR})
  set_tests_properties(consumer_find_package_${compiler} PROPERTIES FIXTURES_REQUIRED installed)
endforeach()
if(SOUNDER_gcc)
  add_test(NAME consumer_without_cmake
    COMMAND ${consumer}/without_cmake ${SOUNDER_gcc} ${scratch}/prefix ${data} ${formats})
  set_tests_properties(consumer_without_cmake PROPERTIES
    SKIP_RETURN_CODE 77 LABELS slow FIXTURES_REQUIRED installed)
endif()

# README's C++ is what it says it is.
find_package(Python3 COMPONENTS Interpreter)
if(Python3_FOUND)
  add_test(NAME consumer_readme COMMAND ${Python3_EXECUTABLE} ${consumer}/readme_snippets.py
    ${PROJECT_SOURCE_DIR}/README.md ${CMAKE_CXX_COMPILER} ${SOUNDER_INCLUDE_DIR} ${data})
  set_tests_properties(consumer_readme PROPERTIES LABELS slow)
  # Guards for any machine. In compilations of a program of the standard library cd takes 2.5 to 3.7,
  # by the kind of processor: a quarter above that. The machine code, on which most of the time is
  # spent, is the same everywhere: a tenth above what there is. bench/compile_time.py has the seconds.
  if(SOUNDER_gcc)
    add_test(NAME consumer_compile_time COMMAND ${CMAKE_COMMAND} -E env CXX=${SOUNDER_gcc}
      ${Python3_EXECUTABLE} -B ${PROJECT_SOURCE_DIR}/bench/compile_time.py cd block_cd
      --yardsticks 4.6 --kilobytes 125 --rounds 4)
    set_tests_properties(consumer_compile_time PROPERTIES LABELS slow)
  endif()
else()
  sounder_skipped_test(consumer_readme python3)
endif()

# The reference, without a warning.
if(SOUNDER_DOXYGEN)
  add_test(NAME docs COMMAND ${SOUNDER_DOXYGEN} ${PROJECT_BINARY_DIR}/Doxyfile
           WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  set_tests_properties(docs PROPERTIES LABELS slow)
else()
  sounder_skipped_test(docs doxygen)
endif()
