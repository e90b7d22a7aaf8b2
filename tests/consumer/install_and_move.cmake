# cmake -DBUILD=... -DPREFIX=... -P: installs BUILD into a scratch prefix, then moves it to PREFIX.
file(REMOVE_RECURSE ${PREFIX} ${PREFIX}-unmoved)
execute_process(COMMAND ${CMAKE_COMMAND} --install ${BUILD} --prefix ${PREFIX}-unmoved
                OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
file(RENAME ${PREFIX}-unmoved ${PREFIX})
