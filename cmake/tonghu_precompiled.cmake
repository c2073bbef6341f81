# tonghu_precompiled(TARGET): the large headers nearly every source reads (gRPC, Protobuf, Abseil, spdlog) are parsed once for the whole build.
# tonghu_precompiled_test(TARGET): the same for tests, with GoogleTest, and unoptimized: a test is run once for each time it is compiled.
# Without -g, also under sanitizers: debug information names the folder, and the compiler cache then finds nothing for another checkout.
# All targets must agree on the definitions and on -O. Release is -O1: a fifth less time to build than -O2, and 3 % more processor time in the
# services, which is less than 1 % of a contact's.
if(NOT TONGHU_PCH)
  function(tonghu_precompiled TARGET)
  endfunction()
  function(tonghu_precompiled_test TARGET)
  endfunction()
  return()
endif()

add_compile_definitions(_FILE_OFFSET_BITS=64 NOMINMAX FMT_SHARED SPDLOG_COMPILED_LIB SPDLOG_FMT_EXTERNAL SPDLOG_SHARED_LIB)

function(tonghu_precompiled_headers NAME)
  file(WRITE ${CMAKE_BINARY_DIR}/${NAME}.cpp "// Holds precompiled headers.\n")
  add_library(${NAME} OBJECT ${CMAKE_BINARY_DIR}/${NAME}.cpp)
  target_link_libraries(${NAME} PRIVATE PkgConfig::GRPC protobuf::libprotobuf spdlog::spdlog fmt::fmt
    absl::status absl::statusor absl::time absl::strings absl::synchronization absl::flat_hash_map absl::span)
  target_precompile_headers(${NAME} PRIVATE
    <grpcpp/grpcpp.h> <google/protobuf/message.h> <google/protobuf/timestamp.pb.h> <spdlog/spdlog.h> <fmt/core.h>
    <absl/container/flat_hash_map.h> <absl/status/statusor.h> <absl/strings/str_cat.h> <absl/synchronization/mutex.h>
    <absl/time/civil_time.h> <absl/time/time.h> <absl/types/span.h>
    <algorithm> <atomic> <deque> <functional> <map> <memory> <optional> <set> <string> <thread> <utility> <vector> ${ARGN})
endfunction()

tonghu_precompiled_headers(tonghu_precompiled)
function(tonghu_precompiled TARGET)
  target_precompile_headers(${TARGET} REUSE_FROM tonghu_precompiled)
endfunction()

if(TONGHU_TESTS)
  tonghu_precompiled_headers(tonghu_test_precompiled <gmock/gmock.h> <gtest/gtest.h>)
  target_link_libraries(tonghu_test_precompiled PRIVATE GTest::gmock)
  target_compile_options(tonghu_test_precompiled PRIVATE -O0)
endif()
function(tonghu_precompiled_test TARGET)
  target_compile_options(${TARGET} PRIVATE -O0)
  target_precompile_headers(${TARGET} REUSE_FROM tonghu_test_precompiled)
endfunction()
