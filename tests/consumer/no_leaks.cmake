# SPDX-License-Identifier: Apache-2.0
# What a consumer must not inherit: our warnings, our definitions, our private libraries' headers.
# What it must: that profilers find their symbol in a program that links weft statically.
# And that a module which holds weft is never unloaded under its threads.
set(is_module "$<STREQUAL:$<TARGET_PROPERTY:TYPE>,MODULE_LIBRARY>")
set(is_shared "$<STREQUAL:$<TARGET_PROPERTY:TYPE>,SHARED_LIBRARY>")
set(allowed_link_options "LINKER:--export-dynamic-symbol=otel_thread_ctx_v1"
                         "$<$<OR:${is_module},${is_shared}>:LINKER:-z,nodelete>")
foreach(component IN ITEMS sdk propagators exporters weft)
  if(NOT TARGET weft::${component})
    continue() # not among the components asked for
  endif()
  get_target_property(target weft::${component} ALIASED_TARGET)
  if(NOT target)
    set(target weft::${component})
  endif()
  foreach(property IN ITEMS INTERFACE_COMPILE_OPTIONS INTERFACE_COMPILE_DEFINITIONS
                            INTERFACE_LINK_OPTIONS)
    get_target_property(value ${target} ${property})
    if(value AND NOT value STREQUAL allowed_link_options)
      message(FATAL_ERROR "weft::${component} passes on ${property}: ${value}")
    endif()
  endforeach()
  get_target_property(libraries ${target} INTERFACE_LINK_LIBRARIES)
  foreach(library IN LISTS libraries)
    if(library AND NOT library MATCHES "^(weft::|Threads::|\\$<LINK_ONLY:)")
      message(FATAL_ERROR "weft::${component} passes on a dependency: ${library}")
    endif()
  endforeach()
endforeach()
