# Warnings and sanitizers for our own programs and tests. Never exported: a consumer's flags are
# the consumer's business.
add_library(sounder_diagnostics INTERFACE)
target_compile_options(sounder_diagnostics INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wnon-virtual-dtor -Wold-style-cast)
if(SOUNDER_SANITIZE)
  target_compile_options(sounder_diagnostics INTERFACE
    -fsanitize=${SOUNDER_SANITIZE} -fno-omit-frame-pointer)
  target_link_options(sounder_diagnostics INTERFACE -fsanitize=${SOUNDER_SANITIZE})
  if(SOUNDER_SANITIZE MATCHES undefined)
    target_compile_options(sounder_diagnostics INTERFACE -fno-sanitize-recover=all)
  endif()
  if(SOUNDER_SANITIZE STREQUAL thread AND NOT CMAKE_CXX_COMPILER_ID MATCHES Clang)
    message(WARNING "ThreadSanitizer does not understand libgomp and will report races that are "
                    "none: use clang++ with libomp (preset tsan)")
  endif()
endif()
