#include "libs/rpc/server.h"

#include <google/protobuf/stubs/logging.h>
#include <grpc/support/log.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/impl/server_builder_option.h>
#include <grpcpp/resource_quota.h>
#include <grpcpp/support/server_interceptor.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <atomic>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/clock/waker.h"
#include "libs/refusal/refusal.h"
#include "libs/rpc/bounds.h"
#include "libs/rpc/deadline.h"
#include "libs/rpc/errors.h"
#include "libs/rpc/service.h"
#include "libs/status/macros.h"

namespace tonghu::rpc {
namespace {

using grpc::experimental::InterceptionHookPoints;
using grpc::experimental::ServerRpcInfo;

constexpr int kMaxThreads = 64;  // of synchronous services; the callback API has its own few
constexpr int kPingEveryMs = 20'000;
constexpr int kPingTimeoutMs = 10'000;
constexpr int kPingPermittedEveryMs = 10'000;  // clients ping every 20 s
// A connection is made anew after this time, so that a certificate which has been turned over, or has run
// out, does not count for longer. Calls under way go on.
constexpr int kConnectionAgeMs = 3'600'000;

// Turns reflection on or off for this server. The library adds reflection to every server of a process that
// links it.
class Reflection final : public grpc::ServerBuilderOption {
 public:
  explicit Reflection(bool wanted) : wanted_(wanted) {}
  void UpdateArguments(grpc::ChannelArguments*) override {}
  void UpdatePlugins(std::vector<std::unique_ptr<grpc::ServerBuilderPlugin>>* plugins) override {
    auto plugin = std::make_unique<grpc::reflection::ProtoServerReflectionPlugin>();
    std::erase_if(*plugins, [&plugin](const auto& other) { return other->name() == plugin->name(); });
    if (wanted_) plugins->push_back(std::move(plugin));
  }

 private:
  const bool wanted_;
};

// Gives the caller INVALID_ARGUMENT, reason REQUEST_MALFORMED, for a request that can't be parsed. gRPC
// itself answers UNIMPLEMENTED without a word, before any handler runs.
class MalformedRequest final : public grpc::experimental::Interceptor {
 public:
  void Intercept(grpc::experimental::InterceptorBatchMethods* methods) override {
    if (methods->QueryInterceptionHookPoint(InterceptionHookPoints::POST_RECV_MESSAGE)) {
      malformed_ = methods->GetRecvMessage() == nullptr;
    }
    if (malformed_ && methods->QueryInterceptionHookPoint(InterceptionHookPoints::PRE_SEND_STATUS)) {
      methods->ModifySendStatus(ToGrpc(refusal::Invalid(
          "REQUEST_MALFORMED", "",
          "the request can't be parsed: not this method's message, or a string in it is not UTF-8",
          "请求无法解析：格式不符或含有非 UTF-8 编码的文字，请检查客户端程序或更换输入后重试。")));
    }
    methods->Proceed();
  }

 private:
  bool malformed_ = false;
};

// Watches calls with one request (unary and server streaming). In a stream of requests a null message is the
// stream's ordinary end.
class RefusesMalformed final : public grpc::experimental::ServerInterceptorFactoryInterface {
 public:
  grpc::experimental::Interceptor* CreateServerInterceptor(ServerRpcInfo* info) override {
    const bool one_request =
        info->type() == ServerRpcInfo::Type::UNARY || info->type() == ServerRpcInfo::Type::SERVER_STREAMING;
    return one_request ? new MalformedRequest : nullptr;  // gRPC owns it
  }
};

// Brings the log lines of gRPC and protobuf into ours; otherwise they write to standard error in forms of
// their own. Their errors are mostly a peer's doing (a lost connection, a bad request): nothing that by
// itself needs an operator, hence a warning. One line a second, since any stranger who connects without a
// certificate causes one.
void FromGrpcLog(gpr_log_func_args* args) {
  static std::atomic<int64_t> last_second = 0;
  const int64_t second = absl::ToUnixSeconds(clock::MonotonicNow());
  const bool tell = args->severity == GPR_LOG_SEVERITY_ERROR && last_second.exchange(second) != second;
  const auto level = tell ? spdlog::level::warn : spdlog::level::debug;
  spdlog::log(level, "grpc: {}", args->message);
}

void FromProtobuf(google::protobuf::LogLevel level, const char*, int, const std::string& message) {
  spdlog::log(level >= google::protobuf::LOGLEVEL_WARNING ? spdlog::level::warn : spdlog::level::debug,
              "protobuf: {}", message);
}

// Sends the log lines of gRPC and protobuf to this program's log. Concerns the whole process; harmless when
// called again.
void RouteLibraryLogs() {
  gpr_set_log_function(FromGrpcLog);
  google::protobuf::SetLogHandler(FromProtobuf);
}

// Bounds what a caller can take up: message size, streams, threads, and connections whose peer has gone.
void SetLimits(const ServerOptions& options, grpc::ServerBuilder& builder) {
  builder.SetMaxReceiveMessageSize(options.max_message_bytes);
  builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, kMostMetadataBytes);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, options.max_concurrent_streams);
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT,
                             0);  // a second server on the port must fail, not share it
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, kPingEveryMs);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kPingTimeoutMs);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, kPingPermittedEveryMs);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_MS, kConnectionAgeMs);
  builder.SetResourceQuota(grpc::ResourceQuota("tonghu").SetMaxThreads(kMaxThreads));
}

}  // namespace

absl::StatusOr<std::unique_ptr<Server>> Server::Start(const ServerOptions& options,
                                                      const std::vector<grpc::Service*>& services) {
  RouteLibraryLogs();
  for (grpc::Service* service : services) {
    const auto* ours = dynamic_cast<const Service*>(service);
    // gRPC's own services (health, reflection) have no rules.
    if (ours == nullptr) continue;
    RETURN_IF_ERROR(ours->Complete());
  }
  // Servers that are built from here on have the health service.
  grpc::EnableDefaultHealthCheckService(true);
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort(options.listen,
                           options.tls == nullptr ? grpc::InsecureServerCredentials() : options.tls->server(),
                           &port);
  SetLimits(options, builder);
  builder.SetOption(std::make_unique<Reflection>(options.reflection));
  std::vector<std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface>> interceptors;
  interceptors.push_back(std::make_unique<RefusesMalformed>());
  builder.experimental().SetInterceptorCreators(std::move(interceptors));
  for (grpc::Service* service : services) builder.RegisterService(service);
  std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr || port == 0) {
    return absl::UnavailableError(absl::StrCat("can't listen on ", options.listen,
                                               ": the address is in use, malformed, or not ours to bind"));
  }
  return std::unique_ptr<Server>(new Server(std::move(server), port));
}

Server::Server(std::unique_ptr<grpc::Server> server, int port) : server_(std::move(server)), port_(port) {}

Server::~Server() { Stop(absl::ZeroDuration()); }

void Server::Serve(bool serving) {
  if (auto* health = server_->GetHealthCheckService()) health->SetServingStatus(serving);
}

void Server::Stop(absl::Duration grace) {
  absl::MutexLock lock(&mutex_);  // a second caller returns when the first has stopped it
  if (stopped_) return;
  stopped_ = true;
  // NOT_SERVING first, so that callers turn to other replicas while calls under way end.
  if (auto* health = server_->GetHealthCheckService()) health->Shutdown();
  server_->Shutdown(MonotonicDeadline(grace));
}

}  // namespace tonghu::rpc
