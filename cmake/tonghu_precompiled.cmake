# tonghu_precompiled(TARGET): the large headers nearly every source reads (gRPC, Protobuf, Abseil, spdlog) are parsed once for the whole build.
# All targets must then agree on these definitions.
if(NOT TONGHU_PCH)
  function(tonghu_precompiled TARGET)
  endfunction()
  return()
endif()

add_compile_definitions(_FILE_OFFSET_BITS=64 NOMINMAX FMT_SHARED SPDLOG_COMPILED_LIB SPDLOG_FMT_EXTERNAL SPDLOG_SHARED_LIB)

file(WRITE ${CMAKE_BINARY_DIR}/precompiled.cpp "// Holds the precompiled headers.\n")
add_library(tonghu_precompiled OBJECT ${CMAKE_BINARY_DIR}/precompiled.cpp)
target_link_libraries(tonghu_precompiled PRIVATE PkgConfig::GRPC protobuf::libprotobuf spdlog::spdlog fmt::fmt
  absl::status absl::statusor absl::time absl::strings absl::synchronization absl::flat_hash_map absl::span)
target_precompile_headers(tonghu_precompiled PRIVATE
  <grpcpp/grpcpp.h> <google/protobuf/message.h> <google/protobuf/timestamp.pb.h> <spdlog/spdlog.h> <fmt/core.h>
  <absl/container/flat_hash_map.h> <absl/status/statusor.h> <absl/strings/str_cat.h> <absl/synchronization/mutex.h>
  <absl/time/civil_time.h> <absl/time/time.h> <absl/types/span.h>
  <algorithm> <atomic> <deque> <functional> <map> <memory> <optional> <set> <string> <thread> <utility> <vector>)

function(tonghu_precompiled TARGET)
  target_precompile_headers(${TARGET} REUSE_FROM tonghu_precompiled)
endfunction()
