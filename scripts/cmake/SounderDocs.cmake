# The target docs: the public headers' reference, where doxygen is installed.
find_program(SOUNDER_DOXYGEN doxygen)
if(SOUNDER_DOXYGEN)
  file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/reference)
  file(WRITE ${PROJECT_BINARY_DIR}/Doxyfile
    "@INCLUDE = ${PROJECT_SOURCE_DIR}/scripts/Doxyfile\n"
    "PROJECT_NUMBER = ${PROJECT_VERSION}\n"
    "OUTPUT_DIRECTORY = ${PROJECT_BINARY_DIR}/reference\n")
  add_custom_target(docs COMMAND ${SOUNDER_DOXYGEN} ${PROJECT_BINARY_DIR}/Doxyfile
    WORKING_DIRECTORY ${PROJECT_SOURCE_DIR} VERBATIM
    COMMENT "The reference goes to ${PROJECT_BINARY_DIR}/reference/html/index.html")
endif()
