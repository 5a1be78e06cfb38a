# SPDX-License-Identifier: Apache-2.0
# Warnings are for weft's own code: PRIVATE, so that no consumer inherits them.
set(WEFT_WARNING_FLAGS -Wall -Wextra -Wpedantic -Wshadow -Wconversion)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # gcc 12 sees an overlap in `"text" + std::string` at -O2 and above that is not there (PR 105651).
  list(APPEND WEFT_WARNING_FLAGS -Wno-restrict)
  # Nor does it know, optimising, that the members of an aggregate are there when its constructor unwinds (PR 105562).
  list(APPEND WEFT_WARNING_FLAGS $<$<NOT:$<CONFIG:Debug>>:-Wno-maybe-uninitialized>)
endif()
if(WEFT_WARNINGS_AS_ERRORS)
  list(APPEND WEFT_WARNING_FLAGS -Werror)
endif()

function(weft_warnings target)
  target_compile_options(${target} PRIVATE ${WEFT_WARNING_FLAGS})
endfunction()
