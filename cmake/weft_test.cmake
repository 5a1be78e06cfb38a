# SPDX-License-Identifier: Apache-2.0
include(GoogleTest)

# weft_test(NAME context            the program is test_context; its tests are listed as "context.Suite.Sentence"
#   LABEL unit                      unit, behaviour, alloc, conformance, …: what `tools/test --label` picks by
#   SOURCES get_test.cpp …
#   [LIBRARIES …]                   more to link
#   [INTERNALS]                     reaches what is hidden: private headers and symbols. Without it: the public API alone
#   [OWN_MAIN]                      brings its own main(), such as for a counting operator new
#   [TIMEOUT 60]                    seconds for each test
#   [OPTIONS -O2]                   compiler options of its own
#   [SERIAL])                       runs alone: for tests that measure or need the machine to themselves
# Each test runs in a process of its own, so none sees another's telemetry. Needs weft_test_prefix (tests/CMakeLists.txt).
function(weft_test)
  cmake_parse_arguments(PARSE_ARGV 0 arg "INTERNALS;OWN_MAIN;SERIAL" "NAME;LABEL;TIMEOUT"
                        "SOURCES;LIBRARIES;OPTIONS")
  if(arg_UNPARSED_ARGUMENTS OR NOT arg_NAME OR NOT arg_LABEL OR NOT arg_SOURCES)
    message(FATAL_ERROR "weft_test(${arg_NAME}): NAME, LABEL and SOURCES are needed; "
                        "not understood: '${arg_UNPARSED_ARGUMENTS}'")
  endif()
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 60)
  endif()
  if(WEFT_SANITIZE)
    math(EXPR arg_TIMEOUT "${arg_TIMEOUT} * 5") # what a sanitizer takes, on a busy machine too
  endif()
  set(target test_${arg_NAME})
  add_executable(${target} ${arg_SOURCES})
  set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF)
  weft_warnings(${target})
  if(arg_OPTIONS)
    target_compile_options(${target} PRIVATE ${arg_OPTIONS})
  else()
    target_precompile_headers(${target} REUSE_FROM weft_test_prefix)
  endif()
  if(arg_INTERNALS)
    target_include_directories(
      ${target} PRIVATE "${PROJECT_SOURCE_DIR}/sdk/src" "${PROJECT_SOURCE_DIR}/propagators/src"
                        "${PROJECT_SOURCE_DIR}/exporters/src" "${PROJECT_SOURCE_DIR}/config/src")
    target_link_libraries(${target} PRIVATE weft_exporters_testable weft_propagators_testable
                                            weft_sdk_testable)
  else()
    target_link_libraries(${target} PRIVATE weft::weft)
  endif()
  target_include_directories(${target} PRIVATE "${PROJECT_SOURCE_DIR}/tests")
  if(arg_OWN_MAIN)
    target_link_libraries(${target} PRIVATE ${arg_LIBRARIES} GTest::gtest)
  else()
    target_link_libraries(${target} PRIVATE ${arg_LIBRARIES} GTest::gtest GTest::gtest_main)
  endif()
  set(properties LABELS ${arg_LABEL} TIMEOUT ${arg_TIMEOUT})
  if(arg_SERIAL)
    list(APPEND properties RUN_SERIAL ON)
  endif()
  gtest_discover_tests(${target} TEST_PREFIX "${arg_NAME}." DISCOVERY_TIMEOUT 60
                       PROPERTIES ${properties})
endfunction()

# weft_command_test("the sentence" LABEL check COMMAND … [TIMEOUT 60] [SERIAL] [DEPENDS fixture] [SETS_UP fixture])
# A test that is a command. Exit status 0 is a pass; there is no skipping.
function(weft_command_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "SERIAL" "LABEL;TIMEOUT;DEPENDS;SETS_UP" "COMMAND")
  if(NOT arg_LABEL OR NOT arg_COMMAND)
    message(FATAL_ERROR "weft_command_test(${name}): LABEL and COMMAND are needed")
  endif()
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 60)
  endif()
  add_test(NAME "${name}" COMMAND ${arg_COMMAND} COMMAND_EXPAND_LISTS)
  set_tests_properties("${name}" PROPERTIES LABELS ${arg_LABEL} TIMEOUT ${arg_TIMEOUT})
  if(arg_SERIAL)
    set_tests_properties("${name}" PROPERTIES RUN_SERIAL ON)
  endif()
  if(arg_DEPENDS)
    set_tests_properties("${name}" PROPERTIES FIXTURES_REQUIRED ${arg_DEPENDS})
  endif()
  if(arg_SETS_UP)
    set_tests_properties("${name}" PROPERTIES FIXTURES_SETUP ${arg_SETS_UP})
  endif()
endfunction()
