# SPDX-License-Identifier: Apache-2.0
find_program(WEFT_CLANG NAMES clang++-19 clang++-16 clang++)
if(NOT WEFT_CLANG)
  message(FATAL_ERROR "No clang++ was found. Fix: run tools/setup, or install clang-19.")
endif()
set(CMAKE_CXX_COMPILER "${WEFT_CLANG}")
