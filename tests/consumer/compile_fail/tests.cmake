# What does not suit does not compile, and the message says what is wrong and what to do instead: by
# each compiler that is here. Where a file knows SOUNDER_CORRECTED it has to compile with it, so that
# it is the mistake that is refused.
find_program(SOUNDER_GCC g++)
find_program(SOUNDER_CLANG clang++)

# sounder_compile_fail_test(NAME MESSAGE): compiling compile_fail/NAME.cpp says MESSAGE, a regular
# expression; excerpts of the source, which may hold the same words, are left out.
function(sounder_compile_fail_test name message)
  set(source ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/${name}.cpp)
  file(STRINGS ${source} corrected REGEX SOUNDER_CORRECTED)
  set(GCC_flags -fno-diagnostics-show-caret)
  set(CLANG_flags -fno-caret-diagnostics)
  foreach(compiler GCC CLANG)
    if(SOUNDER_${compiler})
      set(command ${SOUNDER_${compiler}} -std=c++20 -fsyntax-only -Wall -Wextra -Werror
        ${${compiler}_flags} -I${SOUNDER_INCLUDE_DIR} ${source})
      string(TOLOWER compile_fail_${name}_${compiler} test)
      add_test(NAME ${test} COMMAND ${command})
      set_tests_properties(${test} PROPERTIES LABELS quick PASS_REGULAR_EXPRESSION "${message}")
      if(corrected)
        add_test(NAME ${test}_corrected COMMAND ${command} -DSOUNDER_CORRECTED)
        set_tests_properties(${test}_corrected PROPERTIES LABELS quick)
      endif()
    endif()
  endforeach()
endfunction()

sounder_compile_fail_test(wide_columns "column indices must be 32-bit integers")
sounder_compile_fail_test(whole_values "values must be float or double")
sounder_compile_fail_test(temporary_values "a view of a temporary array would dangle")

# Once for each of the three solvers.
set(smooth "needs a smooth loss: take SquaredHinge for Hinge, or cd")
sounder_compile_fail_test(hinge_by_columns "${smooth}.*${smooth}.*${smooth}")
sounder_compile_fail_test(bounds_by_rows "knows no bounds: take a coordinate solver")
sounder_compile_fail_test(loss_without_curvature
  "a loss needs `double curvature\\(double y, double z\\) const`")
sounder_compile_fail_test(penalty_without_prox
  "a penalty needs `double prox\\(double w, double step\\) const`")
