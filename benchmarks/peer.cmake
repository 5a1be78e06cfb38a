# SPDX-License-Identifier: Apache-2.0
# What opentelemetry-cpp takes for the same work, for scale: measured where it is installed with its
# SDK and OTLP (found through CMAKE_PREFIX_PATH or -Dopentelemetry-cpp_DIR=…), left out elsewhere.
#
#   include(peer.cmake)
#   weft_peer_benchmark(SOURCES peer_opentelemetry.cpp allocation_count.cpp)   # makes bench_peer
function(weft_peer_benchmark)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "" "SOURCES")
  find_package(opentelemetry-cpp CONFIG QUIET COMPONENTS api sdk exporters_otlp_common)
  if(NOT opentelemetry-cpp_FOUND)
    message(STATUS "Benchmarks: opentelemetry-cpp was not found, so there is no bench_peer")
    return()
  endif()
  add_executable(bench_peer ${arg_SOURCES})
  set_target_properties(bench_peer PROPERTIES CXX_EXTENSIONS OFF)
  target_compile_features(bench_peer PRIVATE cxx_std_20)
  weft_warnings(bench_peer)
  target_link_libraries(bench_peer PRIVATE opentelemetry-cpp::trace
                                           opentelemetry-cpp::otlp_recordable benchmark::benchmark)
  set_property(GLOBAL APPEND PROPERTY WEFT_BENCHMARKS bench_peer)
endfunction()
