# SPDX-License-Identifier: Apache-2.0
# Warnings are for weft's own code: PRIVATE, so that no consumer inherits them.
set(WEFT_WARNING_FLAGS -Wall -Wextra -Wpedantic -Wshadow -Wconversion)
if(WEFT_WARNINGS_AS_ERRORS)
  list(APPEND WEFT_WARNING_FLAGS -Werror)
endif()

function(weft_warnings target)
  target_compile_options(${target} PRIVATE ${WEFT_WARNING_FLAGS})
endfunction()
