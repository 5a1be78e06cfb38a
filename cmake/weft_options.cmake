# SPDX-License-Identifier: Apache-2.0
# The options, and what holds for the whole build when weft is the top-level project.
# As a sub-project weft builds its libraries and nothing else, and leaves the parent's settings alone.
option(BUILD_SHARED_LIBS "Build shared libraries" OFF)
option(WEFT_BUILD_TESTS "Build the tests" ${PROJECT_IS_TOP_LEVEL})
option(WEFT_BUILD_SAMPLES "Build the samples" ${PROJECT_IS_TOP_LEVEL})
option(WEFT_BUILD_BENCHMARKS "Build the benchmarks" ${PROJECT_IS_TOP_LEVEL})
option(WEFT_BUILD_INTEGRATIONS "Build the integrations whose packages are found" ON)
option(WEFT_INSTALL "Make the install target" ${PROJECT_IS_TOP_LEVEL})
option(WEFT_WARNINGS_AS_ERRORS "Treat warnings in weft's own code as errors" OFF)
set(WEFT_SANITIZE "" CACHE STRING "Sanitizers for everything built here, such as address,undefined")

if(PROJECT_IS_TOP_LEVEL)
  if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
    set(CMAKE_BUILD_TYPE Release CACHE STRING "Build type" FORCE)
  endif()
  set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
  if(NOT DEFINED CMAKE_CXX_COMPILER_LAUNCHER)
    find_program(WEFT_CCACHE ccache)
    mark_as_advanced(WEFT_CCACHE)
    if(WEFT_CCACHE)
      # Without this it leaves whatever reads a precompiled header to the compiler.
      set(CMAKE_CXX_COMPILER_LAUNCHER
          "${CMAKE_COMMAND}" -E env CCACHE_SLOPPINESS=pch_defines,time_macros "${WEFT_CCACHE}")
    endif()
  endif()
  if(WEFT_SANITIZE)
    add_compile_options(-fsanitize=${WEFT_SANITIZE} -fno-sanitize-recover=all
                        -fno-omit-frame-pointer)
    add_link_options(-fsanitize=${WEFT_SANITIZE})
  endif()
endif()

include(GNUInstallDirs)
