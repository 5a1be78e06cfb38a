# SPDX-License-Identifier: Apache-2.0
#
# weft_component(NAME sdk
#   SOURCES src/version.cpp …            listed, never globbed: a file that is not here is not in the product
#   PUBLIC_HEADERS include/weft/x.hpp …  what is installed
#   DEPENDS weft::sdk Threads::Threads … what a user of the component links too
#   PRIVATE_LIBRARIES CURL::libcurl …    linked, but never on a user's include path
#   PRIVATE_HEADERS nlohmann_json::… …   header-only and used by the sources alone: nobody else needs to find it
#   HEADER_BASE include                  the folder that PUBLIC_HEADERS are relative to; `include` when left out
# )
# makes the target weft_sdk, known as weft::sdk here and to whoever finds the package, with an export set of its own.
# A component without sources is an INTERFACE library.
#
# BUILD_SHARED_LIBS=ON: weft_sdk_testable is a static library of the same objects, so that unit tests reach what
# is hidden. Otherwise it is weft_sdk itself.

set_property(GLOBAL PROPERTY WEFT_COMPONENTS)

function(weft_component)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "NAME;HEADER_BASE"
                        "SOURCES;PUBLIC_HEADERS;DEPENDS;PRIVATE_LIBRARIES;PRIVATE_HEADERS")
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "weft_component(${arg_NAME}): unknown arguments ${arg_UNPARSED_ARGUMENTS}")
  endif()
  if(NOT arg_HEADER_BASE)
    set(arg_HEADER_BASE include)
  endif()
  set(target weft_${arg_NAME})

  if(arg_SOURCES)
    add_library(${target} ${arg_SOURCES})
    _weft_compiled_library(${target})
    target_link_libraries(${target} PUBLIC ${arg_DEPENDS} PRIVATE ${arg_PRIVATE_LIBRARIES})
    foreach(library IN LISTS arg_PRIVATE_HEADERS)
      target_link_libraries(${target} PRIVATE $<BUILD_INTERFACE:${library}>)
    endforeach()
    set(scope PUBLIC)
    _weft_testable(${target} ${arg_DEPENDS} ${arg_PRIVATE_LIBRARIES})
  else()
    add_library(${target} INTERFACE)
    target_link_libraries(${target} INTERFACE ${arg_DEPENDS})
    set(scope INTERFACE)
    add_library(${target}_testable ALIAS ${target})
  endif()

  add_library(weft::${arg_NAME} ALIAS ${target})
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${arg_NAME})
  target_compile_features(${target} ${scope} cxx_std_20)
  target_sources(${target} ${scope} FILE_SET HEADERS BASE_DIRS ${arg_HEADER_BASE}
                 FILES ${arg_PUBLIC_HEADERS})
  set_property(GLOBAL APPEND PROPERTY WEFT_COMPONENTS ${arg_NAME})
  _weft_export(${arg_NAME})
endfunction()

# What every compiled library of ours has in common.
function(_weft_compiled_library target)
  weft_warnings(${target})
  set_target_properties(
    ${target}
    PROPERTIES CXX_EXTENSIONS OFF
               CXX_VISIBILITY_PRESET hidden
               VISIBILITY_INLINES_HIDDEN ON
               POSITION_INDEPENDENT_CODE ON
               DEFINE_SYMBOL "" # the same objects serve static and shared
               VERSION ${PROJECT_VERSION}
               SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR}
               INSTALL_RPATH "$ORIGIN")
  target_include_directories(${target} PRIVATE $<BUILD_INTERFACE:${CMAKE_CURRENT_SOURCE_DIR}/src>)
  target_link_libraries(${target} PRIVATE $<BUILD_INTERFACE:weft_internal>)
  # Our own calls of exported functions go straight there and may be inlined: nobody replaces them.
  target_compile_options(${target} PRIVATE -fno-semantic-interposition)
  get_target_property(type ${target} TYPE)
  if(type STREQUAL "SHARED_LIBRARY")
    target_link_options(${target} PRIVATE "LINKER:-Bsymbolic-functions")
    # A span may end after dlclose(), in a thread's or the program's last destructors.
    # The map keeps instances of std templates, which libstdc++ marks visible, out of the interface.
    set(map "${PROJECT_SOURCE_DIR}/cmake/weft.map")
    target_link_options(${target} PRIVATE "LINKER:-z,nodelete" "LINKER:--version-script=${map}")
    if(PROJECT_IS_TOP_LEVEL AND NOT WEFT_SANITIZE) # the sanitizers' symbols come with the program
      target_link_options(${target} PRIVATE "LINKER:-z,defs")
    endif()
    set_target_properties(${target} PROPERTIES LINK_DEPENDS "${map}")
  endif()
endfunction()

function(_weft_testable target)
  if(NOT BUILD_SHARED_LIBS)
    add_library(${target}_testable ALIAS ${target})
  elseif(WEFT_BUILD_TESTS)
    set(twin ${target}_testable)
    add_library(${twin} STATIC EXCLUDE_FROM_ALL $<TARGET_OBJECTS:${target}>)
    set_target_properties(${twin} PROPERTIES LINKER_LANGUAGE CXX)
    target_include_directories(${twin} INTERFACE
                               $<TARGET_PROPERTY:${target},INTERFACE_INCLUDE_DIRECTORIES>)
    target_compile_features(${twin} INTERFACE cxx_std_20)
    foreach(library IN LISTS ARGN)
      string(REGEX REPLACE "^weft::(.*)" "weft_\\1_testable" library "${library}")
      target_link_libraries(${twin} INTERFACE ${library})
    endforeach()
  endif()
endfunction()

function(_weft_export name)
  if(NOT WEFT_INSTALL)
    return()
  endif()
  install(
    TARGETS weft_${name}
    EXPORT weft-${name}-targets
    RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR}
    LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
    ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
    FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
  install(EXPORT weft-${name}-targets NAMESPACE weft::
          DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/weft)
endfunction()

function(weft_libraries_target)
  get_property(components GLOBAL PROPERTY WEFT_COMPONENTS)
  add_custom_target(weft_libraries)
  foreach(component IN LISTS components)
    add_dependencies(weft_libraries weft_${component})
  endforeach()
endfunction()
