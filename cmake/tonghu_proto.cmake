# tonghu_proto(TARGET ROOT <import root> FILES <paths below it> [GRPC])
# A static library of the generated messages and, with GRPC, of the service stubs.
# Generated headers are included by their proto path: "tonghu/pairing/v1/duty_service.grpc.pb.h".
find_program(GRPC_CPP_PLUGIN grpc_cpp_plugin REQUIRED)

function(tonghu_proto TARGET)
  cmake_parse_arguments(ARG "GRPC" "ROOT" "FILES;DEPS" ${ARGN})
  set(out ${CMAKE_BINARY_DIR}/gen)
  file(MAKE_DIRECTORY ${out})
  set(sources)
  foreach(file ${ARG_FILES})
    string(REGEX REPLACE "\\.proto$" "" base ${file})
    set(made ${out}/${base}.pb.cc)
    set(byproducts ${out}/${base}.pb.h)
    set(plugin)
    if(ARG_GRPC AND file MATCHES "_service\\.proto$")
      list(APPEND made ${out}/${base}.grpc.pb.cc)
      list(APPEND byproducts ${out}/${base}.grpc.pb.h)
      set(plugin --grpc_out=${out} --plugin=protoc-gen-grpc=${GRPC_CPP_PLUGIN})
    endif()
    add_custom_command(
      OUTPUT ${made} ${byproducts}
      COMMAND protobuf::protoc --cpp_out=${out} ${plugin} -I ${ARG_ROOT} -I ${CMAKE_SOURCE_DIR}/proto
              -I ${GOOGLEAPIS_DIR} ${ARG_ROOT}/${file}
      DEPENDS ${ARG_ROOT}/${file}
      VERBATIM)
    list(APPEND sources ${made})
  endforeach()
  add_library(${TARGET} STATIC ${sources})
  target_include_directories(${TARGET} SYSTEM PUBLIC ${out})
  target_compile_options(${TARGET} PRIVATE -w)
  target_link_libraries(${TARGET} PUBLIC protobuf::libprotobuf ${ARG_DEPS})
  if(ARG_GRPC)
    target_link_libraries(${TARGET} PUBLIC PkgConfig::GRPC)
  endif()
  if(CMAKE_CXX_FLAGS MATCHES "-fsanitize")
    # Generated code takes minutes with all checks. The precompiled headers are made with them, so that they can't be read here.
    target_compile_options(${TARGET} PRIVATE -fno-sanitize=undefined -O0 -g0)
  else()
    tonghu_precompiled(${TARGET})
  endif()
endfunction()
