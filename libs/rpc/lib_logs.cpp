#include "libs/rpc/lib_logs.h"

#include <google/protobuf/stubs/logging.h>
#include <grpc/support/log.h>
#include <spdlog/spdlog.h>

#include <string>

namespace tonghu::rpc {
namespace {

// Their errors are mostly a peer's doing (a lost connection, a bad request): nothing that by itself needs an
// operator.
void FromGrpc(gpr_log_func_args* args) {
  const auto level = args->severity == GPR_LOG_SEVERITY_ERROR ? spdlog::level::warn : spdlog::level::debug;
  spdlog::log(level, "grpc: {}", args->message);
}

void FromProtobuf(google::protobuf::LogLevel level, const char*, int, const std::string& message) {
  spdlog::log(level >= google::protobuf::LOGLEVEL_WARNING ? spdlog::level::warn : spdlog::level::debug,
              "protobuf: {}", message);
}

}  // namespace

void RouteLibraryLogs() {
  gpr_set_log_function(FromGrpc);
  google::protobuf::SetLogHandler(FromProtobuf);
}

}  // namespace tonghu::rpc
