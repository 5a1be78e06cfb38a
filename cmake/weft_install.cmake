# SPDX-License-Identifier: Apache-2.0
# weftConfig.cmake, its version file and weft.pc. The libraries and headers are installed by weft_component().
include(CMakePackageConfigHelpers)

get_property(weft_components GLOBAL PROPERTY WEFT_COMPONENTS)
set(weft_package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/weft")

# A static library leaves its private libraries to the final link; a shared one has them inside.
set(weft_exporters_packages)
set(weft_pc_private_libs)
set(weft_config_packages)
get_target_property(weft_exporters_type weft_exporters TYPE)
if(weft_exporters_type STREQUAL "STATIC_LIBRARY")
  set(weft_exporters_packages CURL ZLIB)
  set(weft_config_packages yaml-cpp)
  set(weft_pc_private_libs " -lcurl -lz -Wl,--export-dynamic-symbol=otel_thread_ctx_v1")
endif()

configure_package_config_file(
  "${PROJECT_SOURCE_DIR}/cmake/weftConfig.cmake.in" "${PROJECT_BINARY_DIR}/weftConfig.cmake"
  INSTALL_DESTINATION "${weft_package_dir}" NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file("${PROJECT_BINARY_DIR}/weftConfigVersion.cmake"
                                 COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/weftConfig.cmake"
              "${PROJECT_BINARY_DIR}/weftConfigVersion.cmake"
        DESTINATION "${weft_package_dir}")

# pkg-config: -l for each library that exists, users before what they use. Where they are static, libcurl and zlib are
# named outright: `Requires.private: libcurl` would make `pkg-config --static` ask for every library that a static
# libcurl needs, and a static weft is mostly linked with the shared libcurl.
set(weft_pc_libs)
foreach(component IN ITEMS exporters propagators sdk)
  get_target_property(type weft_${component} TYPE)
  if(NOT type STREQUAL "INTERFACE_LIBRARY")
    string(APPEND weft_pc_libs " -lweft_${component}")
  endif()
endforeach()
set(weft_pc_dir "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
cmake_path(RELATIVE_PATH CMAKE_INSTALL_FULL_LIBDIR BASE_DIRECTORY "${CMAKE_INSTALL_PREFIX}"
           OUTPUT_VARIABLE weft_pc_libdir)
cmake_path(RELATIVE_PATH CMAKE_INSTALL_FULL_INCLUDEDIR BASE_DIRECTORY "${CMAKE_INSTALL_PREFIX}"
           OUTPUT_VARIABLE weft_pc_includedir)
cmake_path(RELATIVE_PATH CMAKE_INSTALL_PREFIX
           BASE_DIRECTORY "${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig" OUTPUT_VARIABLE weft_pc_prefix)
configure_file("${PROJECT_SOURCE_DIR}/cmake/weft.pc.in" "${PROJECT_BINARY_DIR}/weft.pc" @ONLY)
install(FILES "${PROJECT_BINARY_DIR}/weft.pc" DESTINATION "${weft_pc_dir}")
