# What a user's project sees of sounder. The installed tree is moved before it is used.
set(install ${CMAKE_CURRENT_BINARY_DIR}/consumer)
add_test(NAME consumer_install COMMAND ${CMAKE_COMMAND}
  -DBUILD=${PROJECT_BINARY_DIR} -DPREFIX=${install}/prefix
  -P ${CMAKE_CURRENT_SOURCE_DIR}/consumer/install_and_move.cmake)
set_tests_properties(consumer_install PROPERTIES FIXTURES_SETUP installed LABELS slow)

# sounder_consumer_test(NAME CACHE_ENTRIES...): configures, builds and runs the consumer.
function(sounder_consumer_test name)
  add_test(NAME ${name} COMMAND ${CMAKE_CTEST_COMMAND}
    --build-and-test ${CMAKE_CURRENT_SOURCE_DIR}/consumer ${install}/${name}
    --build-generator ${CMAKE_GENERATOR}
    --build-options -DCMAKE_CXX_COMPILER=${CMAKE_CXX_COMPILER} ${ARGN}
    --test-command consumer ${PROJECT_SOURCE_DIR}/datasets/sample/text.train)
  set_tests_properties(${name} PROPERTIES LABELS slow)
endfunction()

sounder_consumer_test(consumer_find_package -DCMAKE_PREFIX_PATH=${install}/prefix)
set_tests_properties(consumer_find_package PROPERTIES FIXTURES_REQUIRED installed)
sounder_consumer_test(consumer_add_subdirectory -DSOUNDER_SOURCE_DIR=${PROJECT_SOURCE_DIR})
