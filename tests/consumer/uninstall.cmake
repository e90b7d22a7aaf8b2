# cmake -DBUILD=... -DPREFIX=... -P: what the uninstall target leaves is what was there before.
file(REMOVE_RECURSE ${PREFIX})
file(WRITE ${PREFIX}/include/another.hpp "")
execute_process(COMMAND ${CMAKE_COMMAND} --install ${BUILD} --prefix ${PREFIX}
                OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
foreach(installed include/sounder/sounder.hpp share/pkgconfig/sounder.pc)
  if(NOT EXISTS ${PREFIX}/${installed})
    message(FATAL_ERROR "${installed} was not installed")
  endif()
endforeach()
execute_process(COMMAND ${CMAKE_COMMAND} --build ${BUILD} --target uninstall
                COMMAND_ERROR_IS_FATAL ANY)

file(GLOB_RECURSE left LIST_DIRECTORIES true RELATIVE ${PREFIX} ${PREFIX}/*)
list(FILTER left INCLUDE REGEX "sounder|\\.")  # ours, or a file
if(NOT left STREQUAL include/another.hpp)
  message(FATAL_ERROR "left after uninstalling: ${left}")
endif()
