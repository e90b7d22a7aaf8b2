# What must not compile, and the sentence that says why: by each compiler that is here. With
# SOUNDER_CORRECTED the same file has to compile, so that it is the mistake that is refused.
find_program(SOUNDER_GCC g++)
find_program(SOUNDER_CLANG clang++)

# sounder_compile_fail_test(NAME SENTENCE): compile_fail/NAME.cpp stops at a static assertion whose
# message holds SENTENCE (a regular expression).
function(sounder_compile_fail_test name sentence)
  foreach(compiler GCC CLANG)
    if(SOUNDER_${compiler})
      set(command ${SOUNDER_${compiler}} -std=c++20 -fsyntax-only -Wall -Wextra -Werror
        -I${SOUNDER_INCLUDE_DIR} ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/${name}.cpp)
      string(TOLOWER ${name}_${compiler} test)
      add_test(NAME compile_fail_${test} COMMAND ${command})
      set_tests_properties(compile_fail_${test} PROPERTIES
        PASS_REGULAR_EXPRESSION "error: static[^\n]*${sentence}")
      add_test(NAME compile_fail_${test}_corrected COMMAND ${command} -DSOUNDER_CORRECTED)
      set_tests_properties(compile_fail_${test} compile_fail_${test}_corrected PROPERTIES
        LABELS quick)
    endif()
  endforeach()
endfunction()

sounder_compile_fail_test(wide_columns "column indices must be 32-bit integers")
sounder_compile_fail_test(whole_values "values must be float or double")
sounder_compile_fail_test(temporary_values "a view of a temporary array would dangle")
